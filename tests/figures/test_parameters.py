from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from chalicelib.errors import RequestError
from chalicelib.figures import wallclock
from chalicelib.figures.balances import BalanceQuery
from chalicelib.figures.breakdowns import BreakdownQuery, By
from chalicelib.figures.comparison import Comparison, earlier_span
from chalicelib.figures.entries import EntryQuery, Position
from chalicelib.figures.filters import Filter
from chalicelib.figures.parameters import (
    MAX_FILTER,
    parse_balance_query,
    parse_breakdown_query,
    parse_entry_query,
    parse_metric_query,
)
from chalicelib.figures.queries import Metric, MetricQuery
from chalicelib.figures.sources import Span
from chalicelib.figures.timerange import Dates, Interval, TimeWindow, to_time_range

NOW = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)

REQUEST = {"affiliateId": ["amy"], "metricType": ["PageViews"], "timeWindow": ["Last30Days"]}


def test_what_is_not_said_is_utc_and_the_windows_own_interval() -> None:
    assert parse_metric_query(REQUEST, NOW) == MetricQuery(
        Metric.PAGE_VIEWS,
        "amy",
        to_time_range(TimeWindow.LAST_30_DAYS, Interval.DAY, wallclock.zone("UTC"), NOW),
    )


def test_everything_can_be_said() -> None:
    request = {
        "interval": ["Week"],
        "timeZone": ["America/Argentina/Buenos_Aires"],
        "timeWindow": ["Last90Days"],
        "metricType": ["Commissions"],
        "affiliateId": ["Zoë & 'Söhne' \"GmbH\"; --"],
    }
    zone = wallclock.zone("America/Argentina/Buenos_Aires")
    assert parse_metric_query(request, NOW) == MetricQuery(
        Metric.COMMISSIONS,
        "Zoë & 'Söhne' \"GmbH\"; --",
        to_time_range(TimeWindow.LAST_90_DAYS, Interval.WEEK, zone, NOW),
    )


PARAMETERS = (
    "affiliateId, metricType, timeWindow, interval, compareTo, timeZone, from, to, website, link, page, "
    "referrer, source, medium, campaign, country, device"
)
METRICS = "metricType: must be PageViews, Visitors, Commissions, Clicks, Orders or Revenue"
WINDOWS = (
    "timeWindow: must be Last24Hours, Last7Days, Last30Days, Last90Days, Last365Days, Today, Yesterday, "
    "ThisMonth, LastMonth, ThisYear, LastYear or Custom"
)
INTERVALS = "interval: must be Hour, Day, Week or Month"
AFFILIATES = "affiliateId: must be 1 to 128 printable characters"
ZONES = "timeZone: must be a name of the IANA time zone database, such as Europe/Paris"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"affiliateID": ["amy"]},
            f"affiliateID: is not a parameter: allowed are {PARAMETERS}",
        ),
        ({"affiliateId": []}, "affiliateId: is missing"),
        ({"metricType": []}, "metricType: is missing"),
        ({"timeWindow": []}, "timeWindow: is missing"),
        ({"affiliateId": ["amy", "ben"]}, "affiliateId: must be given once, not 2 times"),
        ({"timeZone": ["UTC", "UTC"]}, "timeZone: must be given once, not 2 times"),
        ({"affiliateId": [""]}, AFFILIATES),
        ({"affiliateId": ["a" * 129]}, AFFILIATES),
        ({"affiliateId": ["amy\n"]}, AFFILIATES),
        ({"affiliateId": ["amy\x00"]}, AFFILIATES),
        ({"metricType": [""]}, METRICS),
        ({"metricType": ["pageviews"]}, METRICS),
        ({"metricType": ["PAGE_VIEWS"]}, METRICS),
        ({"timeWindow": ["Last31Days"]}, WINDOWS),
        ({"interval": [""]}, INTERVALS),
        ({"interval": ["Minute"]}, INTERVALS),
        ({"timeZone": [""]}, ZONES),
        ({"timeZone": ["localtime"]}, ZONES),
        ({"timeZone": ["posixrules"]}, ZONES),
        ({"timeZone": ["Factory"]}, ZONES),
        ({"timeZone": ["utc"]}, ZONES),
        ({"timeZone": ["Europe"]}, ZONES),
        ({"timeZone": ["+01:00"]}, ZONES),
        ({"timeZone": ["/etc/localtime"]}, ZONES),
        ({"timeZone": ["../zoneinfo/UTC"]}, ZONES),
        ({"timeZone": ["Europe/../UTC"]}, ZONES),
        ({"timeZone": ["UTC\x00"]}, ZONES),
        (
            {"timeWindow": ["Last90Days"], "interval": ["Hour"]},
            "interval: must be Day, Week or Month for Last90Days",
        ),
        (
            {"timeWindow": ["Last365Days"], "interval": ["Hour"]},
            "interval: must be Day, Week or Month for Last365Days",
        ),
    ],
)
def test_a_wrong_request_is_told_what_is_allowed(change: dict[str, list[str]], message: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_metric_query(REQUEST | change, NOW)
    assert str(caught.value) == message
    assert message.startswith(f"{caught.value.parameter}: ")


def test_nothing_asked_is_told_what_is_missing() -> None:
    with pytest.raises(RequestError, match=r"^affiliateId: is missing$"):
        parse_metric_query({}, NOW)


# Dates, comparisons, filters, limits and pages

UTC_ZONE: Final = wallclock.zone("UTC")
WEEK: Final = to_time_range(TimeWindow.LAST_7_DAYS, Interval.DAY, UTC_ZONE, NOW)
CUSTOM: Final = {"timeWindow": "Custom", "from": "2026-10-30", "to": "2026-11-02"}
DATES: Final = Dates(date(2026, 10, 30), date(2026, 11, 2))
_MORE: Final = {"affiliateId": "amy", "timeWindow": "Last7Days"}

Parse = Callable[[dict[str, list[str]], datetime], Any]


def _entries(parameters: dict[str, list[str]], now: datetime) -> EntryQuery:
    return parse_entry_query(parameters, now, 30)


def _balance(parameters: dict[str, list[str]], now: datetime) -> BalanceQuery:
    return parse_balance_query(parameters, now, 30)


_REQUIRED: Final[dict[Parse, dict[str, str]]] = {
    parse_metric_query: {**_MORE, "metricType": "PageViews"},
    parse_breakdown_query: {**_MORE, "by": "Link"},
    _entries: _MORE,
    _balance: {"affiliateId": "amy"},
}


def asked(parse: Parse, change: dict[str, str]) -> Any:
    return parse({name: [value] for name, value in {**_REQUIRED[parse], **change}.items()}, NOW)


def test_dates_of_ones_own_both_count() -> None:
    query = asked(parse_metric_query, CUSTOM)
    assert query.time_range == to_time_range(TimeWindow.CUSTOM, Interval.DAY, UTC_ZONE, NOW, DATES)
    assert query.time_range.start == datetime(2026, 10, 30, tzinfo=UTC)
    assert query.time_range.end == datetime(2026, 11, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "interval"),
    [
        ("2026-11-23", "2026-11-23", Interval.HOUR),
        ("2026-11-22", "2026-11-23", Interval.DAY),
        ("2024-09-15", "2026-11-23", Interval.DAY),  # 800 days
        ("2024-09-14", "2026-11-23", Interval.WEEK),
        ("2011-08-01", "2026-11-23", Interval.WEEK),  # 800 weeks
        ("2011-07-31", "2026-11-23", Interval.MONTH),
    ],
)
def test_dates_far_apart_have_the_shortest_interval_that_fits(
    first: str, last: str, interval: Interval
) -> None:
    query = asked(parse_metric_query, {"timeWindow": "Custom", "from": first, "to": last})
    assert query.time_range.interval is interval


