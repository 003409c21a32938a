"""An object's plain bytes, as a stream → JSON documents, and the spans that are none.

Firehose writes one document after another, with nothing between them unless told to. Most cuts can be found
without parsing: in JSON text, a brace that closes followed by one that opens and a quote stands between two
documents, or — rarely — at the end of a string. A wrong cut never decodes as one document, so a piece that
decodes is right, and a piece that does not is read again by an exact scanner.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from chalicelib.compression import Damage
from chalicelib.scanning import (
    LOOK_AHEAD,
    MAX_DOCUMENT,
    after_space,
    next_start,
    value_length,
)

T = TypeVar("T")

_SEPARATOR = re.compile(rb"\}[ \t\r\n]*(?=\{[ \t\r\n]*\")")


class Document(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """One JSON value, decoded. `offset` counts plain bytes from the object's start."""

    offset: int
    data: bytes
    content: T


class Broken(msgspec.Struct, frozen=True, gc=False):
    """Bytes that are no document, up to where the next one begins. Empty where bytes are missing."""

    offset: int
    data: bytes
    problem: str


def documents(
    pieces: Iterable[bytes | Damage], decode: Callable[[bytes], T]
) -> Iterator[Document[T] | Broken]:
    """Every document and every broken span, in order; together they cover all bytes but white space.

    `decode` takes the bytes of one JSON value and raises ValueError or RecursionError where they are none.
    The result does not depend on how the bytes are cut into pieces.
    """
    reader = _Reader(decode)
    for piece in pieces:
        yield from reader.end(piece.problem) if isinstance(piece, Damage) else reader.feed(piece)
    yield from reader.end("")


class _Reader(Generic[T]):
    def __init__(self, decode: Callable[[bytes], T]) -> None:
        self._decode = decode
        self._buffer = b""
        self._start = 0  # in the buffer, of what is not read yet
        self._offset = 0  # in the object, of the buffer's first byte

    def feed(self, piece: bytes) -> list[Document[T] | Broken]:
        """What can be read now."""
        self._offset += self._start
        self._buffer = self._buffer[self._start :] + piece
        self._start = 0
        return self._read(last=False)

    def end(self, problem: str) -> list[Document[T] | Broken]:
        """What is left. `problem` says why the stream ends here, if it should not."""
        tail = self._offset + len(self._buffer)
        items = self._read(last=True)
        self._buffer, self._start, self._offset = b"", 0, tail
        if problem:
            last = items[-1] if items else None
            is_cut_off = isinstance(last, Broken) and last.offset + len(last.data) == tail
            cut_off = items.pop().data if is_cut_off else b""
            items.append(Broken(tail - len(cut_off), cut_off, problem))
        return items

    def _read(self, *, last: bool) -> list[Document[T] | Broken]:
        items: list[Document[T] | Broken] = []
        while True:
            cut_failed = self._read_cuts(items)
            if not (cut_failed or last or len(self._buffer) - self._start > MAX_DOCUMENT):
                return items
            item = self._read_exactly(last=last)
            if item is None:
                return items
            items.append(item)

    def _read_cuts(self, items: list[Document[T] | Broken]) -> bool:
        """Add the documents that end at a separator; returns whether one of them did not decode."""
        buffer, decode, offset = self._buffer, self._decode, self._offset
        self._start = start = after_space(buffer, self._start)
        for separator in _SEPARATOR.finditer(buffer, start):
            data = buffer[start : separator.start() + 1]
            if len(data) > MAX_DOCUMENT:
                return True
            try:
                content = decode(data)
            except (ValueError, RecursionError):
                return True  # a wrong cut, or damage: the exact reader tells which
            items.append(Document(offset + start, data, content))
            self._start = start = separator.end()
        return False

    def _read_exactly(self, *, last: bool) -> Document[T] | Broken | None:
        """The document or broken span that comes next; None where there is none, or more bytes must tell."""
        buffer = self._buffer
        self._start = start = after_space(buffer, self._start)
        if start == len(buffer):
            return None
        length, problem = value_length(buffer, start)
        end = start + length
        if end == len(buffer) and not last:
            return None  # a number may go on
        if not length:
            if len(buffer) - start < LOOK_AHEAD and not last:
                return None
            end = next_start(buffer, start)
        self._start = end
        if problem:
            return Broken(self._offset + start, buffer[start:end], problem)
        return self._decoded(start, buffer[start:end])

    def _decoded(self, start: int, data: bytes) -> Document[T] | Broken:
        try:
            return Document(self._offset + start, data, self._decode(data))
        except (ValueError, RecursionError) as error:
            return Broken(self._offset + start, data, f"not JSON: {error}")
