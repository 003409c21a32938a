"""One writer, measured in its own process: `python -m benchmarks.writers NAME OBJECTS` prints JSON."""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks.processes import peak_rss

if TYPE_CHECKING:
    from benchmarks.peers.rows import Insert

BUCKET, FOLDER = "events", "events/web"

Writer = Callable[[str], int]
"""Writes the events of the object at a key, and returns their number."""


def this_app() -> Writer:
    """The shipped handler, with all its rules, its log line and its CloudWatch metrics."""
    import app

    return lambda key: sum(outcome["written"] for outcome in app.ingest(notification(key), None))


def naive() -> Writer:
    """A plain boto3 loop."""
    import boto3

    from benchmarks.peers.naive import ingest

    s3, timestream = boto3.client("s3"), boto3.client("timestream-write")
    return lambda key: ingest(s3, timestream, BUCKET, key)


def sample() -> Writer:
    """Threads, as in AWS's samples."""
    import boto3

    from benchmarks.peers.sample import CONFIG, ingest

    s3, timestream = boto3.client("s3"), boto3.client("timestream-write", config=CONFIG)
    return lambda key: ingest(s3, timestream, BUCKET, key)


def wrangler() -> Writer:
    """awswrangler, with a DataFrame."""
    import boto3

    from benchmarks.peers.wrangler import ingest

    s3 = boto3.client("s3")
    return lambda key: ingest(s3, BUCKET, key)


def one_by_one() -> Writer:
    """psycopg's `executemany`."""
    from benchmarks.peers.rows import insert_one_by_one

    return _rows(insert_one_by_one)


def together() -> Writer:
    """One INSERT for many rows."""
    from benchmarks.peers.rows import insert_together

    return _rows(insert_together)


def _rows(insert: "Insert") -> Writer:
    import boto3
    import psycopg

    from benchmarks.peers.rows import ingest

    s3, connection = boto3.client("s3"), psycopg.connect(os.environ["POSTGRES_URL"], autocommit=True)
    return lambda key: ingest(s3, connection, insert, BUCKET, key)


TIMESTREAM, POSTGRES = "Timestream", "PostgreSQL"

WRITERS: dict[str, dict[str, Callable[[], Writer]]] = {
    TIMESTREAM: {"this app": this_app, "naive": naive, "AWS sample": sample, "awswrangler": wrangler},
    POSTGRES: {"this app": this_app, "executemany": one_by_one, "VALUES": together},
}
"""By database."""


def notification(key: str) -> dict[str, Any]:
    """S3's notification of an object."""
    from devstack.s3.notifications import StoredObject, to_notification

    return to_notification([StoredObject(BUCKET, key)], datetime.now(UTC), "eu-west-1", 1)


def measure(name: str, objects: int) -> dict[str, float]:
    """Write `0.gz`, `1.gz` and so on. Returns the number of events, wall and CPU seconds, and MB of memory.

    `warm.gz` is written before the clock starts: imports and clients belong to the cold start. `base` is the
    peak RSS until then, `rss` the peak at the end.
    """
    write = next(writers[name] for writers in WRITERS.values() if name in writers)()
    write(f"{FOLDER}/warm.gz")
    base, cpu, wall = peak_rss(), time.process_time(), time.perf_counter()
    written = sum(write(f"{FOLDER}/{number}.gz") for number in range(objects))
    return {
        "events": written,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "base": base,
        "rss": peak_rss(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
