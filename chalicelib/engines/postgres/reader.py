"""Reads from PostgreSQL: the rows of a statement."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from psycopg.errors import OperationalError, OutOfMemory, ProgramLimitExceeded

from chalicelib.engines.postgres.connections import Connection, KeptConnection
from chalicelib.engines.postgres.dialect import to_sql
from chalicelib.errors import RequestError, UnavailableError
from chalicelib.figures import R, Statement, to_rows

PATIENCE: Final = 25
"""Seconds for an answer, everything included. API Gateway gives up after 29."""


def rows(connection: KeptConnection, statement: Statement[R], patience: float = PATIENCE) -> Iterator[R]:
    """The rows that answer `statement`.

    Raises UnavailableError if the same statement may well be answered later, RequestError if it needs more
    memory than DSQL gives a query, and otherwise what psycopg raises.
    """
    text, values = to_sql(statement)

    def read(open_connection: Connection) -> tuple[list[str], list[tuple[Any, ...]]]:
        cursor = open_connection.execute(text, values)
        return [column.name for column in cursor.description or ()], cursor.fetchall()

    try:
        names, found = connection.run(read, patience)
    except (ProgramLimitExceeded, OutOfMemory) as error:
        raise RequestError("timeWindow", "has too much data for one answer: ask for a shorter one") from error
    except OperationalError as error:
        raise UnavailableError(str(error)) from error
    columns = zip(*found, strict=True) if found else ([] for _ in names)
    return to_rows(statement.row, dict(zip(names, map(_integers, columns), strict=True)))


def _integers(column: Sequence[Any]) -> Sequence[Any]:
    """The column with integers for its Decimals, which sums are."""
    first = next((value for value in column if value is not None), None)
    if not isinstance(first, Decimal):
        return column
    return [None if value is None else int(value) for value in column]
