"""Statements in a real PostgreSQL: rows of the right types, and errors that the route knows."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.errors import UndefinedTable

from chalicelib.engines.postgres.connections import KeptConnection
from chalicelib.engines.postgres.dialect import to_sql
from chalicelib.engines.postgres.reader import rows
from chalicelib.errors import RequestError, UnavailableError
from chalicelib.figures import Row, Statement
from devstack.postgres.fixture import Database

MOMENT = datetime(2026, 11, 3, 12, 34, tzinfo=UTC)
ONE = "SELECT 'a.example' AS website, 1 AS value, CAST(NULL AS timestamp) AS timestamp, 1 AS rank"


@pytest.fixture
def connection(database: Database) -> Iterator[KeptConnection]:
    """As the role `metrics`."""
    with closing(KeptConnection(lambda _: psycopg.connect(database.url("metrics"), autocommit=True))) as made:
        yield made


def statement(text: str) -> Statement[Row]:
    return Statement(text, (), Row)


def raising(code: str) -> Statement[Row]:
    """A statement that fails with an error of PostgreSQL's own code."""
    return statement(f"SELECT analytics.fail('{code}')")


@pytest.fixture
def _failing(database: Database) -> None:
    with psycopg.connect(database.url(), autocommit=True) as admin:
        admin.execute(
            "CREATE FUNCTION analytics.fail(code text) RETURNS int LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING ERRCODE = code, MESSAGE = 'on purpose'; END $$"
        )


def test_values_are_bound(connection: KeptConnection):
    asked = Statement(
        "SELECT {name} AS website, sum(n) AS value, ({moment} AT TIME ZONE 'UTC') AS timestamp, "
        "count(*) AS rank FROM generate_series(1, 3) AS n WHERE {name} <> '' GROUP BY {name}",
        (("name", "'; DROP TABLE analytics.page_views; -- %s {name}"), ("moment", MOMENT)),
        Row,
    )
    name = dict(asked.values)["name"]
    assert list(rows(connection, asked)) == [Row(str(name), 6, MOMENT.replace(tzinfo=None), None, 3)]


def test_a_value_is_in_no_statement():
    text, values = to_sql(Statement("SELECT {a} WHERE {b} > {a}", (("a", "x"), ("b", MOMENT)), Row))
    assert text == "SELECT %(a)s WHERE %(b)s > %(a)s"
    assert values == {"a": "x", "b": MOMENT}


def test_no_rows_are_no_rows(connection: KeptConnection):
    assert list(rows(connection, statement(f"SELECT * FROM ({ONE}) AS one WHERE FALSE"))) == []


def test_sums_are_integers(connection: KeptConnection):
    text = f"SELECT website, sum(9e15::bigint) AS value, timestamp, rank FROM ({ONE}) AS one GROUP BY 1, 3, 4"
    [row] = rows(connection, statement(text))
    assert (row.value, type(row.value)) == (9_000_000_000_000_000, int)


@pytest.mark.usefixtures("_failing")
@pytest.mark.parametrize("code", ["53200", "54000"])
def test_a_question_that_needs_too_much_memory_is_to_be_made_smaller(connection: KeptConnection, code: str):
    with pytest.raises(RequestError, match="timeWindow: has too much data for one answer"):
        rows(connection, raising(code))


@pytest.mark.usefixtures("_failing")
@pytest.mark.parametrize("code", ["40001", "57014", "57P01", "53100", "08006"])
def test_a_failure_that_passes_makes_figures_unavailable(connection: KeptConnection, code: str):
    with pytest.raises(UnavailableError, match="on purpose"):
        rows(connection, raising(code), patience=0.2)


def test_an_answer_that_takes_too_long_is_unavailable(connection: KeptConnection):
    with pytest.raises(UnavailableError):
        rows(connection, statement("SELECT pg_sleep(30)"), patience=0.05)


def test_a_database_out_of_reach_is_unavailable():
    nowhere = "postgresql://metrics@127.0.0.1:1/none"
    connection = KeptConnection(lambda _: psycopg.connect(nowhere))
    with pytest.raises(UnavailableError, match="refused"):
        rows(connection, statement("SELECT 1"), patience=0.05)


def test_a_mistake_of_ours_is_raised(connection: KeptConnection):
    with pytest.raises(UndefinedTable):
        rows(connection, statement("SELECT * FROM nothing"))
