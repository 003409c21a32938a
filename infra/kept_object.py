"""An object in a bucket that commands keep something in, and that two people may write at the same time."""

from argparse import ArgumentParser
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.config import Config
from infra.errors import InfraError


@dataclass(frozen=True, slots=True)
class Kept:
    """What was read."""

    body: bytes = b""
    etag: str = ""
    """Empty if there is no object."""


@dataclass(frozen=True, slots=True)
class KeptObject:
    """Where the object is."""

    s3: Any
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def read(self) -> Kept:
        """The object as it is now. Raises InfraError if the bucket does not exist."""
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.key)
        except self.s3.exceptions.NoSuchKey:
            return Kept()
        except self.s3.exceptions.NoSuchBucket as error:
            raise InfraError(f"There is no bucket {self.bucket}: check the name, and the region.") from error
        with closing(answer["Body"]) as stream:
            return Kept(stream.read(), answer["ETag"])

    def write(self, body: bytes, before: Kept) -> bool:
        """Write the object, as JSON. False, with nothing written, if it is not `before` any more."""
        condition: Any = {"IfMatch": before.etag} if before.etag else {"IfNoneMatch": "*"}
        try:
            self.s3.put_object(
                Bucket=self.bucket, Key=self.key, Body=body, ContentType="application/json", **condition
            )
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _CHANGED:
                return False
            raise
        return True


def add_place(command: ArgumentParser, *, is_required: bool) -> None:
    """Add the options that say in which bucket the objects are: a stage's, or any other."""
    place = command.add_mutually_exclusive_group(required=is_required)
    place.add_argument("--stage", help="a stage of .chalice/config.json, which is deployed")
    place.add_argument("--bucket", help="the bucket of the events, such as that of a local system")
    command.add_argument(
        "--key",
        default=Config(events_bucket="").directory_key,
        help="with --bucket: the setting DIRECTORY_KEY (%(default)s)",
    )


_CHANGED: Final = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409")
"""The object was written or deleted after it was read."""
