"""A table's rows in DuckDB: a physical table, and over it a view for queries. How new records change them."""

# ruff: noqa: S608  names in these statements are made here (t1, v1, c0); the view quotes a client's
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Final

import duckdb

from devstack.timestream.catalog import relation_of
from devstack.timestream.layout import MEASURE_NAME, TIME, Layout, LayoutError, Signature
from devstack.timestream.records import Point, Rejection, Value
from devstack.timestream.resources import TableResource, oldest_kept
from devstack.timestream.schema import Role

NOW: Final = "timestream_now"
"""A variable of the connection: its time, in nanoseconds. Views hide the rows that have expired by then."""

_FIXED: Final = ("key", "version", "digest", "time", "measure_name")

_TYPES: Final = {
    "varchar": "VARCHAR",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP_NS",
}

Stored = tuple[int, int]
"""The version and digest of a stored row."""


class Rows:
    """One table's rows, within the connection's transaction.

    The physical columns are c0, c1, … in the order in which they were added.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: TableResource, layout: Layout) -> None:
        self._connection = connection
        self._table = table
        self._layout = layout
        self._name = f"t{table.number}"

    def create(self) -> None:
        """Create the empty table and its view."""
        self._connection.execute(
            f"CREATE TABLE {self._name} (key HUGEINT PRIMARY KEY, version BIGINT NOT NULL, "
            "digest BIGINT NOT NULL, time TIMESTAMP_NS NOT NULL, measure_name VARCHAR NOT NULL)"
        )
        self.create_view()

    def drop(self) -> None:
        """Drop the view and the rows."""
        self._connection.execute(f"DROP VIEW {relation_of(self._table)}; DROP TABLE {self._name}")

    def create_view(self) -> None:
        """Create the view: columns in the service's order, by their own names, without expired rows."""
        physical = {column: f"c{index}" for index, column in enumerate(self._layout.columns)}
        physical |= {MEASURE_NAME: "measure_name", TIME: "time"}
        columns = ", ".join(
            f"{physical[column]} AS {_quoted(column.name)}" for column in self._layout.ordered()
        )
        self._connection.execute(
            f"CREATE OR REPLACE VIEW {relation_of(self._table)} AS SELECT {columns} FROM {self._name} "
            f"WHERE time >= make_timestamp_ns(getvariable('{NOW}') + ({oldest_kept(self._table, 0)}))"
        )

    def expire(self, now: int) -> None:
        """Delete the rows that are past the table's retention at `now`, in nanoseconds."""
        statement = f"DELETE FROM {self._name} WHERE time < make_timestamp_ns(?)"
        self._connection.execute(statement, [oldest_kept(self._table, now)])

    def extend(self, layout: Layout) -> None:
        """Add the columns that `layout` has and the table does not."""
        known = len(self._layout.columns)
        for index, column in enumerate(layout.columns[known:], known):
            self._connection.execute(f"ALTER TABLE {self._name} ADD COLUMN c{index} {_TYPES[column.type]}")
        self._layout = layout
        self.create_view()

    def stored(self, points: Sequence[Point]) -> dict[int, Stored]:
        """The version and digest of each of the points that is stored already, by key."""
        if not points:
            return {}
        times = [point.time for point in points]
        # The range lets DuckDB skip row groups. Without it, DuckDB would look at every key of the table.
        rows = self._connection.execute(
            f"SELECT key, version, digest FROM {self._name} WHERE time BETWEEN make_timestamp_ns(?) "
            "AND make_timestamp_ns(?) AND key IN (SELECT unnest(?::HUGEINT[]))",
            [min(times), max(times), [point.key for point in points]],
        ).fetchall()
        return {key: (version, digest) for key, version, digest in rows}

    def insert(self, points: Sequence[Point]) -> None:
        """Add the points. Raises duckdb.ConstraintException if one of their keys is stored already."""
        if not points:
            return
        cells = [dict(chain(point.dimensions, _measures(point))) for point in points]
        names = list(dict.fromkeys(chain.from_iterable(cells)))
        columns = [*_FIXED, *map(self._physical().__getitem__, names)]
        # An appender, since an INSERT of a hundred records takes longer to plan than to run.
        with self._connection.appender(self._name, columns=columns) as rows:
            for point, values in zip(points, cells, strict=True):
                rows.append_row(*_fixed(point), *map(values.get, names))

    def update(self, points: Sequence[Point]) -> None:
        """Replace the values and versions of the rows that have the points' keys.

        Measures that a point does not have become null: a record is replaced as a whole.
        """
        physical = self._physical()
        measures = [column.name for column in self._layout.columns if column.role is not Role.DIMENSION]
        for point in points:
            values = {**dict.fromkeys(measures), **dict(_measures(point))}
            assignments = "".join(f", {physical[name]} = ?" for name in values)
            self._connection.execute(
                f"UPDATE {self._name} SET version = ?, digest = ?{assignments} WHERE key = ?",
                [point.version, point.digest, *values.values(), point.key],
            )

    def _physical(self) -> dict[str, str]:
        return {column.name: f"c{index}" for index, column in enumerate(self._layout.columns)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one request: rows to insert and to update, rejections, and the layout for the rows."""

    inserts: tuple[Point, ...]
    updates: tuple[Point, ...]
    rejections: tuple[Rejection, ...]
    layout: Layout


def settle(points: Iterable[Point], stored: dict[int, Stored], layout: Layout) -> Outcome:
    """Decide what becomes of each point, in the order of the request, as if each were a request of its own.

    Equal values are accepted, and at most raise the version. Other values need a higher version. The
    magnetic store rejects asynchronously, to an S3 location: the record is left out, and the response does
    not mention it.

    Whether a record fits the layout does not depend on what is stored under its key. So a caller may leave
    `stored` empty: if it was wrong to, the insert fails. Each key is at most once in the outcome.
    """
    current = dict(stored)
    latest: dict[int, Point] = {}
    rejections: list[Rejection] = []
    admitted: set[Signature] = set()
    for point in points:
        try:
            wider = layout if point.signature in admitted else layout.admit(point.signature)
        except LayoutError as error:
            rejections.append(Rejection(point.index, str(error)))
            continue
        existing = current.get(point.key)
        if existing is not None and point.version <= existing[0]:
            if point.digest != existing[1] and point.in_memory:
                rejections.append(_rejection(point, existing[0]))
            continue
        layout = wider
        admitted.add(point.signature)
        current[point.key] = (point.version, point.digest)
        latest[point.key] = point
    return Outcome(
        inserts=tuple(point for key, point in latest.items() if key not in stored),
        updates=tuple(point for key, point in latest.items() if key in stored),
        rejections=tuple(rejections),
        layout=layout,
    )


def _rejection(point: Point, existing: int) -> Rejection:
    """A rejection as AWS has published it: it gives the existing version only if that is higher."""
    if point.version < existing:
        reason = (
            f"The record version {point.version} is lower than the existing version {existing}. "
            "A higher version is required to update the measure value."
        )
        return Rejection(point.index, reason, existing)
    reason = (
        "A record already exists with the same time, dimensions, measure name, and record version. "
        "A higher record version must be specified in order to update the measure value. "
        "Specifying record version is supported by the latest SDKs."
    )
    return Rejection(point.index, reason)


def _fixed(point: Point) -> tuple[int, int, int, str, str]:
    """The values of _FIXED's columns."""
    return point.key, point.version, point.digest, _text(point.time), point.signature.measure_name


def _measures(point: Point) -> Iterator[tuple[str, Value]]:
    for column, value in zip(point.signature.columns, point.values, strict=True):
        yield column.name, _text(value) if column.type == "timestamp" and isinstance(value, int) else value


def _text(moment: int) -> str:
    """A time in nanoseconds as text, since DuckDB's Python client takes none as fine as that."""
    seconds, nanoseconds = divmod(moment, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{nanoseconds:09d}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
