"""Takes a visitor's documents out of one object, and leaves all other bytes as they are."""

import gzip
import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import IO, Any, Final

from chalicelib.objects import CHUNK, documents, plain
from chalicelib.rudderstack import decode_document
from infra.erase.visitor import Item, Visitor, ids_of
from infra.errors import InfraError

ERASED: Final = b'{"type":"erased"}'
"""Stands for documents that were taken out, if what is beside them is damaged and would be read as one."""

FILLERS: Final = (b"", ERASED, 2 * ERASED)
"""Tried in turn. Two, since what is followed by a bracket is taken for a part of what is broken before it."""

MOST_IDS: Final = 20
"""How many of the visitor's other ids are kept of one object."""


@dataclass(slots=True)
class Scan:
    """What is in an object, and where in its plain bytes the visitor's documents are."""

    found: int = 0
    """The visitor's documents."""
    others: int = 0
    """All others, and the spans that are not documents."""
    cuts: "array[int]" = field(default_factory=lambda: array("q"))
    """The start and end of each run of the visitor's documents, one after another."""
    digest: bytes = b""
    """Of all that is not the visitor's, but for white space."""
    ids: set[str] = field(default_factory=set)
    """Other ids in the visitor's documents."""
    is_compressed: bool = False
    is_damaged: bool = False
    """A part of the object cannot be read."""


def scan(chunks: Iterable[bytes], visitor: Visitor) -> Scan:
    """Find the visitor's documents in an object's bytes. Takes memory for the places of runs, and no more."""
    return _Scanner(visitor).scan(chunks)


def rewrite(chunks: Iterable[bytes], found: Scan, filler: bytes, file: IO[bytes]) -> None:
    """Write the object without what was found to `file`: compressed with gzip, if it was compressed."""
    pieces = (piece for piece in plain(chunks) if isinstance(piece, bytes))
    target: Any = (
        gzip.GzipFile(fileobj=file, mode="wb", mtime=0) if found.is_compressed else nullcontext(file)
    )
    with target as output:
        for piece in _outside(pieces, found.cuts, filler):
            output.write(piece)


def check(file: IO[bytes], found: Scan, visitor: Visitor) -> bool:
    """Whether the object in `file` has all the other documents, and none of the visitor's."""
    file.seek(0)
    again = scan(iter(lambda: file.read(CHUNK), b""), visitor)
    file.seek(0)
    return not again.found and again.digest == found.digest


def rewrite_checked(read: Iterable[Iterable[bytes]], found: Scan, visitor: Visitor, file: IO[bytes]) -> None:
    """Write the object without what was found to `file`, so that all others are read as before.

    `read` gives the object's bytes each time they are needed. Raises InfraError if it cannot be done.
    """
    for filler, chunks in zip(FILLERS, read, strict=False):
        file.seek(0)
        file.truncate()
        rewrite(chunks, found, filler, file)
        if check(file, found, visitor):
            return
    raise InfraError("it is damaged, and its other documents would be read in another way")


class _Scanner:
    def __init__(self, visitor: Visitor) -> None:
        self._visitor, self._scan = visitor, Scan()
        self._hash = hashlib.sha256()
        self._raw = self._plain = 0
        self._run_start = -1

    def scan(self, chunks: Iterable[bytes]) -> Scan:
        for item in documents(self._pieces(chunks), decode_document):
            if self._visitor.owns(item):
                self._take(item)
            else:
                self._leave(item)
        self._end_run(self._plain)
        self._scan.digest = self._hash.digest()
        self._scan.is_compressed = self._raw != self._plain
        return self._scan

    def _pieces(self, chunks: Iterable[bytes]) -> Iterator[Any]:
        """The plain pieces, counted."""
        for piece in plain(self._counted(chunks)):
            if isinstance(piece, bytes):
                self._plain += len(piece)
            else:
                self._scan.is_damaged = True
            yield piece

    def _counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._raw += len(chunk)
            yield chunk

    def _take(self, item: Item) -> None:
        self._scan.found += 1
        if self._run_start < 0:
            self._run_start = item.offset
        message = getattr(item, "content", None)
        if message is not None and len(self._scan.ids) < MOST_IDS:
            self._scan.ids |= ids_of(message) - self._visitor.ids

    def _leave(self, item: Item) -> None:
        self._end_run(item.offset)
        if item.data and item.data != ERASED:
            self._scan.others += 1
            self._hash.update(b"%d:%b" % (len(item.data), item.data))

    def _end_run(self, offset: int) -> None:
        if self._run_start >= 0:
            self._scan.cuts.extend((self._run_start, offset))
            self._run_start = -1


def _outside(pieces: Iterable[bytes], cuts: Sequence[int], filler: bytes) -> Iterator[bytes]:
    """The bytes before, between and after the cuts, with the filler in the place of each cut."""
    place = position = 0  # an even place is the start of a cut
    for piece in pieces:
        first = 0
        while place < len(cuts) and cuts[place] <= position + len(piece):
            edge = cuts[place] - position
            if place % 2 == 0:
                yield piece[first:edge]
                yield filler
            first = edge
            place += 1
        if place % 2 == 0:
            yield piece[first:]
        position += len(piece)
