"""Takes a visitor's documents out of the objects in the bucket."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from botocore.exceptions import ClientError

from chalicelib.objects import CHUNK
from infra.deliveries import Span, objects
from infra.erase.rewriting import Scan, rewrite_checked, scan
from infra.erase.visitor import Visitor
from infra.errors import InfraError

IN_MEMORY: Final = 4 * 1024 * 1024
"""Bytes of a rewritten object that are kept in memory. More of them go to a temporary file."""

TRIES: Final = 5
"""How often an object is read again that changes meanwhile."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in the bucket, as it was listed."""

    key: str
    etag: str

    @property
    def name(self) -> str:
        """Unique: an object that is stored anew has another."""
        return f"{self.key} {self.etag}"


@dataclass(slots=True)
class Tally:
    """What was found in objects."""

    objects: int = 0
    """All that were read."""
    changed: int = 0
    """Those with documents of the visitor."""
    documents: int = 0
    ids: set[str] = field(default_factory=set)
    """Other ids in the visitor's documents."""
    damaged: list[str] = field(default_factory=list)
    """The keys of objects that cannot be read whole."""
    failed: dict[str, str] = field(default_factory=dict)
    """Keys of objects that hold documents of the visitor still → why."""

    def add(self, key: str, found: "Scan | InfraError") -> None:
        """Add an object that was read."""
        self.objects += 1
        if isinstance(found, InfraError):
            self.failed[key] = str(found)
            return
        self.changed += found.found > 0
        self.documents += found.found
        self.ids |= found.ids
        if found.is_damaged:
            self.damaged.append(key)


class _Bucket:
    """The bucket. What is found in it stays as it is."""

    def __init__(self, s3: Any, name: str, visitor: Visitor) -> None:
        self._s3, self._name, self._visitor = s3, name, visitor

    def listed(self, prefixes: list[str], span: Span) -> Iterator[Stored]:
        """The objects under the prefixes that were stored in the time range."""
        for prefix in prefixes:
            for each in objects(self._s3, self._name, prefix, span):
                yield Stored(each["Key"], each["ETag"])

    def visit(self, stored: Stored) -> Scan | InfraError:
        """Find the visitor's documents in an object, and do with them what there is to do."""
        for _ in range(TRIES):
            try:
                return self._visit(stored.key)
            except InfraError as error:
                return error
            except ClientError as error:
                if error.response["Error"]["Code"] not in _CHANGED:
                    raise
        return InfraError("it changes all the time: try again")

    def _visit(self, key: str) -> Scan:
        try:
            answer = self._s3.get_object(Bucket=self._name, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return Scan()
        with closing(answer["Body"]) as body:
            found = scan(body.iter_chunks(CHUNK), self._visitor)
        if found.found:
            self._settle(key, answer, found)
        return found

    def _settle(self, key: str, answer: dict[str, Any], found: Scan) -> None:
        """In a dry run, nothing."""


class Looking(_Bucket):
    """Finds a visitor's documents."""


class Erasing(_Bucket):
    """Takes a visitor's documents out. An object that changed after it was read is read again."""

    def _settle(self, key: str, answer: dict[str, Any], found: Scan) -> None:
        if found.others:
            self._put(key, answer, found)
        else:
            self._s3.delete_object(Bucket=self._name, Key=key, IfMatch=answer["ETag"])

    def _put(self, key: str, answer: dict[str, Any], found: Scan) -> None:
        kept = {name: answer[name] for name in _KEPT if name in answer}
        with SpooledTemporaryFile(IN_MEMORY) as file:
            rewrite_checked(self._read(key, answer["ETag"]), found, self._visitor, file)
            self._s3.put_object(Bucket=self._name, Key=key, Body=file, IfMatch=answer["ETag"], **kept)

    def _read(self, key: str, etag: str) -> Iterator[Iterator[bytes]]:
        while True:
            answer = self._s3.get_object(Bucket=self._name, Key=key, IfMatch=etag)
            with closing(answer["Body"]) as body:
                yield body.iter_chunks(CHUNK)


_KEPT: Final = ("ContentType", "ContentEncoding", "Metadata")
"""What a rewritten object has of the old one."""

_CHANGED: Final = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409")
"""The object was stored anew, or deleted, after it was read."""
