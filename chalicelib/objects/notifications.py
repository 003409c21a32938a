"""The notification that `ingest` is called with → the objects that were created.

S3 calls it directly, or through SNS, SQS or EventBridge. Lambda's record of a failed call contains the
notification.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from chalicelib.errors import NotificationError

_SHOWN = 200  # characters of an unknown notification


class ObjectVersion(msgspec.Struct, frozen=True):
    """One object as it was created. `version` is empty if the bucket is not versioned."""

    bucket: str
    key: str
    version: str = ""


def created_objects(notification: Mapping[Any, Any]) -> Iterator[ObjectVersion]:
    """The objects that were created, in order. S3's test event and notifications of removals have none.

    Raises NotificationError for anything else. To return success would lose those objects.
    """
    match notification:
        case {"Event": "s3:TestEvent"}:
            return
        case {"Records": [*records]}:
            for record in records:
                yield from _of_record(record)
        case {"source": "aws.s3", "detail-type": str(kind), "detail": {**detail}}:
            yield from _of_event(kind, detail)
        case {"requestPayload": {**payload}}:  # Lambda's record of a call that failed
            yield from created_objects(payload)
        case {"Type": "Notification", "Message": str(message)}:  # SNS in an SQS message
            yield from _of_text(message)
        case _ if notification:
            raise NotificationError(f"not a notification of S3: {_shown(notification)}")


def _of_record(record: object) -> Iterator[ObjectVersion]:
    match record:
        case {
            "eventName": str(name),
            "s3": {"bucket": {"name": str(bucket)}, "object": {"key": str(key), **more}},
        }:
            if name.startswith("ObjectCreated:"):  # the key is form-encoded, says S3
                yield ObjectVersion(bucket, unquote_plus(key), str(more.get("versionId") or ""))
        case {"body": str(body)}:  # SQS
            yield from _of_text(body)
        case {"Sns": {"Message": str(message)}}:
            yield from _of_text(message)
        case _:
            raise NotificationError(f"not a record of S3, SQS or SNS: {_shown(record)}")


def _of_event(kind: str, detail: Mapping[Any, Any]) -> Iterator[ObjectVersion]:
    """An event from EventBridge. Its keys are not encoded."""
    match detail:
        case {"bucket": {"name": str(bucket)}, "object": {"key": str(key), **more}}:
            if kind == "Object Created":
                yield ObjectVersion(bucket, key, str(more.get("version-id") or ""))
        case _:
            raise NotificationError(f"not an event of S3 about an object: {_shown(detail)}")


def _of_text(text: str) -> Iterator[ObjectVersion]:
    try:
        notification = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise NotificationError(f"a message that is not a notification: {_shown(text)}") from error
    yield from created_objects(notification)


def _shown(value: object) -> str:
    return repr(value)[:_SHOWN]
