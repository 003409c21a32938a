"""One writer over one object, measured from inside: `python -m benchmarks.writers NAME`; prints JSON."""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

BUCKET, KEY = "events", "events/web/object.gz"


Writer = Callable[[], int]


def ours() -> Writer:
    """The shipped code."""
    import botocore.session

    from chalicelib.config import Config
    from chalicelib.ingest import ingest_object
    from chalicelib.notifications import ObjectVersion
    from chalicelib.timestream_writer import Writer, write_client

    session: Any = botocore.session.get_session()
    s3, writer = session.create_client("s3"), Writer(write_client(session))
    source, config = ObjectVersion(BUCKET, KEY), Config(events_bucket=BUCKET)
    return lambda: ingest_object(source, s3=s3, writer=writer, config=config).written


def naive() -> Writer:
    """A plain boto3 loop."""
    import boto3

    from benchmarks.naive import ingest

    s3, timestream = boto3.client("s3"), boto3.client("timestream-write")
    return lambda: ingest(s3, timestream, BUCKET, KEY)


WRITERS: dict[str, Callable[[], Writer]] = {"ours": ours, "naive": naive}


def measure(name: str) -> dict[str, float]:
    """Run the writer; returns events written, wall and CPU seconds, and the process's peak RSS in MB.

    Imports and clients are made before the clock starts: what they cost is the cold start's to tell.
    """
    write = WRITERS[name]()
    cpu, wall = time.process_time(), time.perf_counter()
    written = write()
    return {
        "events": written,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
