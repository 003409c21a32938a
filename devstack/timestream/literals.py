"""Interval literals: `7d`, `2month`, INTERVAL '2' DAY."""

import re
from decimal import Decimal

from devstack.timestream.datatypes import Scalar
from devstack.timestream.scope import Expression

_DAY = 86_400_000_000_000

# The units that functions take, each as (nanoseconds, months): one of the two is 0.
UNITS = {
    "second": (1_000_000_000, 0),
    "minute": (60_000_000_000, 0),
    "hour": (3_600_000_000_000, 0),
    "day": (_DAY, 0),
    "week": (7 * _DAY, 0),
    "month": (0, 1),
    "quarter": (0, 3),
    "year": (0, 12),
}

# The units of interval literals, which have no week and no quarter.
# https://docs.aws.amazon.com/timestream/latest/developerguide/date-time-functions.html
_LITERAL_UNITS = {
    **dict.fromkeys(("ns", "nanosecond"), (1, 0)),
    **dict.fromkeys(("us", "microsecond"), (1_000, 0)),
    **dict.fromkeys(("ms", "millisecond"), (1_000_000, 0)),
    **dict.fromkeys(("s", "second"), UNITS["second"]),
    **dict.fromkeys(("m", "minute"), UNITS["minute"]),
    **dict.fromkeys(("h", "hour"), UNITS["hour"]),
    **dict.fromkeys(("d", "day"), UNITS["day"]),
    **dict.fromkeys(("month",), UNITS["month"]),
    **dict.fromkeys(("y", "year"), UNITS["year"]),
}

_DURATION = re.compile(r"\s*(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z]+)\s*")


def duration(text: str) -> Expression | None:
    """An interval from `7d`, `42.8ms` or `1 day`; None if the text is not one."""
    parts = _DURATION.fullmatch(text)
    unit = _LITERAL_UNITS.get(parts["unit"].lower()) if parts else None
    return _interval(Decimal(parts["count"]), unit) if parts and unit else None


def interval(count: str, unit: str) -> Expression | None:
    """An interval from INTERVAL 'count' unit, the count with or without a sign; None if it is not valid."""
    size = UNITS.get(unit.lower())
    if size is None or not re.fullmatch(r"[+-]?\d+(\.\d+)?", count):
        return None
    return _interval(Decimal(count), size)


def _interval(count: Decimal, unit: tuple[int, int]) -> Expression:
    nanoseconds, months = unit
    kind = Scalar.INTERVAL_YEAR_TO_MONTH if months else Scalar.INTERVAL_DAY_TO_SECOND
    return Expression(f"CAST({int(count * (months or nanoseconds))} AS BIGINT)", kind, stored=True)
