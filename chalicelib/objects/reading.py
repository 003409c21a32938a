"""Opens an object in S3."""

from typing import TYPE_CHECKING, Any

from chalicelib.objects.notifications import ObjectVersion

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client

CHUNK = 64 * 1024
"""Bytes to read from S3 at once. Larger chunks inflate to much more memory, and gain no time."""

_GONE = {"NoSuchKey", "NoSuchVersion", "MethodNotAllowed"}
"""What S3 answers for an object or version that has been deleted; the last for a delete marker's version."""


def open_object(source: ObjectVersion, s3: "S3Client") -> "StreamingBody | None":
    """The object's bytes, as a stream; None if the object has been deleted."""
    version: Any = {"VersionId": source.version} if source.version else {}
    try:
        return s3.get_object(Bucket=source.bucket, Key=source.key, **version)["Body"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
