"""An S3 notification → the objects that were created.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

import msgspec


class ObjectVersion(msgspec.Struct, frozen=True):
    """One object as it was created. `version` is empty where the bucket is not versioned."""

    bucket: str
    key: str
    version: str = ""


def created_objects(notification: Mapping[str, Any]) -> Iterator[ObjectVersion]:
    """The objects created, in the order told. Other notifications (S3's test event, removals) have none."""
    for record in notification.get("Records", ()):
        if record.get("eventName", "").startswith("ObjectCreated:"):
            s3 = record["s3"]
            key = unquote_plus(s3["object"]["key"])  # form-encoded, says S3
            yield ObjectVersion(s3["bucket"]["name"], key, s3["object"].get("versionId", ""))
