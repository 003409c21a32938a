"""A delivered object's bytes → its plain bytes, whatever Firehose compressed them with."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec
from zlib_ng import zlib_ng

PIECE = 64 * 1024
"""Plain bytes in one piece, at most. Bounds what a hostile compression ratio can allocate, and stays in the
processor's cache while its documents are read."""

_GZIP = b"\x1f\x8b\x08"
_MAGIC_SIZE = 10
_Error: Any = zlib_ng.error  # its stubs take it for a number, and know of no `copy`


class Damage(msgspec.Struct, frozen=True):
    """A place in the stream where bytes are missing, and why."""

    problem: str


Pieces = Iterator[bytes | Damage]


def plain(chunks: Iterable[bytes]) -> Pieces:
    """The plain bytes, in order, with a Damage wherever some could not be had.

    The format is told by its magic bytes: Firehose's `FileExtension` lets a gzip object be called anything.
    """
    stream = iter(chunks)
    head = b""
    for chunk in stream:
        head += chunk
        if len(head) >= _MAGIC_SIZE:
            break
    read = next((read for magic, read in _FORMATS.items() if head.startswith(magic)), _as_is)
    return read(chain([head], stream))


def _as_is(chunks: Iterator[bytes]) -> Pieces:
    return chunks


def _gunzip(chunks: Iterator[bytes]) -> Pieces:
    """Members one after another. After a damaged one, reading goes on at the next that can be found."""
    member, lost = _member(), False
    for chunk in chunks:
        data = chunk
        while data:
            if member.eof:
                if not (data := data.lstrip(b"\0")):  # padding
                    break
                member = _member()
            before = member.copy()
            try:
                piece = member.decompress(data, PIECE)
            except _Error as error:
                if not lost:
                    yield from _salvage(before, data)
                    yield Damage(f"the gzip stream is damaged: {error}")
                member, lost = _member(), True
                data = data[index:] if (index := data.find(_GZIP, 1)) > 0 else b""
            else:
                yield piece
                lost = lost and not member.eof
                data = member.unused_data if member.eof else member.unconsumed_tail
    if not (member.eof or lost):
        yield Damage("the gzip stream ends early")


def _member() -> Any:
    """Inflates a gzip member. By zlib-ng: zlib takes twice the time, and isal cannot copy where it is."""
    return zlib_ng.decompressobj(zlib.MAX_WBITS | 16)


def _salvage(member: Any, data: bytes) -> Iterator[bytes]:
    """What comes out before the damage: zlib keeps nothing of a call that fails, so call for each byte."""
    for index in range(len(data)):
        try:
            yield member.decompress(data[index : index + 1])
        except _Error:
            return


def _unzip(chunks: Iterator[bytes]) -> Pieces:
    """Every entry. A zip's table of contents stands at its end, so the compressed bytes are put aside."""
    import zipfile  # rare, and dear to a cold start
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(max_size=4 * 1024 * 1024) as spool:
        for chunk in chunks:
            spool.write(chunk)
        try:
            with zipfile.ZipFile(spool) as archive:
                for name in archive.namelist():
                    with archive.open(name) as entry:
                        yield from iter(lambda entry=entry: entry.read(PIECE), b"")  # type: ignore[misc]
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            # RuntimeError: encrypted, or compressed by a method other than those Firehose uses.
            yield Damage(f"the zip file is damaged: {error}")


def _refuse(name: str) -> Callable[[Iterator[bytes]], Pieces]:
    def refuse(_chunks: Iterator[bytes]) -> Pieces:
        yield Damage(f"the object is in {name}, which is not supported: set Firehose to GZIP")

    return refuse


_FORMATS: dict[bytes, Callable[[Iterator[bytes]], Pieces]] = {
    _GZIP: _gunzip,
    b"PK\x03\x04": _unzip,
    b"PK\x05\x06": _unzip,  # an archive without entries
    b"\x82SNAPPY\x00": _refuse("Snappy"),  # snappy-java's stream, which Firehose writes
    b"\xff\x06\x00\x00sNaPpY": _refuse("Snappy"),  # the official framing
    b"PAR1": _refuse("Parquet"),
}
