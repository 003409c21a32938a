"""The rules of WriteRecords: which records of a request are stored, and which are rejected.

Limits: https://docs.aws.amazon.com/timestream/latest/developerguide/ts-limits.html
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from devstack.timestream.errors import ValidationError
from devstack.timestream.layout import Signature
from devstack.timestream.resources import PartitionKey, TableResource, Window, window_of
from devstack.timestream.schema import Column, Role

MOST_DIMENSIONS: Final = 128
MOST_DIMENSION_NAME_BYTES: Final = 60
MOST_MEASURE_NAME_BYTES: Final = 256
MOST_RECORD_BYTES: Final = 2048
MOST_ATTRIBUTES: Final = 256
MOST_ATTRIBUTE_BYTES: Final = 2048

_UNITS: Final = {"SECONDS": 1_000_000_000, "MILLISECONDS": 1_000_000, "MICROSECONDS": 1_000, "NANOSECONDS": 1}
"""Nanoseconds in one of each TimeUnit."""

_LATEST: Final = (1 << 63) - 1
"""Nanoseconds to 2262-04-11, the end of the writable range."""

_DEFAULTS: Final[dict[str, Any]] = {"TimeUnit": "MILLISECONDS", "MeasureValueType": "DOUBLE", "Version": 1}

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}

Value = int | float | bool | str

_Attributes = tuple[tuple[str, str], ...]
"""Names and types (`BIGINT`) of a MULTI record's measures; empty for a single measure."""