def test_a_date_after_today_is_allowed_as_the_last_one() -> None:
    query = asked(parse_breakdown_query, {"timeWindow": "Custom", "from": "2026-11-23", "to": "2026-11-30"})
    assert query.time_range.start == datetime(2026, 11, 23, tzinfo=UTC)


def test_today_is_the_one_of_the_time_zone() -> None:
    """It is November 24 already in Kiritimati, 14 hours before UTC."""
    tomorrow = {"timeWindow": "Custom", "from": "2026-11-24", "to": "2026-11-24"}
    assert asked(parse_metric_query, {**tomorrow, "timeZone": "Pacific/Kiritimati"})
    with pytest.raises(RequestError, match=r"^from: must not be in the future$"):
        asked(parse_metric_query, tomorrow)


@pytest.mark.parametrize("comparison", Comparison)
@pytest.mark.parametrize("change", [{}, CUSTOM])
def test_a_comparison_is_with_the_earlier_span(comparison: Comparison, change: dict[str, str]) -> None:
    window, dates = (TimeWindow.CUSTOM, DATES) if change else (TimeWindow.LAST_7_DAYS, None)
    query = asked(parse_metric_query, {**change, "compareTo": comparison})
    assert query.earlier == Span(*earlier_span(comparison, window, UTC_ZONE, NOW, dates), "earlier_")


def test_a_breakdown_can_be_narrowed_by_everything() -> None:
    filters = {"country": "NO", "link": "", "website": "a.example"}
    assert asked(parse_breakdown_query, {**filters, "limit": "500"}) == BreakdownQuery(
        By.LINK,
        "amy",
        WEEK,
        (Filter("website", "a.example"), Filter("link", ""), Filter("country", "NO")),
        500,
    )
    assert asked(parse_breakdown_query, {}).limit == 20


def test_entries_are_asked_for_by_page() -> None:
    found = asked(_entries, {"limit": "1", "nextToken": "1795000000123-2", "link": "a"})
    after = Position(datetime(2026, 11, 18, 11, 6, 40, 123_000, UTC), 2)
    filters = (Filter("link", "a"),)
    assert found == EntryQuery("amy", WEEK, filters, 1, after, NOW, NOW - timedelta(days=30))
    assert after.to_token() == "1795000000123-2"
    assert (asked(_entries, {}).limit, asked(_entries, {}).after) == (50, None)


