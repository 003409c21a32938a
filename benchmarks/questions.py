"""What each question costs: rows that are read, and time.

A year of page views and orders of fifty affiliates is put into both engines. One affiliate, who has a fifth
of all, asks each kind of question about the same window, for days in Paris.

*Rows in the window* are the affiliate's, in it and in what it is compared with, in the tables that the
question is about. *Rows read* is what those parts of the statement that read a table got, with what they
threw away (EXPLAIN ANALYZE). If two parts read the same rows, these count twice. *Pages* are the blocks of 8
KB that PostgreSQL looked at. *ms* is from sending the statement to having all rows, where PostgreSQL uses
one process and has all data in memory.

Timestream finds records by affiliate, measure and time. *Records* are those that these conditions leave, of
all places in the statement that name a table, the look-back of entries included. The local Timestream counts
them: it does not say how many bytes the real one would scan.

*App ms* is the CPU time of the app alone, from the parameters to the JSON, with rows that are there at once.

Of all times, the least of some runs counts: whatever else the machine does only adds to it.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import psycopg
from sqlglot import exp

from benchmarks.queries import explained, rows_read, scans
from benchmarks.tables import to_markdown
from benchmarks.year import LARGEST, NOW, Engines, engines
from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.timestream import Timestream
from chalicelib.engines.timestream import dialect as timestream
from chalicelib.figures import Answers, Cache, Metric, Route, Statement, weigh
from chalicelib.figures.answers import Query, to_query, to_statement
from chalicelib.figures.breakdowns import By
from devstack.timestream.syntax import parse

WINDOW: Final = {"affiliateId": LARGEST, "timeWindow": "Last90Days", "timeZone": "Europe/Paris"}
HOLD_DAYS: Final = 30
RUNS: Final = 15


@dataclass(frozen=True, slots=True)
class Case:
    """One question."""

    route: Route
    extra: dict[str, str]
    """Its parameters besides WINDOW's."""

    @property
    def name(self) -> str:
        """The question in words, as the table has it."""
        words = [value if name == "metricType" else f"{name} {value}" for name, value in self.extra.items()]
        return ", ".join(words if self.route is Route.METRICS else [self.route.value, *words])

    @property
    def parameters(self) -> dict[str, list[str]]:
        """All parameters, as a request has them."""
        window = {"affiliateId": WINDOW["affiliateId"]} if self.route is Route.BALANCE else WINDOW
        return {name: [value] for name, value in {**window, **self.extra}.items()}

    @property
    def query(self) -> Query:
        """What is asked for."""
        return to_query(self.route, self.parameters, NOW, HOLD_DAYS)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one question costs."""

    case: Case
    window: int
    read: int
    pages: int
    milliseconds: float
    records: int
    app: float
    """Milliseconds."""
    size: int
    """Bytes of the answer."""


def cases() -> Iterator[Case]:
    """Every kind of question."""
    for metric in Metric:
        yield Case(Route.METRICS, {"metricType": metric})
    for metric in (Metric.PAGE_VIEWS, Metric.VISITORS, Metric.COMMISSIONS):
        yield Case(Route.METRICS, {"metricType": metric, "compareTo": "PreviousPeriod"})
    for name, value in (("website", "site1.example"), ("link", "link3"), ("country", "FR")):
        yield Case(Route.METRICS, {"metricType": Metric.PAGE_VIEWS, name: value})
    for by in By:
        yield Case(Route.BREAKDOWN, {"by": by})
    yield Case(Route.ENTRIES, {})
    yield Case(Route.ENTRIES, {"limit": "500"})
    yield Case(Route.BALANCE, {})


def measure(page_views: int) -> list[Measured]:
    """All questions, of tables with so many page views."""
    with engines(page_views) as both, psycopg.connect(both.postgres_url, autocommit=True) as connection:
        connection.execute("VACUUM (FREEZE, ANALYZE)")
        return [_measure(connection, both, case) for case in cases()]


def to_table(measured: list[Measured]) -> str:
    """A table of the rows and times."""
    figures = (
        "rows in the window",
        "PostgreSQL: rows read",
        "pages",
        "ms",
        "Timestream: records",
        "app ms",
        "answer KB",
    )
    return to_markdown(("question",), figures, map(_row, measured))


def _row(measured: Measured) -> list[str]:
    return [
        measured.case.name,
        f"{measured.window:,}",
        f"{measured.read:,}",
        f"{measured.pages:,}",
        f"{measured.milliseconds:.1f}",
        f"{measured.records:,}",
        f"{measured.app:.2f}",
        f"{measured.size / 1000:.1f}",
    ]


def _measure(connection: psycopg.Connection, both: Engines, case: Case) -> Measured:
    statement = to_statement(case.route, case.query, DIALECT)
    text, values = to_sql(statement)
    plan = explained(connection, text, values)
    read = scans(plan)
    found = list(both.postgres.rows(statement))
    measured = Measured(
        case,
        _in_window(connection, case.query, {scan["Relation Name"] for scan in read}),
        sum(map(rows_read, read)),
        plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
        _least(time.perf_counter, lambda: connection.execute(text.encode(), values).fetchall()),
        records(both.timestream, to_statement(case.route, case.query, both.timestream.dialect)),
        _least(time.process_time, lambda: _app(case, found)),
        len(_app(case, found)),
    )
    print(f"  {' | '.join(_row(measured))}", file=sys.stderr, flush=True)
    return measured


def _in_window(connection: psycopg.Connection, query: Any, tables: set[str]) -> int:
    """The affiliate's rows in the window, and in what it is compared with. A balance is of all times."""
    time_range = getattr(query, "time_range", None)
    spans = [(time_range.start, time_range.end) if time_range else (NOW - timedelta(days=400), NOW)]
    if earlier := getattr(query, "earlier", None):
        spans.append((earlier.start, earlier.end))
    return sum(_count(connection, table, query.affiliate_id, *span) for table in tables for span in spans)


def _count(
    connection: psycopg.Connection, table: str, affiliate_id: str, start: datetime, end: datetime
) -> int:
    text = f"SELECT count(*) FROM analytics.{table} WHERE affiliate_id = %s AND time >= %s AND time < %s"
    ((found,),) = connection.execute(text.encode(), (affiliate_id, start, end)).fetchall()
    return int(found)


class Count(msgspec.Struct, frozen=True):
    """The one row of a count."""

    value: int


def records(engine: Timestream, statement: Statement[Any]) -> int:
    """How many records the conditions leave, of all places in a statement that name a table."""
    found = 0
    for table in parse(timestream.to_sql(statement)).find_all(exp.Table):
        select = table.find_ancestor(exp.Select)
        if table.db and select:  # else it is a part of the statement itself
            text = f"SELECT count(*) AS value FROM {table.sql('trino')} {select.args['where'].sql('trino')}"
            [counted] = engine.rows(Statement(text, (), Count))
            found += counted.value
    return found


def _least(clock: Callable[[], float], run: Callable[[], object]) -> float:
    """Milliseconds of the fastest run."""

    def taken() -> float:
        started = clock()
        run()
        return (clock() - started) * 1000

    return min(taken() for _ in range(RUNS))


def _app(case: Case, rows: Sequence[Any]) -> bytes:
    """The answer that the app makes of rows. Nothing is kept of an earlier one."""
    kept: Cache[Any, bytes] = Cache(0, 0, weigh, time.monotonic)
    return Answers(DIALECT, lambda _: rows, kept, HOLD_DAYS, dict).answer(case.route, case.parameters, NOW)
