"""`python -m tests.faults.sizes`: ingest one large object and many tiny ones; print counts and memory."""

import argparse
import gzip
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from io import BytesIO

from rich.console import Console

from tests.faults import engines
from tests.faults.deliveries import function
from tests.faults.documents import Object, page
from tests.faults.engine import Engine
from tests.faults.environments import Environment
from tests.faults.schedule import calm
from tests.faults.world import World, world

PATIENCE = 60
"""Seconds to wait for an answer, which is never late here."""

MOST_IN_ONE = 1000
"""Objects in one notification, at most. They log a few hundred kilobytes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Ingest the objects, print the result, and return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    tiny = [
        Object(f"events/web/{number}", page(number).data, {0: page(number)}) for number in range(options.tiny)
    ]
    with engines.prepared(options.engine) as engine, function(engine) as path:
        is_right = [
            _ingest(console, engine, path, name, objects, events)
            for name, objects, events in (
                ("one event", tiny[:1], 1),
                (f"{len(tiny):,} objects of one event each", tiny, len(tiny)),
                (f"{options.megabytes:,} MB", *_large(options.megabytes)),
            )
        ]
    return 0 if all(is_right) else 1


def _large(megabytes: int) -> tuple[list[Object], int]:
    """A gzip object of `megabytes` MB uncompressed, and the number of events in it."""
    stored, size, events = BytesIO(), 0, 0
    with gzip.open(stored, "wb", compresslevel=1) as stream:
        while size < megabytes * 1_000_000:
            size += stream.write(page(events).data)
            events += 1
    return [Object("events/web/large", stored.getvalue(), {})], events


def _ingest(
    console: Console, engine: Engine, path: str, name: str, objects: Sequence[Object], events: int
) -> bool:
    """Whether every event is counted once."""
    with world(calm(engine.calm(), objects)) as services:
        started = time.monotonic()
        written, peak = _invoke(services, path, [each.key for each in objects])
        seconds = time.monotonic() - started
        counted = services.database.counted()
    is_right = events == written == len(counted) == len(set(counted))
    console.print(
        f"{name}: {events:,} events, {written:,} written, {len(counted):,} counted, "
        f"{peak / 1e6:.0f} MB of memory at most, {seconds:.0f} s: {'right' if is_right else 'WRONG'}"
    )
    return is_right


def _invoke(services: World, path: str, keys: Sequence[str]) -> tuple[int, int]:
    """The events written by all invocations, and the peak memory of any of them, in bytes."""
    written = peak = 0
    for start in range(0, len(keys), MOST_IN_ONE):
        event = services.event(keys[start : start + MOST_IN_ONE])
        with closing(Environment(path, services.network(), PATIENCE)) as environment:
            answer = environment.invoke(event)
        if answer is None or answer.error:
            raise RuntimeError(f"not ingested: {answer}")
        written += sum(outcome["written"] for outcome in answer.outcomes)
        peak = max(peak, answer.peak_memory)
    return written, peak


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sizes", description=__doc__)
    engines.add_option(parser)
    parser.add_argument(
        "--megabytes",
        type=int,
        default=1000,
        help="size of the large object, uncompressed (default: %(default)s)",
    )
    parser.add_argument(
        "--tiny", type=int, default=10_000, help="number of objects of one event (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
