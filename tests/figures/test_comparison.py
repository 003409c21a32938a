"""The earlier time that a window is compared with."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.figures import wallclock
from chalicelib.figures.comparison import Comparison, earlier_span
from chalicelib.figures.timerange import Dates, Interval, TimeWindow, to_time_range
from tests.figures.plain_clocks import (
    DAY,
    dates_of,
    first_moment,
    month_before,
    month_dates,
    today_at,
    year_before,
)
from tests.figures.test_windows import MOMENTS, ZONES, dates, moment

PREVIOUS_PERIOD, PREVIOUS_YEAR = Comparison.PREVIOUS_PERIOD, Comparison.PREVIOUS_YEAR


def earlier(
    comparison: Comparison, window: str, custom: str, zone: str, now: str
) -> tuple[datetime, datetime]:
    return earlier_span(comparison, TimeWindow(window), wallclock.zone(zone), moment(now), dates(custom))


@pytest.mark.parametrize(
    ("window", "custom", "now", "start", "end"),
    [
        # Wednesday, 25 November 2026
        ("Last24Hours", "", "2026-11-25T12:34:56.789", "2026-11-23T13:00", "2026-11-24T12:34:56.789"),
        ("Last24Hours", "", "2026-11-25T12:00", "2026-11-23T13:00", "2026-11-24T12:00"),
        ("Last7Days", "", "2026-11-25T12:34:56.789", "2026-11-12T00:00", "2026-11-18T12:34:56.789"),
        ("Last365Days", "", "2026-11-25T12:34", "2024-11-26T00:00", "2025-11-25T12:34"),
        ("Today", "", "2026-11-25T12:34", "2026-11-24T00:00", "2026-11-24T12:34"),
        ("Today", "", "2026-11-25T00:00", "2026-11-24T00:00", "2026-11-24T00:00"),
        ("Today", "", "2026-03-01T12:34", "2026-02-28T00:00", "2026-02-28T12:34"),
        ("Yesterday", "", "2026-11-25T12:34", "2026-11-23T00:00", "2026-11-24T00:00"),
        ("ThisMonth", "", "2026-11-03T02:00", "2026-10-01T00:00", "2026-10-03T02:00"),
        ("ThisMonth", "", "2026-11-01T00:00", "2026-10-01T00:00", "2026-10-01T00:00"),
        ("ThisMonth", "", "2026-01-31T12:34", "2025-12-01T00:00", "2025-12-31T12:34"),
        # The month before is shorter.
        ("ThisMonth", "", "2026-03-28T12:34", "2026-02-01T00:00", "2026-02-28T12:34"),
        ("ThisMonth", "", "2026-03-29T12:34", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("ThisMonth", "", "2028-03-29T12:34", "2028-02-01T00:00", "2028-02-29T12:34"),
        ("ThisMonth", "", "2026-03-31T12:34", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("ThisMonth", "", "2026-12-31T00:00", "2026-11-01T00:00", "2026-12-01T00:00"),
        # It is longer: it had as many days.
        ("ThisMonth", "", "2026-02-28T12:34", "2026-01-01T00:00", "2026-01-28T12:34"),
        ("LastMonth", "", "2026-04-30T12:34", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("LastMonth", "", "2026-01-30T12:34", "2025-11-01T00:00", "2025-12-01T00:00"),
        # The same date, though not as many days
        ("ThisYear", "", "2028-03-01T12:34", "2027-01-01T00:00", "2027-03-01T12:34"),
        ("ThisYear", "", "2028-02-29T12:34", "2027-01-01T00:00", "2027-02-28T12:34"),
        ("ThisYear", "", "2029-02-28T12:34", "2028-01-01T00:00", "2028-02-28T12:34"),
        ("ThisYear", "", "2028-12-31T12:34", "2027-01-01T00:00", "2027-12-31T12:34"),
        ("LastYear", "", "2029-11-25T12:34", "2027-01-01T00:00", "2028-01-01T00:00"),
        ("Custom", "2026-11-02..2026-11-08", "2026-11-25T12:34", "2026-10-26T00:00", "2026-11-02T00:00"),
        ("Custom", "2026-11-02..2026-11-25", "2026-11-25T12:34", "2026-10-09T00:00", "2026-11-01T12:34"),
        ("Custom", "2026-11-25..2026-11-25", "2026-11-25T12:34", "2026-11-24T00:00", "2026-11-24T12:34"),
        ("Custom", "2026-11-24..2026-11-30", "2026-11-25T12:34", "2026-11-17T00:00", "2026-11-18T12:34"),
        ("Custom", "2026-11-25..2027-11-24", "2026-11-25T12:34", "2025-11-25T00:00", "2025-11-25T12:34"),
    ],
)
def test_the_previous_period_is_just_before_and_as_long(
    window: str, custom: str, now: str, start: str, end: str
) -> None:
    assert earlier(PREVIOUS_PERIOD, window, custom, "UTC", now) == (moment(start), moment(end))


@pytest.mark.parametrize(
    ("window", "custom", "now", "start", "end"),
    [
        ("Last24Hours", "", "2026-11-25T12:34:56.789", "2025-11-24T13:00", "2025-11-25T12:34:56.789"),
        # 24 hours, though February 29 lies between the two dates, or is one of them
        ("Last24Hours", "", "2028-02-29T12:34", "2027-02-27T13:00", "2027-02-28T12:34"),
        ("Last24Hours", "", "2028-03-01T12:34", "2027-02-28T13:00", "2027-03-01T12:34"),
        ("Last24Hours", "", "2029-03-01T12:34", "2028-02-29T13:00", "2028-03-01T12:34"),
        ("Last7Days", "", "2026-11-25T12:34:56.789", "2025-11-19T00:00", "2025-11-25T12:34:56.789"),
        ("Last7Days", "", "2028-02-29T12:34", "2027-02-23T00:00", "2027-02-28T12:34"),
        ("Last7Days", "", "2028-03-06T12:34", "2027-02-28T00:00", "2027-03-06T12:34"),
        ("Last365Days", "", "2026-11-25T12:34", "2024-11-26T00:00", "2025-11-25T12:34"),
        ("Today", "", "2026-11-25T12:34", "2025-11-25T00:00", "2025-11-25T12:34"),
        ("Today", "", "2028-02-29T12:34", "2027-02-28T00:00", "2027-02-28T12:34"),
        ("Yesterday", "", "2028-03-01T12:34", "2027-02-28T00:00", "2027-03-01T00:00"),
        ("ThisMonth", "", "2026-03-31T12:34", "2025-03-01T00:00", "2025-03-31T12:34"),
        ("ThisMonth", "", "2028-02-29T12:34", "2027-02-01T00:00", "2027-02-28T12:34"),
        ("LastMonth", "", "2028-03-31T12:34", "2027-02-01T00:00", "2027-03-01T00:00"),
        # The same dates: not February 29.
        ("LastMonth", "", "2029-03-31T12:34", "2028-02-01T00:00", "2028-02-29T00:00"),
        ("ThisYear", "", "2028-02-29T12:34", "2027-01-01T00:00", "2027-02-28T12:34"),
        ("LastYear", "", "2026-11-25T12:34", "2024-01-01T00:00", "2025-01-01T00:00"),
        ("Custom", "2028-02-29..2028-02-29", "2028-11-25T12:34", "2027-02-28T00:00", "2027-03-01T00:00"),
        ("Custom", "2028-02-29..2028-03-31", "2028-11-25T12:34", "2027-02-28T00:00", "2027-04-01T00:00"),
        ("Custom", "2028-02-01..2028-02-29", "2028-11-25T12:34", "2027-02-01T00:00", "2027-03-01T00:00"),
        ("Custom", "2026-11-24..2026-11-30", "2026-11-25T12:34", "2025-11-24T00:00", "2025-11-25T12:34"),
        ("Custom", "2024-11-24..2026-11-23", "2026-11-25T12:34", "2023-11-24T00:00", "2025-11-24T00:00"),
    ],
)
def test_the_previous_year_has_the_same_dates(
    window: str, custom: str, now: str, start: str, end: str
) -> None:
    assert earlier(PREVIOUS_YEAR, window, custom, "UTC", now) == (moment(start), moment(end))


@pytest.mark.parametrize(
    ("comparison", "window", "zone", "now", "start", "end"),
    [
        # Yesterday is 23 and 25 hours long: 12:00 by the clocks
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-03-09T16:00",
            "2026-03-08T05:00",
            "2026-03-08T16:00",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-11-02T17:00",
            "2026-11-01T04:00",
            "2026-11-01T17:00",
        ),
        # Today is.
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-03-08T16:00",
            "2026-03-07T05:00",
            "2026-03-07T17:00",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-11-01T17:00",
            "2026-10-31T04:00",
            "2026-10-31T16:00",
        ),
        # 02:30, which the clocks leave out: the change. 01:30, which they show twice: the first.
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-03-09T06:30",
            "2026-03-08T05:00",
            "2026-03-08T07:00",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-11-02T06:30",
            "2026-11-01T04:00",
            "2026-11-01T05:30",
        ),
        # The first and the second 01:30 of today are the same time.
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-11-01T05:30",
            "2026-10-31T04:00",
            "2026-10-31T05:30",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/New_York",
            "2026-11-01T06:30",
            "2026-10-31T04:00",
            "2026-10-31T05:30",
        ),
        # Half an hour: 02:15 is left out, 01:45 comes twice.
        (
            PREVIOUS_PERIOD,
            "Today",
            "Australia/Lord_Howe",
            "2026-10-04T15:15",
            "2026-10-03T13:30",
            "2026-10-03T15:30",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "Australia/Lord_Howe",
            "2026-04-05T15:15",
            "2026-04-04T13:00",
            "2026-04-04T14:45",
        ),
        # Midnight is left out: 00:30 is the change, with which the day begins.
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/Santiago",
            "2026-09-07T03:30",
            "2026-09-06T04:00",
            "2026-09-06T04:00",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/Santiago",
            "2026-09-07T04:30",
            "2026-09-06T04:00",
            "2026-09-06T04:30",
        ),
        # The last hour of the 4th comes twice: 23:30
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/Santiago",
            "2026-04-06T03:30",
            "2026-04-04T03:00",
            "2026-04-05T02:30",
        ),
        (
            PREVIOUS_PERIOD,
            "Today",
            "America/Santiago",
            "2026-04-05T03:30",
            "2026-04-03T03:00",
            "2026-04-04T02:30",
        ),
        (
            PREVIOUS_PERIOD,
            "Yesterday",
            "America/Santiago",
            "2026-04-06T12:00",
            "2026-04-04T03:00",
            "2026-04-05T04:00",
        ),
        (
            PREVIOUS_PERIOD,
            "Last7Days",
            "Africa/Cairo",
            "2026-04-30T21:30",
            "2026-04-17T22:00",
            "2026-04-23T22:00",
        ),
        (PREVIOUS_YEAR, "Today", "Africa/Cairo", "2026-04-25T10:00", "2025-04-24T22:00", "2025-04-25T10:00"),
        # The clocks changed on another date, so the offset is another.
        (PREVIOUS_YEAR, "Today", "Europe/Paris", "2026-03-29T10:00", "2025-03-28T23:00", "2025-03-29T11:00"),
        (PREVIOUS_YEAR, "Today", "Europe/Paris", "2026-03-30T00:30", "2025-03-29T23:00", "2025-03-30T01:00"),
        (
            PREVIOUS_PERIOD,
            "ThisMonth",
            "America/New_York",
            "2026-11-03T07:00",
            "2026-10-01T04:00",
            "2026-10-03T06:00",
        ),
        (
            PREVIOUS_PERIOD,
            "LastMonth",
            "America/New_York",
            "2026-12-03T07:00",
            "2026-10-01T04:00",
            "2026-11-01T04:00",
        ),
        # It is the 1st in Auckland, and still the 31st in Honolulu.
        (
            PREVIOUS_PERIOD,
            "ThisMonth",
            "Pacific/Auckland",
            "2026-10-31T12:00",
            "2026-09-30T11:00",
            "2026-09-30T12:00",
        ),
        (
            PREVIOUS_PERIOD,
            "ThisMonth",
            "Pacific/Honolulu",
            "2026-11-01T09:00",
            "2026-09-01T10:00",
            "2026-10-01T10:00",
        ),
        # Hours of UTC, whatever the clocks did
        (
            PREVIOUS_PERIOD,
            "Last24Hours",
            "America/New_York",
            "2026-11-02T12:34",
            "2026-10-31T13:00",
            "2026-11-01T12:34",
        ),
        (
            PREVIOUS_PERIOD,
            "Last24Hours",
            "Asia/Kolkata",
            "2026-11-25T12:34",
            "2026-11-23T13:30",
            "2026-11-24T12:34",
        ),
        # The same hours on the clocks: from 10:00 to 09:34
        (
            PREVIOUS_YEAR,
            "Last24Hours",
            "America/New_York",
            "2026-03-08T13:34",
            "2025-03-07T14:00",
            "2025-03-08T14:34",
        ),
        # Samoa had no 30 December 2011: six days of seven, and no time on the seventh.
        (
            PREVIOUS_PERIOD,
            "Last7Days",
            "Pacific/Apia",
            "2012-01-06T00:00",
            "2011-12-24T10:00",
            "2011-12-30T10:00",
        ),
        (
            PREVIOUS_YEAR,
            "Last7Days",
            "Pacific/Apia",
            "2012-12-30T00:00",
            "2011-12-24T10:00",
            "2011-12-30T10:00",
        ),
        (
            PREVIOUS_PERIOD,
            "ThisMonth",
            "Pacific/Apia",
            "2012-01-31T00:00",
            "2011-12-01T10:00",
            "2011-12-31T00:00",
        ),
    ],
)
def test_the_clocks_say_how_much_of_the_earlier_time_had_passed(
    comparison: Comparison, window: str, zone: str, now: str, start: str, end: str
) -> None:
    assert earlier(comparison, window, "", zone, now) == (moment(start), moment(end))


def test_a_short_last_bin_is_over_before_this_hour_is() -> None:
    """Of the half hour that ends at 15:30, all had passed when 45 minutes of this hour have."""
    _, end = earlier(PREVIOUS_PERIOD, "Last24Hours", "", "Australia/Lord_Howe", "2026-04-05T15:15")
    assert end == moment("2026-04-04T15:30")


@st.composite
def requests(draw: st.DrawFn) -> tuple[TimeWindow, str, datetime, Dates | None]:
    window, zone, now = draw(st.sampled_from(TimeWindow)), draw(ZONES), draw(MOMENTS)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    custom = None
    if window is TimeWindow.CUSTOM:
        first = today_at(wallclock.zone(zone), now) - draw(st.integers(0, 500)) * DAY
        custom = Dates(first, first + draw(st.integers(0, 500)) * DAY)
    return window, zone, now, custom


@given(st.sampled_from(Comparison), requests())
@settings(max_examples=100)
def test_the_earlier_time_is_that_of_plain_clocks(
    comparison: Comparison, request: tuple[TimeWindow, str, datetime, Dates | None]
) -> None:
    window, name, now, custom = request
    zone = wallclock.zone(name)
    found = earlier_span(comparison, window, zone, now, custom)
    if window is not TimeWindow.LAST_24_HOURS:
        assert found == by_dates(comparison, window, zone, now, custom)
    elif comparison is PREVIOUS_YEAR:
        first = to_time_range(window, Interval.HOUR, zone, now).start
        days = now.astimezone(zone).date() - year_before(now.astimezone(zone).date())
        shown = [instant.astimezone(zone).replace(tzinfo=None) - days for instant in (first, now)]
        assert found == tuple(first_moment(zone, at.date(), at.time()) for at in shown)
    elif name not in ("Australia/Lord_Howe", "Pacific/Chatham"):  # there not every bin is an hour
        start = to_time_range(window, Interval.HOUR, zone, now).start
        assert found == (start - DAY, now - DAY)


def by_dates(
    comparison: Comparison, window: TimeWindow, zone: ZoneInfo, now: datetime, custom: Dates | None
) -> tuple[datetime, datetime]:
    """The earlier time of a window of dates."""
    today = today_at(zone, now)
    first, last = dates_of(window, today, custom)
    if comparison is PREVIOUS_YEAR or window in (TimeWindow.THIS_YEAR, TimeWindow.LAST_YEAR):
        before, until, same = year_before(first), year_before(last), year_before(today)
    elif window in (TimeWindow.THIS_MONTH, TimeWindow.LAST_MONTH):
        before, until = month_dates(*month_before(first.year, first.month))
        same = before + (today.day - 1) * DAY
    else:
        length = last - first + DAY
        before, until, same = first - length, last - length, today - length
    start, end = first_moment(zone, before), first_moment(zone, until + DAY)
    if today > last:
        return start, end
    return start, min(end, first_moment(zone, same, now.astimezone(zone).time()))


@given(st.sampled_from(Comparison), requests())
@settings(max_examples=60)
def test_the_earlier_time_is_over_when_the_window_begins(
    comparison: Comparison, request: tuple[TimeWindow, str, datetime, Dates | None]
) -> None:
    window, name, now, custom = request
    zone = wallclock.zone(name)
    start, end = earlier_span(comparison, window, zone, now, custom)
    asked = to_time_range(window, Interval.MONTH, zone, now, custom)
    assert start <= end <= now
    assert start < asked.start
    if comparison is PREVIOUS_PERIOD:
        assert end <= asked.start


def test_dates_near_the_limits_have_earlier_ones() -> None:
    for first in (date(1970, 1, 2), date(9998, 12, 1)):
        asked = Dates(first, first + 30 * DAY)
        for comparison in Comparison:
            now = datetime.combine(first, datetime.min.time(), UTC) + timedelta(days=2)
            start, end = earlier_span(
                comparison, TimeWindow.CUSTOM, wallclock.zone("Europe/Paris"), now, asked
            )
            assert start < end < now
