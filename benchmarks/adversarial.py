"""Objects made to be slow to read: the CPU that `ingest` takes for a megabyte of each kind.

The kinds are a test's too (tests/test_growth.py), which holds that time grows no faster than the object.
"""

import gzip
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.tables import to_markdown

MEGABYTE = 1_000_000
PAGE = b'{"type":"page","messageId":"m","properties":{"url":"https://www.example.com/?ref=alice"}}'


def measure() -> dict[str, float]:
    """Seconds of CPU for a megabyte of each kind, the better of two runs."""
    return {kind: min(_seconds(make(MEGABYTE)) for _ in range(2)) for kind, make in KINDS.items()}


def to_table(measured: dict[str, float]) -> str:
    """The kinds, the slowest first."""
    slowest_first = sorted(measured.items(), key=lambda kind: -kind[1])
    return to_markdown(
        ("1 MB of",), ("CPU s",), ((kind, f"{seconds:.2f}") for kind, seconds in slowest_first)
    )


def ingest(body: bytes) -> Any:
    """Run all of `ingest_object`, with an S3 and a Timestream that do nothing; returns the outcome."""
    from chalicelib.config import Config
    from chalicelib.ingest import ingest_object
    from chalicelib.notifications import ObjectVersion

    s3: Any = _S3(body)
    writer: Any = _Writer()
    source = ObjectVersion("events", "events/web/o")
    return ingest_object(source, s3=s3, writer=writer, config=Config("events"))


def _seconds(body: bytes) -> float:
    started = time.process_time()
    ingest(body)
    return time.process_time() - started