@dataclass(frozen=True, slots=True)
class Point:
    """A record that was read.

    `index` is its position in the request, `key` a hash of its identity (dimensions, measure name, time), and
    `digest` a hash of its values. `dimensions` are sorted by name, and `values` are in the order of
    `signature.columns`. `time` is in nanoseconds.
    """

    index: int
    key: int
    digest: int
    version: int
    time: int
    in_memory: bool
    dimensions: tuple[tuple[str, str], ...]
    values: tuple[Value, ...]
    signature: Signature


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that is rejected, and the reason."""

    index: int
    reason: str
    existing_version: int | None = None


def read_records(
    request: dict[str, Any], table: TableResource, now: int
) -> tuple[list[Point], list[Rejection]]:
    """Read the request's records, each as a point or as a rejection.

    Raises ValidationError, which refuses the whole request, in the cases that the API names (no dimension,
    duplicate names, a version below 1) and for malformed records. A limit that is exceeded or a time outside
    the window rejects only the record (API_RejectedRecord). The window is checked last, so that it does not
    depend on the time whether a request is refused.
    """
    common = _given(request.get("CommonAttributes") or {})
    window = window_of(table, now)
    points: list[Point] = []
    rejections: list[Rejection] = []
    for index, record in enumerate(request["Records"]):
        point = _read(index, common, _given(record), window)
        missing = _missing(point, table.partition_key)
        if reason := missing or _excess(point) or window.rejection_of(point.time):
            rejections.append(Rejection(index, reason))
        else:
            points.append(point)
    return points, rejections


def _missing(point: Point, key: PartitionKey) -> str | None:
    if key.enforcement == "REQUIRED" and key.name not in point.signature.dimensions:
        return f"The record lacks the dimension {key.name}, which the partition key requires."
    return None


def _read(index: int, common: dict[str, Any], record: dict[str, Any], window: Window) -> Point:
    merged = _DEFAULTS | common | record
    dimensions = _dimensions(common, record)
    names = tuple(name for name, _ in dimensions)
    time = _time(merged)
    attributes, values = _measures(merged)
    signature = _signature(names, merged.get("MeasureName"), merged["MeasureValueType"], attributes)
    if merged["Version"] < 1:
        raise ValidationError("The record version must be 1 or greater.")
    return Point(
        index=index,
        key=_digest((dimensions, signature.measure_name, time), 16),
        digest=_digest((signature.measure_type, attributes, values), 8),
        version=merged["Version"],
        time=time,
        in_memory=time >= window.memory,
        dimensions=dimensions,
        values=values,
        signature=signature,
    )


def _given(record: dict[str, Any]) -> dict[str, Any]:
    """The members without those that are null: null means left out."""
    return {name: value for name, value in record.items() if value is not None}


def _dimensions(common: dict[str, Any], record: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    both = (*(common.get("Dimensions") or ()), *(record.get("Dimensions") or ()))
    if not both:
        raise ValidationError("At least one dimension is required for a record.")
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in both}
    if len(dimensions) < len(both):
        raise ValidationError("A record must contain dimensions with unique names.")
    if len(dimensions) > MOST_DIMENSIONS:
        raise ValidationError(f"A record can contain at most {MOST_DIMENSIONS} dimensions.")
    return tuple(sorted(dimensions.items()))


def _time(record: dict[str, Any]) -> int:
    time = _parse_time(record.get("Time") or "", record["TimeUnit"])
    if time is None:
        raise ValidationError("Invalid time for record.")
    return time


def _measures(record: dict[str, Any]) -> tuple[_Attributes, tuple[Value, ...]]:
    type_ = record["MeasureValueType"]
    single, several = record.get("MeasureValue"), record.get("MeasureValues")
    if type_ == "MULTI":
        if single is not None or not several:
            raise ValidationError(
                "A record of type MULTI takes MeasureValues, at least one, and no MeasureValue."
            )
        return _several(several, record["TimeUnit"])
    if type_ == "TIMESTAMP":
        raise ValidationError("TIMESTAMP is an invalid measure value type.")
    if several or single is None:
        raise ValidationError(f"A record of type {type_} takes a MeasureValue and no MeasureValues.")
    return (), (_parse_value(record.get("MeasureName", ""), type_, single, record["TimeUnit"]),)


def _several(several: list[dict[str, str]], unit: str) -> tuple[_Attributes, tuple[Value, ...]]:
    ordered = sorted(several, key=itemgetter("Name"))
    attributes = tuple((attribute["Name"], attribute["Type"]) for attribute in ordered)
    if len(dict(attributes)) < len(attributes):
        raise ValidationError("A record must contain measures with unique names.")
    if any(type_ == "MULTI" for _, type_ in attributes):
        raise ValidationError("MULTI is an invalid type for one of MeasureValues.")
    return attributes, tuple(
        _parse_value(each["Name"], each["Type"], each["Value"], unit) for each in ordered
    )


@lru_cache(maxsize=4096)
def _signature(
    dimensions: tuple[str, ...], measure_name: str | None, type_: str, attributes: _Attributes
) -> Signature:
    # Reserved names: ts-limits. No colon in a dimension's name: AWS IoT's API_TimestreamDimension.
    if not measure_name:
        raise ValidationError("A measure name is required for a record.")
    for name in (*dimensions, *dict(attributes)):
        if _is_reserved(name) or (":" in name and name in dimensions):
            raise ValidationError(f"The name {name} is reserved by Timestream.")
    for name in (measure_name, *dict(attributes)):
        if name in dimensions:
            raise ValidationError(f"A dimension and a measure cannot have the same name: {name}.")
    type_ = type_.lower()
    columns = tuple(Column(name, each.lower(), Role.MULTI) for name, each in attributes)
    single = Column(f"measure_value::{type_}", type_, Role.MEASURE_VALUE)
    return Signature(dimensions, measure_name, type_, columns or (single,))


def _is_reserved(name: str) -> bool:
    return name == "time" or name.startswith(("ts_", "measure_name", "measure_value"))


def _digest(value: Any, size: int) -> int:
    # The repr of nested tuples of plain values is one-to-one, and made in C.
    return int.from_bytes(blake2b(repr(value).encode(), digest_size=size).digest(), signed=True)


def _parse_value(name: str, type_: str, text: str, unit: str) -> Value:
    """A measure's value. A TIMESTAMP is read in the record's TimeUnit, and becomes nanoseconds.

    Raises ValidationError if the text is not of the type. NaN and infinities are not valid for a DOUBLE.
    """
    value = _PARSERS[type_](text, unit)
    if value is None:
        raise ValidationError(f"The measure value of {name} is not a valid {type_}: {text}")
    return value


def _parse_time(text: str, unit: str) -> int | None:
    """Nanoseconds since 1970; None if the text is not a whole number, or is before 1970."""
    if not _INTEGER.fullmatch(text):
        return None
    time = int(text) * _UNITS[unit]
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
    time = _parse_time(text, unit)
    return time if time is not None and time <= _LATEST else None


_PARSERS: dict[str, Callable[[str, str], Value | None]] = {
    "BIGINT": _parse_bigint,
    "DOUBLE": _parse_double,
    "BOOLEAN": _parse_boolean,
    "VARCHAR": lambda text, _unit: text,
    "TIMESTAMP": _parse_timestamp,
}


def _excess(point: Point) -> str | None:
    """The reason to reject a record that exceeds a limit; None if it does not."""
    return _name_fault(point.signature) or _size_fault(point)


@lru_cache(maxsize=4096)
def _name_fault(signature: Signature) -> str | None:
    if any(_size(name) > MOST_DIMENSION_NAME_BYTES for name in signature.dimensions):
        return f"A dimension name exceeds the limit of {MOST_DIMENSION_NAME_BYTES} bytes."
    measure_names = (signature.measure_name, *(column.name for column in signature.columns))
    if any(_size(name) > MOST_MEASURE_NAME_BYTES for name in measure_names):
        return f"A measure name exceeds the limit of {MOST_MEASURE_NAME_BYTES} bytes."
    if len(signature.columns) > MOST_ATTRIBUTES:
        return f"A record can contain at most {MOST_ATTRIBUTES} measures."
    return None


def _size_fault(point: Point) -> str | None:
    # Counted as in
    # https://docs.aws.amazon.com/timestream/latest/developerguide/metering-and-pricing.writes.html
    dimensions = _size("".join(chain.from_iterable(point.dimensions)))
    values = sum(map(_value_size, point.values))
    if dimensions > MOST_RECORD_BYTES:
        return f"The dimensions exceed the limit of {MOST_RECORD_BYTES} bytes for a series."
    if values > MOST_ATTRIBUTE_BYTES:
        return f"The measure values exceed the limit of {MOST_ATTRIBUTE_BYTES} bytes."
    if 8 + dimensions + _measure_names_size(point.signature) + values > MOST_RECORD_BYTES:
        return f"The record exceeds the limit of {MOST_RECORD_BYTES} bytes."
    return None


@lru_cache(maxsize=4096)
def _measure_names_size(signature: Signature) -> int:
    attributes = (column.name for column in signature.columns if column.role is Role.MULTI)
    return sum(map(_size, (signature.measure_name, *attributes)))


def _value_size(value: Value) -> int:
    if isinstance(value, str):
        return _size(value)
    return 1 if isinstance(value, bool) else 8


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
