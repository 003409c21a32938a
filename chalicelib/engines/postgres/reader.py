"""Reads from PostgreSQL: the rows of a statement."""

from collections.abc import Iterator
from itertools import repeat
from typing import Any, Final

from psycopg.errors import OperationalError, OutOfMemory, ProgramLimitExceeded

from chalicelib.engines.postgres.connections import Connection, KeptConnection
from chalicelib.engines.postgres.dialect import to_sql
from chalicelib.errors import RequestError, UnavailableError
from chalicelib.figures import Row, Statement

PATIENCE: Final = 25
"""Seconds for an answer, everything included. API Gateway gives up after 29."""


def rows(connection: KeptConnection, statement: Statement, patience: float = PATIENCE) -> Iterator[Row]:
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
    return _rows(names, found)


def _rows(names: list[str], found: list[tuple[Any, ...]]) -> Iterator[Row]:
    """Decoded by column. A sum is a Decimal, which an int is made of."""
    if not found:
        return iter(())
    columns = dict(zip(names, zip(*found, strict=True), strict=True))
    currencies = columns.get("currency", repeat(None))
    values, ranks = map(int, columns["value"]), map(int, columns["rank"])
    return map(Row, columns["website"], values, columns["timestamp"], currencies, ranks)