def test_a_balance_is_asked_for_by_the_affiliate_alone() -> None:
    assert asked(_balance, {}) == BalanceQuery("amy", NOW, NOW - timedelta(days=30))


LIMITS: Final = "limit: must be a whole number from 1 to 500"
TOKENS: Final = "nextToken: must be the nextToken of an earlier answer"
A_DATE: Final = "must be a date such as 2026-01-31"
IN_RANGE: Final = "must be a date from 1970-01-02 to 9998-12-31"
BYS: Final = (
    "by: must be Website, Link, LandingPage, Page, Referrer, Source, Medium, Campaign, Country or Device"
)


@pytest.mark.parametrize(
    ("parse", "change", "message"),
    [
        (parse_metric_query, {"from": "2026-11-01"}, "from: is allowed only with the timeWindow Custom"),
        (_entries, {"to": "2026-11-01"}, "to: is allowed only with the timeWindow Custom"),
        (
            parse_metric_query,
            {"timeWindow": "Custom", "to": "2026-11-01"},
            "from: is missing: the timeWindow Custom needs it",
        ),
        (
            parse_breakdown_query,
            {"timeWindow": "Custom", "from": "2026-11-01"},
            "to: is missing: the timeWindow Custom needs it",
        ),
        (_entries, {**CUSTOM, "to": "2026-10-29"}, "to: must not be before `from`"),
        (_entries, {**CUSTOM, "from": "2026-11-24", "to": "2026-11-24"}, "from: must not be in the future"),
        *((parse_metric_query, {**CUSTOM, "from": text}, f"from: {A_DATE}") for text in (
            "", "2026-02-30", "2026-1-1", "20261101", "2026-11-01T00:00", " 2026-11-01", "2026-11-01\n",
            "\u0662026-11-01",
            "2026-W45-1", "yesterday",
        )),
        (parse_metric_query, {**CUSTOM, "from": "1970-01-01"}, f"from: {IN_RANGE}"),
        (parse_metric_query, {**CUSTOM, "to": "9999-01-01"}, f"to: {IN_RANGE}"),
        (parse_metric_query, {**CUSTOM, "to": "0000-01-01"}, f"to: {A_DATE}"),
        (
            parse_metric_query,
            {**CUSTOM, "from": "1970-01-02", "to": "2036-12-01"},
            "from: must be closer to `to`: at most 800 months are in one answer",
        ),
        (
            parse_metric_query,
            {**CUSTOM, "from": "2026-01-01", "interval": "Hour"},
            "interval: must be Day, Week or Month for these dates",
        ),
        (
            parse_metric_query,
            {**CUSTOM, "from": "2000-01-01", "interval": "Day"},
            "interval: must be Month for these dates",
        ),
        (
            parse_metric_query,
            {"compareTo": "previousPeriod"},
            "compareTo: must be PreviousPeriod or PreviousYear",
        ),
        (
            parse_metric_query,
            {"metricType": "Commissions", "country": "NO"},
            "country: cannot narrow Commissions: orders know only website and link",
        ),
        (
            parse_metric_query,
            {"metricType": "Orders", "link": "a", "device": ""},
            "device: cannot narrow Orders: orders know only website and link",
        ),
        (
            parse_metric_query,
            {"metricType": "Revenue", "website": "a", "page": "/"},
            "page: cannot narrow Revenue: orders know only website and link",
        ),
        (_entries, {"campaign": "x"}, "campaign: cannot narrow entries: orders know only website and link"),
        (
            parse_metric_query,
            {"page": "x" * (MAX_FILTER + 1)},
            "page: must be at most 1024 printable characters",
        ),
        (parse_breakdown_query, {"link": "a\0"}, "link: must be at most 1024 printable characters"),
        (parse_breakdown_query, {"by": "website"}, BYS),
        *((parse_breakdown_query, {"limit": text}, LIMITS) for text in (
            "", "0", "501", "-1", "+1", "1.0", "1e2", " 1", "\uff11", "9" * 10, "9" * 5000,
        )),
        (_entries, {"limit": "501"}, LIMITS),
        *((_entries, {"nextToken": text}, TOKENS) for text in (
            "", "-", "1", "1-", "-1", "1--1", "1-1-1", "1.5-1", "\uff11-1", "9" * 15 + "-1", "1-" + "9" * 15,
        )),
        (parse_metric_query, {"limit": "1"}, f"limit: is not a parameter: allowed are {PARAMETERS}"),
        (_balance, {"timeWindow": "Today"}, "timeWindow: is not a parameter: allowed are affiliateId"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_what_is_allowed(parse: Parse, change: dict[str, str], message: str) -> None:
    with pytest.raises(RequestError) as caught:
        asked(parse, change)
    assert str(caught.value) == message
    assert message.startswith(f"{caught.value.parameter}: ")


@pytest.mark.parametrize("metric", ["PageViews", "Visitors", "Clicks"])
def test_page_views_can_be_narrowed_by_everything(metric: str) -> None:
    query = asked(parse_metric_query, {"metricType": metric, "country": "NO", "page": "x" * MAX_FILTER})
    assert query.filters == (Filter("page", "x" * MAX_FILTER), Filter("country", "NO"))
