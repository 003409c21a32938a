"""Ingest and the directory: what an object in the bucket means for the real handler."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

import app
from chalicelib.errors import DirectoryError
from tests.deployment import BUCKET, WIRE, Deployment, notification

NOW = datetime(2023, 11, 6, 10, 40, tzinfo=UTC)
PAGE = (WIRE / "events/01_page_js_v3_affiliate_landing.json").read_bytes().strip()
KEY = "directory/affiliates.json"


@pytest.fixture
def live(deployment: Deployment) -> Deployment:
    deployment.timestream.clock.set(NOW)
    return deployment


def publish(live: Deployment, *affiliates: dict[str, Any], **more: Any) -> None:
    live.s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps({"affiliates": affiliates, **more}))


def stored(live: Deployment) -> int:
    [[count]] = live.rows('SELECT count(*) FROM "WebAnalyticsDb"."PageViewsTable"')
    assert count is not None
    return int(count)


def test_a_directory_that_is_broken_stops_everything_until_it_is_repaired(live, caplog):
    publish(live, {"id": "alice"}, {"id": "alice"})
    for _ in range(2):
        with pytest.raises(DirectoryError, match="the affiliate 'alice' is there twice"):
            live.deliver("events/web/o", PAGE)
    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [(each.message, each.bucket, each.key) for each in told] == [
        ("directory not read", BUCKET, KEY)
    ] * 2
    assert stored(live) == 0
    publish(live, {"id": "alice"})
    assert live.notify(notification("events/web/o"))[0]["written"] == 1


def test_a_directory_that_cannot_be_had_stops_everything(live, caplog):
    live.s3.delete_bucket(Bucket=BUCKET)
    with pytest.raises(Exception, match="NoSuchBucket"):
        live.notify(notification("events/web/o"))
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "directory not read"
    ]


def test_it_is_asked_for_once_however_many_objects_there_are(live):
    publish(live, {"id": "alice"})
    asked: list[str] = []

    def record(params: dict[str, Any], **_: object) -> None:
        asked.append(params["Key"])

    session: Any = app.session()
    session.register("provide-client-params.s3.GetObject", record)
    keys = [f"events/web/{number}" for number in range(3)]
    for key in keys:
        live.s3.put_object(Bucket=BUCKET, Key=key, Body=PAGE)
    live.notify(notification(*keys))
    live.notify(notification(keys[0]))
    session.unregister("provide-client-params.s3.GetObject", record)
    assert asked == [KEY, *keys, KEY, keys[0]]


def order(number: int, **properties: str) -> bytes:
    time = NOW.isoformat()
    event = {"type": "track", "event": "Order Completed", "messageId": f"m-{number}", "timestamp": time}
    properties = {"order_id": str(number), "commission": "1.5", "website": "shop.example"} | properties
    return json.dumps({**event, "receivedAt": time, "properties": properties}).encode()


def test_with_a_directory_only_its_affiliates_and_codes_count(live):
    publish(live, {"id": "alice", "codes": ["ALICE15"]}, retired={"OLD": "alice", "LEFT": "bob"})
    documents = [
        PAGE,
        PAGE.replace(b"ref=alice", b"ref=Alice"),
        order(1, affiliate_id="alice"),
        order(2, coupon=" alice15"),
        order(3, coupon="old"),
        order(4, affiliate_id="bob", coupon="ALICE15"),
        order(5, coupon="LEFT"),
        order(6, coupon="SUMMER"),
        order(7),
    ]
    outcome = live.deliver("events/server/o", b"".join(documents))
    assert outcome["written"] == 4
    assert outcome["left_out"] == {"unknown_affiliate": 3, "unknown_code": 1, "no_affiliate": 1}
    credited = live.rows(
        'SELECT order_id, affiliate_id FROM "WebAnalyticsDb"."CommissionsTable" '
        "WHERE measure_name = 'commission' ORDER BY order_id"
    )
    assert credited == [["1", "alice"], ["2", "alice"], ["3", "alice"]]


def test_a_change_of_the_directory_counts_from_the_next_object_on(live):
    bob = PAGE.replace(b"ref=alice", b"ref=bob")
    publish(live, {"id": "alice"})
    assert live.deliver("events/web/o", bob)["left_out"] == {"unknown_affiliate": 1}
    publish(live, {"id": "alice"}, {"id": "bob"})
    assert live.notify(notification("events/web/o"))[0]["written"] == 1
    live.s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert live.deliver("events/web/p", PAGE.replace(b"ref=alice", b"ref=anyone"))["written"] == 1
