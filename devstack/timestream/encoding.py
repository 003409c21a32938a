"""Encodes values: from DuckDB, through Python, to the strings of the wire."""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from time import gmtime, strftime
from typing import Any

from devstack.timestream.datatypes import Array, Row, Scalar, TimeSeries, Type, point

Datum = dict[str, Any]

NULL: Datum = {"NullValue": True}

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND


def fetchable(sql: str, kind: Type, depth: int = 0) -> str:
    """SQL for the value of `sql`, in a form that Python can fetch without loss.

    DuckDB's client gives timestamps only to the microsecond, so they travel as nanoseconds since 1970.
    """
    if not _needs_care(kind):
        return sql
    match kind:
        case Scalar.TIMESTAMP:
            return f"epoch_ns({sql})"
        case Scalar.DATE:
            return f"CAST({sql} AS VARCHAR)"
        case Row(fields):
            return _fetchable_row(sql, fields, depth)
        case Array(element):
            return _fetchable_list(sql, element, depth)
        case TimeSeries(value):
            return _fetchable_list(sql, point(value), depth)
        case _:
            return sql


def encoder(kind: Type) -> Callable[[Any], Datum]:
    """A function from a fetched value of this type to its Datum."""
    match kind:
        case Scalar():
            return _or_null(_scalar(_TEXT[kind]))
        case Array(element):
            encode = encoder(element)
            return _or_null(lambda values: {"ArrayValue": [encode(value) for value in values]})
        case Row(fields):
            encoders = [encoder(member) for _, member in fields]
            return _or_null(lambda row: {"RowValue": {"Data": _fields(encoders, row)}})
        case TimeSeries(value):
            encode = encoder(value)
            return _or_null(lambda points: {"TimeSeriesValue": [_point(encode, each) for each in points]})


def double_text(value: float) -> str:
    """A double as Java's Double.toString writes it: 1.0E7, 35.0, NaN, -Infinity.

    https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html#toString-double-
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, _, exponent = _scientific(value).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


@lru_cache(maxsize=4096)
def timestamp_text(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as `2022-06-17 17:44:43.771000000`."""
    seconds, rest = divmod(nanoseconds, _SECOND)
    return f"{strftime('%Y-%m-%d %H:%M:%S', gmtime(seconds))}.{rest:09d}"


def time_text(nanoseconds: int) -> str:
    """Nanoseconds since midnight as `17:41:52.827000000`."""
    seconds, rest = divmod(nanoseconds, _SECOND)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:09d}"


def day_to_second_text(nanoseconds: int) -> str:
    """Nanoseconds as `1 21:00:00.000000000`."""
    days, rest = divmod(abs(nanoseconds), _DAY)
    return f"{'-' if nanoseconds < 0 else ''}{days} {time_text(rest)}"


def year_to_month_text(months: int) -> str:
    """Months as `2-7`: years and months."""
    years, rest = divmod(abs(months), 12)
    return f"{'-' if months < 0 else ''}{years}-{rest}"


_TEXT: dict[Scalar, Callable[[Any], str]] = {
    Scalar.UNKNOWN: str,
    Scalar.BOOLEAN: lambda value: "true" if value else "false",
    Scalar.INTEGER: str,
    Scalar.BIGINT: str,
    Scalar.DOUBLE: double_text,
    Scalar.VARCHAR: str,
    Scalar.TIMESTAMP: timestamp_text,
    Scalar.DATE: str,
    Scalar.TIME: time_text,
    Scalar.INTERVAL_DAY_TO_SECOND: day_to_second_text,
    Scalar.INTERVAL_YEAR_TO_MONTH: year_to_month_text,
}


def _needs_care(kind: Type) -> bool:
    match kind:
        case Scalar():
            return kind in (Scalar.TIMESTAMP, Scalar.DATE)
        case Array(element):
            return _needs_care(element)
        case Row(fields):
            return any(_needs_care(member) for _, member in fields)
        case TimeSeries():
            return True


def _fetchable_list(sql: str, element: Type, depth: int) -> str:
    name = f"x{depth}"
    return f"list_transform({sql}, lambda {name}: {fetchable(name, element, depth + 1)})"


def _fetchable_row(sql: str, fields: tuple[tuple[str | None, Type], ...], depth: int) -> str:
    members = (f"f{i} := {fetchable(f'({sql}).f{i}', member, depth)}" for i, (_, member) in enumerate(fields))
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(members)}) END"


def _or_null(encode: Callable[[Any], Datum]) -> Callable[[Any], Datum]:
    return lambda value: NULL if value is None else encode(value)


def _scalar(text: Callable[[Any], str]) -> Callable[[Any], Datum]:
    return lambda value: {"ScalarValue": text(value)}


def _fields(encoders: list[Callable[[Any], Datum]], row: dict[str, Any]) -> list[Datum]:
    return [encode(value) for encode, value in zip(encoders, row.values(), strict=True)]


def _point(encode: Callable[[Any], Datum], row: dict[str, Any]) -> Datum:
    return {"Time": timestamp_text(row["f0"]), "Value": encode(row["f1"])}


def _scientific(value: float) -> str:
    digits = re.sub(r"[-.]|e.*", "", repr(value)).lstrip("0").rstrip("0") or "0"
    return f"{value:.{len(digits) - 1}e}"
