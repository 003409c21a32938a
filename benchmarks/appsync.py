"""What AppSync's part costs, locally: the same question asked of REST, and of GraphQL in front of it."""

import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.tables import to_markdown
from devstack.apigateway.gateway import RestApi, apigateway
from devstack.apigateway.sigv4 import HttpRequest, Scope, sign
from devstack.appsync.local import CREDENTIALS, STAGE, local_appsync
from devstack.appsync.tokens import User
from devstack.environment import REGION
from devstack.http.ports import listen
from devstack.http.serving import serving

DAYS, WEBSITES = 30, 3
QUERY = """{ getAnalyticsData(metricType: PageViews, timeWindow: Last30Days) {
  dataset { series timestamp value partial currency } totals { series value currency }
} }"""
PARAMETERS = {"affiliateId": "alice", "metricType": "PageViews", "timeWindow": "Last30Days"}


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one way to ask, in milliseconds."""

    way: str
    median: float
    slowest_tenth: float
    """Nine of ten requests are faster."""


def measure(requests: int = 200) -> list[Latency]:
    """The latency of each way to ask for 30 days of three websites, one request after another.

    The REST API answers with a constant, and everything is in one process: differences are what the local API
    Gateway and AppSync add.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        upstream = opened.enter_context(_served(Starlette(routes=[Route("/metrics", _metrics)])))
        api = RestApi(upstream, STAGE, "GET", "/metrics", REGION, CREDENTIALS)
        gateway = opened.enter_context(_served(apigateway(api)))
        local = local_appsync(gateway, Path(folder, "key.pem"))
        graphql = opened.enter_context(_served(local.app))
        client = opened.enter_context(httpx.Client())
        token = {"Authorization": local.issuer.issue(User("alice"))}
        signed = httpx.Request("GET", f"{gateway}/{STAGE}/metrics", params=PARAMETERS)
        scope = Scope(REGION, "execute-api")

        def rest() -> httpx.Response:
            return client.get(f"{upstream}/metrics", params=PARAMETERS)

        def through_api_gateway() -> httpx.Response:
            headers = sign(HttpRequest("GET", str(signed.url), {}, b""), CREDENTIALS, scope)
            return client.get(signed.url, headers=headers)

        def through_appsync() -> httpx.Response:
            return client.post(f"{graphql}/graphql", json={"query": QUERY}, headers=token)

        return [
            _latency("REST", rest, requests),
            _latency("REST, signed, through the local API Gateway", through_api_gateway, requests),
            _latency("GraphQL, through the local AppSync and API Gateway", through_appsync, requests),
        ]


def to_table(latencies: list[Latency]) -> str:
    """The latencies in Markdown."""
    rows = ((each.way, f"{each.median:.1f}", f"{each.slowest_tenth:.1f}") for each in latencies)
    return to_markdown(("way to ask",), ("ms", "90% below ms"), rows)


def _latency(way: str, ask: Callable[[], httpx.Response], requests: int) -> Latency:
    taken = []
    for _ in range(requests):
        start = time.perf_counter()
        answer = ask().raise_for_status().json()
        taken.append((time.perf_counter() - start) * 1000)
        if "errors" in answer:
            raise SystemExit(f"{way}: {answer['errors']}")
    return Latency(way, statistics.median(taken), statistics.quantiles(taken, n=10)[-1])


async def _metrics(_request: Request) -> Response:
    return JSONResponse(_ANSWER)


@contextmanager
def _served(app: Starlette) -> Iterator[str]:
    listener = listen(0)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with serving(app, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _point(website: int, day: int) -> dict[str, Any]:
    moment = f"2026-10-{day + 1:02}T00:00:00+00:00"
    return {
        "series": f"{website}.example",
        "timestamp": moment,
        "value": day,
        "partial": False,
        "currency": None,
    }


_ANSWER = {
    "dataset": [_point(website, day) for website in range(WEBSITES) for day in range(DAYS)],
    "totals": [
        {"series": f"{website}.example", "value": 435, "currency": None} for website in range(WEBSITES)
    ],
    "from": "2026-10-01T00:00:00+00:00",
    "to": "2026-10-31T00:00:00+00:00",
    "timeZone": "UTC",
    "interval": "Day",
}
