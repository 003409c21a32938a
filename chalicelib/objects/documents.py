"""An object's plain bytes, as a stream → JSON documents, and the spans that are not documents.

Firehose writes one document after another, by default with nothing between them. Most cuts can be found
without parsing: in JSON text, a brace that closes followed by one that opens and a quote stands between two
documents, or — rarely — at the end of a string. A wrong cut never decodes as one document, so a piece that
decodes is right, and a piece that does not is read again by an exact scanner.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from chalicelib.objects.compression import Damage
from chalicelib.objects.scanning import (
    LOOK_AHEAD,
    MAX_DOCUMENT,
    START,
    TOO_DEEP,
    Extents,
    after_space,
    next_start,
    value_length,
)

T = TypeVar("T")

MAX_STRAYS = 100
"""Values and broken spans in a row that are reported one by one, if none of them can be an event. What
follows, up to an object with a field, is one broken span: a megabyte of digits is not half a million dead
letters."""

_SEPARATOR = re.compile(rb"\}[ \t\r\n]*+(?=\{[ \t\r\n]*+\")")
_BRACE = ord("{")
_ENOUGH = 32 * 1024  # bytes that are worth a look


class Document(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """One JSON value, decoded. `offset` counts plain bytes from the object's start."""

    offset: int
    data: bytes
    content: T


class Broken(msgspec.Struct, frozen=True, gc=False):
    """Bytes that are not a document, up to the start of the next one. Empty if bytes are missing."""

    offset: int
    data: bytes
    problem: str


def documents(
    pieces: Iterable[bytes | Damage], decode: Callable[[bytes], T]
) -> Iterator[Document[T] | Broken]:
    """Every document and every broken span, in order; together they cover all bytes but white space.

    `decode` takes the bytes of one JSON value and raises ValueError or RecursionError if they are not one.
    The result does not depend on how the bytes are cut into pieces.
    """
    reader = _Reader(decode)
    for piece in pieces:
        yield from reader.end(piece.problem) if isinstance(piece, Damage) else reader.feed(piece)
    yield from reader.end("")


class _Reader(Generic[T]):
    def __init__(self, decode: Callable[[bytes], T]) -> None:
        self._decode = decode
        self._pieces: list[bytes] = []  # not in the buffer yet
        self._waiting = 0  # bytes of theirs
        self._buffer = b""
        self._start = 0  # in the buffer, of what is not read yet
        self._exact_to = 0  # in the buffer: from here on, cuts may be tried again
        self._offset = 0  # in the object, of the buffer's first byte
        self._extents = Extents()
        self._strays = 0  # read in a row, up to here

    def feed(self, piece: bytes) -> Iterator[Document[T] | Broken]:
        """Everything that can be read now. The rest is read again only when it has doubled."""
        self._pieces.append(piece)
        self._waiting += len(piece)
        if self._waiting >= max(_ENOUGH, len(self._buffer) - self._start):
            self._take_in()
            yield from self._read(last=False)

    def end(self, problem: str) -> Iterator[Document[T] | Broken]:
        """Everything that is left. `problem` says why the stream ends here, if it ends too early."""
        self._take_in()
        tail = self._offset + len(self._buffer)
        item: Document[T] | Broken | None = None
        for following in self._read(last=True):
            if item is not None:
                yield item
            item = following
        if problem and isinstance(item, Broken) and item.offset + len(item.data) == tail:
            item = Broken(item.offset, item.data, problem)
        elif problem:
            if item is not None:
                yield item
            item = Broken(tail, b"", problem)
        if item is not None:
            yield item
        self._drop(len(self._buffer))

    def _take_in(self) -> None:
        self._drop(self._start)
        self._buffer = b"".join([self._buffer, *self._pieces])
        self._pieces.clear()
        self._waiting = 0

    def _drop(self, count: int) -> None:
        self._buffer = self._buffer[count:]
        self._offset += count
        self._start = 0
        self._exact_to = max(0, self._exact_to - count)
        self._extents.forget(count)

    def _read(self, *, last: bool) -> Iterator[Document[T] | Broken]:
        while True:
            if self._start >= self._exact_to:
                yield from self._read_cuts()
            if self._start >= self._exact_to:  # there are no more cuts
                if not (last or len(self._buffer) - self._start > MAX_DOCUMENT):
                    return
                self._exact_to = len(self._buffer)
            item = self._read_exactly(last=last)
            if item is None:
                return
            yield item

    def _read_cuts(self) -> Iterator[Document[T]]:
        """The documents that end at a separator, up to the first that does not decode."""
        buffer, decode, offset = self._buffer, self._decode, self._offset
        self._start = start = after_space(buffer, self._start)
        for separator in _SEPARATOR.finditer(buffer, start):
            self._exact_to = separator.end()
            data = buffer[start : separator.start() + 1]
            if len(data) > MAX_DOCUMENT:
                return
            try:
                content = decode(data)
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001 (a wrong cut, or damage: the exact reader tells which)
                return
            document = Document(offset + start, data, content)
            self._strays = 0
            self._start = start = separator.end()
            yield document

    def _read_exactly(self, *, last: bool) -> Document[T] | Broken | None:
        """The next document or broken span; None at the end of the buffer, or if more bytes are needed."""
        buffer = self._buffer
        self._start = start = after_space(buffer, self._start)
        if start == len(buffer):
            return None
        is_stray = buffer[start] != _BRACE or not START.match(buffer, start)
        if is_stray and self._strays >= MAX_STRAYS:
            return self._read_strays(last=last)
        length, problem = value_length(buffer, start, self._extents, last=last)
        end = start + length
        if not length:
            if len(buffer) - start < LOOK_AHEAD and not last:
                return None
            end = next_start(buffer, start, self._extents, last=last)
        self._start = end
        self._strays = self._strays + 1 if is_stray else 0
        if problem:
            return Broken(self._offset + start, buffer[start:end], problem)
        return self._decoded(self._offset + start, buffer[start:end])

    def _read_strays(self, *, last: bool) -> Broken | None:
        """All up to the next object with a field, as one broken span; None if more bytes are needed."""
        start, end = self._start, self._start + MAX_DOCUMENT
        if found := START.search(self._buffer, start):
            end = min(end, found.start())
        elif end > len(self._buffer) and not last:
            return None
        data = self._buffer[start:end]
        self._start += len(data)
        return Broken(self._offset + start, data, f"not JSON objects, after {MAX_STRAYS} others in a row")

    def _decoded(self, offset: int, data: bytes) -> Document[T] | Broken:
        try:
            return Document(offset, data, self._decode(data))
        except RecursionError:
            return Broken(offset, data, TOO_DEEP)
        except ValueError as error:
            return Broken(offset, data, f"not JSON: {error}")
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (no document may cost others, whatever is wrong with it)
            return Broken(offset, data, f"{type(error).__name__}: {error}")
