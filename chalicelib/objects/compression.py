"""A delivered object's bytes → its plain bytes, by any compression that Firehose uses."""

import re
import struct
import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import msgspec
from zlib_ng import zlib_ng

PIECE = 64 * 1024
"""Plain bytes in one piece, at most. Bounds what a hostile compression ratio can allocate, and stays in the
processor's cache while its documents are read."""

_WINDOW = 16 * 1024  # compressed bytes that zlib is given at once: it copies those that it does not use
_UNSUPPORTED = {
    b"\x82SNAPPY\x00": "Snappy",  # snappy-java's stream, which Firehose writes
    b"\xff\x06\x00\x00sNaPpY": "Snappy",  # the official framing
    b"PAR1": "Parquet",
}
_MAGIC_SIZE = 10
_GZIP = b"\x1f\x8b\x08"
_ARCHIVE = re.compile(rb"\x1f\x8b\x08|PK(?:\x03\x04|\x01\x02|\x05\x06)")
"""The start of a gzip member or of a part of a zip file. JSON text never contains these bytes."""
_PADDING = re.compile(rb"[\0 \t\r\n]*+")
_PADDED_ARCHIVE = re.compile(rb"%b(%b)" % (_PADDING.pattern, _ARCHIVE.pattern))

# The parts of a zip file: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
_ENTRY, _LISTED, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LONG_END, _LONG_END_PLACE = b"PK\x06\x06", b"PK\x06\x07"
_DESCRIPTION = b"PK\x07\x08"
_HEADER = struct.Struct("<6xHH4xIIIHH")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIBED = 1, 8  # flags: the second says that checksum and sizes follow the entry
_LONGEST_TEXTS = 4096  # bytes of a part's names and comments; they may be larger, and never are
_ELSEWHERE = 0xFFFFFFFF  # a size that stands in the extra field

_Error: Any = zlib_ng.error  # its stubs take it for a number, and know of no `copy`


class Damage(msgspec.Struct, frozen=True):
    """A place in the stream where bytes are missing, and why."""

    problem: str


Pieces = Iterator[bytes | Damage]


def plain(chunks: Iterable[bytes]) -> Pieces:
    """The plain bytes, in order, with a Damage wherever some could not be had.

    The format is recognised by its magic bytes: Firehose's `FileExtension` may give a gzip object any name.
    Archives may follow one another, since Firehose joins what a producer compressed itself.
    """
    stream = _Stream(chunks)
    head = stream.peek(_MAGIC_SIZE)
    name = next((name for magic, name in _UNSUPPORTED.items() if head.startswith(magic)), "")
    if name:
        yield Damage(f"the object is in {name}, which is not supported: set Firehose to GZIP")
    elif archive := _PADDED_ARCHIVE.match(head):
        stream.skip(archive.start(1))
        yield from _Archives(stream).pieces()
    else:
        yield from stream.rest()


