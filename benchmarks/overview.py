"""What the owner's overview costs: time in both engines, and money on AWS by list price.

A year of page views of a thousand affiliates, and an order for every twenty-five of them, in a real
PostgreSQL and in the local Timestream. One affiliate has more than a fifth of all, and one an eighth. A
visitor has some 25 page views by one affiliate; every hundredth page view is of a visitor who comes by many.
The statements are the app's, for days in Paris; the page has the largest thousand affiliates.

*Rows read* is what those parts of PostgreSQL's plan that read a table got (EXPLAIN ANALYZE), with one row of
each affiliate: the statement goes from one to the next. *ms* is from sending the statement to having all
rows, where PostgreSQL uses one process and has all data in memory. *Memory* is what the statement's sorts and
hashes take if they may take 128 MiB, all that Aurora DSQL gives. *Records* are those that the conditions of
the statement leave in Timestream. *Local ms* is the local Timestream's time, which is DuckDB's: it does not
say what the real one takes. Of all times, the least of some runs counts.

*DSQL cents* and *Timestream cents* are what one question costs, in US cents, by the prices and sizes in
docs/operations.md: for DSQL the bytes read, and the seconds of this machine; for Timestream the bytes
scanned, where queries are paid by the byte.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import psycopg

from benchmarks.databases import running
from benchmarks.queries import AFFILIATE, NOW, explained, load, rows_read, scans, space
from benchmarks.questions import HOLD_DAYS, records
from benchmarks.tables import to_markdown
from benchmarks.year import environment, make_tables, store
from chalicelib.config import Config
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.timestream import Timestream
from chalicelib.engines.timestream.records import COMMISSION, PAGE_VIEW, REVENUE
from chalicelib.events import Commission, Entry, PageView
from chalicelib.figures import Answers, Cache, Route, weigh
from chalicelib.figures.answers import to_query, to_statement
from chalicelib.sessions import new_session
from devstack.environment import local_environment
from devstack.timestream import Server
from devstack.timestream.catalog import StoredCatalog

RUNS: Final = 3

_NOW_NS: Final = int(NOW.timestamp()) * 10**9

_PAGE: Final = {"timeZone": "Europe/Paris", "limit": "1000"}
CASES: Final[dict[str, tuple[Route, dict[str, str]]]] = {
    "affiliates, Last24Hours": (Route.AFFILIATES, {"timeWindow": "Last24Hours", **_PAGE}),
    "affiliates, Last30Days": (Route.AFFILIATES, {"timeWindow": "Last30Days", **_PAGE}),
    "affiliates, Last365Days": (Route.AFFILIATES, {"timeWindow": "Last365Days", **_PAGE}),
    "balances": (Route.BALANCES, {"limit": "1000"}),
}

INDEX_BYTES, ROW_BYTES = 140, 240
"""Of an entry of PostgreSQL's index, and of a row of a table."""

UNITS_A_BYTE, UNITS_A_SECOND, CENTS_A_UNIT = 0.0000018311, 1, 100 * 8 / 10**6
RECORD_BYTES, CENTS_A_GB, LEAST_GB = 300, 1, 0.01
"""DSQL's units, and Timestream's bytes: see docs/operations.md."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one question costs."""

    name: str
    read: int
    milliseconds: float
    memory: float
    """MiB."""
    units: float
    records: int
    local: float
    """Milliseconds."""
    app: float
    """Milliseconds of CPU."""
    size: int
    """Bytes of the answer."""


def measure(page_views: int) -> list[Measured]:
    """All cases, with so many page views in each engine."""
    with _postgres(page_views) as (postgres, connection), _timestream(page_views) as timestream:
        return [_measure(name, postgres, connection, timestream) for name in CASES]


def to_table(measured: Sequence[Measured]) -> str:
    """A table of the times, sizes and prices."""
    figures = (
        "PostgreSQL: rows read",
        "ms",
        "memory MiB",
        "DSQL cents",
        "Timestream: records",
        "local ms",
        "Timestream cents",
        "app ms",
        "answer KB",
    )
    return to_markdown(("question",), figures, map(_row, measured))


def _row(measured: Measured) -> list[str]:
    scanned = max(LEAST_GB, measured.records * RECORD_BYTES / 10**9)
    return [
        measured.name,
        f"{measured.read:,}",
        f"{measured.milliseconds:,.0f}",
        f"{measured.memory:.0f}",
        f"{measured.units * CENTS_A_UNIT:.2f}",
        f"{measured.records:,}",
        f"{measured.local:,.0f}",
        f"{scanned * CENTS_A_GB:.2f}",
        f"{measured.app:.0f}",
        f"{measured.size / 1000:.0f}",
    ]


def _measure(
    name: str, postgres: Postgres, connection: psycopg.Connection, timestream: Timestream
) -> Measured:
    route, given = CASES[name]
    parameters = {parameter: [value] for parameter, value in given.items()}
    query = to_query(route, parameters, NOW, HOLD_DAYS)
    statement, local = (to_statement(route, query, each) for each in (DIALECT, timestream.dialect))
    text, values = to_sql(statement)
    plan = explained(connection, text, values)
    milliseconds = _least(lambda: connection.execute(text.encode(), values).fetchall())
    found = list(postgres.rows(statement))

    def answer() -> bytes:
        kept: Cache[Any, bytes] = Cache(0, 0, weigh, time.monotonic)
        return Answers(DIALECT, lambda _: found, kept, HOLD_DAYS, dict).answer(route, parameters, NOW)

    measured = Measured(
        name,
        sum(map(rows_read, scans(plan))),
        milliseconds,
        sum(space(plan)),
        _bytes(plan) * UNITS_A_BYTE + milliseconds / 1000 * UNITS_A_SECOND,
        records(timestream, local),
        _least(lambda: list(timestream.rows(local))),
        _least(answer, time.process_time),
        len(answer()),
    )
    print(f"  {' | '.join(_row(measured))}", file=sys.stderr, flush=True)
    return measured


