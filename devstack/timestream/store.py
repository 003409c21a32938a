"""The DuckDB database that holds everything: one writer at a time, and any number of readers beside it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from devstack.timestream.catalog import StoredCatalog, create_schema
from devstack.timestream.rows import NOW, Rows

Clock = Callable[[], int]
"""Nanoseconds since 1970."""

# Queries are a client's words: whatever they contain, DuckDB shall neither touch files nor fetch extensions.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class Store:
    """An open database: in memory, or in a file that this process alone may have open.

    Raises duckdb.Error where the file is locked or no database. What is past retention is deleted on opening.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self.connection = duckdb.connect(str(path or ":memory:"), config=_SETTINGS)
        self._clock = clock
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        create_schema(self.connection)
        self._expire()

    def close(self) -> None:
        """Close the database; a file has everything in it after this (and after a crash, in its log)."""
        with self._writing:
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, StoredCatalog]]:
        """The only writer's connection and catalog: committed at the end, rolled back where it raises."""
        with self._writing, self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor, StoredCatalog(cursor)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, StoredCatalog]]:
        """A reader's connection and its catalog: both see one moment, whatever is written meanwhile."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"SET VARIABLE {NOW} = {self._clock()}::BIGINT")
            try:
                yield cursor, StoredCatalog(cursor)
            finally:
                cursor.execute("ROLLBACK")

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        # A cursor is a connection of its own, but making one touches the connection it is made from.
        with self._opening:
            cursor = self.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _expire(self) -> None:
        with self.transaction() as (connection, catalog):
            for table in catalog.resources():
                _, layout = catalog.resource(table.database, table.name)
                Rows(connection, table, layout).expire(self._clock())
