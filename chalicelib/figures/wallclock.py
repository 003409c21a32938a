"""The clocks of a time zone: what they show, and when they are put forward or back."""

import importlib.resources
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_STEADY = 5 * DAY
"""No zone has changed its offset twice within this time since 1970. A summer of Recife lasted a week."""


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A stretch of time, `[start, end)` in UTC, in which the clocks keep one offset."""

    start: datetime
    end: datetime
    offset: timedelta
    """The time that the clocks show, minus UTC."""

    def date_at(self, instant: datetime) -> date:
        """The date on the clocks at `instant`."""
        return (instant + self.offset).date()

    def hour_at(self, instant: datetime) -> tuple[datetime, datetime]:
        """The hour on the clocks that contains `instant`, `[start, end)`; cut where the clocks change."""
        start = instant - self._since_the_hour(instant)
        return max(self.start, start), min(self.end, start + HOUR)

    @property
    def starts_on_the_hour(self) -> bool:
        """Whether the clocks show a whole hour when the segment starts."""
        return not self._since_the_hour(self.start)

    def _since_the_hour(self, instant: datetime) -> timedelta:
        return (instant - _EPOCH + self.offset) % HOUR


class WallClock(msgspec.Struct, frozen=True):
    """The clocks of one place over a stretch of time, as contiguous segments."""

    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, zone: ZoneInfo, start: datetime, end: datetime) -> Self:
        """The clocks of `zone` in `[start, end)`: whole seconds, in UTC."""
        edges = [start, *_changes(zone, start, end), end]
        return cls(tuple(Segment(a, b, _offset(zone, a)) for a, b in pairwise(edges)))

    def calendar(self) -> Self:
        """These clocks as a calendar goes by them: no date comes back once it is over.

        Newfoundland used to put its clocks back from 00:01 to 23:01 the day before. Here such a change waits
        until the clocks show the new date again.
        """
        starts = [self.segments[0].start, *(_date_change(a, b) for a, b in pairwise(self.segments))]
        edges = pairwise([*starts, self.segments[-1].end])
        return type(self)(
            tuple(Segment(a, b, segment.offset) for (a, b), segment in zip(edges, self.segments, strict=True))
        )

    def date_at(self, instant: datetime) -> date:
        """The date at `instant`."""
        return self._segment(instant).date_at(instant)

    def date_start(self, day: date) -> datetime:
        """The first instant of `day`; of the date after it, where the clocks leave `day` out.

        Not always midnight: the clocks may be put forward just then.
        """
        return self.moment(day, time())

    def moment(self, day: date, shown: time) -> datetime:
        """The first instant when the clocks show this time of `day`, or one after it if they leave it out."""
        wall = datetime.combine(day, shown, UTC)
        return next(
            max(segment.start, wall - segment.offset)
            for segment in self.segments
            if wall - segment.offset < segment.end
        )

    def offset_at(self, instant: datetime) -> timedelta:
        """The time that the clocks show at `instant`, minus UTC."""
        return self._segment(instant).offset

    def hour_at(self, instant: datetime) -> tuple[datetime, datetime]:
        """The hour that holds `instant`, `[start, end)`: one offset, one date and one hour on the clocks."""
        return self._segment(instant).hour_at(instant)

    def between(self, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """The segments, cut to `[start, end)`."""
        return tuple(
            Segment(max(segment.start, start), min(segment.end, end), segment.offset)
            for segment in self.segments
            if start < segment.end and segment.start < end
        )

    def _segment(self, instant: datetime) -> Segment:
        return next(segment for segment in self.segments if instant < segment.end)


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone `name`, by the rules in tzdata's wheel.

    `ZoneInfo(name)` prefers the machine's database, which may be years older than the wheel. A zone is made
    once and kept, since two that are made from a file are never equal. It cannot be pickled.

    Raises KeyError for a name that is not in `zone_names()`.
    """
    if name not in zone_names():
        raise KeyError(name)
    with importlib.resources.files("tzdata").joinpath("zoneinfo", name).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


@cache
def zone_names() -> frozenset[str]:
    """Every name in the IANA time zone database, letter for letter.

    From the list in tzdata's wheel: `zoneinfo.available_timezones()` opens each of 600 files, and `ZoneInfo`
    itself accepts other spellings on some file systems.
    """
    names = importlib.resources.files("tzdata").joinpath("zones").read_text(encoding="ascii")
    # Factory is what a machine is set to before anyone has set it.
    return frozenset(names.split()) - {"Factory"}


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments after `start` and until `end` when the offset changes. zoneinfo has no list, so they are
    found by halving."""
    if end - start <= _STEADY and _offset(zone, start) == _offset(zone, end):
        return
    if end - start == SECOND:
        yield end
        return
    middle = start + (end - start) // SECOND // 2 * SECOND
    yield from _changes(zone, start, middle)
    yield from _changes(zone, middle, end)


def _date_change(before: Segment, after: Segment) -> datetime:
    reached = before.date_at(after.start - SECOND)
    if after.date_at(after.start) >= reached:
        return after.start
    return datetime.combine(reached, time(), UTC) - after.offset


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).replace(tzinfo=UTC) - instant