def _bytes(plan: dict[str, Any]) -> int:
    """What PostgreSQL reads of indexes, and of rows where an index is not enough."""
    return sum(
        rows_read(scan) * (INDEX_BYTES if scan["Node Type"] == "Index Only Scan" else INDEX_BYTES + ROW_BYTES)
        for scan in scans(plan)
    )


def _least(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds of the fastest run."""

    def taken() -> float:
        started = clock()
        run()
        return (clock() - started) * 1000

    return min(taken() for _ in range(RUNS))


@contextmanager
def _postgres(page_views: int) -> Iterator[tuple[Postgres, psycopg.Connection]]:
    with ExitStack() as stack:
        server = stack.enter_context(running())
        connection = stack.enter_context(psycopg.connect(server.url(), autocommit=True))
        load(connection, page_views, _VISITOR)
        connection.execute("SET work_mem = '128MB'")
        config = Config("events", engine="postgres", postgres_url=server.url())
        yield stack.enter_context(closing(Postgres(config))), connection


@contextmanager
def _timestream(page_views: int) -> Iterator[Timestream]:
    """The rows go straight into the file of the local Timestream: through its API they would take minutes."""
    with TemporaryDirectory(prefix="timestream-") as name:
        path = Path(name) / "timestream.db"
        with _opened(path) as timestream:
            make_tables(_CONFIG)
            store(timestream, _FIRST)
        print(f"  loading {page_views:,} page views into the local Timestream", file=sys.stderr, flush=True)
        _fill(path, page_views)
        with _opened(path) as timestream:
            yield timestream


@contextmanager
def _opened(path: Path) -> Iterator[Timestream]:
    with (
        Server(path=path, clock=lambda: _NOW_NS) as server,
        environment(local_environment({}, {}, timestream_url=server.url, s3_url=server.url)),
        closing(Timestream(new_session(), _CONFIG)) as timestream,
    ):
        yield timestream


def _fill(path: Path, page_views: int) -> None:
    """Rows like those that `load` makes."""
    values = {"page_views": page_views, "now": NOW.replace(tzinfo=None)}
    with duckdb.connect(str(path)) as database:
        for table, measure, every, cells in _ROWS:
            resource, layout = StoredCatalog(database).resource(_CONFIG.timestream_database, table)
            physical = {column.name: f"c{index}" for index, column in enumerate(layout.columns)}
            columns, selected = ", ".join(physical[name] for name in cells), ", ".join(cells.values())
            database.execute(
                f"INSERT INTO t{resource.number} (key, version, digest, time, measure_name, {columns}) "
                f"SELECT number * 10 + {len(measure)}, 1, 0, {_TIME}, '{measure}', {selected} "
                f"FROM (SELECT number, (number * {every} * 7919) % $page_views AS place "
                f"FROM range(1, $page_views // {every} + 1) AS all_numbers(number))",
                values,
            )


def _in_duckdb(expression: str) -> str:
    """An expression of PostgreSQL, where a slash divides integers."""
    return expression.replace("%(page_views)s", "$page_views").replace(" / ", " // ")


_CONFIG: Final = Config("events")

_MOMENT: Final = int(NOW.timestamp()) * 1000

_FIRST: Final = (
    PageView(_MOMENT, "small-1", "site1.example", "a visitor", "an event", click=True),
    Commission(_MOMENT, "small-1", "site1.example", "USD", "an order", Entry.SALE, "1", 1, revenue=1),
)
"""They make the columns."""

_TIME: Final = "$now - to_seconds((hash(number) % 31536000)::BIGINT)"

_VISITOR: Final = f"""
CASE WHEN mod(place, 100) = 0 THEN 'any-' || mod(place, 10007)
  WHEN place < %(page_views)s * 0.3412 THEN ({AFFILIATE}) || place / 25
  ELSE ({AFFILIATE}) || place / 25000 END
"""
"""Of 25,000 neighbours, each of the many small affiliates has 25."""

_OF_BOTH: Final = {"affiliate_id": _in_duckdb(AFFILIATE), "website": "'site' || (place % 3) || '.example'"}

_VIEW: Final = {
    **_OF_BOTH,
    "event_id": "md5(place::VARCHAR)",
    "visitor_id": f"md5({_in_duckdb(_VISITOR)})",
    "click": "CASE WHEN place % 3 = 0 THEN 'true' END",
}

_ENTRY: Final = {
    **_OF_BOTH,
    "currency": "CASE WHEN place % 2 = 0 THEN 'EUR' ELSE 'USD' END",
    "order_id": "'order' || place",
    "entry": "'sale'",
    "entry_id": "'order' || place",
    "measure_value::bigint": "7500000",
}

_ROWS: Final = (
    (_CONFIG.page_views_table, PAGE_VIEW, 1, _VIEW),
    (_CONFIG.commissions_table, COMMISSION, 25, _ENTRY),
    (_CONFIG.commissions_table, REVENUE, 25, _ENTRY),
)
"""Tables, measure names, how many page views each record stands for, and what is in its columns."""
