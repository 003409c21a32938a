"""The catalog: databases and tables, stored in the same DuckDB database as their rows."""

from collections.abc import Iterator

import duckdb
import msgspec

from devstack.timestream.layout import Layout
from devstack.timestream.resources import Database, TableResource
from devstack.timestream.schema import Measure, Table

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS control;
CREATE SEQUENCE IF NOT EXISTS control.numbers;
CREATE TABLE IF NOT EXISTS control.databases (name VARCHAR PRIMARY KEY, resource VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS control.tables (
    database VARCHAR, name VARCHAR, resource VARCHAR NOT NULL, layout VARCHAR NOT NULL,
    PRIMARY KEY (database, name)
);
"""


def create_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that hold the catalog, unless they exist."""
    connection.execute(_SCHEMA)


def relation_of(table: TableResource) -> str:
    """DuckDB's name for the table's view: Timestream's names are case-sensitive and DuckDB's are not."""
    return f"v{table.number}"


class StoredCatalog:
    """Reads and changes the catalog within the connection's transaction; implements schema.Catalog."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def databases(self) -> Iterator[str]:
        """Names, sorted."""
        return (name for (name,) in self._rows("SELECT name FROM control.databases ORDER BY name"))

    def tables(self, database: str) -> Iterator[str]:
        """Names, sorted. Raises KeyError if the database does not exist."""
        self.database(database)
        statement = "SELECT name FROM control.tables WHERE database = ? ORDER BY name"
        return (name for (name,) in self._rows(statement, database))

    def table(self, database: str, table: str) -> Table:
        """The table as it is now. Raises KeyError if it does not exist."""
        resource, layout = self.resource(database, table)
        return Table(database, table, relation_of(resource), layout.ordered())

    def measures(self, database: str, table: str) -> Iterator[Measure]:
        """For SHOW MEASURES, sorted by name. Raises KeyError if the table does not exist."""
        _, layout = self.resource(database, table)
        return iter(layout.shown_measures())

    def database(self, name: str) -> Database:
        """The database of this name. Raises KeyError if it does not exist."""
        (resource,) = self._one("SELECT resource FROM control.databases WHERE name = ?", name)
        return msgspec.json.decode(resource, type=Database)

    def resource(self, database: str, table: str) -> tuple[TableResource, Layout]:
        """A table and its layout. Raises KeyError if the table does not exist."""
        resource, layout = self._one(
            "SELECT resource, layout FROM control.tables WHERE database = ? AND name = ?", database, table
        )
        return msgspec.json.decode(resource, type=TableResource), msgspec.json.decode(layout, type=Layout)

    def resources(self) -> list[TableResource]:
        """Every table, by database and name."""
        rows = self._rows("SELECT resource FROM control.tables ORDER BY database, name")
        return [msgspec.json.decode(resource, type=TableResource) for (resource,) in rows]

    def next_number(self) -> int:
        """A number that no table has had."""
        (number,) = self._one("SELECT nextval('control.numbers')")
        return int(number)

    def save_database(self, database: Database) -> None:
        """Add the database, or replace the one of the same name."""
        statement = "INSERT OR REPLACE INTO control.databases VALUES (?, ?)"
        self._connection.execute(statement, [database.name, _encode(database)])

    def save_table(self, table: TableResource, layout: Layout) -> None:
        """Add the table, or replace the one of the same name."""
        statement = "INSERT OR REPLACE INTO control.tables VALUES (?, ?, ?, ?)"
        self._connection.execute(statement, [table.database, table.name, _encode(table), _encode(layout)])

    def delete_database(self, name: str) -> None:
        """Remove the database. The caller removes its tables first."""
        self._connection.execute("DELETE FROM control.databases WHERE name = ?", [name])

    def delete_table(self, table: TableResource) -> None:
        """Remove the table. The caller removes its rows."""
        statement = "DELETE FROM control.tables WHERE database = ? AND name = ?"
        self._connection.execute(statement, [table.database, table.name])

    def _rows(self, statement: str, *parameters: str) -> list[tuple[str, ...]]:
        return self._connection.execute(statement, list(parameters)).fetchall()

    def _one(self, statement: str, *parameters: str) -> tuple[str, ...]:
        rows = self._rows(statement, *parameters)
        if not rows:
            raise KeyError(parameters)
        return rows[0]


def _encode(value: Database | TableResource | Layout) -> str:
    return msgspec.json.encode(value).decode()
