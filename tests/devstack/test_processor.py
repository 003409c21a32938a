from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from devstack.rudderstack import gojson
from devstack.rudderstack.processor import (
    Receipt,
    clean_id,
    format_time,
    is_identifiable,
    parse_time,
    to_delivered,
)

EVENTS = Path(__file__).parent.parent / "wire" / "events"
RECEIPT = Receipt(datetime(2023, 11, 6, 9, 33, 4, 611_000, UTC), "81.2.69.142")
SERVER_SETS = {"rudderId", "request_ip", "receivedAt"}
SDK_CLOCK = {*SERVER_SETS, "timestamp"}
PRODUCER_TIME = {*SERVER_SETS, "originalTimestamp", "sentAt"}


@pytest.mark.parametrize(
    ("name", "left_to_the_server"),
    [
        ("01_page_js_v3_affiliate_landing", SDK_CLOCK),
        ("02_page_js_v3_second_page_no_ref", SDK_CLOCK),
        ("05_page_http_api_minimal", PRODUCER_TIME),
        ("06_page_pixel_api", SDK_CLOCK),
        ("07_track_order_completed_js", SDK_CLOCK),
        ("08_track_order_completed_server", PRODUCER_TIME),
        ("09_track_order_refunded", PRODUCER_TIME),
        ("10_identify_js_clock_skew", SDK_CLOCK),
        ("11_screen_kotlin", SDK_CLOCK),
        ("12_page_bot_flagged", SDK_CLOCK),
        ("13_page_awkward_text", SDK_CLOCK),
        ("14_page_late_and_skewed", SDK_CLOCK),
        ("15_page_future_timestamp", PRODUCER_TIME),
    ],
)
def test_a_sent_event_becomes_the_recorded_document(name: str, left_to_the_server: set[str]) -> None:
    delivered = (EVENTS / f"{name}.json").read_bytes()
    document: Any = gojson.decode(delivered)
    sent = {field: value for field, value in document.items() if field not in left_to_the_server}
    receipt = Receipt(datetime.fromisoformat(document["receivedAt"]), document["request_ip"])

    assert gojson.encode(to_delivered(sent, receipt, _no_id)) == delivered


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "2023-11-06T09:33:04.611Z"),
        ({"originalTimestamp": "2023-11-06T09:00:00Z"}, "2023-11-06T09:00:00.000Z"),
        ({"sentAt": "2023-11-06T09:00:00Z"}, "2023-11-06T10:06:09.222Z"),
        (
            {"originalTimestamp": "2023-11-06T08:59:59.900Z", "sentAt": "2023-11-06T09:00:00Z"},
            "2023-11-06T09:33:04.511Z",
        ),
        (
            {"timestamp": "2020-02-02T00:23:09.544Z", "sentAt": "2020-01-01T00:00:00Z"},
            "2020-02-02T00:23:09.544Z",
        ),
        ({"timestamp": "2020-01-24T11:59:02.4029+05:30"}, "2020-01-24T11:59:02.402+05:30"),
        ({"timestamp": "yesterday", "originalTimestamp": 5, "sentAt": None}, "2023-11-06T09:33:04.611Z"),
        (
            {"originalTimestamp": "0001-01-01T00:00:00Z", "sentAt": "9999-12-31T00:00:00Z"},
            "2023-11-06T09:33:04.611Z",
        ),
    ],
)
def test_a_missing_timestamp_is_computed_from_the_other_times(given: dict[str, Any], expected: str) -> None:
    assert to_delivered(given, RECEIPT, _no_id_needed)["timestamp"] == expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("messageId", " 2774384870943800-0b15a357\u200b ", "2774384870943800-0b15a357"),
        ("messageId", "", "new"),
        ("messageId", None, "new"),
        ("request_ip", "203.0.113.7", "203.0.113.7"),
        ("receivedAt", "2001-01-01T00:00:00Z", "2023-11-06T09:33:04.611Z"),
        ("rudderId", "mine", "853ae90f-0351-424b-973e-a615e6487517"),
    ],
)
def test_the_server_sets_its_own_fields(field: str, value: Any, expected: str) -> None:
    assert to_delivered({field: value}, RECEIPT, _no_id_needed)[field] == expected


@pytest.mark.parametrize(
    ("event", "identifiable"),
    [
        ({"anonymousId": "a"}, True),
        ({"userId": 42}, True),
        ({"anonymousId": "", "userId": None}, False),
        ({"anonymousId": " \u200b\u2800 "}, False),
        ({}, False),
    ],
)
def test_an_event_needs_a_user(event: dict[str, Any], identifiable: bool) -> None:
    assert is_identifiable(event) is identifiable


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a b", "a b"), (42.0, "42"), (1.5, "1.5"), (None, ""), (" x\u00a0", "x"), ("é", "é")],
)
def test_ids_are_cleaned(value: Any, expected: str) -> None:
    assert clean_id(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-11-06T09:33:04.317Z", "2023-11-06T09:33:04.317Z"),
        ("2023-11-06T09:33:04", "2023-11-06T09:33:04.000Z"),
        ("2023-11-06 09:33:04.317999-08:00", "2023-11-06T09:33:04.317-08:00"),
        ("1699263184", "2023-11-06T09:33:04.000Z"),
        ("1699263184315", "2023-11-06T09:33:04.315Z"),
    ],
)
def test_times_are_normalized_and_keep_their_offset(text: str, expected: str) -> None:
    time = parse_time(text)
    assert time is not None
    assert format_time(time) == expected


def test_utc_is_written_as_z() -> None:
    assert format_time(datetime(2023, 1, 1, tzinfo=timezone(timedelta(0)))) == "2023-01-01T00:00:00.000Z"


def _no_id() -> str:
    raise AssertionError("the event has an id")


def _no_id_needed() -> str:
    return "new"
