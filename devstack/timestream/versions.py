"""Settles points against what is stored: by identity and version, and by the table's layout."""

from collections.abc import Iterable
from dataclasses import dataclass

from devstack.timestream.layout import Layout, LayoutError, Signature
from devstack.timestream.points import Point, Rejection

Stored = tuple[int, int]
"""The version and digest under one key."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to store of one request, each key at most once; the layout that holds it; what is rejected."""

    inserts: tuple[Point, ...]
    updates: tuple[Point, ...]
    rejections: tuple[Rejection, ...]
    layout: Layout


def settle(points: Iterable[Point], stored: dict[int, Stored], layout: Layout) -> Outcome:
    """Decide the points one by one, in the order of the request, as if each were a request of its own.

    The layout comes first: whether a record fits it does not depend on what is stored under its key, so a
    caller may pass no `stored` and learn from the insert whether it was right. Equal values are accepted and
    raise the version at most; other values need a higher version. The magnetic store rejects asynchronously,
    to an S3 location: there the record is left out without a word in the response.
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
    """In published words: the existing version comes with the text only where it is higher."""
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
