"""Runs `ingest_object` with an S3 and a Timestream that take no time."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.outcomes import Outcome

KEYS = {"web": "events/web/object", "server": "events/server/object"}


def ingest(body: bytes, folder: str = "web") -> "Outcome":
    """The outcome of an object with these bytes, from a source of this kind (`web` or `server`)."""
    from chalicelib.config import Config
    from chalicelib.ingest import ingest_object
    from chalicelib.objects import ObjectVersion

    s3: Any = _S3(body)
    engine: Any = _Engine()
    source = ObjectVersion("events", KEYS[folder])
    return ingest_object(source, s3=s3, engine=engine, config=Config("events"))


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def iter_chunks(self, size: int) -> Iterable[bytes]:
        return (self._content[start : start + size] for start in range(0, len(self._content), size))

    def close(self) -> None:
        """Do nothing."""


class _S3:
    """An S3 that has one object, and accepts any other."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.exceptions = self

    class ClientError(Exception):
        """Never raised."""

    def get_object(self, **_: object) -> dict[str, _Body]:
        return {"Body": _Body(self._body)}

    def put_object(self, **_: object) -> None:
        """Do nothing."""

    def delete_object(self, **_: object) -> None:
        """Do nothing."""

    def create_multipart_upload(self, **_: object) -> dict[str, str]:
        return {"UploadId": "1"}

    def upload_part(self, **_: object) -> dict[str, str]:
        return {"ETag": "1"}

    def complete_multipart_upload(self, **_: object) -> None:
        """Do nothing."""


class _Engine:
    """An engine with Timestream's sink, but without Timestream."""

    def sink(self, _source: object) -> Any:
        from chalicelib.config import Config
        from chalicelib.engines.timestream.sink import sink, tables

        writer: Any = _Writer()
        return sink(writer, tables(Config("events")))


class _Writer:
    """Accepts every record."""

    def write(self, _table: object, _records: object) -> list[object]:
        return []
