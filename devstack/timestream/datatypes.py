"""Timestream's types: their names, the implicit conversions between them, and their types in DuckDB."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Scalar(StrEnum):
    """The scalar types. A value is the name that `typeof` gives, a name is the wire's ScalarType."""

    UNKNOWN = "unknown"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    BIGINT = "bigint"
    DOUBLE = "double"
    VARCHAR = "varchar"
    TIMESTAMP = "timestamp"
    DATE = "date"
    TIME = "time"
    INTERVAL_DAY_TO_SECOND = "interval day to second"
    INTERVAL_YEAR_TO_MONTH = "interval year to month"


@dataclass(frozen=True, slots=True)
class Array:
    """A list of values of one type."""

    element: "Type"

    def __str__(self) -> str:
        return f"array({self.element})"


@dataclass(frozen=True, slots=True)
class Row:
    """Fields in order, some of them unnamed. In DuckDB a struct of f0, f1, …"""

    fields: "tuple[tuple[str | None, Type], ...]"

    def __str__(self) -> str:
        return f"row({', '.join(f'{name} {kind}' if name else str(kind) for name, kind in self.fields)})"


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """Points of time and value, in the order of time. In DuckDB a list of structs (f0 time, f1 value)."""

    value: "Type"

    def __str__(self) -> str:
        return f"timeseries(row(timestamp, {self.value}))"


Type = Scalar | Array | Row | TimeSeries

NUMBERS = (Scalar.INTEGER, Scalar.BIGINT, Scalar.DOUBLE)

# Intervals and times of day are numbers, since DuckDB's own types are only as fine as microseconds.
_IN_DUCKDB = {
    Scalar.UNKNOWN: '"NULL"',
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.INTEGER: "INTEGER",
    Scalar.BIGINT: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.VARCHAR: "VARCHAR",
    Scalar.TIMESTAMP: "TIMESTAMP_NS",
    Scalar.DATE: "DATE",
    Scalar.TIME: "BIGINT",  # nanoseconds since midnight
    Scalar.INTERVAL_DAY_TO_SECOND: "BIGINT",  # nanoseconds
    Scalar.INTERVAL_YEAR_TO_MONTH: "BIGINT",  # months
}

# The implicit conversions and their costs. The cheapest is preferred.
_WIDENINGS = {
    (Scalar.INTEGER, Scalar.BIGINT): 1,
    (Scalar.BIGINT, Scalar.DOUBLE): 2,
    (Scalar.INTEGER, Scalar.DOUBLE): 3,
    (Scalar.DATE, Scalar.TIMESTAMP): 2,
}


def duckdb_type(kind: Type) -> str:
    """DuckDB's name of the type that holds values of `kind`."""
    match kind:
        case Scalar():
            return _IN_DUCKDB[kind]
        case Array(element):
            return f"{duckdb_type(element)}[]"
        case Row(fields):
            members = ", ".join(f"f{i} {duckdb_type(member)}" for i, (_, member) in enumerate(fields))
            return f"STRUCT({members})"
        case TimeSeries(value):
            return f"{duckdb_type(point(value))}[]"


def point(value: Type) -> Row:
    """The row that is one point of a time series."""
    return Row((("time", Scalar.TIMESTAMP), ("value", value)))


def widening(source: Type, target: Type) -> int | None:
    """The cost of converting a `source` to a `target` implicitly; None if that needs a CAST."""
    match source, target:
        case _ if source == target:
            return 0
        case Scalar.UNKNOWN, _:
            return 1
        case Scalar(), Scalar():
            return _WIDENINGS.get((source, target))
        case Array(inner), Array(outer):
            return widening(inner, outer)
        case TimeSeries(inner), TimeSeries(outer):
            return widening(inner, outer)
        case Row(inner), Row(outer) if len(inner) == len(outer):
            costs = [widening(a, b) for (_, a), (_, b) in zip(inner, outer, strict=True)]
            return None if None in costs else sum(cost for cost in costs if cost)
        case _:
            return None


def common(left: Type, right: Type) -> Type | None:
    """The one of two types that the other converts to implicitly; None if neither does."""
    if widening(left, right) is not None:
        return right
    return left if widening(right, left) is not None else None


def type_info(kind: Type) -> dict[str, Any]:
    """The wire's description of a type: the Type structure of the Query API."""
    match kind:
        case Scalar():
            return {"ScalarType": kind.name}
        case Array(element):
            return {"ArrayColumnInfo": {"Type": type_info(element)}}
        case Row(fields):
            return {"RowColumnInfo": [column_info(name, member) for name, member in fields]}
        case TimeSeries(value):
            return {"TimeSeriesMeasureValueColumnInfo": {"Type": type_info(value)}}


def column_info(name: str | None, kind: Type) -> dict[str, Any]:
    """The wire's description of a column, or of a row's field, which may have no name."""
    return {"Name": name, "Type": type_info(kind)} if name else {"Type": type_info(kind)}
