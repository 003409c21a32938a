"""What WriteRecords makes of each record: a point to store, or a rejection."""

from dataclasses import dataclass

from devstack.timestream.layout import Signature
from devstack.timestream.measures import Value


@dataclass(frozen=True, slots=True)
class Point:
    """One record, read.

    `index` is its place in the request, `key` its identity (dimensions, measure name, time), `digest` stands
    for its values. `dimensions` are sorted by name; `values` stand beside `signature.columns`. `time` is in
    nanoseconds.
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
    """One record that is not taken, and why."""

    index: int
    reason: str
    existing_version: int | None = None
