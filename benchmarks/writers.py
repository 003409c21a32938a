"""One writer over one object, measured from inside: `python -m benchmarks.writers NAME`; prints JSON."""

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

BUCKET, KEY = "events", "events/web/object.gz"


def ours() -> int:
    """The shipped code."""
    import botocore.session

    from chalicelib.config import Config
    from chalicelib.ingest import ingest_object
    from chalicelib.notifications import ObjectVersion
    from chalicelib.timestream_writer import Writer, write_client

    session: Any = botocore.session.get_session()
    outcome = ingest_object(
        ObjectVersion(BUCKET, KEY),
        s3=session.create_client("s3"),
        writer=Writer(write_client(session)),
        config=Config(events_bucket=BUCKET),
    )
    return outcome.written


def naive() -> int:
    """A plain boto3 loop."""
    from benchmarks.naive import ingest

    return ingest(BUCKET, KEY)


WRITERS: dict[str, Callable[[], int]] = {"ours": ours, "naive": naive}


def measure(name: str) -> dict[str, float]:
    """Run the writer; returns events written, wall and CPU seconds, and the peak RSS in MB.

    Imports and clients count: they are part of what an object costs a cold function.
    """
    cpu, wall = time.process_time(), time.perf_counter()
    written = WRITERS[name]()
    return {
        "events": written,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
