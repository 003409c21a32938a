"""The notification that S3 sends to a Lambda function about new objects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as S3 describes it."""

    bucket: str
    key: str
    size: int = 0
    """Bytes."""
    etag: str = ""
    """Without quotes."""


def to_notification(
    stored: Iterable[StoredObject], created_at: datetime, region: str, first_sequence: int
) -> dict[str, Any]:
    """One `ObjectCreated:Put` for each object. Objects are numbered from `first_sequence`, in order.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    numbered = enumerate(stored, first_sequence)
    return {"Records": [_record(each, created_at, region, sequence) for sequence, each in numbered]}


def _record(stored: StoredObject, created_at: datetime, region: str, sequence: int) -> dict[str, Any]:
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:LOCAL:AWSFirehoseToS3"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": f"{sequence:016X}", "x-amz-id-2": ""},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "devstack",
            "bucket": {
                "name": stored.bucket,
                "ownerIdentity": {"principalId": "LOCAL"},
                "arn": f"arn:aws:s3:::{stored.bucket}",
            },
            "object": {
                "key": quote_plus(stored.key, safe="/"),  # form-encoded: a space becomes `+`
                "size": stored.size,
                "eTag": stored.etag,
                "sequencer": f"{sequence:018X}",
            },
        },
    }
