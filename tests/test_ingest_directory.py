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
