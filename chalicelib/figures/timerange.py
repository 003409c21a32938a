"""Time windows and intervals → bins in the caller's time zone."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.figures.wallclock import DAY, HOUR, SECOND, Segment, WallClock

MAX_BINS = 800
"""In one answer. Hour by hour that is a month, day by day two years."""

FIRST_DATE, LAST_DATE = date(1970, 1, 2), date(9998, 12, 31)
"""Of a custom window. Whatever the time zone, all of its moments can be written as dates."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)

_MONTH = 33 * DAY
"""Longer than any bin, wherever in it a moment is."""


class TimeWindow(StrEnum):
    """Which time to look at, as the GraphQL schema says it."""

    LAST_24_HOURS = "Last24Hours"
    LAST_7_DAYS = "Last7Days"
    LAST_30_DAYS = "Last30Days"
    LAST_90_DAYS = "Last90Days"
    LAST_365_DAYS = "Last365Days"
    TODAY = "Today"
    YESTERDAY = "Yesterday"
    THIS_MONTH = "ThisMonth"
    LAST_MONTH = "LastMonth"
    THIS_YEAR = "ThisYear"
    LAST_YEAR = "LastYear"
    CUSTOM = "Custom"
    """From one date to another."""


WINDOWS = tuple(window for window in TimeWindow if window is not TimeWindow.CUSTOM)
"""Those that need no dates."""


class Dates(msgspec.Struct, frozen=True):
    """Days of a calendar, from the first to the last; both count."""

    first: date
    last: date

    @property
    def length(self) -> timedelta:
        """The days together."""
        return self.last - self.first + DAY


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
    """Whether now, or the start or end of the time range, cuts it off."""


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

    def edges(self) -> dict[str, str]:
        """The start, the end and the time zone, as answers have them."""
        start, end = (to_timestamp(edge, self.zone) for edge in (self.start, self.end))
        return {"start": start, "end": end, "time_zone": self.zone.key}


def default_interval(window: TimeWindow, dates: Dates | None = None) -> Interval:
    """The hour for 24 hours or one day, and the day otherwise. For many years of `dates` (those of
    TimeWindow.CUSTOM), the shortest interval that is allowed.
    """
    if _length(window, dates) <= DAY:
        return Interval.HOUR
    allowed = allowed_intervals(window, dates)
    return Interval.DAY if Interval.DAY in allowed or not allowed else allowed[0]


def allowed_intervals(window: TimeWindow, dates: Dates | None = None) -> list[Interval]:
    """The intervals that give at most `MAX_BINS` bins. None, for more than 66 years of `dates`."""
    if window is TimeWindow.CUSTOM:
        days = window_dates(window, FIRST_DATE, dates)
        return [interval for interval in Interval if count_bins(days, interval) <= MAX_BINS]
    length = _length(window, dates)
    return [interval for interval in Interval if length / WIDTHS[interval] <= MAX_BINS]


