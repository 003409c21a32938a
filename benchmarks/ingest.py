"""How fast ingest is, compared with other ways to write the same events.

One gzip object of page views (2 KB each, as RudderStack's JavaScript SDK and Firehose write them; sizes are
uncompressed) goes into a database: into a stand-in for Timestream, which answers each WriteRecords after a
given latency, or into a real PostgreSQL that never waits for its disk. What has arrived is counted: a writer
that loses an event stops the measurement. Imports, clients and connections come before the clock starts. All
of them run in turn, in an order that reverses from round to round. A ratio is formed within a round; its
median is shown, with the least and the most.

This app is the shipped handler with all its rules: bots, affiliates, clock skew, budgets, dead letters, its
log line and its CloudWatch metrics. The others have no rules, and write the same (a test makes sure). For
Timestream: the naive loop (`peers.naive`), ten threads as in AWS's samples (`peers.sample`), and AWS SDK for
pandas (`peers.wrangler`). For PostgreSQL (`peers.rows`): psycopg's `executemany`, and one INSERT for 1,000
rows.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.databases import postgres
from benchmarks.objects import write_object
from benchmarks.processes import Target, run, stand_in
from benchmarks.tables import spread, to_markdown
from benchmarks.writers import POSTGRES, TIMESTREAM, WRITERS

OPTIONAL = "awswrangler"
MISSING = f"{OPTIONAL} is left out: it is not installed (`pip install -r benchmarks/requirements.txt`)."


@dataclass(frozen=True, slots=True)
class Cell:
    """One object (MB uncompressed) into one database, with its writers and the number of runs of each."""

    database: str
    megabytes: int
    latency: int
    """Timestream's, in milliseconds."""
    writers: tuple[str, ...]
    rounds: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one writer: seconds, and MB of memory before the objects and at the end."""

    events: int
    wall: float
    cpu: float
    base: float
    rss: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A cell's runs of each writer, one for each round."""

    cell: Cell
    runs: dict[str, list[Run]]


def measure(sizes: Sequence[int], latencies: Sequence[int], rounds: int) -> list[Measured]:
    """Every object (MB uncompressed) at every latency (ms), by the writers that `cells` names."""
    with tempfile.TemporaryDirectory() as name:
        events = {size: write_folder(Path(name, str(size)), size) for size in sizes}
        return [
            _measure(cell, Path(name, str(cell.megabytes)), events[cell.megabytes])
            for cell in cells(sizes, latencies, rounds)
        ]


def cells(sizes: Sequence[int], latencies: Sequence[int], rounds: int) -> Iterator[Cell]:
    """The objects, databases and latencies to measure, chosen so that all of it takes ten minutes.

    If there is a latency, each writer has one round less, and only two of them write the largest object.
    """
    everyone = tuple(name for name in WRITERS[TIMESTREAM] if name != OPTIONAL or find_spec(OPTIONAL))
    for latency in latencies:
        for size in sizes:
            two_alone = latency and size == max(sizes)
            writers = ("this app", "naive") if two_alone else everyone
            yield Cell(TIMESTREAM, size, latency, writers, max(1, rounds - 1) if latency else rounds)
    for size in sizes:
        yield Cell(POSTGRES, size, 0, tuple(WRITERS[POSTGRES]), rounds)


def database(name: str, folder: Path, latency: float = 0) -> AbstractContextManager[Target]:
    """A database to write to, and an S3 with the objects in `folder`. `latency` is Timestream's, in ms."""
    return stand_in(folder, latency) if name == TIMESTREAM else postgres(folder, "ingest")


def write_folder(folder: Path, megabytes: int) -> int:
    """Write an object, and another one to warm up with. Returns the number of events in the first."""
    folder.mkdir()
    write_object(folder / "warm.gz", 0, seed=1)
    return write_object(folder / "0.gz", megabytes)


def write(writer: str, target: Target, objects: int, events: int) -> Run:
    """One run in a new process. Stops the benchmarks unless the database has received each event once."""
    target.records()  # starts the count at zero
    result = Run(**run("writers", writer, str(objects), target=target))
    received = target.records()
    if result.events != events or received != events + 1:  # one to warm up
        raise SystemExit(f"{writer} wrote {result.events}, and sent {received - 1}, of {events} events")
    return result


def to_table(measured: list[Measured]) -> str:
    """A table of the medians, and of the ratios to this app within a round."""
    table = to_markdown(
        ("database", "object", "latency", "writer"),
        (
            "events/s",
            "speed-up",
            "CPU s per 1M events",
            "CPU ratio",
            "peak RSS MB",
        ),
        (row for each in measured for row in _rows(each)),
    )
    return table if find_spec(OPTIONAL) else f"{table}\n{MISSING}\n"


def _measure(cell: Cell, folder: Path, events: int) -> Measured:
    runs: dict[str, list[Run]] = {writer: [] for writer in cell.writers}
    with database(cell.database, folder, cell.latency) as target:
        for number in range(cell.rounds):
            for writer in cell.writers[:: -1 if number % 2 else 1]:
                result = write(writer, target, 1, events)
                runs[writer].append(result)
                where = f"{cell.database:10} {cell.megabytes:4} MB {cell.latency:3} ms"
                shown = f"{writer:12} {result.cpu:6.2f} s CPU {result.wall:6.2f} s"
                print(f"  {where} {shown}", file=sys.stderr, flush=True)
    return Measured(cell, runs)


def _rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    cell, ours = measured.cell, measured.runs["this app"]
    for writer, runs in measured.runs.items():
        rate = statistics.median(each.events / each.wall for each in runs)
        cpu = statistics.median(each.cpu / each.events * 1e6 for each in runs)
        yield (
            cell.database,
            f"{cell.megabytes} MB",
            f"{cell.latency} ms" if cell.database == TIMESTREAM else "",
            writer,
            f"{rate:,.0f}",
            spread([theirs.wall / each.wall for theirs, each in zip(runs, ours, strict=True)]),
            f"{cpu:.1f}",
            spread([theirs.cpu / each.cpu for theirs, each in zip(runs, ours, strict=True)]),
            f"{statistics.median(each.rss for each in runs):.0f}",
        )
