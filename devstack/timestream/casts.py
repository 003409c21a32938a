"""Conversions from one type to another: the implicit ones, and CAST."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlglot import exp

from devstack.timestream.datatypes import Array, Row, Scalar, Type, common, duckdb_type, widening
from devstack.timestream.scope import Context, Expression, null

BIGINT, BOOLEAN, DATE, DOUBLE = Scalar.BIGINT, Scalar.BOOLEAN, Scalar.DATE, Scalar.DOUBLE
INTEGER, TIME, TIMESTAMP, VARCHAR = Scalar.INTEGER, Scalar.TIME, Scalar.TIMESTAMP, Scalar.VARCHAR
DURATION, MONTHS = Scalar.INTERVAL_DAY_TO_SECOND, Scalar.INTERVAL_YEAR_TO_MONTH

_WHOLE = "CASE WHEN regexp_full_match({0}, '[+-]?[0-9]+') THEN {0} ELSE 'not a number: ' || {0} END"

# {cast} is CAST or TRY_CAST. A double becomes a whole number by rounding half away from zero, as in Java;
# DuckDB rounds half to even. https://trino.io/docs/current/functions/conversion.html
_CASTS: dict[tuple[Scalar, Scalar], str] = {
    (BOOLEAN, VARCHAR): "CAST({0} AS VARCHAR)",
    (INTEGER, VARCHAR): "CAST({0} AS VARCHAR)",
    (BIGINT, VARCHAR): "CAST({0} AS VARCHAR)",
    (DOUBLE, VARCHAR): "ts_double_text({0})",
    (TIMESTAMP, VARCHAR): "ts_timestamp_text({0})",
    (DATE, VARCHAR): "CAST({0} AS VARCHAR)",
    (TIME, VARCHAR): "ts_clock_text({0})",
    (DURATION, VARCHAR): "ts_duration_text({0})",
    (MONTHS, VARCHAR): "ts_months_text({0})",
    (VARCHAR, INTEGER): f"{{cast}}({_WHOLE} AS INTEGER)",
    (VARCHAR, BIGINT): f"{{cast}}({_WHOLE} AS BIGINT)",
    (VARCHAR, DOUBLE): "{cast}({0} AS DOUBLE)",
    (VARCHAR, BOOLEAN): "{cast}({0} AS BOOLEAN)",
    (VARCHAR, TIMESTAMP): "{cast}({0} AS TIMESTAMP_NS)",
    (VARCHAR, DATE): "{cast}({0} AS DATE)",
    (VARCHAR, TIME): "ts_time_of_day({cast}('1970-01-01 ' || {0} AS TIMESTAMP_NS))",
    (BOOLEAN, INTEGER): "CAST({0} AS INTEGER)",
    (BOOLEAN, BIGINT): "CAST({0} AS BIGINT)",
    (BOOLEAN, DOUBLE): "CAST(CAST({0} AS INTEGER) AS DOUBLE)",
    (INTEGER, BOOLEAN): "({0} <> 0)",
    (BIGINT, BOOLEAN): "({0} <> 0)",
    (DOUBLE, BOOLEAN): "({0} <> 0)",
    (INTEGER, BIGINT): "CAST({0} AS BIGINT)",
    (INTEGER, DOUBLE): "CAST({0} AS DOUBLE)",
    (BIGINT, INTEGER): "{cast}({0} AS INTEGER)",
    (BIGINT, DOUBLE): "CAST({0} AS DOUBLE)",
    (DOUBLE, INTEGER): "{cast}(round({0}) AS INTEGER)",
    (DOUBLE, BIGINT): "{cast}(round({0}) AS BIGINT)",
    (DATE, TIMESTAMP): "CAST({0} AS TIMESTAMP_NS)",
    (TIMESTAMP, DATE): "ts_date({0})",
    (TIMESTAMP, TIME): "ts_time_of_day({0})",
}

_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:[ T](?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})"
    r"(?:\.(?P<fraction>\d{1,9}))?)?)?"
)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,9}))?)?"
)
_SECOND = 1_000_000_000


def adapt(value: Expression, target: Type, context: Context) -> tuple[int, Expression] | None:
    """Convert a value to a type implicitly, and return the cost too; None if that needs a CAST.

    A string literal may stand for a timestamp, a date or a time of day: AWS's own examples compare
    `time >= '2024-10-01 14:00:00'` and call `hour('2019-10-12 23:10:34.000000000')`.
    """
    if value.parameter is not None:
        context.parameters[value.parameter] = target
        return 1, null(target)
    cost = widening(value.type, target)
    if cost is not None:
        return cost, value if cost == 0 else _widened(value, target)
    if value.text is not None and target in _LITERALS:
        literal = moment_literal(value.text, target)
        return None if literal is None else (5, literal)
    return None


def cast(value: Expression, target: Type, how: str, node: exp.Expr, context: Context) -> Expression:
    """`CAST(value AS target)`, where `how` is CAST or TRY_CAST."""
    if adapted := adapt(value, target, context):
        return adapted[1]
    return Expression(_cast_sql(value.sql, value.type, target, how, node, context), target)


def text_of(value: Expression, node: exp.Expr, context: Context) -> Expression:
    """`CAST(value AS varchar)`."""
    return cast(value, VARCHAR, "CAST", node, context)


def moment_literal(text: str, kind: Type) -> Expression | None:
    """A timestamp, date or time of day from its text; None if the text is not one."""
    try:
        return _LITERALS[kind](text.strip())
    except ValueError:
        return None


def unify(
    values: list[Expression],
    node: exp.Expr,
    context: Context,
    complaint: str = "All values must be the same type",
) -> list[Expression]:
    """Convert the values to one type. String literals become timestamps, dates or times if the others are."""
    target: Type = Scalar.UNKNOWN
    for value in [value for value in values if value.text is None] or values:
        wider = common(target, value.type)
        if wider is None:
            raise context.error(node, f"{complaint}: {target}, {value.type}")
        target = wider
    fits = [
        adapt(value, VARCHAR if target == Scalar.UNKNOWN and _texts(values) else target, context)
        for value in values
    ]
    if None in fits:
        odd = next(value for value, fit in zip(values, fits, strict=True) if fit is None)
        raise context.error(node, f"{complaint}: {target}, {odd.type}")
    return [fit[1] for fit in fits if fit]


def _texts(values: list[Expression]) -> bool:
    return any(value.text is not None for value in values)


def _timestamp(text: str) -> Expression:
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    year, month, day = map(int, parts["date"].split("-"))
    midnight = datetime(year, month, day, tzinfo=UTC)
    nanoseconds = int(midnight.timestamp()) * _SECOND + (_nanoseconds(parts) if parts["hour"] else 0)
    if not -(2**63) <= nanoseconds < 2**63:
        raise ValueError(text)
    return Expression(f"make_timestamp_ns({nanoseconds})", TIMESTAMP, stored=True)


def _date(text: str) -> Expression:
    parts = _DAY.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    return Expression(f"DATE '{date(*map(int, parts.groups())).isoformat()}'", DATE, stored=True)


def _time(text: str) -> Expression:
    parts = _CLOCK.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    return Expression(f"CAST({_nanoseconds(parts)} AS BIGINT)", TIME, stored=True)


_LITERALS: dict[Type, Callable[[str], Expression]] = {TIMESTAMP: _timestamp, DATE: _date, TIME: _time}


def _nanoseconds(parts: re.Match[str]) -> int:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(parts[0])
    return (hour * 3600 + minute * 60 + second) * _SECOND + int((parts["fraction"] or "").ljust(9, "0"))


def _widened(value: Expression, target: Type) -> Expression:
    if value.type == Scalar.UNKNOWN:
        return Expression(f"CAST(NULL AS {duckdb_type(target)})", target, stored=True)
    return Expression(f"CAST({value.sql} AS {duckdb_type(target)})", target, stored=value.stored)


def _cast_sql(sql: str, source: Type, target: Type, how: str, node: exp.Expr, context: Context) -> str:
    match source, target:
        case Scalar(), Scalar() if (source, target) in _CASTS:
            return _CASTS[source, target].format(sql, cast=how)
        case _ if widening(source, target) is not None:
            return f"CAST({sql} AS {duckdb_type(target)})"
        case Array(inner), Array(outer):
            name = context.alias("e")
            return (
                f"list_transform({sql}, lambda {name}: {_cast_sql(name, inner, outer, how, node, context)})"
            )
        case Row(inner), Row(outer) if len(inner) == len(outer):
            members = (
                f"f{i} := {_cast_sql(f'({sql}).f{i}', a, b, how, node, context)}"
                for i, ((_, a), (_, b)) in enumerate(zip(inner, outer, strict=True))
            )
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(members)}) END"
        case _:
            raise context.error(node, f"Cannot cast {source} to {target}")
