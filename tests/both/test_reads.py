"""A question reads its affiliate's rows of its time, and of the look-back, and no others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
import pytest
from sqlglot import exp

from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.timestream import dialect as timestream
from chalicelib.figures import OF_EVERYONE, Route, Statement
from chalicelib.figures.answers import Query, to_query, to_statement
from devstack.postgres.fixture import Database
from devstack.timestream.syntax import parse
from tests.both.questions import KINDS, everyones_questions, other_questions, questions
from tests.both.test_statements import nodes
from tests.both.world import CONFIG, NOW, Question

AFFILIATE: Final = "a7"
TIMESTREAM: Final = timestream.dialect(CONFIG)
DAY: Final = timedelta(days=1)
LOOK_BACK: Final = timedelta(days=31)
"""How far before a window Timestream looks for the first report of an entry."""

Asked = tuple[Route, Question, Query]
Span = tuple[datetime, datetime]


def asked() -> list[Asked]:
    """Each metric over each window, some compared or narrowed, and questions of the other routes."""
    metrics = [
        (Route.METRICS, question, now) for question, now in questions(AFFILIATE)[len(KINDS) : 2 * len(KINDS)]
    ]
    return [
        (route, question, to_query(route, {name: [value] for name, value in question.items()}, now, 30))
        for route, question, now in [*metrics, *other_questions(AFFILIATE)]
    ]


def spans(query: Any) -> list[Span]:
    """What a query is about: its window, and what it compares the window with.

    Whether an entry was reversed is known only from what came after it, and a balance is of all times.
    """
    if not hasattr(query, "time_range"):
        return [(datetime(1970, 2, 1, tzinfo=UTC), query.now + DAY)]
    start, end = query.time_range.start, query.time_range.end
    if hasattr(query, "held_since"):
        return [(start, max(end, query.now + DAY))]
    earlier = getattr(query, "earlier", None)
    return [(start, end), (earlier.start, earlier.end)] if earlier else [(start, end)]


# PostgreSQL


@pytest.fixture
def filled(database: Database) -> Iterator[psycopg.Connection]:
    """Two years of forty affiliates, up to now. Some questions are of March, with rows before and after."""
    with psycopg.connect(database.url(), autocommit=True) as admin:
        # VACUUM marks no page whose rows are not in the log yet: without marks, no index is enough by itself.
        admin.execute("SET synchronous_commit = on")
        for table, fill in _FILL.items():
            admin.execute(fill.encode(), {"last": NOW})
            admin.execute(f"VACUUM ANALYZE analytics.{table}".encode())
        yield admin


_FILL: Final = {
    "page_views": """\
INSERT INTO analytics.page_views
SELECT 'a' || mod(n, 40), 'event ' || n, %(last)s - n * interval '43 minutes', mod(n, 3) || '.example',
  md5((n / 3)::text), '/' || mod(n, 30), 'google.com', 'newsletter', NULL, NULL, 'FR', 'desktop',
  mod(n, 7) = 0, CASE WHEN mod(n, 2) = 0 THEN 'a' END
FROM generate_series(1, 24000) AS n""",
    "order_entries": """\
INSERT INTO analytics.order_entries
SELECT 'a' || mod(n, 40), md5(n::text), %(last)s - n * interval '65 minutes', mod(n, 3) || '.example', 'USD',
  'order ' || n, 'sale', 'order ' || n, n, 2 * n, NULL, CASE WHEN mod(n, 2) = 0 THEN 'a' END, NULL
FROM generate_series(1, 16000) AS n""",
    "payouts": """\
