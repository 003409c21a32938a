"""What became of an object: every document is in exactly one count."""

from collections import Counter
from enum import StrEnum
from typing import Any

import msgspec

from chalicelib.events import LeftOut


class Malformed(StrEnum):
    """Why a document could not be read."""

    NOT_JSON = "not_json"
    NOT_AN_EVENT = "not_an_event"


class Stored(StrEnum):
    """What an engine did with an event that it took."""

    WRITTEN = "written"
    DUPLICATE = "duplicate"
    """The event was there already, or came twice."""


class Rejected(StrEnum):
    """Why an engine would not take an event."""

    OUT_OF_RETENTION = "out_of_retention"
    INVALID = "invalid"
    """The engine refused a request in which the event was alone."""
    OTHER = "other"


class Origin(msgspec.Struct, frozen=True, gc=False):
    """The document that an event was read from: what its dead letter needs."""

    offset: int
    """Bytes from the start of the object, uncompressed."""
    document: bytes


class Fate(msgspec.Struct, frozen=True, gc=False):
    """What became of one event that was given to an engine."""

    origin: Origin
    status: Stored | Rejected
    detail: str = ""
    """The engine's own words about a rejected event."""


class Outcome(msgspec.Struct):
    """Counts of documents, by what became of them. They add up: see `documents`."""

    bytes: int = 0
    """Of the object as it was delivered, compressed."""
    written: int = 0
    duplicates: int = 0
    """Events that were there already, in the batch or in the engine, so far as it says so."""
    left_out: Counter[LeftOut] = msgspec.field(default_factory=Counter)
    malformed: Counter[Malformed] = msgspec.field(default_factory=Counter)
    rejected: Counter[Rejected] = msgspec.field(default_factory=Counter)
    gone: int = 0
    """1 if the object was deleted before it could be read. Its documents are in none of the other counts."""

    @property
    def documents(self) -> int:
        """All of them."""
        kept = self.written + self.duplicates
        return kept + self.left_out.total() + self.malformed.total() + self.rejected.total()

    def to_json(self) -> dict[str, Any]:
        """For a log line. `gone` is left out if it is 0."""
        gone = {"gone": self.gone} if self.gone else {}
        return {
            "documents": self.documents,
            "written": self.written,
            "duplicates": self.duplicates,
            "left_out": dict(self.left_out),
            "malformed": dict(self.malformed),
            "rejected": dict(self.rejected),
            "bytes": self.bytes,
            **gone,
        }
