"""The earlier span that a time window is compared with."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.figures.timerange import Dates, TimeWindow, month_of, today_at, window_dates, year_of
from chalicelib.figures.wallclock import DAY, HOUR, SECOND, WallClock


class Comparison(StrEnum):
    """What to compare with, as the GraphQL schema says it."""

    PREVIOUS_PERIOD = "PreviousPeriod"
    """The time just before, as long; of a calendar window, the day, month or year before."""
    PREVIOUS_YEAR = "PreviousYear"
    """The same dates a year earlier."""


def earlier_span(
    comparison: Comparison, window: TimeWindow, zone: ZoneInfo, now: datetime, dates: Dates | None = None
) -> tuple[datetime, datetime]:
    """The earlier `[start, end)` in UTC, to the millisecond; `dates` are those of TimeWindow.CUSTOM.

    A window that is still running is compared with the part of the earlier one that had passed at the same
    point, by the clocks of the zone: three days and two hours of this month with three days and two hours of
    the last.
    """
    now = now.astimezone(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    if window is TimeWindow.LAST_24_HOURS:
        return _HOURS[comparison](zone, now)
    today = today_at(zone, now)
    days = window_dates(window, today, dates)
    earlier = _earlier_dates(comparison, window, days)
    start, end = (_moment(zone, day, time()) for day in (earlier.first, earlier.last + DAY))
    if today <= days.last:
        shown = now + _calendar(zone, today).offset_at(now)
        point = _same_point(comparison, window, days, earlier, today)
        end = min(end, _moment(zone, point, shown.time()))
    return start, max(start, end)


def _earlier_dates(comparison: Comparison, window: TimeWindow, days: Dates) -> Dates:
    if comparison is Comparison.PREVIOUS_YEAR:
        return Dates(_year_before(days.first), _year_before(days.last))
    before = days.first - DAY
    if window in (TimeWindow.THIS_MONTH, TimeWindow.LAST_MONTH):
        return month_of(before)
    if window in (TimeWindow.THIS_YEAR, TimeWindow.LAST_YEAR):
        return year_of(before)
    return Dates(days.first - days.length, before)


def _same_point(comparison: Comparison, window: TimeWindow, days: Dates, earlier: Dates, today: date) -> date:
    """The earlier date that stands for today."""
    if comparison is Comparison.PREVIOUS_YEAR or window is TimeWindow.THIS_YEAR:
        return _year_before(today)
    return earlier.first + (today - days.first)


def _year_before(day: date) -> date:
    """The same date a year earlier; of February 29, the 28."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def _hours_before(zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The 24 hours before those of Last24Hours, the last one as far as this hour is over."""
    clock, this_hour, first = _last_24_hours(zone, now)
    start, _ = clock.hour_at(this_hour - 47 * HOUR)
    last, _ = clock.hour_at(first - SECOND)
    return start, min(first, last + (now - this_hour))


def _hours_of_year_before(zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """What the clocks called the same hours a year earlier."""
    clock, _, first = _last_24_hours(zone, now)
    today = (now + clock.offset_at(now)).date()
    days = today - _year_before(today)  # of both ends: only one of them may be on a February 29
    shown_first, shown_now = (instant + clock.offset_at(instant) - days for instant in (first, now))
    return (
        _moment(zone, shown_first.date(), shown_first.time()),
        _moment(zone, shown_now.date(), shown_now.time()),
    )


def _last_24_hours(zone: ZoneInfo, now: datetime) -> tuple[WallClock, datetime, datetime]:
    """The clocks, the start of this hour, and the start of Last24Hours."""
    clock = WallClock.of(zone, (now - 4 * DAY).replace(microsecond=0), (now + DAY).replace(microsecond=0))
    this_hour, _ = clock.hour_at(now)
    first, _ = clock.hour_at(this_hour - 23 * HOUR)
    return clock, this_hour, first


def _moment(zone: ZoneInfo, day: date, shown: time) -> datetime:
    """The first instant when the clocks show this time of this date."""
    return _calendar(zone, day).moment(day, shown)


def _calendar(zone: ZoneInfo, day: date) -> WallClock:
    """The clocks around a date, as a calendar goes by them."""
    midnight = datetime.combine(day, time(), UTC)
    return WallClock.of(zone, midnight - 2 * DAY, midnight + 3 * DAY).calendar()


_HOURS = {
    Comparison.PREVIOUS_PERIOD: _hours_before,
    Comparison.PREVIOUS_YEAR: _hours_of_year_before,
}
