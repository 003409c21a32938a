"""How long a cold start takes, for both functions and each database, compared with a bare Chalice app.

From a fresh interpreter's first import to the first answer: `ingest` of an object with one event, and
`metrics` for seven days. Files are in the page cache, and bytecode is compiled. A bare app has the same
clients as this app with Timestream, and a handler of a few lines. Its clients are made by boto3, as in most
apps, or by botocore's session.

With PostgreSQL, it includes to connect to a server on this machine, and the first statement: by a URL, or as
with Aurora DSQL, with a signed token, and TLS whose certificate is verified. The network is not included. In
its place is a proxy in Python.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.databases import as_dsql, postgres
from benchmarks.ingest import write_folder
from benchmarks.metrics import Case, write_query_answers
from benchmarks.processes import Target, run, stand_in
from benchmarks.routes import api_event
from benchmarks.starts import DSQL, POSTGRES, STARTS
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
        with stand_in(folder) as service, _databases(folder) as databases:
            for number in range(-1, rounds):
                for start in list(STARTS)[:: -1 if number % 2 else 1]:
                    result = _run(start, events[start[0]], databases.get(start, service))
                    if number >= 0:
                        runs[start].append(result)
    return runs


def to_table(runs: dict[Start, list[Run]]) -> str:
    """The medians, and the time divided by that of this app with Timestream in the same round."""
    return to_markdown(("function", "app"), ("ms", "ratio", "CPU ms", "CPU ratio"), _rows(runs))


@contextmanager
def _databases(folder: Path) -> Iterator[dict[Start, Target]]:
    """The databases of those starts that do not have Timestream."""
    with ExitStack() as stack:
        found: dict[Start, Target] = {}
        for function in ("ingest", "metrics"):
            database = stack.enter_context(postgres(folder, function))
            found[function, POSTGRES] = database
            found[function, DSQL] = stack.enter_context(as_dsql(database))
        yield found


def _run(start: Start, event: dict[str, Any], target: Target) -> Run:
    result = Run(**run("starts", *start, json.dumps(event), target=target))
    print(f"  {start[0]:8} {start[1]:21} {result.wall:4.0f} ms", file=sys.stderr, flush=True)
    return result


def _rows(runs: dict[Start, list[Run]]) -> Iterator[tuple[str, ...]]:
    for (function, way), each in runs.items():
        ours = runs[function, "this app"]
        yield (
            function,
            way,
            f"{median(one.wall for one in each):.0f}",
            spread([one.wall / own.wall for own, one in zip(ours, each, strict=True)], 2),
            f"{median(one.cpu for one in each):.0f}",
            spread([one.cpu / own.cpu for own, one in zip(ours, each, strict=True)], 2),
        )