def count_bins(days: Dates, interval: Interval) -> int:
    """How many bins hold the dates, where each day has 24 hours."""
    first, last = (_first_date(interval, day) for day in (days.first, days.last))
    match interval:
        case Interval.HOUR:
            return 24 * (days.length // DAY)
        case Interval.MONTH:
            return 12 * (last.year - first.year) + last.month - first.month + 1
        case _:
            return (last - first) // WIDTHS[interval] + 1


def begins_in_future(dates: Dates, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the first date is after today's in `zone`, so that there is nothing to count yet."""
    return dates.first > today_at(zone, now)


def to_time_range(
    window: TimeWindow, interval: Interval, zone: ZoneInfo, now: datetime, dates: Dates | None = None
) -> TimeRange:
    """The whole bins of `window` in `zone`, up to the one that holds `now` (an instant, in any zone).

    `LastNDays` starts with the day N - 1 days before today, `Last24Hours` with the hour 23 hours before this.
    A calendar window starts with its first date, and ends at the end of its last one, if that is over.
    `dates` are those of TimeWindow.CUSTOM, which must not begin in the future.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    today = today_at(zone, now)
    days = window_dates(window, today, dates)
    if today < days.first:
        raise ValueError(f"{window} begins after {today}")
    if window is TimeWindow.YESTERDAY or window is TimeWindow.CUSTOM:
        days = _shown(zone, days)
    clock = _clock(zone, days, now)
    calendar = clock.calendar()
    start = _start(window, clock, now, days)
    end = None
    if window not in _LENGTHS and days.last - today < _MONTH - 2 * DAY:
        end = calendar.date_start(days.last + DAY)  # others are still running, and end with now's bin
    last = min(now, end - SECOND) if end else now
    if interval is Interval.HOUR:
        bins = tuple(_hour_bins(clock, start, last, now))
    else:
        clock = calendar
        bins = tuple(_date_bins(clock, interval, (start, end), last, now))
    end = min(end, bins[-1].end) if end else bins[-1].end
    timestamps = tuple(to_timestamp(bin_.start, zone) for bin_ in bins)
    return TimeRange(start, end, zone, interval, bins, timestamps, clock.between(start, end))


def time_range_at(
    window: TimeWindow, interval: Interval, zone: ZoneInfo, now: datetime, dates: Dates | None = None
) -> TimeRange:
    """What `to_time_range` returns, computed once for each quarter of an hour.

    Every bin of every zone ends at a quarter of an hour of UTC, so all moments in one have one time range.
    (Liberia's clocks were 44 minutes and 30 seconds late until 1972.)
    """
    return _time_range_at(window, interval, zone, now - (now - _EPOCH) % _QUARTER, dates)


# One of 800 bins takes 160 KB, and anyone who may ask can ask for 600 zones.
_time_range_at = lru_cache(maxsize=64)(to_time_range)


def today_at(zone: ZoneInfo, now: datetime) -> date:
    """The date at `now` in `zone`, as a calendar has it."""
    now = now.astimezone(UTC).replace(microsecond=0)
    return WallClock.of(zone, now - 2 * DAY, now + 2 * DAY).calendar().date_at(now)


def _shown(zone: ZoneInfo, days: Dates) -> Dates:
    """The dates, with the day before for a single one that the clocks left out, as Samoa's did in 2011."""
    following = datetime.combine(days.last + DAY, time(), UTC)
    calendar = WallClock.of(zone, following - 3 * DAY, following + 3 * DAY).calendar()
    last = calendar.date_at(calendar.date_start(days.last + DAY) - SECOND)
    return Dates(min(days.first, last), days.last)


def window_dates(window: TimeWindow, today: date, dates: Dates | None = None) -> Dates:
    """The dates of a window on the day `today`; its last one may be in the future.

    Those of Last24Hours are those that it may touch.
    """
    if window is TimeWindow.CUSTOM:
        if dates is None:
            raise ValueError("a custom window has no dates")
        return dates
    if window in _LENGTHS:
        return Dates(today - _LENGTHS[window] + DAY, today)
    return _CALENDAR[window](today)


def to_timestamp(instant: datetime, zone: ZoneInfo) -> str:
    """`instant` by the clocks of `zone`: ISO 8601 with offset, `+00:00` for UTC."""
    return instant.astimezone(zone).isoformat()


def month_of(day: date) -> Dates:
    """All dates of the month."""
    first = day.replace(day=1)
    return Dates(first, (first + 31 * DAY).replace(day=1) - DAY)


def year_of(day: date) -> Dates:
    """All dates of the year."""
    return Dates(day.replace(month=1, day=1), day.replace(month=12, day=31))


def _length(window: TimeWindow, dates: Dates | None) -> timedelta:
    """The length of the longest window of this kind."""
    if window is TimeWindow.CUSTOM:
        return window_dates(window, FIRST_DATE, dates).length
    return _LENGTHS[window] if window in _LENGTHS else _LONGEST[window]


def _clock(zone: ZoneInfo, days: Dates, now: datetime) -> WallClock:
    """The clocks from a month before the first date to a month after the last one, or after now."""
    first, last = (datetime.combine(day, time(), UTC) for day in (days.first, days.last))
    return WallClock.of(zone, min(first, now - DAY) - _MONTH, min(last, now) + _MONTH)


def _start(window: TimeWindow, clock: WallClock, now: datetime, days: Dates) -> datetime:
    if window is TimeWindow.LAST_24_HOURS:
        this_hour, _ = clock.hour_at(now)
        first_hour, _ = clock.hour_at(this_hour - 23 * HOUR)
        return first_hour
    return clock.calendar().date_start(days.first)


def _hour_bins(clock: WallClock, start: datetime, last: datetime, now: datetime) -> Iterator[Bin]:
    """The hours up to the one that holds `last`."""
    while start <= last:
        _, end = clock.hour_at(start)
        yield Bin(start, end, label=start.replace(tzinfo=None), partial=start <= now < end)
        start = end


def _date_bins(
    calendar: WallClock,
    interval: Interval,
    edges: tuple[datetime, datetime | None],
    last: datetime,
    now: datetime,
) -> Iterator[Bin]:
    """The bins from the one that holds the window's start to the one that holds `last`."""
    start, end = edges
    for first, following in pairwise(_first_dates(calendar, interval, start, last)):
        bin_start, bin_end = calendar.date_start(first), calendar.date_start(following)
        if bin_start < bin_end:  # else the clocks left it out, as Samoa's did a Friday in 2011
            shown_end = min(bin_end, end) if end else bin_end
            is_cut = bin_start < start or shown_end < bin_end or bin_start <= now < bin_end
            yield Bin(bin_start, shown_end, label=datetime.combine(first, time()), partial=is_cut)


def _first_dates(calendar: WallClock, interval: Interval, start: datetime, last: datetime) -> Iterator[date]:
    """The first date of each bin, from the one that holds `start` to the one after `last`'s."""
    first = _first_date(interval, calendar.date_at(start))
    last_date = calendar.date_at(last)
    while first <= last_date:
        yield first
        first = _first_date(interval, first + WIDTHS[interval])
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

_CALENDAR: dict[TimeWindow, Callable[[date], Dates]] = {
    TimeWindow.TODAY: lambda today: Dates(today, today),
    TimeWindow.YESTERDAY: lambda today: Dates(today - DAY, today - DAY),
    TimeWindow.THIS_MONTH: month_of,
    TimeWindow.LAST_MONTH: lambda today: month_of(today.replace(day=1) - DAY),
    TimeWindow.THIS_YEAR: year_of,
    TimeWindow.LAST_YEAR: lambda today: year_of(today.replace(month=1, day=1) - DAY),
}

_LONGEST = {
    TimeWindow.TODAY: DAY,
    TimeWindow.YESTERDAY: DAY,
    TimeWindow.THIS_MONTH: 31 * DAY,
    TimeWindow.LAST_MONTH: 31 * DAY,
    TimeWindow.THIS_YEAR: 366 * DAY,
    TimeWindow.LAST_YEAR: 366 * DAY,
}

WIDTHS = {
    Interval.HOUR: HOUR,
    Interval.DAY: DAY,
    Interval.WEEK: 7 * DAY,
    Interval.MONTH: 31 * DAY,  # the longest: so long after the first of a month it is always the next
}
