"""What `ingest` may be called with: S3's notifications, however they came, and what is not one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from chalicelib.errors import NotificationError
from chalicelib.objects.notifications import ObjectVersion, created_objects
from tests.deployment import WIRE, notification

BUCKET = "web-analytics-events"
KEY = "events/web/a b+c%20✓"
DIRECT = notification(KEY)
TEST_EVENT = json.loads((WIRE / "s3-events/s3_test_event.json").read_text())
FAILED = json.loads((WIRE / "s3-events/lambda_on_failure_destination_record.json").read_text())


def in_sqs(*messages: object) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "Records": [
            {
                "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
                "body": message if isinstance(message, str) else json.dumps(message),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:objects",
                "awsRegion": "eu-west-1",
            }
            for message in messages
        ]
    }


def of_sns(message: object) -> dict[str, Any]:
    """What SNS sends to a queue. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:objects",
        "Subject": "Amazon S3 Notification",
        "Message": json.dumps(message),
        "Timestamp": "2023-11-06T10:35:04.000Z",
    }


def in_sns(message: object) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
    return {"Records": [{"EventVersion": "1.0", "EventSource": "aws:sns", "Sns": of_sns(message)}]}


def in_eventbridge(kind: str = "Object Created", **version: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": kind,
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2023-11-06T10:35:04Z",
        "region": "eu-west-1",
        "resources": [f"arn:aws:s3:::{BUCKET}"],
        "detail": {
            "version": "0",
            "bucket": {"name": BUCKET},
            "object": {"key": KEY, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184", **version},
            "reason": "PutObject",
        },
    }


def changed(**changes: object) -> dict[str, Any]:
    """The notification, with changes to its only record."""
    return {"Records": [DIRECT["Records"][0] | changes]}


@pytest.mark.parametrize(
    ("event", "count"),
    [
        (DIRECT, 1),
        (in_sqs(DIRECT), 1),
        (in_sqs(DIRECT, notification(KEY, KEY)), 3),
        (in_sqs(of_sns(DIRECT)), 1),
        (in_sqs(in_eventbridge()), 1),
        (in_sqs(of_sns(in_eventbridge())), 1),
        (in_sns(DIRECT), 1),
        (in_sns(in_eventbridge()), 1),
        (in_eventbridge(), 1),
        (FAILED | {"requestPayload": DIRECT}, 1),
        (FAILED | {"requestPayload": in_sqs(DIRECT)}, 1),
        (in_sqs(FAILED | {"requestPayload": DIRECT}), 1),
        (in_sqs(TEST_EVENT, DIRECT), 1),
        (changed(eventName="ObjectCreated:CompleteMultipartUpload"), 1),
    ],
)  # fmt: skip
def test_the_objects_created_are_read_however_the_notification_comes(event, count):
    assert list(created_objects(event)) == [ObjectVersion(BUCKET, KEY)] * count


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Records": []},
        TEST_EVENT,
        in_sqs(TEST_EVENT),
        in_sns(TEST_EVENT),
        in_sqs(of_sns(TEST_EVENT)),
        changed(eventName="ObjectRemoved:Delete"),
        changed(eventName="ObjectRestore:Completed"),
        in_sqs(changed(eventName="LifecycleExpiration:Delete")),
        in_eventbridge("Object Deleted"),
        in_eventbridge("Object Tags Added"),
    ],
)
def test_what_tells_of_no_object_created_is_nothing_to_do(event):
    assert list(created_objects(event)) == []


def test_a_version_is_told_by_s3_and_by_eventbridge():
    versioned = {"versionId": "v1"} | DIRECT["Records"][0]["s3"]["object"]
    s3 = DIRECT["Records"][0]["s3"] | {"object": versioned}
    assert [*created_objects(changed(s3=s3)), *created_objects(in_eventbridge(**{"version-id": "v2"}))] == [
        ObjectVersion(BUCKET, KEY, "v1"),
        ObjectVersion(BUCKET, KEY, "v2"),
    ]


@pytest.mark.parametrize(
    ("event", "got"),
    [
        ({"httpMethod": "GET", "path": "/metrics"}, "httpMethod"),
        ({"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {}}]}, "aws:dynamodb"),
        ({"Records": [{"kinesis": {"data": "e30="}}]}, "kinesis"),
        ({"Records": {"s3": {}}}, "Records"),
        ({"Records": ["s3"]}, "s3"),
        ({"records": [{"recordId": "1", "data": "e30="}]}, "recordId"),
        (changed(s3={"bucket": {"name": BUCKET}}), "ObjectCreated"),
        (changed(s3={"bucket": {"name": BUCKET}, "object": {"key": None}}), "ObjectCreated"),
        (in_sqs("not JSON"), "not JSON"),
        (in_sqs("[]"), "[]"),
        (in_sqs(DIRECT, {"hello": "world"}), "world"),
        (in_sns({"AlarmName": "malformed"}), "AlarmName"),
        (in_eventbridge() | {"source": "aws.ec2"}, "aws.ec2"),
        (in_eventbridge("AWS API Call via CloudTrail") | {"detail": {"eventName": "PutObject"}}, "PutObject"),
        ({"requestPayload": None}, "requestPayload"),
        ({"Event": "s3:Unheard"}, "Unheard"),
    ],
)
def test_anything_else_is_an_error_that_shows_what_was_got(event, got):
    with pytest.raises(NotificationError, match=got.replace("[", r"\[")):
        list(created_objects(event))


def test_a_large_thing_is_not_shown_whole():
    with pytest.raises(NotificationError) as raised:
        list(created_objects({"data": "x" * 100_000}))
    assert len(str(raised.value)) < 300


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from([*DIRECT["Records"][0], "Records"]), inner)
    ),
)


@given(
    st.dictionaries(st.sampled_from(["Records", "detail", "source", "requestPayload", "body"]), json_values)
)
def test_whatever_it_is_called_with_it_reads_or_raises_its_own_error(event):
    try:
        objects = list(created_objects(event))
    except NotificationError:
        return
    assert not objects


def test_the_handler_fails_on_what_is_not_a_notification():
    with pytest.raises(NotificationError):
        app.ingest({"hello": "world"}, None)