class _Stream:
    """Chunks of bytes, to be looked at before they are taken."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._data, self._start = b"", 0
        self.position = 0
        """Bytes taken."""

    def peek(self, size: int, least: int | None = None) -> bytes:
        """The next bytes: up to `size`, and no fewer than `least` (`size`, if not given) but at the end."""
        least = size if least is None else least
        while len(self._data) - self._start < least and (chunk := next(self._chunks, None)) is not None:
            behind = max(0, self._start - _WINDOW)
            self._data, self._start = self._data[behind:] + chunk, self._start - behind
        return self._data[self._start : self._start + size]

    def skip(self, size: int) -> None:
        """Leave out bytes that have been looked at."""
        self._start += size
        self.position += size

    def go_back(self, position: int) -> int:
        """To where so many bytes had been taken, or as near to it as is kept; returns by how many bytes."""
        count = min(self.position - position, self._start)
        self._start -= count
        self.position -= count
        return count

    def rest(self) -> Iterator[bytes]:
        """All that is left."""
        yield self._data[self._start :]
        yield from self._chunks


class _Archives:
    """Gzip members and zip files, one after another. After damage, reading goes on at the next that is found.

    A zip file is read in the order of its bytes, by the header before each entry. The list at its end is only
    measured, to tell whether something is missing.
    """

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._looked_again = 0  # bytes
        self._lost = False  # damage was reported, and nothing has been read since
        self._is_told = False  # damage of the zip file whose end has not come yet
        self._entries = self._listed = self._list_size = 0  # its counts

    def pieces(self) -> Pieces:
        """What is in them, and what is between them and is not padding."""
        while head := self._stream.peek(_MAGIC_SIZE):
            if head.startswith(_GZIP):
                yield from self._member()
            elif head.startswith(_ENTRY):
                yield from self._entry()
            elif head.startswith((_LISTED, _END, _LONG_END, _LONG_END_PLACE)):
                yield from self._list_part(head[:4])
            else:
                was_lost = self._lost  # then this is what is left of it, and not text
                yield from (data for data in self._up_to(_ARCHIVE) if not was_lost)
        yield from self._cut_off_zip()

    def _member(self) -> Pieces:
        yield from self._cut_off_zip()
        yield from self._inflated(zlib.MAX_WBITS | 16, "gzip stream", at_least=1)
        if not self._lost:
            self._skip_padding()

    def _entry(self) -> Pieces:
        self._is_told = self._is_told and self._entries > 0
        self._entries += 1
        header = self._stream.peek(_HEADER.size).ljust(_HEADER.size, b"\0")
        flags, method, crc, size, length, name_size, extra_size = _HEADER.unpack(header)
        part = yield from self._part(_HEADER.size, name_size + extra_size)
        if not part:
            return
        size, length = _sizes(size, length, part[_HEADER.size + name_size :])
        start, found_crc, found_length = self._stream.position, 0, 0
        for piece in self._content(flags, method, size):
            if isinstance(piece, bytes):
                found_crc, found_length = zlib_ng.crc32(piece, found_crc), found_length + len(piece)
            yield piece
        if self._lost:
            return
        if flags & _DESCRIBED:
            is_whole = self._skip_description(found_crc, self._stream.position - start, found_length)
        else:
            is_whole = (found_crc, found_length) == (crc, length)
        if not is_whole:
            yield from self._damage("the zip file is damaged: an entry's checksum or length is wrong")
            self._look_again(start)

    def _content(self, flags: int, method: int, size: int) -> Pieces:
        if flags & _ENCRYPTED:
            return self._damage("the zip file has an encrypted entry, which is not supported")
        if method == _DEFLATED:
            return self._inflated(-zlib.MAX_WBITS, "zip file")
        if method == _STORED:
            return self._up_to_description() if flags & _DESCRIBED else self._stored(size)
        return self._damage(f"the zip file has an entry of method {method}, which is not supported")

    def _inflated(self, window_bits: int, name: str, at_least: int = 0) -> Pieces:
        """By zlib-ng: zlib takes twice the time, and isal cannot copy where it is.

        Damage is noticed late: the next archive may have begun before, but not in the first `at_least` bytes.
        """
        inflater: Any = zlib_ng.decompressobj(window_bits)
        start = self._stream.position + at_least
        while not inflater.eof:
            data = self._stream.peek(_WINDOW, 1)
            before = None if self._lost else inflater.copy()
            try:
                piece = inflater.decompress(data, PIECE)
            except _Error as error:
                yield from _salvage(before, data) if before else ()
                yield from self._damage(f"the {name} is damaged: {error}")
                break
            if not (data or piece):
                yield from self._damage(f"the {name} ends early")
                break
            self._stream.skip(len(data) - len(inflater.unused_data or inflater.unconsumed_tail))
            self._lost = self._lost and not piece
            yield piece
        else:
            self._lost = False
            return
        self._stream.skip(max(0, start - self._stream.position))
        self._look_again(start)

    def _stored(self, size: int) -> Pieces:
        while size and (data := self._stream.peek(min(size, PIECE), 1)):
            self._stream.skip(len(data))
            size -= len(data)
            yield data
        self._lost = False
        if size:
            yield from self._damage("the zip file ends early")

    def _up_to_description(self) -> Pieces:
        """An entry that is stored without its size."""
        self._lost = False
        yield from self._up_to(re.compile(_DESCRIPTION))

    def _skip_description(self, crc: int, size: int, length: int) -> bool:
        """Whether a description with these figures follows; it has one of four layouts."""
        found = self._stream.peek(24)
        short = struct.pack("<III", crc, size % 2**32, length % 2**32)
        for layout in (short, struct.pack("<IQQ", crc, size, length)):
            for description in (_DESCRIPTION + layout, layout):
                if found.startswith(description):
                    self._stream.skip(len(description))
                    return True
        return False

    def _list_part(self, magic: bytes) -> Pieces:
        """A part of the list at a zip file's end."""
        if magic == _LISTED:
            lengths = struct.unpack("<HHH", self._stream.peek(46)[28:34].ljust(6, b"\0"))
            part = yield from self._part(46, sum(lengths))
            self._listed, self._list_size = self._listed + 1, self._list_size + len(part)
        elif magic == _END:
            end = yield from self._part(22, int.from_bytes(self._stream.peek(22)[20:], "little"))
            if end:
                yield from self._ended_zip(int.from_bytes(end[12:16], "little"))
        else:
            yield from self._part(56 if magic == _LONG_END else 20, 0)

    def _part(self, fixed: int, more: int) -> Generator[bytes | Damage, None, bytes]:
        """Take a part of a zip file; or only its first bytes, with a Damage, if it is not there whole."""
        part = self._stream.peek(fixed + min(more, _LONGEST_TEXTS))
        if len(part) == fixed + more and not _ARCHIVE.search(part, len(_ENTRY)):
            self._stream.skip(len(part))
            return part
        self._stream.skip(4)
        yield from self._damage("the zip file ends early")
        return b""

    def _ended_zip(self, list_size: int) -> Pieces:
        """What the end of the list says of it tells whether bytes are missing before it."""
        if self._is_told:
            self._lost = False
        elif self._entries != self._listed:
            yield from self._damage(f"the zip file has {self._entries} of the {self._listed} entries listed")
        elif list_size not in (self._list_size, _ELSEWHERE):
            yield from self._damage("the zip file is damaged: its list of entries has another length")
        self._forget_zip()
        self._skip_padding()

    def _cut_off_zip(self) -> Pieces:
        if self._entries and not self._is_told:
            yield from self._damage("the zip file ends early")
        self._forget_zip()

    def _forget_zip(self) -> None:
        self._entries = self._listed = self._list_size = 0
        self._is_told = False

    def _up_to(self, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
        """The bytes as they are, up to where the pattern is found."""
        while data := self._stream.peek(PIECE, _MAGIC_SIZE):
            found = pattern.search(data)
            is_end = len(data) < _MAGIC_SIZE
            size = found.start() if found else len(data) if is_end else len(data) - 3
            self._stream.skip(size)
            yield data[:size]
            if found:
                return

    def _skip_padding(self) -> None:
        while size := len(_PADDING.match(self._stream.peek(PIECE, 1))[0]):  # type: ignore[index]
            self._stream.skip(size)

    def _look_again(self, start: int) -> None:
        """For archives that begin after `start`; at most once, on average, at every byte."""
        if self._looked_again <= self._stream.position:
            self._looked_again += self._stream.go_back(start)

    def _damage(self, problem: str) -> Pieces:
        self._is_told = True
        if not self._lost:
            self._lost = True
            yield Damage(problem)


def _sizes(size: int, length: int, extra: bytes) -> tuple[int, int]:
    """An entry's compressed and plain sizes, which stand in its extra field if they are large."""
    if _ELSEWHERE in (size, length) and extra[:2] == b"\1\0" and len(extra) >= 20:
        length, size = struct.unpack_from("<QQ", extra, 4)
    return size, length


def _salvage(inflater: Any, data: bytes) -> Iterator[bytes]:
    """What comes out before the damage, found by halves: zlib keeps nothing of a call that fails."""
    while data:
        half = (len(data) + 1) // 2
        attempt = inflater.copy()
        try:
            piece = attempt.decompress(data[:half])
        except _Error:
            data = data[:half] if half < len(data) else b""
        else:
            yield piece
            inflater, data = attempt, data[half:]
