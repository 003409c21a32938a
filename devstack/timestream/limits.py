"""The sizes that reject a record.

https://docs.aws.amazon.com/timestream/latest/developerguide/ts-limits.html
"""

from functools import lru_cache
from itertools import chain
from typing import Final

from devstack.timestream.layout import Signature
from devstack.timestream.measures import Value
from devstack.timestream.points import Point
from devstack.timestream.schema import Role

MOST_DIMENSION_NAME_BYTES: Final = 60
MOST_MEASURE_NAME_BYTES: Final = 256
MOST_RECORD_BYTES: Final = 2048
MOST_ATTRIBUTES: Final = 256
MOST_ATTRIBUTE_BYTES: Final = 2048


def excess_of(point: Point) -> str | None:
    """The limit that the record exceeds, as the reason of its rejection."""
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
    # Counted as in https://docs.aws.amazon.com/timestream/latest/developerguide/metering-and-pricing.writes.html
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
