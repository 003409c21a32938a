"""Calendar windows, and those of two dates."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.figures import wallclock
from chalicelib.figures.timerange import (
    FIRST_DATE,
    LAST_DATE,
    MAX_BINS,
    Dates,
    Interval,
    TimeRange,
    TimeWindow,
    allowed_intervals,
    begins_in_future,
    default_interval,
    time_range_at,
    to_time_range,
)
from tests.figures.plain_clocks import DAY, dates_of, first_moment, today_at

WEEKS_OF_NOVEMBER = (
    "10-26--11-02 partial, 11-02--11-09, 11-09--11-16, 11-16--11-23, 11-23--11-30, 11-30--12-01 partial"
)
"""Of 2026, which begins on a Sunday and ends on a Monday."""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dates(text: str) -> Dates | None:
    """Of `2026-11-01..2026-11-05`; None of an empty text."""
    return Dates(*(date.fromisoformat(day) for day in text.split(".."))) if text else None


def time_range(window: str, custom: str, interval: str, zone: str, now: str) -> TimeRange:
    return to_time_range(
        TimeWindow(window), Interval(interval), wallclock.zone(zone), moment(now), dates(custom)
    )


@pytest.mark.parametrize(
    ("window", "custom", "zone", "now", "start", "end"),
    [
        # Wednesday, 25 November 2026
        ("Today", "", "UTC", "2026-11-25T12:34", "2026-11-25T00:00", "2026-11-25T13:00"),
        ("Today", "", "UTC", "2026-11-25T00:00", "2026-11-25T00:00", "2026-11-25T01:00"),
        ("Today", "", "UTC", "2026-11-25T23:59:59.999", "2026-11-25T00:00", "2026-11-26T00:00"),
        ("Yesterday", "", "UTC", "2026-11-25T00:00", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("ThisMonth", "", "UTC", "2026-11-25T12:34", "2026-11-01T00:00", "2026-11-25T13:00"),
        ("ThisMonth", "", "UTC", "2026-11-30T23:34", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("LastMonth", "", "UTC", "2026-01-31T12:34", "2025-12-01T00:00", "2026-01-01T00:00"),
        ("LastMonth", "", "UTC", "2028-03-31T12:34", "2028-02-01T00:00", "2028-03-01T00:00"),
        (
            "Custom",
            "2026-11-25..2026-11-25",
            "UTC",
            "2026-11-25T12:34",
            "2026-11-25T00:00",
            "2026-11-25T13:00",
        ),
        (
            "Custom",
            "2026-11-24..2026-11-27",
            "UTC",
            "2026-11-25T12:34",
            "2026-11-24T00:00",
            "2026-11-25T13:00",
        ),
        (
            "Custom",
            "2026-11-02..2026-11-03",
            "UTC",
            "2026-11-25T12:34",
            "2026-11-02T00:00",
            "2026-11-04T00:00",
        ),
        # It is the 26th in Auckland and still the 31st in Honolulu.
        ("Today", "", "Pacific/Auckland", "2026-11-25T12:34", "2026-11-25T11:00", "2026-11-25T13:00"),
        ("ThisMonth", "", "Pacific/Honolulu", "2026-11-01T09:34", "2026-10-01T10:00", "2026-11-01T10:00"),
        ("LastMonth", "", "Pacific/Honolulu", "2026-11-01T09:34", "2026-09-01T10:00", "2026-10-01T10:00"),
        # Days of 23, 25, 24½ and 23½ hours
        ("Yesterday", "", "America/New_York", "2026-03-09T12:00", "2026-03-08T05:00", "2026-03-09T04:00"),
        ("Yesterday", "", "America/New_York", "2026-11-02T12:00", "2026-11-01T04:00", "2026-11-02T05:00"),
        ("Yesterday", "", "Australia/Lord_Howe", "2026-04-06T00:00", "2026-04-04T13:00", "2026-04-05T13:30"),
        ("Yesterday", "", "Australia/Lord_Howe", "2026-10-05T00:00", "2026-10-03T13:30", "2026-10-04T13:00"),
        # Midnight is left out in September, and in April the hour before it comes twice.
        ("Yesterday", "", "America/Santiago", "2026-09-07T12:00", "2026-09-06T04:00", "2026-09-07T03:00"),
        ("Today", "", "America/Santiago", "2026-04-05T03:30", "2026-04-04T03:00", "2026-04-05T04:00"),
        ("Yesterday", "", "America/Santiago", "2026-04-05T04:00", "2026-04-04T03:00", "2026-04-05T04:00"),
        ("Yesterday", "", "Africa/Cairo", "2026-04-25T12:00", "2026-04-23T22:00", "2026-04-24T21:00"),
        # The second 01:30
        ("Today", "", "America/New_York", "2026-11-01T06:30", "2026-11-01T04:00", "2026-11-01T07:00"),
        (
            "Custom",
            "2011-12-29..2011-12-31",
            "Pacific/Apia",
            "2026-11-25T12:34",
            "2011-12-29T10:00",
            "2011-12-31T10:00",
        ),
        # The changes of spring and autumn
        (
            "Custom",
            "2026-03-01..2026-11-30",
            "Europe/Paris",
            "2027-01-25T12:34",
            "2026-02-28T23:00",
            "2026-11-30T23:00",
        ),
    ],
)
def test_a_window_ends_with_its_last_date_or_with_this_hour(
    window: str, custom: str, zone: str, now: str, start: str, end: str
) -> None:
    asked = time_range(window, custom, "Hour", zone, now)
    assert (asked.start, asked.end) == (moment(start), moment(end))


@pytest.mark.parametrize(
    ("window", "custom", "interval", "zone", "now", "bins"),
    [
        (
            "LastMonth",
            "",
            "Week",
            "UTC",
            "2026-12-15T12:34",
            WEEKS_OF_NOVEMBER,
        ),
        (
            "ThisMonth",
            "",
            "Week",
            "UTC",
            "2026-11-30T12:34",
            WEEKS_OF_NOVEMBER,
        ),
        (
            "ThisMonth",
            "",
            "Week",
            "UTC",
            "2026-11-09T00:00",
            "10-26--11-02 partial, 11-02--11-09, 11-09--11-16 partial",
        ),
        ("ThisMonth", "", "Month", "UTC", "2026-11-09T00:00", "11-01--12-01 partial"),
        ("LastMonth", "", "Month", "UTC", "2026-12-09T00:00", "11-01--12-01"),
        ("Today", "", "Day", "UTC", "2026-11-25T12:34", "11-25--11-26 partial"),
        ("Today", "", "Week", "UTC", "2026-11-25T12:34", "11-23--11-26 partial"),
        ("Yesterday", "", "Day", "UTC", "2026-11-25T12:34", "11-24--11-25"),
        ("Yesterday", "", "Month", "UTC", "2026-11-25T12:34", "11-01--11-25 partial"),
        (
            "Custom",
            "2026-10-31..2026-12-01",
            "Month",
            "UTC",
            "2027-01-09T00:00",
            "10-01--11-01 partial, 11-01--12-01, 12-01--12-02 partial",
        ),
        ("Custom", "2026-11-02..2026-11-08", "Week", "UTC", "2027-01-09T00:00", "11-02--11-09"),
        (
            "Custom",
            "2026-11-24..2026-11-30",
            "Day",
            "UTC",
            "2026-11-25T12:34",
            "11-24--11-25, 11-25--11-26 partial",
        ),
        # The window ends a day before its month does, and 29 days after now.
        ("Custom", "2026-12-01..2026-12-30", "Month", "UTC", "2026-12-01T00:00", "12-01--12-31 partial"),
        # Half of November has the other offset.
        ("LastMonth", "", "Month", "America/New_York", "2026-12-15T12:34", "11-01--12-01"),
        (
            "Custom",
            "2011-12-29..2011-12-31",
            "Day",
            "Pacific/Apia",
            "2026-11-25T12:34",
            "12-29--12-31, 12-31--01-01",
        ),
    ],
)
def test_a_bin_is_partial_if_the_window_or_now_cuts_it_off(
    window: str, custom: str, interval: str, zone: str, now: str, bins: str
) -> None:
    asked = time_range(window, custom, interval, zone, now)
    found = [
        f"{bin_.start.astimezone(asked.zone):%m-%d}--{bin_.end.astimezone(asked.zone):%m-%d}"
        + (" partial" if bin_.partial else "")
        for bin_ in asked.bins
    ]
    assert ", ".join(found) == bins


@pytest.mark.parametrize(
    ("custom", "default", "allowed"),
    [
        ("2026-11-25..2026-11-25", Interval.HOUR, list(Interval)),
        ("2026-11-24..2026-11-25", Interval.DAY, list(Interval)),
        ("2026-10-01..2026-11-02", Interval.DAY, list(Interval)),  # 33 days: 792 hours
        ("2026-10-01..2026-11-03", Interval.DAY, ["Day", "Week", "Month"]),
        ("2024-01-01..2026-03-10", Interval.DAY, ["Day", "Week", "Month"]),  # 800 days
        ("2024-01-01..2026-03-11", Interval.WEEK, ["Week", "Month"]),
        ("2001-01-01..2016-05-01", Interval.WEEK, ["Week", "Month"]),  # 800 weeks, from a Monday to a Sunday
        ("2001-01-02..2016-05-02", Interval.MONTH, ["Month"]),  # as many days, in 801
        ("1970-02-01..2036-09-30", Interval.MONTH, ["Month"]),  # 800 months
    ],
)
def test_intervals_of_two_dates(custom: str, default: Interval, allowed: list[str]) -> None:
    assert allowed_intervals(TimeWindow.CUSTOM, dates(custom)) == allowed
    assert default_interval(TimeWindow.CUSTOM, dates(custom)) == default


@pytest.mark.parametrize(
    "custom", ["1970-02-01..2036-10-01", "1970-02-02..2036-10-01", "1970-01-02..9998-12-31"]
)
def test_more_than_800_months_have_no_interval(custom: str) -> None:
    assert allowed_intervals(TimeWindow.CUSTOM, dates(custom)) == []


@pytest.mark.parametrize(
    ("window", "default", "allowed"),
    [
        (TimeWindow.TODAY, Interval.HOUR, list(Interval)),
        (TimeWindow.YESTERDAY, Interval.HOUR, list(Interval)),
        (TimeWindow.THIS_MONTH, Interval.DAY, list(Interval)),
        (TimeWindow.LAST_MONTH, Interval.DAY, list(Interval)),
        (TimeWindow.THIS_YEAR, Interval.DAY, [Interval.DAY, Interval.WEEK, Interval.MONTH]),
        (TimeWindow.LAST_YEAR, Interval.DAY, [Interval.DAY, Interval.WEEK, Interval.MONTH]),
    ],
)
def test_intervals_of_a_calendar_window(
    window: TimeWindow, default: Interval, allowed: list[Interval]
) -> None:
    assert default_interval(window) == default
    assert allowed_intervals(window) == allowed


@pytest.mark.parametrize(
    ("first", "zone", "now", "begins"),
    [
        ("2026-11-26", "UTC", "2026-11-25T23:59:59", True),
        ("2026-11-26", "UTC", "2026-11-26T00:00", False),
        ("2026-11-26", "Pacific/Auckland", "2026-11-25T11:00", False),
        ("2026-11-26", "Pacific/Honolulu", "2026-11-26T09:59:59", True),
        # It is 23:30 on the 6th, for the second time: the 7th has begun.
        ("2010-11-07", "America/St_Johns", "2010-11-07T03:00", False),
    ],
)
def test_dates_begin_in_the_future_if_the_first_is_after_today(
    first: str, zone: str, now: str, begins: bool
) -> None:
    asked = Dates(date.fromisoformat(first), LAST_DATE)
    assert begins_in_future(asked, wallclock.zone(zone), moment(now)) is begins


def test_a_window_that_begins_after_today_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        time_range("Custom", "2026-11-26..2026-11-27", "Day", "UTC", "2026-11-25T12:34")


@pytest.mark.parametrize("interval", Interval)
@pytest.mark.parametrize(("window", "custom"), [("Yesterday", ""), ("Custom", "2011-12-30..2011-12-30")])
def test_a_window_is_not_empty_if_the_clocks_left_out_its_date(
    window: str, custom: str, interval: str
) -> None:
    assert time_range(window, custom, interval, "Pacific/Apia", "2011-12-30T20:00").bins


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Paris"])
@pytest.mark.parametrize("first", [FIRST_DATE, date(2026, 11, 25), LAST_DATE - 32 * DAY, LAST_DATE])
@pytest.mark.parametrize("interval", Interval)
def test_the_first_and_the_last_dates_can_be_asked_for(zone: str, first: date, interval: Interval) -> None:
    asked = Dates(first, min(first + 32 * DAY, LAST_DATE))
    now = first_moment(wallclock.zone(zone), first) + timedelta(hours=40)
    assert to_time_range(TimeWindow.CUSTOM, interval, wallclock.zone(zone), now, asked).bins


def test_a_custom_range_is_computed_once_in_a_quarter_of_an_hour() -> None:
    zone, now, november = wallclock.zone("UTC"), moment("2026-11-25T12:31"), dates("2026-11-01..2026-11-30")
    asked = time_range_at(TimeWindow.CUSTOM, Interval.DAY, zone, now, november)
    later = now + timedelta(minutes=13)
    assert (
        time_range_at(TimeWindow.CUSTOM, Interval.DAY, zone, later, dates("2026-11-01..2026-11-30")) is asked
    )
    assert (
        time_range_at(TimeWindow.CUSTOM, Interval.DAY, zone, later, dates("2026-11-02..2026-11-30"))
        is not asked
    )


ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "America/St_Johns",
        "America/Santiago",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
    ]
)
MOMENTS = st.datetimes(datetime(2012, 1, 15), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
WINDOWS = st.sampled_from(
    [
        TimeWindow.TODAY,
        TimeWindow.YESTERDAY,
        TimeWindow.THIS_MONTH,
        TimeWindow.LAST_MONTH,
        TimeWindow.THIS_YEAR,
        TimeWindow.LAST_YEAR,
        TimeWindow.CUSTOM,
    ]
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[TimeWindow, Interval, str, datetime, Dates | None]:
    """A window with dates of its own. One of two dates holds now about as often as it does not."""
    window, zone, now = draw(WINDOWS), draw(ZONES), draw(MOMENTS)
    custom = None
    if window is TimeWindow.CUSTOM:
        first = today_at(wallclock.zone(zone), now) - draw(st.integers(0, 900)) * DAY
        custom = Dates(first, first + draw(st.integers(0, 900)) * DAY)
    interval = draw(st.sampled_from(allowed_intervals(window, custom)))
    return window, interval, zone, now, custom


@given(requests())
@settings(max_examples=60)
def test_bins_are_those_of_plain_clocks(
    request: tuple[TimeWindow, Interval, str, datetime, Dates | None],
) -> None:
    window, interval, name, now, custom = request
    zone = wallclock.zone(name)
    first, last = dates_of(window, today_at(zone, now), custom)
    start, limit = first_moment(zone, first), first_moment(zone, last + DAY)
    asked = to_time_range(window, interval, zone, now, custom)
    assert asked.start == start
    assert (asked.bins[0].start <= start < asked.bins[0].end, asked.bins[-1].end) == (True, asked.end)
    assert all(a.end == b.start for a, b in pairwise(asked.bins))
    assert len({bin_.label for bin_ in asked.bins}) == len(asked.bins) <= MAX_BINS
    assert asked.end == limit or asked.bins[-1].start <= now < asked.end < limit
    if interval is Interval.HOUR:
        assert [bin_.partial for bin_ in asked.bins] == [bin_.start <= now < bin_.end for bin_ in asked.bins]
        return
    for bin_ in asked.bins:
        day, following = named_dates(interval, bin_.start.astimezone(zone).date())
        whole = first_moment(zone, day), first_moment(zone, following)
        assert (bin_.start, bin_.end) == (whole[0], min(whole[1], limit))
        assert bin_.label == datetime.combine(day, time())
        assert bin_.partial == (whole[0] < start or limit < whole[1] or now < min(whole[1], limit))


def named_dates(interval: Interval, day: date) -> tuple[date, date]:
    """The first date of the bin that holds `day`, and of the next."""
    match interval:
        case Interval.WEEK:
            first = day - (day.isoweekday() - 1) * DAY
            return first, first + 7 * DAY
        case Interval.MONTH:
            return day.replace(day=1), (day.replace(day=28) + 4 * DAY).replace(day=1)
        case _:
            return day, day + DAY
