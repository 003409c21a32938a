"""The DuckDB database that holds everything: one writer at a time, and any number of readers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from devstack.timestream.catalog import StoredCatalog, create_schema
from devstack.timestream.rows import NOW, Rows

Clock = Callable[[], int]
"""Nanoseconds since 1970."""

# Queries come from clients: whatever they contain, DuckDB must not touch files or download extensions.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class Store:
    """An open database: in memory, or in a file that only this process may have open.

    Raises duckdb.Error if the file is locked or not a database. Opening deletes the rows that have expired.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self.connection = duckdb.connect(str(path or ":memory:"), config=_SETTINGS)
        self._clock = clock
        self._writing = threading.Lock()
        self._opening = threading.Lock()
        create_schema(self.connection)
        self._expire()

    def close(self) -> None:
        """Close the database. Its file then has everything. (After a crash, the file's log has the rest.)"""
        with self._writing:
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, StoredCatalog]]:
        """The writer's connection and catalog. Commits at the end, and rolls back on an exception."""
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
        """A reader's connection and catalog. Both see the same state, whatever is written meanwhile."""
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