INSERT INTO analytics.payouts
SELECT 'a' || mod(n, 40), 'USD', 'payout ' || n, %(last)s - n * interval '1 day', n
FROM generate_series(1, 700) AS n""",
}


def test_postgresql_reads_no_other_rows(filled: psycopg.Connection):
    """What an index or a table gave, with what was then thrown away, is just the rows of one of the spans."""
    read = set()
    for route, question, query in asked():
        for table, rows in rows_read(filled, to_statement(route, query, DIALECT)):
            known = [rows_of(filled, table, span) for span in spans(query)]
            assert rows in known, (route, question, table, known)
            if rows:
                read.add((route, table))
    assert read == {
        (Route.METRICS, "page_views"),
        (Route.METRICS, "order_entries"),
        (Route.BREAKDOWN, "page_views"),
        (Route.BREAKDOWN, "order_entries"),
        (Route.ENTRIES, "order_entries"),
        (Route.BALANCE, "order_entries"),
        (Route.BALANCE, "payouts"),
    }


def test_postgresql_reads_of_everyone_no_rows_of_other_times(filled: psycopg.Connection):
    """Beside them it reads one row of each affiliate, and finds the affiliates by it."""
    for route, question, now in everyones_questions():
        query = to_query(route, {name: [value] for name, value in question.items()}, now, 30)
        for table, rows in rows_read(filled, to_statement(route, query, DIALECT)):
            known = [rows_of(filled, table, span, "affiliate_id") for span in spans(query)]
            assert rows in (1, 39, *known), (
                route,
                question,
                table,
                known,
            )  # the first one, and the next ones


def rows_read(database: psycopg.Connection, statement: Statement[Any]) -> Iterator[tuple[str, int]]:
    """A table and how many of its rows were read, for each part of a statement that reads one and was run."""
    text, values = to_sql(statement)
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {text}"
    ((plan,),) = database.execute(explain.encode(), values).fetchall()
    for node in nodes(plan[0]["Plan"]):
        if "Relation Name" in node and node["Actual Loops"]:
            given = sum(each for name, each in node.items() if name in _READ)
            yield node["Relation Name"], round(given * node["Actual Loops"])


_READ: Final = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")


def rows_of(database: psycopg.Connection, table: str, span: Span, whose: str = f"'{AFFILIATE}'") -> int:
    """How many rows of a table are the affiliate's and lie in a span."""
    text = f"SELECT count(*) FROM analytics.{table} WHERE affiliate_id = {whose} AND time >= %s AND time < %s"
    ((found,),) = database.execute(text.encode(), span).fetchall()
    return int(found)


# Timestream


def test_timestream_is_told_to_read_no_other_rows():
    """Each table is named with all that Timestream finds records by: affiliate, measure and time."""
    everyones = [
        (route, question, to_query(route, {name: [value] for name, value in question.items()}, now, 30))
        for route, question, now in everyones_questions()
    ]
    for route, question, query in [*asked(), *everyones]:
        statement = to_statement(route, query, TIMESTREAM)
        found = list(bounds(timestream.to_sql(statement)))
        assert found, question
        for table, conditions in found:
            assert (f"affiliate_id = '{AFFILIATE}'" in conditions) is (route not in OF_EVERYONE), question
            assert conditions & _MEASURES[table], question
            assert any(within(conditions, table, span) for span in spans(query)), (question, conditions)


_MEASURES: Final = {
    CONFIG.page_views_table: {"measure_name = 'page_view'"},
    CONFIG.commissions_table: {f"measure_name = '{each}'" for each in ("commission", "revenue", "payout")},
}


def bounds(sql: str) -> Iterator[tuple[str, set[str]]]:
    """For each place in a statement that names a table: the table, and the conditions that must all hold."""
    for table in parse(sql).find_all(exp.Table):
        if table.db:  # else it is a part of the statement itself
            select = table.find_ancestor(exp.Select)
            assert select
            where = select.args["where"].this.unnest()
            yield table.name, {each.sql("trino") for each in where.flatten()}


def within(conditions: set[str], table: str, span: Span) -> bool:
    """Whether just this span is read, with the look-back for what can be reported twice."""
    start, end = span
    since = start - LOOK_BACK if table == CONFIG.commissions_table else start
    return {f"time >= {_moment(since)}", f"time < {_moment(end)}"} <= conditions


def _moment(instant: datetime) -> str:
    """A literal, as sqlglot writes it."""
    return parse(f"SELECT {timestream.moment(instant)}").selects[0].sql("trino")
