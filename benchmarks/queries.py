"""How long PostgreSQL takes for the statement of a `GET /metrics`, and how much memory.

A year of page views of a thousand affiliates on three websites, and of orders, in a real PostgreSQL. One
affiliate has 6,000 of five million page views, one 600,000, and one 1,100,000. The statements are the app's,
for days in Paris. The time is from sending the statement to having all rows: the median of some runs after a
first one. All data are in memory, and PostgreSQL uses one process for a statement.

*Memory* is what the statement's sorts and hashes take, as EXPLAIN ANALYZE says it. With a `work_mem` of 4 MB,
PostgreSQL's default, they use the disk beyond it. Aurora DSQL has no disk for that: it ends a statement that
needs more than 128 MiB.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

import psycopg

from benchmarks.databases import running
from benchmarks.tables import to_markdown
from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.figures import Metric, MetricQuery, Row, Statement, to_statement
from chalicelib.figures.timerange import TimeWindow, default_interval, to_time_range
from chalicelib.figures.wallclock import zone

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ZONE = "Europe/Paris"
WORK_MEMORIES = ("4MB", "128MB")
AFFILIATES = ("middle", "large", "largest")
WINDOWS = (TimeWindow.LAST_30_DAYS, TimeWindow.LAST_365_DAYS)
RUNS = 5

AFFILIATE = """
CASE WHEN place < %(page_views)s * 0.22 THEN 'largest'
  WHEN place < %(page_views)s * 0.34 THEN 'large'
  WHEN place < %(page_views)s * 0.3412 THEN 'middle'
  ELSE 'small-' || mod(place, 998) END
"""
"""Of five million, each of the others has 3,300."""

ANY_VISITOR = "(random() * %(page_views)s / 25)::int::text"
"""One of so many, whichever the affiliate is."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question."""

    metric: Metric
    affiliate: str
    window: TimeWindow

    def statement(self) -> Statement[Row]:
        """The app's statement."""
        time_range = to_time_range(self.window, default_interval(self.window), zone(ZONE), NOW)
        return to_statement(MetricQuery(self.metric, self.affiliate, time_range), DIALECT)


@dataclass(frozen=True, slots=True)
class Run:
    """One question with one `work_mem`: milliseconds, and MiB in memory and on disk."""

    milliseconds: float
    memory: float
    disk: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One question, with the number of rows that its largest scan of a table reads."""

    case: Case
    read: int
    runs: Sequence[Run]
    """One for each of WORK_MEMORIES."""


def measure(page_views: int) -> list[Measured]:
    """All questions, of a table with so many page views."""
    with running() as server, psycopg.connect(server.url(), autocommit=True) as connection:
        load(connection, page_views)
        return [_measure(connection, case) for case in cases()]


def cases() -> Iterator[Case]:
    """The questions, by metric."""
    for metric in Metric:
        for affiliate in AFFILIATES:
            for window in WINDOWS:
                yield Case(metric, affiliate, window)


def load(connection: psycopg.Connection, page_views: int, visitor: str = ANY_VISITOR) -> None:
    """Fill the tables: page views, each of a `visitor`, and a twenty-fifth as many orders' entries."""
    print(f"  loading {page_views:,} page views", file=sys.stderr, flush=True)
    for text in (_PAGE_VIEWS.replace("{visitor}", visitor), _ORDER_ENTRIES):
        connection.execute(text.encode(), {"page_views": page_views, "now": NOW})
    # Without FREEZE, it passes over pages that are in use just now, and statements then read the whole table.
    connection.execute("VACUUM (FREEZE, ANALYZE)")


def to_table(measured: list[Measured]) -> str:
    """A table of the times and of the memory."""
    figures = [f"{memory}: {what}" for memory in WORK_MEMORIES for what in ("ms", "memory MiB", "disk MiB")]
    return to_markdown(("metric", "window"), ("rows read", *figures), map(_row, measured))


def _row(measured: Measured) -> list[str]:
    case = measured.case
    cells = [
        cell
        for run in measured.runs
        for cell in (f"{run.milliseconds:.1f}", f"{run.memory:.1f}", f"{run.disk:.1f}")
    ]
    return [case.metric.value, case.window.value, f"{measured.read:,}", *cells]


def _measure(connection: psycopg.Connection, case: Case) -> Measured:
    text, values = to_sql(case.statement())
    plan, runs = {}, []
    for work_memory in WORK_MEMORIES:
        connection.execute(f"SET work_mem = '{work_memory}'".encode())
        plan = explained(connection, text, values)
        found = median(_milliseconds(connection, text, values) for _ in range(RUNS))
        runs.append(Run(found, *space(plan)))
    measured = Measured(case, max(map(rows_read, scans(plan))), runs)
    print(f"  {' | '.join(_row(measured))}", file=sys.stderr, flush=True)
    return measured


def _milliseconds(connection: psycopg.Connection, text: str, values: Mapping[str, Any]) -> float:
    started = time.perf_counter()
    connection.execute(text.encode(), values).fetchall()
    return (time.perf_counter() - started) * 1000


def explained(connection: psycopg.Connection, text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of a statement, with what it took."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF) {text}"
    found: dict[str, Any] = connection.execute(explain.encode(), values).fetchall()[0][0][0]["Plan"]
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all plans in it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Those parts of a plan that read a table."""
    return [node for node in nodes(plan) if "Relation Name" in node]


def rows_read(scan: dict[str, Any]) -> int:
    """How many rows a part of a plan got of its table, with those that it threw away."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    in_each: float = sum(scan.get(name, 0) for name in names)
    return round(in_each * int(scan["Actual Loops"]))


def space(plan: dict[str, Any]) -> tuple[float, float]:
    """MiB in memory and on disk, of all sorts, hashes and window functions together."""
    memory = disk = 0
    for node in nodes(plan):
        memory += node.get("Peak Memory Usage", 0)
        disk += node.get("Disk Usage", 0)
        for used, kind in (("Sort Space Used", "Sort Space Type"), ("Maximum Storage", "Storage")):
            if node.get(kind) == "Disk":
                disk += node[used]
            else:
                memory += node.get(used, 0)
    return memory / 1024, disk / 1024


_PAGE_VIEWS = f"""
INSERT INTO analytics.page_views
SELECT {AFFILIATE}, md5(place::text), %(now)s - random() * interval '365 days',
  'site' || mod(place, 3) || '.example', md5({{visitor}}),
  '/courses/' || mod(place, 300), 'google.com', 'newsletter', NULL, 'c' || mod(place, 40), 'FR', 'desktop',
  mod(place, 3) = 0, 'link' || mod(place, 20)
FROM generate_series(1, %(page_views)s) AS number, mod(number::bigint * 7919, %(page_views)s) AS place
"""
"""`place` mixes them: an affiliate's page views are not beside one another."""

_ORDER_ENTRIES = f"""
INSERT INTO analytics.order_entries
SELECT {AFFILIATE}, md5(place::text), %(now)s - random() * interval '365 days',
  'site' || mod(place, 3) || '.example', (ARRAY['EUR', 'USD'])[1 + mod(place, 2)], 'order' || place, 'sale',
  'order' || place, 7500000, 25000000, NULL, 'link' || mod(place, 20), NULL
FROM generate_series(1, %(page_views)s / 25) AS number,
  mod(number::bigint * 25 * 7919, %(page_views)s) AS place
"""
