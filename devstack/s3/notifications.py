"""What S3 tells a Lambda function about a new object."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as S3 knows it."""

    bucket: str
    key: str
    size: int
    etag: str
    """Without quotes."""


def to_notification(stored: StoredObject, created_at: datetime, region: str, sequence: int) -> dict[str, Any]:
    """The event of one `ObjectCreated:Put`; `sequence` grows with every object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    record = {
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
                # Form-encoded, a space as `+`: S3's way since the beginning.
                "key": quote_plus(stored.key, safe="/"),
                "size": stored.size,
                "eTag": stored.etag,
                "sequencer": f"{sequence:018X}",
            },
        },
    }
    return {"Records": [record]}
