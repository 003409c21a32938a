"""Objects into Timestream: ours against its peers, by the object's size and the service's latency."""

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.objects import write_object
from benchmarks.processes import StandIn, run, stand_in
from benchmarks.tables import spread, to_markdown
from benchmarks.writers import WRITERS

OPTIONAL = "awswrangler"
MISSING = (
    f"{OPTIONAL} could not be installed here (`pip install -r benchmarks/requirements.txt`): it is left out."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One object (MB uncompressed) at one latency (ms), and who writes it how often."""

    megabytes: int
    latency: int
    writers: tuple[str, ...]
    rounds: int


@dataclass(frozen=True, slots=True)
class Run:
    """One writer, once: in seconds, and in MB of memory before the objects and at the end."""

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
    """Every object (MB uncompressed) at every latency (ms), by everyone in turn, as `cells` has it."""
    with tempfile.TemporaryDirectory() as name:
        events = {size: write_folder(Path(name, str(size)), size) for size in sizes}
        return [
            _measure(cell, Path(name, str(cell.megabytes)), events[cell.megabytes])
            for cell in cells(sizes, latencies, rounds)
        ]


def cells(sizes: Sequence[int], latencies: Sequence[int], rounds: int) -> Iterator[Cell]:
    """What is measured, within ten minutes.

    At a latency there is one round less, and the largest object is written by ours and naive alone.
    """
    everyone = tuple(name for name in WRITERS if name != OPTIONAL or find_spec(OPTIONAL))
    for latency in latencies:
        for size in sizes:
            two_alone = latency and size == max(sizes)
            writers = ("ours", "naive") if two_alone else everyone
            yield Cell(size, latency, writers, max(1, rounds - 1) if latency else rounds)


def write_folder(folder: Path, megabytes: int) -> int:
    """Write a stand-in's folder, of an object and one to warm up with; returns the first one's events."""
    folder.mkdir()
    write_object(folder / "warm.gz", 0)
    return write_object(folder / "0.gz", megabytes)


def write(writer: str, service: StandIn, objects: int, events: int) -> Run:
    """One run in a fresh process. Every event must have reached the service, and nothing else."""
    service.counts()
    result = Run(**run("writers", writer, str(objects), url=service.url))
    received = service.counts()["records"]
    if result.events != events or received != events + 1:  # one to warm up
        raise SystemExit(f"{writer} wrote {result.events}, and sent {received - 1:.0f}, of {events} events")
    return result


def to_table(measured: list[Measured]) -> str:
    """The medians, and the ratios to ours of the same round."""
    table = to_markdown(
        ("object", "latency", "writer"),
        (
            "events/s",
            "ours is so many times faster",
            "CPU s per 1M events",
            "ours takes so many times less",
            "peak RSS MB",
        ),
        (row for each in measured for row in _rows(each)),
    )
    return table if find_spec(OPTIONAL) else f"{table}\n{MISSING}\n"


def _measure(cell: Cell, folder: Path, events: int) -> Measured:
    runs: dict[str, list[Run]] = {writer: [] for writer in cell.writers}
    with stand_in(folder, cell.latency) as service:
        for number in range(cell.rounds):
            for writer in cell.writers[:: -1 if number % 2 else 1]:
                result = write(writer, service, 1, events)
                runs[writer].append(result)
                shown = f"{writer:12} {result.cpu:6.2f} s CPU {result.wall:6.2f} s"
                print(f"  {cell.megabytes:4} MB {cell.latency:3} ms {shown}", file=sys.stderr, flush=True)
    return Measured(cell, runs)


def _rows(measured: Measured) -> Iterator[tuple[str, ...]]:
    cell, ours = measured.cell, measured.runs["ours"]
    for writer, runs in measured.runs.items():
        rate = statistics.median(each.events / each.wall for each in runs)
        cpu = statistics.median(each.cpu / each.events * 1e6 for each in runs)
        yield (
            f"{cell.megabytes} MB",
            f"{cell.latency} ms",
            writer,
            f"{rate:,.0f}",
            spread([theirs.wall / each.wall for theirs, each in zip(runs, ours, strict=True)]),
            f"{cpu:.1f}",
            spread([theirs.cpu / each.cpu for theirs, each in zip(runs, ours, strict=True)]),
            f"{statistics.median(each.rss for each in runs):.0f}",
        )
