import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import RequestError
from chalicelib.figures import Key, Metric, Route, Row, Statement, wallclock, weigh
from chalicelib.figures.queries import MONEY, Part, max_series
from chalicelib.figures.timerange import WINDOWS, Interval, TimeWindow, allowed_intervals, to_time_range
from tests.answering import answer, answers

NOW = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)


def ask(rows: list[Row], **parameters: str) -> bytes:
    asked = {name: [value] for name, value in ({"affiliateId": "amy"} | parameters).items()}
    return answer(asked, rows, NOW)


def label(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_page_views_by_week() -> None:
    rows = [Row("a.example", 2, label("2026-11-16"))]
    assert ask(rows, metricType="PageViews", timeWindow="Last7Days", interval="Week") == (
        b'{"dataset":['
        b'{"series":"a.example","timestamp":"2026-11-16T00:00:00+00:00","value":2,"partial":true,"currency":null},'
        b'{"series":"a.example","timestamp":"2026-11-23T00:00:00+00:00","value":0,"partial":true,"currency":null}'
        b'],"totals":[{"series":"a.example","value":2,"currency":null}],"overall":[{"value":2,"currency":null}],'
        b'"from":"2026-11-17T00:00:00+00:00","to":"2026-11-30T00:00:00+00:00","timeZone":"UTC","interval":"Week",'
        b'"comparison":null}'
    )


def test_visitors_by_month() -> None:
    rows = [
        Row("a.example", 2, label("2026-11-01")),
        Row("a.example", 1, None, part=Part.TOTAL),
        Row(None, 1, None, part=Part.OVERALL),
    ]
    asked = {
        "metricType": "Visitors",
        "timeWindow": "Last7Days",
        "interval": "Month",
        "timeZone": "America/New_York",
    }
    assert ask(rows, **asked) == (
        b'{"dataset":['
        b'{"series":"a.example","timestamp":"2026-11-01T00:00:00-04:00","value":2,"partial":true,"currency":null}'
        b'],"totals":[{"series":"a.example","value":1,"currency":null}],"overall":[{"value":1,"currency":null}],'
        b'"from":"2026-11-17T00:00:00-05:00","to":"2026-12-01T00:00:00-05:00",'
        b'"timeZone":"America/New_York","interval":"Month","comparison":null}'
    )


def test_commissions_are_exact_numbers() -> None:
    rows = [
        Row("a.example", 10_000_000, label("2026-11-16"), "JPY"),
        Row("a.example", -1, label("2026-11-23"), "JPY"),
        Row("a.example", 2**63 - 1, label("2026-11-23"), "USD"),
    ]
    assert ask(rows, metricType="Commissions", timeWindow="Last7Days", interval="Week") == (
        b'{"dataset":['
        b'{"series":"a.example","timestamp":"2026-11-16T00:00:00+00:00","value":10,"partial":true,"currency":"JPY"},'
        b'{"series":"a.example","timestamp":"2026-11-23T00:00:00+00:00","value":-0.000001,"partial":true,'
        b'"currency":"JPY"},'
        b'{"series":"a.example","timestamp":"2026-11-16T00:00:00+00:00","value":0,"partial":true,"currency":"USD"},'
        b'{"series":"a.example","timestamp":"2026-11-23T00:00:00+00:00","value":9223372036854.775807,"partial":true,'
        b'"currency":"USD"}'
        b'],"totals":[{"series":"a.example","value":9.999999,"currency":"JPY"},'
        b'{"series":"a.example","value":9223372036854.775807,"currency":"USD"}],'
        b'"overall":[{"value":9.999999,"currency":"JPY"},{"value":9223372036854.775807,"currency":"USD"}],'
        b'"from":"2026-11-17T00:00:00+00:00","to":"2026-11-30T00:00:00+00:00","timeZone":"UTC","interval":"Week",'
        b'"comparison":null}'
    )


@pytest.mark.parametrize("metric", Metric)
def test_no_data_is_an_empty_answer(metric: Metric) -> None:
    assert json.loads(ask([], metricType=metric, timeWindow="Last24Hours")) == {
        "dataset": [],
        "totals": [],
        "overall": [] if metric in MONEY else [{"value": 0, "currency": None}],
        "from": "2026-11-22T13:00:00+00:00",
        "to": "2026-11-23T13:00:00+00:00",
        "timeZone": "UTC",
        "interval": "Hour",
        "comparison": None,
    }


@pytest.mark.parametrize("window", WINDOWS)
def test_an_answer_stays_below_1_mb_if_names_have_20_characters(window: TimeWindow) -> None:
    for interval in allowed_intervals(window):
        asked = to_time_range(window, interval, wallclock.zone("Asia/Kolkata"), NOW)
        names = [f"{number:02}.books-shop.example"[:20] for number in range(max_series(asked))]
        rows = [Row(name, 12_345_670_000, bin_.label, "USD") for name in names for bin_ in asked.bins]
        parameters = {"timeWindow": window, "interval": interval, "timeZone": "Asia/Kolkata"}
        assert len(ask(rows, metricType="Commissions", **parameters)) < 1_000_000


def test_a_kept_answer_weighs_what_was_asked_too() -> None:
    key = Key(Route.METRICS, (("page", "é" * 1_000),), NOW)
    assert 6_000 < weigh(key, b"x" * 5_000) < 10_000


def test_one_statement_answers_a_request() -> None:
    statements: list[Statement[Any]] = []

    def rows(statement: Statement[Any]) -> Iterator[Row]:
        statements.append(statement)
        yield Row("a.example", 1, label("2026-11-23"))

    asked = {"affiliateId": ["amy"], "metricType": ["PageViews"], "timeWindow": ["Last7Days"]}
    assert len(json.loads(answers(rows).answer(Route.METRICS, asked, NOW))["dataset"]) == 7
    (statement,) = statements
    assert statement.text.startswith("WITH counted AS (\nSELECT website, count(*) AS value")
    assert dict(statement.values)["affiliate_id"] == "amy"


def test_a_wrong_request_asks_nothing_of_the_engine() -> None:
    def rows(statement: Statement[Any]) -> list[Row]:
        raise AssertionError(statement)

    with pytest.raises(RequestError, match=r"^metricType: is missing$"):
        answers(rows).answer(Route.METRICS, {"affiliateId": ["amy"]}, NOW)


REQUESTS = st.sampled_from(
    [(window, interval) for window in WINDOWS for interval in allowed_intervals(window)]
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
SERIES: dict[Metric, list[tuple[str, str | None]]] = {
    Metric.PAGE_VIEWS: [("Zoë's", None), ("a.example", None)],
    Metric.VISITORS: [("Zoë's", None), ("a.example", None)],
    Metric.COMMISSIONS: [("Zoë's", "USD"), ("a.example", "EUR"), ("a.example", "USD")],
    Metric.CLICKS: [("Zoë's", None)],
    Metric.ORDERS: [("Zoë's", None), ("a.example", None)],
    Metric.REVENUE: [("a.example", "EUR"), ("a.example", "USD")],
}


@given(st.sampled_from(Metric), REQUESTS, ZONES, MOMENTS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_each_row_is_in_its_place_and_zeros_are_elsewhere(
    metric: Metric, request: tuple[TimeWindow, Interval], zone: str, now: datetime, random: Random
) -> None:
    window, interval = request
    bins = to_time_range(window, interval, wallclock.zone(zone), now).bins
    micros = 1_000_000 if metric in MONEY else 1
    rows: list[Row] = []
    points: list[dict[str, object]] = []
    totals: list[dict[str, object]] = []
    for website, currency in SERIES[metric]:
        with_rows = random.sample(bins, k=random.randint(1, len(bins)))
        counts = {bin_.label: random.randrange(-(10**9), 10**9) for bin_ in with_rows}
        total = sum(counts.values())
        if metric is Metric.VISITORS:
            total = random.randrange(10**9)
            rows.append(Row(website, total, None, currency, part=Part.TOTAL))
        rows += [Row(website, count, label, currency) for label, count in counts.items()]
        points += [
            {
                "series": website,
                "timestamp": bin_.start.astimezone(wallclock.zone(zone)).isoformat(),
                "value": Decimal(counts.get(bin_.label, 0)) / micros,
                "partial": bin_.partial,
                "currency": currency,
            }
            for bin_ in bins
        ]
        totals.append({"series": website, "value": Decimal(total) / micros, "currency": currency})
    random.shuffle(rows)

    asked = {"metricType": metric, "timeWindow": window, "interval": interval, "timeZone": zone}
    parameters = {"affiliateId": ["amy"]} | {name: [value] for name, value in asked.items()}
    found = json.loads(answer(parameters, rows, now), parse_float=Decimal)
    assert found["dataset"] == points
    assert found["totals"] == totals
