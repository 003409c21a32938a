from datetime import UTC, datetime

import pytest

from chalicelib.errors import RequestError
from chalicelib.figures import wallclock
from chalicelib.figures.parameters import parse_metric_query
from chalicelib.figures.queries import Metric, MetricQuery
from chalicelib.figures.timerange import Interval, TimeWindow, to_time_range

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
