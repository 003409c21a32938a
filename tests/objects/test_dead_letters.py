"""Dead letters in a real S3, where an upload can go wrong."""

import boto3
import pytest

from chalicelib.objects import DeadLetters, ObjectVersion
from chalicelib.objects.dead_letters import PART
from chalicelib.outcomes import Malformed
from tests.deployment import BUCKET, Deployment


def test_an_upload_that_is_gone_does_not_hide_the_error_that_ended_ingest(deployment: Deployment):
    s3 = boto3.client("s3")
    source = ObjectVersion(BUCKET, "events/web/1")

    def fail() -> None:
        with DeadLetters(deployment.s3, source, "dead-letters/1") as letters:
            letters.add(Malformed.NOT_JSON, "no", 0, b"x" * (PART + 1))
            (upload,) = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
            s3.abort_multipart_upload(Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"])
            raise ConnectionError("the database is gone")

    with pytest.raises(ConnectionError):
        fail()
    s3.close()
