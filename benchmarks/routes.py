"""One route, measured in its own process: `python -m benchmarks.routes NAME WINDOW REQUESTS` prints JSON."""

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any], None], dict[str, Any]]
"""A handler that Lambda calls."""


def this_app() -> Handler:
    """The shipped app."""
    from app import app

    return app


def plain() -> Handler:
    """Chalice, boto3 and json."""
    import boto3

    from benchmarks.peers.plain_app import metrics_handler

    handler: Handler = metrics_handler(boto3.client("timestream-query"))
    return handler


ROUTES: dict[str, Callable[[], Handler]] = {"this app": this_app, "plain": plain}


def api_event(affiliate: str, window: str) -> dict[str, Any]:
    """The event that API Gateway sends for `GET /metrics`."""
    parameters = {"affiliateId": affiliate, "metricType": "PageViews", "timeWindow": window}
    return {
        "requestContext": {"httpMethod": "GET", "resourcePath": "/metrics"},
        "multiValueQueryStringParameters": {name: [value] for name, value in parameters.items()},
        "headers": {},
        "pathParameters": {},
        "stageVariables": {},
        "body": None,
        "isBase64Encoded": False,
    }


def affiliates(requests: int) -> list[str]:
    """The affiliates that are asked for: the first one before the measurement."""
    return ["warm", *(f"affiliate{number}" for number in range(requests))]


def measure(name: str, window: str, requests: int) -> dict[str, Any]:
    """CPU milliseconds of `requests` requests, each for a different affiliate, so with a different statement.

    `again` is the time of the same request when it is repeated at once. `wall` is how long a first one takes
    with all that it waits for.
    """
    handle = ROUTES[name]()
    warm, *others = affiliates(requests)
    answer = _ask(handle, warm, window)
    first, again, wall = [], [], []
    for affiliate in others:
        event = api_event(affiliate, window)
        started = time.perf_counter()
        first.append(_cpu(handle, event))
        wall.append((time.perf_counter() - started) * 1000)
        again.append(_cpu(handle, event))
    return {
        "points": len(answer["dataset"]),
        "answer": hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest(),
        "median": statistics.median(first),
        "p95": statistics.quantiles(first, n=20)[-1],
        "again": statistics.median(again),
        "wall": statistics.median(wall),
    }


def _ask(handle: Handler, affiliate: str, window: str) -> dict[str, Any]:
    response = handle(api_event(affiliate, window), None)
    if response["statusCode"] != 200:
        raise SystemExit(response["body"])
    answer: dict[str, Any] = json.loads(response["body"])
    return answer


def _cpu(handle: Handler, event: dict[str, Any]) -> float:
    start = time.process_time()
    response = handle(event, None)
    taken = time.process_time() - start
    if response["statusCode"] != 200:
        raise SystemExit(response["body"])
    return taken * 1000


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
