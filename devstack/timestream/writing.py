"""WriteRecords: reads a request, compares it with what is stored, writes, and answers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import duckdb

from devstack.timestream.databases import existing_table
from devstack.timestream.errors import RejectedRecordsError
from devstack.timestream.faults import NO_FAULTS, Faults
from devstack.timestream.records import Point, Rejection, read_records
from devstack.timestream.resources import window_of
from devstack.timestream.rows import Rows, Stored, settle
from devstack.timestream.store import Clock, Store

Lookup = Callable[[Rows, Sequence[Point]], dict[int, Stored]]


def write_records(
    store: Store, clock: Clock, request: dict[str, Any], faults: Faults = NO_FAULTS
) -> dict[str, Any]:
    """API_WriteRecords. Raises RejectedRecordsError if some records are rejected; the others are written."""
    try:
        points, rejections = _write(store, clock(), request, faults, _assume_none)
    except duckdb.ConstraintException:
        # A record is stored already. This is rare, and looking before each write would scan the keys.
        points, rejections = _write(store, clock(), request, faults, Rows.stored)
    if rejections:
        raise RejectedRecordsError(
            "One or more records have been rejected. See RejectedRecords for details.",
            RejectedRecords=list(_by_index(rejections)),
        )
    return {"RecordsIngested": _ingested(points)}


def _write(
    store: Store, now: int, request: dict[str, Any], faults: Faults, lookup: Lookup
) -> tuple[Sequence[Point], Sequence[Rejection]]:
    with store.transaction() as (connection, catalog):
        table, layout = existing_table(catalog, request)
        read, rejections = read_records(request, table, now)
        points, struck = faults.sift(read, window_of(table, now))
        rows = Rows(connection, table, layout)
        outcome = settle(points, lookup(rows, points), layout)
        if outcome.layout is not layout:
            rows.extend(outcome.layout)
            catalog.save_table(table, outcome.layout)
        rows.insert(outcome.inserts)
        rows.update(outcome.updates)
        return points, (*rejections, *struck, *outcome.rejections)


def _assume_none(_rows: Rows, _points: Sequence[Point]) -> dict[int, Stored]:
    return {}


def _ingested(points: Sequence[Point]) -> dict[str, int]:
    in_memory = sum(point.in_memory for point in points)
    return {"Total": len(points), "MemoryStore": in_memory, "MagneticStore": len(points) - in_memory}


def _by_index(rejections: Iterable[Rejection]) -> Iterator[dict[str, Any]]:
    for rejection in sorted(rejections, key=lambda rejection: rejection.index):
        version = rejection.existing_version
        shown: dict[str, Any] = {"RecordIndex": rejection.index, "Reason": rejection.reason}
        yield shown if version is None else {**shown, "ExistingVersion": version}
