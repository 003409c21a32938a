"""The query side's operations: Query, PrepareQuery and CancelQuery, over a snapshot of what is stored."""

import re
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import Enum
from pathlib import Path
from typing import Any

import duckdb

from devstack.timestream.compiler import Compiled, compile_query
from devstack.timestream.datatypes import column_info, type_info
from devstack.timestream.errors import (
    InternalServerError,
    QueryExecutionError,
    TimestreamError,
    ValidationError,
)
from devstack.timestream.metadata import answer
from devstack.timestream.paging import Kept, Result
from devstack.timestream.schema import Catalog
from devstack.timestream.syntax import position

Snapshot = Callable[[], AbstractContextManager[tuple[duckdb.DuckDBPyConnection, Catalog]]]

_METERED = 10_000_000  # the minimum charge of a query, as recorded from the service
_ROWS = range(1, 1001)  # https://docs.aws.amazon.com/timestream/latest/developerguide/API_query_Query.html
_MILLISECOND = 1_000_000


class FirstPage(Enum):
    """The first response to a query: with rows, or, as the service sometimes does, with only a NextToken."""

    FULL = "full"
    EMPTY = "empty"


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Prepare a database for queries: define the macros that they call, and set UTC. Safe to repeat."""
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    connection.execute(Path(__file__).with_name("prelude.sql").read_text(encoding="utf-8"))


class Queries:
    """The operations on queries. `snapshot` gives a cursor in a transaction, and its catalog.

    `clock` gives nanoseconds since 1970; the service's own now() has milliseconds.
    """

    def __init__(self, snapshot: Snapshot, clock: Callable[[], int], first_page: FirstPage) -> None:
        self._snapshot = snapshot
        self._clock = clock
        self._first_page = first_page
        self._kept = Kept(clock)
        self._cancelled: deque[str] = deque(maxlen=1000)

    def query(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer with a page of a query's result. A NextToken is valid only for the query it came from.

        Raises ValidationError if the service would refuse the query, QueryExecutionError if running it fails.
        """
        most = request.get("MaxRows")
        if most is not None and most not in _ROWS:
            raise ValidationError(_rows_message(most))
        if token := request.get("NextToken"):
            result, offset = self._kept.find(token, request["QueryString"])
            return self._page(result, offset, most)
        result = self._run(request["QueryString"])
        if self._first_page is FirstPage.EMPTY:
            self._kept.keep(result)
            return {**_response(result, [], 0), "NextToken": result.token(0)}
        return self._page(result, 0, most)

    def prepare(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer with the columns and the @parameters of a query, without running it."""
        if not request.get("ValidateOnly"):
            raise ValidationError("ValidateOnly must be true")
        text = request["QueryString"]
        with self._snapshot() as (connection, catalog):
            compiled = compile_query(text, catalog, self._now())
            _execute(connection, f"EXPLAIN {compiled.sql}", text)
        return {
            "QueryString": text,
            "Columns": [column_info(name, kind) for name, kind in compiled.columns],
            "Parameters": [
                {"Name": name, "Type": type_info(kind)} for name, kind in compiled.parameters.items()
            ],
        }

    def cancel(self, request: dict[str, Any]) -> dict[str, Any]:
        """Drop the rest of a query's result. Raises ValidationError if there is none."""
        query_id = request["QueryId"]
        if query_id in self._cancelled:
            return {"CancellationMessage": f"Query {query_id} has already been cancelled"}
        if not self._kept.drop(query_id):
            raise ValidationError(f"Query {query_id} is not running")
        self._cancelled.append(query_id)
        return {"CancellationMessage": f"Query {query_id} has been cancelled"}

    def _run(self, text: str) -> Result:
        with self._snapshot() as (connection, catalog):
            if told := answer(text, catalog):
                return Result.of(text, *told, metered=0)
            compiled = compile_query(text, catalog, self._now())
            _refuse_parameters(compiled, text)
            rows = _execute(connection, compiled.sql, text).fetchall()
        return Result.of(text, compiled.columns, rows, metered=_METERED)

    def _page(self, result: Result, offset: int, most: int | None) -> dict[str, Any]:
        page = result.page(offset, most or len(result.rows))
        after = offset + len(page)
        if after < len(result.rows):
            self._kept.keep(result)
            return {**_response(result, page, after), "NextToken": result.token(after)}
        return _response(result, page, after)

    def _now(self) -> int:
        return self._clock() // _MILLISECOND * _MILLISECOND


def _response(result: Result, page: list[dict[str, Any]], after: int) -> dict[str, Any]:
    return {
        "QueryId": result.query_id,
        "Rows": page,
        "ColumnInfo": [column_info(name, kind) for name, kind in result.columns],
        "QueryStatus": {
            "ProgressPercentage": 100.0 * after / len(result.rows) if result.rows else 100.0,
            "CumulativeBytesScanned": 0,
            "CumulativeBytesMetered": result.metered,
        },
    }


def _execute(connection: duckdb.DuckDBPyConnection, sql: str, text: str) -> duckdb.DuckDBPyConnection:
    try:
        return connection.execute(sql)
    except duckdb.Error as error:
        raise _failure(error, text) from error


def _refuse_parameters(compiled: Compiled, text: str) -> None:
    for name in compiled.parameters:
        line, column = position(text, text.index(f"@{name}"))
        raise ValidationError(f"line {line}:{column}: Parameter @{name} has no value")


def _failure(error: duckdb.Error, text: str) -> TimestreamError:
    """Convert DuckDB's error to the service's."""
    message = str(error).partition("\n")[0].partition(": ")[2]
    if ungrouped := _UNGROUPED.match(message):
        return ValidationError(_ungrouped_message(ungrouped[1], text))
    if isinstance(error, duckdb.InternalException | duckdb.FatalException):
        return InternalServerError(message)
    if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        return ValidationError(message)
    return QueryExecutionError(_run_message(message))


# The service's messages for queries that fail while they run, as far as they are known from Trino.
_RUN_MESSAGES = (
    (re.compile(r"Division by zero.*"), "Division by zero"),
    (
        re.compile(r"Could not convert string '(?:not a number: )?(.*)' to INT64.*"),
        r"Cannot cast '\1' to BIGINT",
    ),
    (
        re.compile(r"Could not convert string '(?:not a number: )?(.*)' to INT32.*"),
        r"Cannot cast '\1' to INT",
    ),
    (re.compile(r"Could not convert string '(.*)' to (\w+).*"), r"Cannot cast '\1' to \2"),
    (re.compile(r"Overflow in (\w+) of INT64.*"), r"bigint \1 overflow"),
    (re.compile(r"Overflow in (\w+) of INT32.*"), r"integer \1 overflow"),
    (re.compile(r"Type INT128 with value .*"), "bigint addition overflow"),
)


def _run_message(message: str) -> str:
    for pattern, words in _RUN_MESSAGES:
        if match := pattern.fullmatch(message):
            return match.expand(words)
    return message


_UNGROUPED = re.compile(r'column "(.+)" must appear in the GROUP BY clause')


def _ungrouped_message(name: str, text: str) -> str:
    place = text.find(name)
    complaint = "must be an aggregate expression or appear in GROUP BY clause"
    if place < 0:
        return f"Every column {complaint}"
    line, column = position(text, place)
    return f"line {line}:{column}: '{name}' {complaint}"


def _rows_message(rows: int) -> str:
    bound = "less than or equal to 1000" if rows > _ROWS[-1] else "greater than or equal to 1"
    return (
        f"1 validation error detected: Value '{rows}' at 'maxRows' failed to satisfy constraint: "
        f"Member must have value {bound}"
    )
