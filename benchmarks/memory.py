"""How much memory ingest takes: for one object of each size, and for ten thousand tiny objects.

*Before* is the peak after imports, clients and one object of one event. *Growth* is what the objects add. The
tiny objects go to the same process one by one; the CPU time is that of all of them.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest import Run, database, write, write_folder
from benchmarks.objects import write_objects
from benchmarks.tables import to_markdown
from benchmarks.writers import WRITERS


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of ingest over some objects."""

    database: str
    objects: str
    run: Run


def measure(sizes: Sequence[int], tiny: int) -> list[Measured]:
    """Into each database: one object of each size (MB uncompressed), then `tiny` tiny objects, one by one in
    one process.
    """
    return [
        each
        for name in WRITERS
        for each in (*(_large(name, megabytes) for megabytes in sizes), _tiny(name, tiny))
    ]


def to_table(measured: list[Measured]) -> str:
    """A table of the peak memory, and of the part that the objects add."""
    return to_markdown(
        ("database", "objects"),
        ("events", "before MB", "peak RSS MB", "growth MB", "CPU s"),
        (
            (
                each.database,
                each.objects,
                f"{each.run.events:,}",
                f"{each.run.base:.1f}",
                f"{each.run.rss:.1f}",
                f"{each.run.rss - each.run.base:.1f}",
                f"{each.run.cpu:.1f}",
            )
            for each in measured
        ),
    )


def _large(name: str, megabytes: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name, "objects")
        events = write_folder(folder, megabytes)
        return _measure(name, folder, f"one of {megabytes:,} MB", 1, events)


def _tiny(name: str, count: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name, "objects")
        write_folder(folder, 0)
        events = write_objects(folder, count)
        return _measure(name, folder, f"{count:,} of 1 to 5 events", count, events)


def _measure(name: str, folder: Path, objects: str, count: int, events: int) -> Measured:
    with database(name, folder) as target:
        measured = Measured(name, objects, write("this app", target, count, events))
    print(f"  {name:10} {objects:26} {measured.run.rss:5.0f} MB", file=sys.stderr, flush=True)
    return measured
