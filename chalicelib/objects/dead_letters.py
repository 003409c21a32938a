"""The documents of one object that could not be counted, kept as JSON lines in another object."""

import base64
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from chalicelib.objects.notifications import ObjectVersion

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART = 8 * 1024 * 1024
"""Bytes kept in memory before they are uploaded (S3 takes no part under 5 MiB but the last)."""

MAX_DETAIL = 1000
"""Characters of what is wrong with a document. Some errors quote all of it."""

_ENCODER = msgspec.json.Encoder()


class DeadLetter(msgspec.Struct, omit_defaults=True):
    """One line. The document is text if it is UTF-8, else base64."""

    reason: str
    detail: str
    bucket: str
    key: str
    offset: int
    """Bytes from the start of the source object, uncompressed."""
    document: str = ""
    document_base64: str = ""


class DeadLetters:
    """A context manager that writes one object's dead letters on leaving, over those of earlier attempts.

    If there are none, it deletes the earlier ones: a document that has been counted must not be a dead letter
    too. After an exception it writes nothing, since the object will be read again.
    """

    def __init__(self, s3: "S3Client", source: ObjectVersion, key: str) -> None:
        """Those of the object `source`, to be kept at `key` in the same bucket."""
        self._s3, self._source, self._bucket, self._key = s3, source, source.bucket, key
        self._buffer = bytearray()
        self._upload = ""
        self._parts: list[CompletedPartTypeDef] = []

    def add(self, reason: str, detail: str, offset: int, document: bytes) -> None:
        """Keep one more document, and why it could not be counted."""
        source = self._source
        letter = DeadLetter(
            reason, detail[:MAX_DETAIL], source.bucket, source.key, offset, *_to_text(document)
        )
        _ENCODER.encode_into(letter, self._buffer, -1)  # at its end
        self._buffer += b"\n"
        if len(self._buffer) >= PART:
            self._upload_part()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        elif self._upload:
            with suppress(self._s3.exceptions.NoSuchUpload):  # it must not hide the error that ended this
                self._s3.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload)

    def _finish(self) -> None:
        if self._upload:
            self._upload_part()
            self._s3.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload,
                MultipartUpload={"Parts": self._parts},
            )
        elif self._buffer:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=bytes(self._buffer),
                ContentType="application/x-ndjson",
            )
        else:
            self._s3.delete_object(Bucket=self._bucket, Key=self._key)

    def _upload_part(self) -> None:
        if not self._buffer:
            return
        if not self._upload:
            started = self._s3.create_multipart_upload(
                Bucket=self._bucket, Key=self._key, ContentType="application/x-ndjson"
            )
            self._upload = started["UploadId"]
        number = len(self._parts) + 1
        part = self._s3.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload,
            PartNumber=number,
            Body=bytes(self._buffer),
        )
        self._parts.append({"ETag": part["ETag"], "PartNumber": number})
        self._buffer.clear()


def _to_text(document: bytes) -> tuple[str, str]:
    """The document's two fields: exactly its bytes, as text if they are UTF-8, else in base64."""
    try:
        return document.decode(), ""
    except UnicodeDecodeError:
        return "", base64.b64encode(document).decode("ascii")
