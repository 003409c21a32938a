"""The buffer of a delivery stream, and the objects that its records become."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

MAX_RECORD_BYTES = 1_024_000
"""Firehose's limit for one record: 1,000 KiB."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Hints:
    """Firehose's buffering hints: an object is made at `mebibytes` (uncompressed) or after `seconds`."""

    mebibytes: int = 1
    seconds: float = 3

    def __post_init__(self) -> None:
        if not 1 <= self.mebibytes <= 128:
            raise ValueError(f"Firehose buffers 1 to 128 MiB, not {self.mebibytes}")
        if not 0 <= self.seconds <= 900:
            raise ValueError(f"Firehose buffers for 0 to 900 seconds, not {self.seconds:g}")


@dataclass(frozen=True, slots=True)
class Buffered:
    """The records of an object that is about to be delivered."""

    records: tuple[bytes, ...]
    arrived_at: datetime
    """The time of the oldest record. It is part of the object's key."""


class Buffer:
    """The records of one stream that are not delivered yet."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._records: list[bytes] = []
        self._bytes = 0
        self._arrived_at: datetime | None = None

    def put(self, record: bytes, now: datetime) -> Buffered | None:
        """Add a record. Returns all records if they must be delivered now, else None.

        Raises RecordTooLargeError for a record above Firehose's limit.
        """
        if len(record) > MAX_RECORD_BYTES:
            raise RecordTooLargeError(len(record))
        self._arrived_at = self._arrived_at or now
        self._records.append(record)
        self._bytes += len(record)
        is_full = self._bytes >= self._hints.mebibytes * MIB
        return self.take() if is_full else self.take_due(now)

    def due_at(self) -> datetime | None:
        """The time by which the records must be delivered. None if there are no records."""
        return self._arrived_at and self._arrived_at + timedelta(seconds=self._hints.seconds)

    def take_due(self, now: datetime) -> Buffered | None:
        """Remove all records and return them, if they have waited long enough."""
        due_at = self.due_at()
        return self.take() if due_at is not None and due_at <= now else None

    def take(self) -> Buffered | None:
        """Remove all records and return them. None if there are no records."""
        if self._arrived_at is None:
            return None
        buffered = Buffered(tuple(self._records), self._arrived_at)
        self._records, self._bytes, self._arrived_at = [], 0, None
        return buffered


class RecordTooLargeError(Exception):
    """A record is larger than Firehose accepts."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a record of {size:,} bytes is over Firehose's limit of {MAX_RECORD_BYTES:,}")


@dataclass(frozen=True, slots=True)
class DeliveredObject:
    """An object as Firehose writes it with GZIP compression."""

    key: str
    body: bytes
    documents: int

    @classmethod
    def of(cls, buffered: Buffered, prefix: str, stream: str, new_id: Callable[[], UUID]) -> Self:
        """The records of `buffered`, one after another without a delimiter.

        https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
        """
        key = object_key(prefix, stream, buffered.arrived_at, new_id())
        # Without a time in gzip's header, the same records give the same bytes.
        body = gzip.compress(b"".join(buffered.records), compresslevel=6, mtime=0)
        return cls(key, body, len(buffered.records))


def object_key(prefix: str, stream: str, arrived_at: datetime, object_id: UUID, version: int = 1) -> str:
    """`<prefix>YYYY/MM/DD/HH/<stream>-<version>-YYYY-MM-DD-HH-mm-ss-<uuid>.gz`; `arrived_at` is in UTC."""
    return (
        f"{prefix}{arrived_at:%Y/%m/%d/%H}/{stream}-{version}-{arrived_at:%Y-%m-%d-%H-%M-%S}-{object_id}.gz"
    )
