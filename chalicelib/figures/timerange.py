"""Time windows and intervals → bins in the caller's time zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.figures.wallclock import DAY, HOUR, Segment, WallClock

MAX_BINS = 800
"""In one answer. Hour by hour that is a month, day by day two years."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)


class TimeWindow(StrEnum):
    """How far back to look, as the GraphQL schema says it."""

    LAST_24_HOURS = "Last24Hours"
    LAST_7_DAYS = "Last7Days"
    LAST_30_DAYS = "Last30Days"
    LAST_90_DAYS = "Last90Days"
    LAST_365_DAYS = "Last365Days"


class Interval(StrEnum):
    """How wide a bin is, as the GraphQL schema says it."""

    HOUR = "Hour"
    DAY = "Day"
    WEEK = "Week"
    """From Monday."""
    MONTH = "Month"


# Datetimes are kept in UTC: Python compares two of one zone by what the clocks show, and in autumn two hours
# show the same.


class Bin(msgspec.Struct, frozen=True, gc=False):
    """One slot of time, `[start, end)` in UTC, named by its start."""

    start: datetime
    end: datetime
    label: datetime
    """Its name in a query, without a zone: for an hour its start in UTC, for any other bin its first date."""
    partial: bool
    """Whether now, or the start of the time range, cuts it off."""


class TimeRange(msgspec.Struct, frozen=True):
    """The moments a time window stands for, `[start, end)` in UTC, and its bins in order."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    interval: Interval
    bins: tuple[Bin, ...]
    timestamps: tuple[str, ...]
    """The start of each bin, as answers have it: here, since many answers share a time range."""
    segments: tuple[Segment, ...]
    """The clocks that the bins go by, from `start` to `end`."""


def default_interval(window: TimeWindow) -> Interval:
    """The hour for 24 hours, and the day otherwise."""
    return Interval.HOUR if window is TimeWindow.LAST_24_HOURS else Interval.DAY


def allowed_intervals(window: TimeWindow) -> list[Interval]:
    """The intervals that give at most `MAX_BINS` bins."""
    return [interval for interval in Interval if _LENGTHS[window] / _WIDTHS[interval] <= MAX_BINS]


def to_time_range(window: TimeWindow, interval: Interval, zone: ZoneInfo, now: datetime) -> TimeRange:
    """The whole bins of `window` in `zone`, up to the one that holds `now` (an instant, in any zone).

    `LastNDays` starts with the day N - 1 days before today, `Last24Hours` with the hour 23 hours before this.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    # Wide enough for the month that holds the start and the one that holds now.
    clock = WallClock.of(zone, now - _LENGTHS[window] - 33 * DAY, now + 33 * DAY)
    start = _start(window, clock, now)
    if interval is Interval.HOUR:
        bins = tuple(_hour_bins(clock, start, now))
    else:
        clock = clock.calendar()
        bins = tuple(_date_bins(clock, interval, start, now))
    end = bins[-1].end
    timestamps = tuple(to_timestamp(bin_.start, zone) for bin_ in bins)
    return TimeRange(start, end, zone, interval, bins, timestamps, clock.between(start, end))


def time_range_at(window: TimeWindow, interval: Interval, zone: ZoneInfo, now: datetime) -> TimeRange:
    """What `to_time_range` returns, computed once for each quarter of an hour.

    Every bin of every zone ends at a quarter of an hour of UTC, so all moments in one have one time range.
    (Liberia's clocks were 44 minutes and 30 seconds late until 1972.)
    """
    return _time_range_at(window, interval, zone, now - (now - _EPOCH) % _QUARTER)


# One of 800 bins takes 160 KB, and anyone who may ask can ask for 600 zones.
_time_range_at = lru_cache(maxsize=64)(to_time_range)


def to_timestamp(instant: datetime, zone: ZoneInfo) -> str:
    """`instant` by the clocks of `zone`: ISO 8601 with offset, `+00:00` for UTC."""
    return instant.astimezone(zone).isoformat()


def _start(window: TimeWindow, clock: WallClock, now: datetime) -> datetime:
    if window is TimeWindow.LAST_24_HOURS:
        this_hour, _ = clock.hour_at(now)
        first_hour, _ = clock.hour_at(this_hour - 23 * HOUR)
        return first_hour
    calendar = clock.calendar()
    return calendar.date_start(calendar.date_at(now) - _LENGTHS[window] + DAY)


def _hour_bins(clock: WallClock, start: datetime, now: datetime) -> Iterator[Bin]:
    while start <= now:
        _, end = clock.hour_at(start)
        yield Bin(start, end, label=start.replace(tzinfo=None), partial=now < end)
        start = end


def _date_bins(calendar: WallClock, interval: Interval, start: datetime, now: datetime) -> Iterator[Bin]:
    for first, following in pairwise(_first_dates(calendar, interval, start, now)):
        bin_start, bin_end = calendar.date_start(first), calendar.date_start(following)
        if bin_start < bin_end:  # else the clocks left it out, as Samoa's did a Friday in 2011
            label = datetime.combine(first, time())
            yield Bin(bin_start, bin_end, label, partial=bin_start < start or now < bin_end)


def _first_dates(calendar: WallClock, interval: Interval, start: datetime, now: datetime) -> Iterator[date]:
    """The first date of each bin, from the one that holds `start` to the one after now's."""
    first = _first_date(interval, calendar.date_at(start))
    last = calendar.date_at(now)
    while first <= last:
        yield first
        first = _first_date(interval, first + _WIDTHS[interval])
    yield first


def _first_date(interval: Interval, day: date) -> date:
    """The first date of the bin that holds `day`."""
    match interval:
        case Interval.WEEK:
            return day - day.weekday() * DAY
        case Interval.MONTH:
            return day.replace(day=1)
        case _:
            return day


_LENGTHS = {
    TimeWindow.LAST_24_HOURS: 1 * DAY,
    TimeWindow.LAST_7_DAYS: 7 * DAY,
    TimeWindow.LAST_30_DAYS: 30 * DAY,
    TimeWindow.LAST_90_DAYS: 90 * DAY,
    TimeWindow.LAST_365_DAYS: 365 * DAY,
}

_WIDTHS = {
    Interval.HOUR: HOUR,
    Interval.DAY: DAY,
    Interval.WEEK: 7 * DAY,
    Interval.MONTH: 31 * DAY,  # the longest: so long after the first of a month it is always the next
}
