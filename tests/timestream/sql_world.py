"""A few small tables in memory for the tests of SQL, and their answers as plain Python values."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from devstack.timestream.query import FirstPage, Queries, install
from devstack.timestream.schema import Catalog, Column, Measure, Role, Table

NOW = 1_795_000_000_123_456_789  # 2026-11-18 11:06:40.123…

_D, _N, _T = Role.DIMENSION, Role.MEASURE_NAME, Role.TIMESTAMP

_VIEWS = (
    Column("affiliate_id", "varchar", _D),
    Column("website", "varchar", _D),
    Column("visitor_id", "varchar", _D),
    Column("measure_name", "varchar", _N),
    Column("time", "timestamp", _T),
    Column("measure_value::bigint", "bigint", Role.MEASURE_VALUE),
)
_SALES = (
    Column("affiliate_id", "varchar", _D),
    Column("currency", "varchar", _D),
    Column("order_id", "varchar", _D),
    Column("entry", "varchar", _D),
    Column("entry_id", "varchar", _D),
    Column("website", "varchar", _D),
    Column("measure_name", "varchar", _N),
    Column("time", "timestamp", _T),
    Column("measure_value::bigint", "bigint", Role.MEASURE_VALUE),
)
_HOSTS = (
    Column("host-name", "varchar", _D),
    Column("measure_name", "varchar", _N),
    Column("time", "timestamp", _T),
    Column("CPU", "double", Role.MULTI),
    Column("up", "boolean", Role.MULTI),
)

_ROWS = """
CREATE TABLE views AS SELECT * FROM (VALUES
    ('a1', 'one.com', 'v1', 'page_view', TIMESTAMP_NS '2026-11-17 00:00:00.123456789', 1::BIGINT),
    ('a1', 'one.com', 'v1', 'page_view', TIMESTAMP_NS '2026-11-17 23:59:59.999999999', 1),
    ('a1', 'one.com', 'v2', 'page_view', TIMESTAMP_NS '2026-11-18 10:00:00', 1),
    ('a1', 'two.com', 'v1', 'page_view', TIMESTAMP_NS '2026-11-18 00:00:00', 1),
    ('it''s', 'two.com', 'v3', 'page_view', TIMESTAMP_NS '2026-11-10 12:00:00', 1)
) AS t(affiliate_id, website, visitor_id, measure_name, "time", "measure_value::bigint");
CREATE TABLE sales AS SELECT c0 AS affiliate_id, c1 AS currency, c2 AS order_id, c3 AS entry, c4 AS entry_id,
    c5 AS website, 'commission' AS measure_name, c6 AS "time", c7 AS "measure_value::bigint" FROM (VALUES
    ('a1', 'USD', 'o1', 'sale', 'o1', 'one.com', TIMESTAMP_NS '2026-11-17 10:00:00', 5000000::BIGINT),
    ('a1', 'USD', 'o1', 'sale', 'o1', 'two.com', TIMESTAMP_NS '2026-11-17 10:00:01', 5000000),
    ('a1', 'USD', 'o1', 'reversal', 'r1', 'one.com', TIMESTAMP_NS '2026-11-18 10:00:00', -2000000),
    ('a1', 'EUR', 'o2', 'sale', 'o2', 'one.com', TIMESTAMP_NS '2026-11-18 10:00:00', 1000000)
) AS t(c0, c1, c2, c3, c4, c5, c6, c7);
CREATE TABLE hosts AS SELECT * FROM (VALUES
    ('h1', 'metrics', TIMESTAMP_NS '2019-12-04 19:00:00', 35.0::DOUBLE, true),
    ('h1', 'metrics', TIMESTAMP_NS '2019-12-04 19:00:02', 45.3, NULL),
    ('h1', 'metrics', TIMESTAMP_NS '2019-12-04 19:00:01', 38.2, false),
    ('h2', 'metrics', TIMESTAMP_NS '2019-12-04 19:00:00', NULL, true)
) AS t("host-name", measure_name, "time", "CPU", up);
CREATE TABLE nothing (measure_name VARCHAR, "time" TIMESTAMP_NS);
"""

_TABLES = (
    Table("WebAnalyticsDb", "PageViewsTable", "views", _VIEWS),
    Table("WebAnalyticsDb", "CommissionsTable", "sales", _SALES),
    Table("ops-db", "Hosts", "hosts", _HOSTS),
    Table(
        "ops-db",
        "Nothing",
        "nothing",
        (Column("measure_name", "varchar", _N), Column("time", "timestamp", _T)),
    ),
)


class SmallCatalog:
    """A catalog of a fixed set of tables."""

    def databases(self) -> Iterator[str]:
        return iter(sorted({table.database for table in _TABLES}))

    def tables(self, database: str) -> Iterator[str]:
        found = sorted(table.name for table in _TABLES if table.database == database)
        if not found:
            raise KeyError(database)
        return iter(found)

    def table(self, database: str, table: str) -> Table:
        return {(each.database, each.name): each for each in _TABLES}[database, table]

    def measures(self, database: str, table: str) -> Iterator[Measure]:
        columns = self.table(database, table).columns
        dimensions = tuple((each.name, each.type) for each in columns if each.role is Role.DIMENSION)
        yield Measure("commission", "bigint", dimensions)
        yield Measure("page_view", "bigint", dimensions)


@cache
def database() -> duckdb.DuckDBPyConnection:
    """One database in memory for all tests of a process; since none of them writes."""
    connection = duckdb.connect()
    connection.execute(_ROWS)
    install(connection)
    connection.execute("SET enable_external_access = false")
    return connection


@contextmanager
def snapshot() -> Iterator[tuple[duckdb.DuckDBPyConnection, Catalog]]:
    """A cursor in a transaction, as the store gives it."""
    with database().cursor() as cursor:
        cursor.begin()
        try:
            yield cursor, SmallCatalog()
        finally:
            cursor.rollback()


def queries(first_page: FirstPage = FirstPage.FULL) -> Queries:
    """The query operations over the tables above, at a fixed time."""
    return Queries(snapshot, lambda: NOW, first_page)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its columns' names, their types as on the wire, and its rows in plain Python."""

    names: tuple[str, ...]
    types: tuple[Any, ...]
    rows: list[tuple[Any, ...]]


def ask(sql: str) -> Answer:
    """The answer to a query, read as a client reads it."""
    response = queries().query({"QueryString": sql})
    names = tuple(column["Name"] for column in response["ColumnInfo"])
    types = tuple(_type(column["Type"]) for column in response["ColumnInfo"])
    return Answer(names, types, [tuple(map(plain, row["Data"])) for row in response["Rows"]])


def value(expression: str) -> Any:
    """The value of one expression, by SELECT."""
    [row] = ask(f"SELECT {expression}").rows
    return row[0]


def plain(datum: dict[str, Any]) -> Any:
    """A Datum as a string, None, a list (array), a tuple (row), or a list of pairs (time series)."""
    match datum:
        case {"ScalarValue": text}:
            return text
        case {"ArrayValue": values}:
            return [plain(each) for each in values]
        case {"RowValue": {"Data": values}}:
            return tuple(plain(each) for each in values)
        case {"TimeSeriesValue": points}:
            return [(point["Time"], plain(point["Value"])) for point in points]
        case _:
            assert datum == {"NullValue": True}
            return None


def _type(info: dict[str, Any]) -> Any:
    return info.get("ScalarType", info)
