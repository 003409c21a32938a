import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.objects.notifications import ObjectVersion, created_objects
from devstack.lambda_.function import Context
from devstack.lambda_.invocations import Invocations
from devstack.s3.notifications import StoredObject, to_notification

WIRE = Path(__file__).parent.parent / "wire" / "s3-events"
NOW = datetime(2023, 11, 6, 10, 35, 3, 192_000, UTC)
STORED = StoredObject(
    "web-analytics-events", "events/web/a b+c/é.gz", 1234, "d41d8cd98f00b204e9800998ecf8427e"
)
NOTIFICATION = to_notification([STORED], NOW, "eu-west-1", 7)


class Handler:
    """Fails `failures` times, then succeeds. It records its calls."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.seen: list[tuple[dict[str, Any], Context]] = []

    def __call__(self, event: dict[str, Any], context: Context) -> Any:
        self.seen.append((event, context))
        if len(self.seen) <= self.failures:
            raise ExceptionGroup("not every object was ingested", [ValueError("no\nluck")])
        return [{"documents": 3, "written": 1, "left_out": {"bot": 1, "no_website": 1}, "rejected": {}}]


def test_a_notification_has_the_fields_of_a_recorded_one() -> None:
    real = json.loads((WIRE / "put_one.json").read_text())

    assert _shape(NOTIFICATION) == _shape(real)
    assert NOTIFICATION["Records"][0]["eventTime"] == real["Records"][0]["eventTime"]
    assert NOTIFICATION["Records"][0]["s3"]["object"]["key"] == "events/web/a+b%2Bc/%C3%A9.gz"
    assert list(created_objects(NOTIFICATION)) == [ObjectVersion(STORED.bucket, STORED.key)]


def test_sequencers_grow() -> None:
    records = [
        record
        for number in (9, 16, 1000)
        for record in to_notification([STORED, STORED], NOW, "eu-west-1", number)["Records"]
    ]
    sequencers = [record["s3"]["object"]["sequencer"] for record in records]
    assert len(set(sequencers)) == 6
    assert sequencers == sorted(sequencers)


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_an_event_is_tried_three_times(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, failures: int
) -> None:
    handler = Handler(failures)
    with (
        caplog.at_level(logging.INFO, "devstack.deliveries"),
        Invocations("ingest", handler, tmp_path / "failed", delays=(0, 0)) as invocations,
    ):
        invocations.submit(NOTIFICATION)

    assert [event for event, _ in handler.seen] == [NOTIFICATION] * (failures + 1)
    assert len({context.aws_request_id for _, context in handler.seen}) == 1
    assert (invocations.failed, (tmp_path / "failed").exists()) == (0, False)
    *errors, success = caplog.messages
    assert success.startswith("events/web/a+b%2Bc/%C3%A9.gz  documents 3, written 1, left_out 2  ")
    expected = "events/web/a+b%2Bc/%C3%A9.gz  ingest failed, try {}: ValueError: no luck"
    assert errors == [expected.format(number + 1) for number in range(failures)]


def test_an_event_that_fails_three_times_is_kept_as_a_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handler = Handler(3)
    with Invocations("ingest", handler, tmp_path / "failed", delays=(0, 0)) as invocations:
        invocations.submit(NOTIFICATION)
        invocations.drain()
        assert invocations.failed == 1

    (path,) = (tmp_path / "failed").iterdir()
    record = json.loads(path.read_text())
    real = json.loads((WIRE / "lambda_on_failure_destination_record.json").read_text())
    assert record.keys() == real.keys()
    assert record["requestContext"].keys() == real["requestContext"].keys()
    assert record["requestPayload"] == NOTIFICATION
    assert record["requestContext"]["approximateInvokeCount"] == len(handler.seen) == 3
    assert record["responsePayload"]["errorType"] == "ExceptionGroup"
    assert f"given up after 3 tries: see {path}" in caplog.text


def test_an_event_that_waits_for_its_next_try_does_not_delay_others(tmp_path: Path) -> None:
    seen: list[str] = []

    def handler(event: dict[str, Any], context: Context) -> None:
        seen.append(event["name"])
        if seen == ["first"]:
            invocations.submit({**NOTIFICATION, "name": "second"})
            raise ValueError

    with Invocations("ingest", handler, tmp_path, delays=(0.2,)) as invocations:
        invocations.submit({**NOTIFICATION, "name": "first"})

    assert seen == ["first", "second", "first"]


def _shape(value: Any) -> Any:
    match value:
        case dict():
            return {name: _shape(inner) for name, inner in value.items()}
        case list():
            return list(map(_shape, value))
        case _:
            return type(value)
