from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.figures import wallclock
from chalicelib.figures.timerange import (
    MAX_BINS,
    Bin,
    Interval,
    TimeRange,
    TimeWindow,
    allowed_intervals,
    default_interval,
    to_time_range,
)


def time_range(window: str, interval: str, zone: str, now: str) -> TimeRange:
    return to_time_range(
        TimeWindow(window),
        Interval(interval),
        wallclock.zone(zone),
        datetime.fromisoformat(now).replace(tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("window", "interval", "zone", "now", "start", "end", "bins"),
    [
        # Monday, 23 November 2026
        ("Last24Hours", "Hour", "UTC", "2026-11-23T12:34", "2026-11-22T13:00", "2026-11-23T13:00", 24),
        ("Last24Hours", "Day", "UTC", "2026-11-23T12:34", "2026-11-22T13:00", "2026-11-24T00:00", 2),
        ("Last24Hours", "Hour", "UTC", "2026-11-23T12:00", "2026-11-22T13:00", "2026-11-23T13:00", 24),
        (
            "Last24Hours",
            "Hour",
            "UTC",
            "2026-11-23T11:59:59.999999",
            "2026-11-22T12:00",
            "2026-11-23T12:00",
            24,
        ),
        ("Last7Days", "Hour", "UTC", "2026-11-23T12:34", "2026-11-17T00:00", "2026-11-23T13:00", 157),
        ("Last7Days", "Day", "UTC", "2026-11-23T12:34", "2026-11-17T00:00", "2026-11-24T00:00", 7),
        ("Last7Days", "Day", "UTC", "2026-11-23T00:00", "2026-11-17T00:00", "2026-11-24T00:00", 7),
        ("Last7Days", "Day", "UTC", "2026-11-23T23:59:59", "2026-11-17T00:00", "2026-11-24T00:00", 7),
        ("Last7Days", "Week", "UTC", "2026-11-23T12:34", "2026-11-17T00:00", "2026-11-30T00:00", 2),
        ("Last7Days", "Month", "UTC", "2026-11-23T12:34", "2026-11-17T00:00", "2026-12-01T00:00", 1),
        ("Last30Days", "Day", "UTC", "2026-11-23T12:34", "2026-10-25T00:00", "2026-11-24T00:00", 30),
        ("Last30Days", "Month", "UTC", "2026-12-31T12:34", "2026-12-02T00:00", "2027-01-01T00:00", 1),
        ("Last90Days", "Week", "UTC", "2026-11-23T12:34", "2026-08-26T00:00", "2026-11-30T00:00", 14),
        ("Last365Days", "Day", "UTC", "2026-11-23T12:34", "2025-11-24T00:00", "2026-11-24T00:00", 365),
        ("Last365Days", "Day", "UTC", "2028-02-29T12:34", "2027-03-02T00:00", "2028-03-01T00:00", 365),
        ("Last365Days", "Month", "UTC", "2026-11-23T12:34", "2025-11-24T00:00", "2026-12-01T00:00", 13),
        # It is the 24th in Auckland and the 22nd in Honolulu.
        (
            "Last7Days",
            "Day",
            "Pacific/Auckland",
            "2026-11-23T12:34",
            "2026-11-17T11:00",
            "2026-11-24T11:00",
            7,
        ),
        (
            "Last7Days",
            "Day",
            "Pacific/Honolulu",
            "2026-11-23T09:34",
            "2026-11-16T10:00",
            "2026-11-23T10:00",
            7,
        ),
        # It is 23:30 on the 6th, for the second time: the 7th has begun.
        (
            "Last7Days",
            "Day",
            "America/St_Johns",
            "2010-11-07T03:00",
            "2010-11-01T02:30",
            "2010-11-08T03:30",
            7,
        ),
        # Half and quarter hours
        (
            "Last24Hours",
            "Hour",
            "Asia/Kolkata",
            "2026-11-23T12:34",
            "2026-11-22T13:30",
            "2026-11-23T13:30",
            24,
        ),
        ("Last7Days", "Day", "Asia/Kathmandu", "2026-11-23T12:34", "2026-11-16T18:15", "2026-11-23T18:15", 7),
        # The clocks change in the window: in New York on 1 November, on Chatham on 27 September
        (
            "Last24Hours",
            "Hour",
            "America/New_York",
            "2026-11-01T12:34",
            "2026-10-31T13:00",
            "2026-11-01T13:00",
            24,
        ),
        (
            "Last30Days",
            "Day",
            "America/New_York",
            "2026-11-23T12:34",
            "2026-10-25T04:00",
            "2026-11-24T05:00",
            30,
        ),
        (
            "Last30Days",
            "Hour",
            "America/New_York",
            "2026-11-23T12:34",
            "2026-10-25T04:00",
            "2026-11-23T13:00",
            705,
        ),
        (
            "Last24Hours",
            "Hour",
            "Pacific/Chatham",
            "2026-09-27T02:00",
            "2026-09-26T02:15",
            "2026-09-27T02:15",
            25,
        ),
    ],
)
def test_a_window_is_whole_bins_up_to_now(
    window: str, interval: str, zone: str, now: str, start: str, end: str, bins: int
) -> None:
    asked = time_range(window, interval, zone, now)
    assert (asked.start, asked.end, len(asked.bins)) == (
        datetime.fromisoformat(start).replace(tzinfo=UTC),
        datetime.fromisoformat(end).replace(tzinfo=UTC),
        bins,
    )


def test_a_bin_is_partial_where_it_is_cut_off() -> None:
    asked = time_range("Last90Days", "Month", "UTC", "2026-11-23T12:34")
    assert [(bin_.start.isoformat(), bin_.partial) for bin_ in asked.bins] == [
        ("2026-08-01T00:00:00+00:00", True),
        ("2026-09-01T00:00:00+00:00", False),
        ("2026-10-01T00:00:00+00:00", False),
        ("2026-11-01T00:00:00+00:00", True),
    ]


@pytest.mark.parametrize(
    ("zone", "now", "hours", "some"),
    [
        ("UTC", "2026-03-08T23:30", 24, []),
        (
            "America/New_York",
            "2026-03-09T03:30",
            23,
            ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"],
        ),
        (
            "America/New_York",
            "2026-11-02T04:30",
            25,
            ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00"],
        ),
        (
            "America/St_Johns",
            "2026-11-02T03:15",
            25,
            ["2026-11-01T01:00:00-02:30", "2026-11-01T01:00:00-03:30"],
        ),
        # Half an hour: two bins of thirty minutes in one autumn hour and a half, one of thirty in spring
        (
            "Australia/Lord_Howe",
            "2026-04-05T13:15",
            25,
            ["2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-04T12:45",
            24,
            ["2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00"],
        ),
        # At a quarter to four, back to a quarter to three
        (
            "Pacific/Chatham",
            "2026-04-05T11:00",
            26,
            ["2026-04-05T03:00:00+13:45", "2026-04-05T02:45:00+12:45", "2026-04-05T03:00:00+12:45"],
        ),
        # Midnight itself is left out, and comes twice.
        ("Asia/Beirut", "2026-03-29T20:30", 23, ["2026-03-29T01:00:00+03:00"]),
        ("Asia/Beirut", "2026-10-24T21:30", 25, ["2026-10-24T23:00:00+03:00", "2026-10-24T23:00:00+02:00"]),
        ("America/Sao_Paulo", "2018-11-05T01:30", 23, ["2018-11-04T01:00:00-02:00"]),
    ],
)
def test_the_hours_of_a_day_are_those_the_clocks_show(
    zone: str, now: str, hours: int, some: list[str]
) -> None:
    asked = time_range("Last7Days", "Hour", zone, now)
    today = asked.timestamps[-1][:10]
    of_today = [start for start in asked.timestamps if start.startswith(today)]
    assert len(of_today) == hours
    at = of_today.index(some[0]) if some else 0
    assert of_today[at : at + len(some)] == some


@pytest.mark.parametrize(
    ("zone", "now", "days"),
    [
        ("America/Sao_Paulo", "2018-11-05T12:00", ["2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00"]),
        ("Asia/Beirut", "2026-03-29T21:00", ["2026-03-28T00:00:00+02:00", "2026-03-29T01:00:00+03:00"]),
        ("Asia/Beirut", "2026-10-25T21:00", ["2026-10-24T00:00:00+03:00", "2026-10-25T00:00:00+02:00"]),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-31T12:00", ["2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"]),
        # At 00:01 on 7 November, back to 23:01 on the 6th: the 7th has begun all the same.
        ("America/St_Johns", "2010-11-07T12:00", ["2010-11-06T00:00:00-02:30", "2010-11-07T00:00:00-02:30"]),
    ],
)
def test_a_day_starts_at_the_first_instant_of_its_date(zone: str, now: str, days: list[str]) -> None:
    found = list(time_range("Last7Days", "Day", zone, now).timestamps)
    at = found.index(days[0])
    assert found[at : at + len(days)] == days


@pytest.mark.parametrize(
    ("window", "default", "allowed"),
    [
        (TimeWindow.LAST_24_HOURS, Interval.HOUR, list(Interval)),
        (TimeWindow.LAST_7_DAYS, Interval.DAY, list(Interval)),
        (TimeWindow.LAST_30_DAYS, Interval.DAY, list(Interval)),
        (TimeWindow.LAST_90_DAYS, Interval.DAY, [Interval.DAY, Interval.WEEK, Interval.MONTH]),
        (TimeWindow.LAST_365_DAYS, Interval.DAY, [Interval.DAY, Interval.WEEK, Interval.MONTH]),
    ],
)
def test_intervals_of_a_window(window: TimeWindow, default: Interval, allowed: list[Interval]) -> None:
    assert default_interval(window) == default
    assert allowed_intervals(window) == allowed


ZONES = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Nuuk",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
]

ROLLING = [
    TimeWindow.LAST_24_HOURS,
    TimeWindow.LAST_7_DAYS,
    TimeWindow.LAST_30_DAYS,
    TimeWindow.LAST_90_DAYS,
    TimeWindow.LAST_365_DAYS,
]

REQUESTS = st.builds(
    lambda choice, zone, now: to_time_range(choice[0], choice[1], wallclock.zone(zone), now),
    st.sampled_from([(window, interval) for window in ROLLING for interval in allowed_intervals(window)]),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2005, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)


def on_the_clocks(asked: TimeRange, instant: datetime) -> object:
    """What names the bin of `instant`, from what the clocks show and nothing else."""
    local = instant.astimezone(asked.zone)
    if asked.interval is Interval.HOUR:
        return local.date(), local.hour, local.utcoffset()
    # A date that was reached counts as reached, though the clocks be put back over midnight.
    date = max((instant - timedelta(minutes=ago)).astimezone(asked.zone).date() for ago in range(61))
    return {
        Interval.DAY: date,
        Interval.WEEK: date.isocalendar()[:2],
        Interval.MONTH: (date.year, date.month),
    }[asked.interval]


@given(REQUESTS, st.data())
@settings(max_examples=80, deadline=None)
def test_every_instant_lies_in_the_one_bin_that_the_clocks_say(asked: TimeRange, data: st.DataObject) -> None:
    seconds = int((asked.end - asked.start).total_seconds())
    instant = asked.start + timedelta(seconds=data.draw(st.integers(0, seconds - 1)))
    (holder,) = [bin_ for bin_ in asked.bins if bin_.start <= instant < bin_.end]
    assert on_the_clocks(asked, instant) == on_the_clocks(asked, holder.start)


@given(REQUESTS)
@settings(max_examples=60, deadline=None)
def test_bins_are_whole_contiguous_and_cover_the_range(asked: TimeRange) -> None:
    first, last = asked.bins[0], asked.bins[-1]
    assert first.start <= asked.start < first.end
    assert last.end == asked.end
    assert len(asked.bins) <= MAX_BINS
    assert all(a.end == b.start for a, b in pairwise(asked.bins))
    assert all(is_whole(asked, bin_) for bin_ in (*asked.bins[:3], *asked.bins[-3:]))
    assert [bin_.partial for bin_ in asked.bins] == [
        bin_.start < asked.start or bin_ is last for bin_ in asked.bins
    ]
    assert len({bin_.label for bin_ in asked.bins}) == len(asked.bins)


def is_whole(asked: TimeRange, bin_: Bin) -> bool:
    """Whether the clocks begin to show the bin at its start, and have stopped at its end."""
    name = on_the_clocks(asked, bin_.start)
    return name not in (
        on_the_clocks(asked, bin_.start - timedelta(seconds=1)),
        on_the_clocks(asked, bin_.end),
    )