def _filled(unit: bytes) -> Callable[[int], bytes]:
    """Makes `size` bytes of one unit, over and over; it is whole every time."""
    return lambda size: unit * (size // len(unit))


def _nested(opening: bytes, middle: bytes, closing: bytes) -> Callable[[int], bytes]:
    def make(size: int) -> bytes:
        depth = size // (len(opening) + len(closing))
        return opening * depth + middle + closing * depth + PAGE

    return make


def _in_document(before: bytes, unit: bytes, after: bytes) -> Callable[[int], bytes]:
    """Makes one document of `size` bytes, and a page view after it."""
    return lambda size: before + _filled(unit)(size) + after + PAGE


def _escaped_quotes(size: int) -> bytes:
    """A document that seems to end in one of its strings, and is nested deeply around escaped quotes."""
    quotes = b'\\"' * ((size - 10_500) // 2)
    deep = b'{"a":' * 1500 + b'"' + quotes + b'"' + b"}" * 1500
    return b'{"type":"page","properties":{"z":"}{","deep":' + deep + b'},"context":null}'


def _gzip_members(size: int) -> bytes:
    member = gzip.compress(b"{", mtime=0)
    return _filled(member)(size)


def _gzip_in_gzip(size: int) -> bytes:
    """Headers of members, each of whose stored blocks holds the headers of the next."""
    unit = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\0\xff\xff\0\0"
    return _filled(unit)(size)


def _zip(size: int, content: bytes, method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number in range(max(1, size // (100 + len(content)))):
            archive.writestr(str(number), content)
    return file.getvalue()


def _zip_headers(size: int) -> bytes:
    """Entries that promise a name of 64 KB."""
    header = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, 0, 0, 40_000, 0)
    return _filled(header)(size)


def _damaged_members(size: int) -> bytes:
    """Whole gzip members and damaged ones by turns."""
    good = gzip.compress(PAGE, mtime=0)
    bad = bytearray(gzip.compress(PAGE * 50, mtime=0))
    bad[-20] ^= 0xFF
    return _filled(good + bytes(bad))(size)


def _bomb(size: int) -> bytes:
    """A megabyte that is a kilobyte, which is bytes that begin no document."""
    return zlib.compress(b"\x01" * size, 9, zlib.MAX_WBITS | 16)


KINDS: dict[str, Callable[[int], bytes]] = {
    "page views": _filled(PAGE),
    "escaped quotes in deep nesting": _escaped_quotes,
    "escaped quotes that never end": _in_document(b'{"a":"}{"', b'\\"', b""),
    "quotes": _filled(b'"'),
    "escaped quotes": _filled(b'\\"'),
    "backslashes in a string": _in_document(b'{"a":"', b"\\\\", b'"}'),
    "arrays that open": _filled(b"["),
    "objects that open": _filled(b'{"a":'),
    "objects that open, without a colon": _filled(b'{"'),
    "braces that open": _filled(b"{"),
    "brackets that close": _filled(b"}]"),
    "empty objects": _filled(b"{}"),
    "objects of one field": _filled(b'{"a":1}'),
    "arrays side by side": _filled(b"[]"),
    "deep objects, closed": _nested(b'{"a":', b"1", b"}"),
    "deep objects, closed, and no JSON": _nested(b'{"a":', b"x", b"}"),
    "deep objects, closed, with more after each": _nested(b'{"a":', b"x", b"}y"),
    "deep objects with damage at every depth": _nested(b'{"a":1 x ', b"", b"}"),
    "deep arrays, closed": _nested(b"[", b"", b"]"),
    "deep in part, over and over": _filled(b"[" * 1010 + b'x{"a":1}'),
    "seeming ends in a string": _in_document(b'{"a":"', b'}{\\"', b'"}'),
    "ends and starts in a string": _in_document(b'{"a":"', b"}{", b'"}'),
    "seeming ends in many strings": _in_document(b'{"a":["', b'}{","', b'"]}'),
    "seeming ends, never closed": _in_document(b'{"a":["', b'}{","', b""),
    "objects in strings of an array": _in_document(b"[", b'"{",":1}",', b"0"),
    "starts within an open array": _filled(b'x{"a":[ {"b":1} '),
    "an array for each document": _filled(b'{"a":1}['),
    "garbage": _filled(b"x"),
    "garbage between documents": _filled(b'x{"a":1}'),
    "documents cut off": _filled(PAGE[:60]),
    "documents cut off in a string": _filled(PAGE[:20]),
    "commas between documents": _filled(b'{"a":1},'),
    "digits": _filled(b"1"),
    "numbers": _filled(b"1 "),
    "numbers, then documents": lambda size: _filled(b"1 ")(size - 200) + PAGE * 2,
    "white space": _filled(b" \n"),
    "white space between a brace and a quote": _filled(b"{" + b" " * 5000),
    "white space between braces": _filled(b"}" + b" " * 5000 + b"{"),
    "bytes that are not text": _filled(b"\xff\xfe"),
    "zeros": _filled(b"\0"),
    "gzip members of one byte": _gzip_members,
    "gzip magic bytes": _filled(b"\x1f\x8b\x08"),
    "gzip headers": _filled(b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x07"),
    "gzip headers in gzip blocks": _gzip_in_gzip,
    "gzip members, every other damaged": _damaged_members,
    "a gzip bomb": _bomb,
    "zip entries of nothing": lambda size: _zip(size, b"", zipfile.ZIP_STORED),
    "zip entries": lambda size: _zip(size, PAGE, zipfile.ZIP_DEFLATED),
    "zip magic bytes": _filled(b"PK\x03\x04"),
    "zip headers": _zip_headers,
    "zip list magic bytes": lambda size: b"PK\x03\x04" + _filled(b"PK\x01\x02")(size),
    "zip lists": lambda size: b"PK\x03\x04" + _filled(b"PK\x01\x02" + b"\0" * 42)(size),
}
"""Each makes an object of about so many bytes, plain or compressed, whichever is more."""


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def iter_chunks(self, size: int) -> Iterable[bytes]:
        return (self._content[start : start + size] for start in range(0, len(self._content), size))

    def close(self) -> None:
        """Nothing."""


class _S3:
    """Has one object, and takes any."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.exceptions = self

    class ClientError(Exception):
        """Never raised."""

    def get_object(self, **_: object) -> dict[str, _Body]:
        return {"Body": _Body(self._body)}

    def put_object(self, **_: object) -> None:
        """Nothing."""

    def delete_object(self, **_: object) -> None:
        """Nothing."""

    def create_multipart_upload(self, **_: object) -> dict[str, str]:
        return {"UploadId": "1"}

    def upload_part(self, **_: object) -> dict[str, str]:
        return {"ETag": "1"}

    def complete_multipart_upload(self, **_: object) -> None:
        """Nothing."""


class _Writer:
    """Takes every record."""

    def write(self, _table: object, _records: object) -> list[object]:
        return []
