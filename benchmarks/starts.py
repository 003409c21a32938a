"""One cold start, measured in its own process: `python -m benchmarks.starts FUNCTION APP EVENT` prints JSON.

Before the clock starts, it imports only what the measurement itself needs.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

POSTGRES, DSQL = "this app, PostgreSQL", "this app, Aurora DSQL"
"""With another engine than Timestream, as the settings say."""

Handler = Callable[[dict[str, Any], None], Any]


def _our_ingest() -> Handler:
    import app

    handler: Handler = app.ingest
    return handler


def _our_metrics() -> Handler:
    import app

    return app.app


def _boto3_ingest() -> Handler:
    import boto3

    return _plain_ingest(boto3.client)


def _boto3_metrics() -> Handler:
    import boto3

    return _plain_metrics(boto3.client)


def _botocore_ingest() -> Handler:
    import botocore.session

    return _plain_ingest(botocore.session.get_session().create_client)


def _botocore_metrics() -> Handler:
    import botocore.session

    return _plain_metrics(botocore.session.get_session().create_client)


def _plain_ingest(client: Callable[..., Any]) -> Handler:
    from benchmarks.peers.plain_app import ingest_handler

    handler: Handler = ingest_handler(client("s3"), client("timestream-write"))
    return handler


def _plain_metrics(client: Callable[..., Any]) -> Handler:
    from benchmarks.peers.plain_app import metrics_handler

    handler: Handler = metrics_handler(client("timestream-query"))
    return handler


STARTS: dict[tuple[str, str], Callable[[], Handler]] = {
    ("ingest", "this app"): _our_ingest,
    ("ingest", POSTGRES): _our_ingest,
    ("ingest", DSQL): _our_ingest,
    ("ingest", "bare, boto3"): _boto3_ingest,
    ("ingest", "bare, botocore"): _botocore_ingest,
    ("metrics", "this app"): _our_metrics,
    ("metrics", POSTGRES): _our_metrics,
    ("metrics", DSQL): _our_metrics,
    ("metrics", "bare, boto3"): _boto3_metrics,
    ("metrics", "bare, botocore"): _botocore_metrics,
}
"""For each function and app: a function that imports and makes the handler."""


def measure(function: str, app: str, event: dict[str, Any]) -> dict[str, float]:
    """Milliseconds, wall and CPU, from the first import to the first answer."""
    cpu, wall = time.process_time(), time.perf_counter()
    STARTS[function, app]()(event, None)
    return {
        "wall": (time.perf_counter() - wall) * 1000,
        "cpu": (time.process_time() - cpu) * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))
