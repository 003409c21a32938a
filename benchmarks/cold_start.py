"""How long a cold start takes, for both functions, compared with a bare Chalice app.

From a fresh interpreter's first import to the first answer: `ingest` of an object with one event, and
`metrics` for seven days. Files are in the page cache, and bytecode is compiled. A bare app has the same
clients and a handler of a few lines. Its clients are made by boto3, as most apps do, or by botocore's
session.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ingest import write_folder
from benchmarks.metrics import Case, write_query_answers
from benchmarks.processes import Target, run, stand_in
from benchmarks.routes import api_event
from benchmarks.starts import STARTS
from benchmarks.tables import spread, to_markdown
from benchmarks.writers import notification

WINDOW = "Last7Days"


@dataclass(frozen=True, slots=True)
class Run:
    """One cold start, in milliseconds."""

    wall: float
    cpu: float


Start = tuple[str, str]
"""The name of a function, and of its app."""


def measure(rounds: int) -> dict[Start, list[Run]]:
    """Every cold start in turn. A first round, which does not count, warms the page cache."""
    events = {"ingest": notification("events/web/warm.gz"), "metrics": api_event("alice", WINDOW)}
    runs: dict[Start, list[Run]] = {start: [] for start in STARTS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "objects")
        write_folder(folder, 0)
        write_query_answers(folder, Case(WINDOW, 1, 7))
        with stand_in(folder) as service:
            for number in range(-1, rounds):
                for start in list(STARTS)[:: -1 if number % 2 else 1]:
                    result = _run(start, events[start[0]], service)
                    if number >= 0:
                        runs[start].append(result)
    return runs


def to_table(runs: dict[Start, list[Run]]) -> str:
    """The medians, and this app's time divided by the others' in the same round."""
    return to_markdown(("function", "app"), ("ms", "CPU ms", "this app's time ÷ theirs"), _rows(runs))


def _run(start: Start, event: dict[str, Any], target: Target) -> Run:
    result = Run(**run("starts", *start, json.dumps(event), target=target))
    print(f"  {start[0]:8} {start[1]:15} {result.wall:4.0f} ms", file=sys.stderr, flush=True)
    return result


def _rows(runs: dict[Start, list[Run]]) -> Iterator[tuple[str, ...]]:
    for (function, way), each in runs.items():
        ours = runs[function, "this app"]
        yield (
            function,
            way,
            f"{median(one.wall for one in each):.0f}",
            f"{median(one.cpu for one in each):.0f}",
            spread([own.wall / one.wall for own, one in zip(ours, each, strict=True)], 2),
        )
