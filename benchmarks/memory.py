"""How much memory ingest takes: for one object of each size, and for ten thousand tiny objects.

*Before* is the peak after imports, clients and one object of one event. *Growth* is what the objects add. The
tiny objects go to the same process one by one; the CPU time is that of all of them.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest import Run, write, write_folder
from benchmarks.objects import write_objects
from benchmarks.processes import stand_in
from benchmarks.tables import to_markdown


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of ingest over some objects."""

    objects: str
    run: Run


def measure(sizes: Sequence[int], tiny: int) -> list[Measured]:
    """One object of each size (MB uncompressed), then `tiny` tiny objects, one by one in one process."""
    return [*(_large(megabytes) for megabytes in sizes), _tiny(tiny)]


def to_table(measured: list[Measured]) -> str:
    """A table of the peak memory, and of the part that the objects add."""
    return to_markdown(
        ("objects",),
        ("events", "before MB", "peak RSS MB", "growth MB", "CPU s"),
        (
            (
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


def _large(megabytes: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "objects")
        events = write_folder(folder, megabytes)
        with stand_in(folder) as service:
            return Measured(f"one of {megabytes:,} MB", write("this app", service, 1, events))


def _tiny(count: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "objects")
        write_folder(folder, 0)
        events = write_objects(folder, count)
        with stand_in(folder) as service:
            return Measured(f"{count:,} of 1 to 5 events", write("this app", service, count, events))
