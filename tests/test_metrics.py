import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.config import Config
from chalicelib.errors import RequestError
from chalicelib.metrics import answer
from chalicelib.queries import Row

CONFIG = Config(events_bucket="events")
NOW = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)


def no_rows(statement: str) -> list[Row]:
    return []


def ask(rows: list[Row], **parameters: str) -> bytes:
    given = {name: [value] for name, value in ({"affiliateId": "amy"} | parameters).items()}
    return answer(given, config=CONFIG, rows=lambda statement: rows, now=NOW)


def label(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_page_views_by_week() -> None:
    rows: list[Row] = [{"website": "a.example", "value": 2, "timestamp": label("2026-11-16")}]
    assert ask(rows, metricType="PageViews", timeWindow="Last7Days", interval="Week") == (
        b'{"dataset":['
        b'{"series":"a.example","timestamp":"2026-11-16T00:00:00+00:00","value":2,"partial":true,"currency":null},'
        b'{"series":"a.example","timestamp":"2026-11-23T00:00:00+00:00","value":0,"partial":true,"currency":null}'
        b'],"totals":[{"series":"a.example","value":2,"currency":null}],'
        b'"from":"2026-11-17T00:00:00+00:00","to":"2026-11-30T00:00:00+00:00","timeZone":"UTC","interval":"Week"}'
    )


def test_visitors_by_month() -> None:
    rows: list[Row] = [
        {"website": "a.example", "value": 2, "timestamp": label("2026-11-01")},
        {"website": "a.example", "value": 1, "timestamp": None},
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
        b'],"totals":[{"series":"a.example","value":1,"currency":null}],'
        b'"from":"2026-11-17T00:00:00-05:00","to":"2026-12-01T00:00:00-05:00",'
        b'"timeZone":"America/New_York","interval":"Month"}'
    )


def test_commissions_are_exact_numbers() -> None:
    rows: list[Row] = [
        {"website": "a.example", "currency": "JPY", "value": 10_000_000, "timestamp": label("2026-11-16")},
        {"website": "a.example", "currency": "JPY", "value": -1, "timestamp": label("2026-11-23")},
        {"website": "a.example", "currency": "USD", "value": 2**63 - 1, "timestamp": label("2026-11-23")},
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
        b'"from":"2026-11-17T00:00:00+00:00","to":"2026-11-30T00:00:00+00:00","timeZone":"UTC","interval":"Week"}'
    )


@pytest.mark.parametrize("metric", ["PageViews", "Visitors", "Commissions"])
def test_no_data_is_an_empty_answer(metric: str) -> None:
    assert json.loads(ask([], metricType=metric, timeWindow="Last24Hours")) == {
        "dataset": [],
        "totals": [],
        "from": "2026-11-22T13:00:00+00:00",
        "to": "2026-11-23T13:00:00+00:00",
        "timeZone": "UTC",
        "interval": "Hour",
    }


def test_one_statement_answers_a_request() -> None:
    statements: list[str] = []

    def rows(statement: str) -> Iterator[Row]:
        statements.append(statement)
        yield {"website": "a.example", "value": 1, "timestamp": label("2026-11-23")}

    given = {"affiliateId": ["amy"], "metricType": ["PageViews"], "timeWindow": ["Last7Days"]}
    assert len(json.loads(answer(given, config=CONFIG, rows=rows, now=NOW))["dataset"]) == 7
    (statement,) = statements
    assert statement.startswith("SELECT website, sum(measure_value::bigint) AS value")


def test_a_wrong_request_asks_nothing_of_timestream() -> None:
    def rows(statement: str) -> list[Row]:
        raise AssertionError(statement)

    with pytest.raises(RequestError, match=r"^metricType: is missing$"):
        answer({"affiliateId": ["amy"]}, config=CONFIG, rows=rows, now=NOW)
