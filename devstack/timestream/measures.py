"""Measure values: text on the wire, typed in storage."""

import math
import re
from collections.abc import Callable
from typing import Final

from devstack.timestream.errors import ValidationError

Value = int | float | bool | str

UNITS: Final = {"SECONDS": 1_000_000_000, "MILLISECONDS": 1_000_000, "MICROSECONDS": 1_000, "NANOSECONDS": 1}
"""Nanoseconds in one of each TimeUnit."""

LATEST: Final = (1 << 63) - 1
"""Nanoseconds to 2262-04-11, the end of the writable range."""

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


def parse_value(name: str, type_: str, text: str, unit: str) -> Value:
    """A measure's value: int, float, bool or str; a TIMESTAMP is nanoseconds, read in the record's TimeUnit.

    Raises ValidationError where the text is none of that type. NaN and the infinities are no DOUBLE here.
    """
    value = _PARSERS[type_](text, unit)
    if value is None:
        raise ValidationError(f"The measure value of {name} is not a valid {type_}: {text}")
    return value


def parse_time(text: str, unit: str) -> int | None:
    """Nanoseconds since 1970; None where the text is no whole number or lies before 1970."""
    if not _INTEGER.fullmatch(text):
        return None
    time = int(text) * UNITS[unit]
    return time if time >= 0 else None


def _parse_bigint(text: str, _unit: str) -> int | None:
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -(1 << 63) <= number < 1 << 63 else None


def _parse_double(text: str, _unit: str) -> float | None:
    if not _DECIMAL.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _parse_boolean(text: str, _unit: str) -> bool | None:
    return _BOOLEANS.get(text.lower())


def _parse_timestamp(text: str, unit: str) -> int | None:
    time = parse_time(text, unit)
    return time if time is not None and time <= LATEST else None


_PARSERS: dict[str, Callable[[str, str], Value | None]] = {
    "BIGINT": _parse_bigint,
    "DOUBLE": _parse_double,
    "BOOLEAN": _parse_boolean,
    "VARCHAR": lambda text, _unit: text,
    "TIMESTAMP": _parse_timestamp,
}
