"""WriteRecords' rules: a request becomes points to store and records to reject."""

from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final

from devstack.timestream.errors import ValidationError
from devstack.timestream.layout import Signature
from devstack.timestream.limits import excess_of
from devstack.timestream.measures import Value, parse_time, parse_value
from devstack.timestream.points import Point, Rejection
from devstack.timestream.resources import PartitionKey, TableResource
from devstack.timestream.schema import Column, Role
from devstack.timestream.windows import Window, window_of

MOST_DIMENSIONS: Final = 128

_DEFAULTS: Final[dict[str, Any]] = {"TimeUnit": "MILLISECONDS", "MeasureValueType": "DOUBLE", "Version": 1}


def read_records(
    request: dict[str, Any], table: TableResource, now: int
) -> tuple[list[Point], list[Rejection]]:
    """The request's records, each a point or a rejection.

    ValidationError refuses the request whole: for what the API says of ValidationException (no dimension,
    names not unique, a version below 1) and for what is no record at all. Limits exceeded and times outside
    the window reject the record alone (API_RejectedRecord). Times outside are told apart last, so a request
    that is refused at one time is refused at any.
    """
    common = _given(request.get("CommonAttributes") or {})
    window = window_of(table, now)
    points: list[Point] = []
    rejections: list[Rejection] = []
    for index, record in enumerate(request["Records"]):
        point = _read(index, common, _given(record), window)
        missing = _missing(point, table.partition_key)
        if reason := missing or excess_of(point) or window.rejection_of(point.time):
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
    """A member that is null is a member left out."""
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
    time = parse_time(record.get("Time") or "", record["TimeUnit"])
    if time is None:
        raise ValidationError("Invalid time for record.")
    return time


_Attributes = tuple[tuple[str, str], ...]
"""Names and types (`BIGINT`) of a MULTI record's measures; of a single measure, nothing."""


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
    return (), (parse_value(record.get("MeasureName", ""), type_, single, record["TimeUnit"]),)


def _several(several: list[dict[str, str]], unit: str) -> tuple[_Attributes, tuple[Value, ...]]:
    ordered = sorted(several, key=itemgetter("Name"))
    attributes = tuple((attribute["Name"], attribute["Type"]) for attribute in ordered)
    if len(dict(attributes)) < len(attributes):
        raise ValidationError("A record must contain measures with unique names.")
    if any(type_ == "MULTI" for _, type_ in attributes):
        raise ValidationError("MULTI is an invalid type for one of MeasureValues.")
    return attributes, tuple(parse_value(each["Name"], each["Type"], each["Value"], unit) for each in ordered)


@lru_cache(maxsize=4096)
def _signature(
    dimensions: tuple[str, ...], measure_name: str | None, type_: str, attributes: _Attributes
) -> Signature:
    # Reserved names: ts-limits. That a dimension has no colon: AWS IoT's API_TimestreamDimension.
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
