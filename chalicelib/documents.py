"""An object's plain bytes, as a stream → JSON documents, and the spans that are none.

Firehose writes one document after another, with nothing between them unless told to. Most cuts can be found
without parsing: in JSON text, a brace that closes followed by one that opens and a quote stands between two
documents, or — rarely — at the end of a string. A wrong cut never decodes as one document, so a piece that
decodes is right, and a piece that does not is read again by an exact scanner.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from chalicelib.compression import Damage

T = TypeVar("T")

MAX_DOCUMENT = 1_024_000
"""Bytes. Firehose takes no larger record (PutRecord, `Data`), so a larger document is damage."""

_SEPARATOR = re.compile(rb"\}[ \t\r\n]*(?=\{[ \t\r\n]*\")")
_START = re.compile(rb"\{[ \t\r\n]*\"")
_BRACKET_OR_STRING = re.compile(rb'[{}\[\]]|"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*")
_USUAL = (
    8192  # bytes that nearly every document fits in; an error message costs as much as the text before it
)
# From a broken span's start: the last place a document can begin in it, that document, and what follows.
_LOOK_AHEAD = 2 * MAX_DOCUMENT + 1024

_TOO_DEEP = "not JSON that can be read: nested too deeply"

_scan = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode  # str: no limit on a number's digits


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
        self._start = start = _after_space(buffer, self._start)
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
        self._start = start = _after_space(buffer, self._start)
        if start == len(buffer):
            return None
        length, problem = _value_length(buffer, start)
        end = start + length
        if end == len(buffer) and not last:
            return None  # a number may go on
        if length:
            self._start = end
            return self._decoded(start, buffer[start:end])
        if problem is _TOO_DEEP and (end := _extent(buffer, start).end):
            self._start = end
            return Broken(self._offset + start, buffer[start:end], problem)
        if len(buffer) - start < _LOOK_AHEAD and not last:
            return None
        self._start = end = _next_start(buffer, start)
        return Broken(self._offset + start, buffer[start:end], problem)

    def _decoded(self, start: int, data: bytes) -> Document[T] | Broken:
        try:
            return Document(self._offset + start, data, self._decode(data))
        except (ValueError, RecursionError) as error:
            return Broken(self._offset + start, data, f"not JSON: {error}")


def _value_length(buffer: bytes, start: int) -> tuple[int, str]:
    """How long the JSON value is that begins at `start`; 0, and why, where there is none."""
    problem = text = ""
    for size in (_USUAL, MAX_DOCUMENT):
        # Latin-1 has one character for each byte, and all of JSON's own signs are ASCII: indices agree.
        text = buffer[start : start + size].decode("latin-1")
        try:
            return _scan(text)[1], ""
        except json.JSONDecodeError as error:
            problem = f"not JSON: {error.msg} at byte {error.pos}"
            if error.pos < size - 16 and not error.msg.startswith("Unterminated"):
                return 0, problem  # however the text goes on
        except RecursionError:
            return 0, _TOO_DEEP
    if len(text) == MAX_DOCUMENT:
        return 0, f"no document ends within {MAX_DOCUMENT:,} bytes, and Firehose takes no larger one"
    return 0, problem


def _next_start(buffer: bytes, broken: int) -> int:
    """Where the next document begins after the broken span that begins at `broken`."""
    limit = min(len(buffer), broken + MAX_DOCUMENT)
    unclosed: frozenset[int] = frozenset()
    for candidate in _START.finditer(buffer, broken + 1, limit):
        start = candidate.start()
        if start in unclosed:
            continue
        length, problem = _value_length(buffer, start)
        if problem is _TOO_DEEP:  # as may be all of many values in it: to try each would take minutes
            end, unclosed = _extent(buffer, start)
            length = end - start if end else 0
        if length and not _is_nested(buffer, broken, start, start + length):
            return start
    return limit


class _Extent(NamedTuple):
    """What the brackets alone say of a value: where it ends, or 0; and where those begin that do not end."""

    end: int
    unclosed: frozenset[int]


def _extent(buffer: bytes, start: int) -> _Extent:
    starts: list[int] = []
    for token in _BRACKET_OR_STRING.finditer(buffer, start, start + MAX_DOCUMENT):
        match buffer[token.start()]:
            case 0x7B | 0x5B:  # { [
                starts.append(token.start())
            case 0x7D | 0x5D:  # } ]
                starts.pop()
                if not starts:
                    return _Extent(token.end(), frozenset())
    return _Extent(0, frozenset(starts))


def _is_nested(buffer: bytes, broken: int, start: int, end: int) -> bool:
    """Whether the object in [start, end) looks like a part of the broken document before it."""
    before = buffer[broken:start].rstrip()
    if b"{" not in before and b"[" not in before:
        return False
    follows = _after_space(buffer, end)
    if buffer[follows : follows + 1] in (b"", b"{"):
        return False  # the end, or another document: no place inside a document looks like that
    return buffer[follows] in b",}]"


def _after_space(buffer: bytes, start: int) -> int:
    match = _SPACE.match(buffer, start)
    return match.end() if match else start
