"""What a table looks like to a query: its columns, and the DuckDB relation that holds its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """Timestream's attribute types, in DESCRIBE's third column."""

    DIMENSION = "DIMENSION"
    MEASURE_NAME = "MEASURE_NAME"
    TIMESTAMP = "TIMESTAMP"
    MEASURE_VALUE = "MEASURE_VALUE"
    MULTI = "MULTI"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `type` is Timestream's name for it: varchar, bigint, double, boolean or timestamp."""

    name: str
    type: str
    role: Role


@dataclass(frozen=True, slots=True)
class Table:
    """One table. Columns are in the service's order: dimensions, measure_name, time, measures.

    `relation` is DuckDB's name for a view with exactly those columns, under their own names, `time` as
    TIMESTAMP_NS. Column names are case-sensitive in Timestream and not in DuckDB.
    """

    database: str
    name: str
    relation: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of SHOW MEASURES: a measure name, its type, and the dimensions it was written with."""

    name: str
    type: str
    dimensions: tuple[tuple[str, str], ...]


class Catalog(Protocol):
    """The databases and tables that queries can read."""

    def databases(self) -> Iterator[str]:
        """Names, sorted."""
        ...

    def tables(self, database: str) -> Iterator[str]:
        """Names, sorted. Raises KeyError if the database does not exist."""
        ...

    def table(self, database: str, table: str) -> Table:
        """The table as it is now. Raises KeyError if it does not exist."""
        ...

    def measures(self, database: str, table: str) -> Iterator[Measure]:
        """For SHOW MEASURES, sorted by name. Raises KeyError if the table does not exist."""
        ...
