"""The CPU time that `ingest` takes for a megabyte of each kind of object that is made to be slow.

A test (tests/test_growth.py) uses the same kinds, and checks that the time grows no faster than the object.
"""

import gzip
import io
import itertools
import json
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from benchmarks.in_memory import ingest
from benchmarks.tables import to_markdown

MEGABYTE = 1_000_000
SHOWN = 8
PAGE = b'{"type":"page","messageId":"m","properties":{"url":"https://www.example.com/?ref=alice"}}'


def measure() -> dict[str, float]:
    """Seconds of CPU for a megabyte of each kind, the better of two runs."""
    return {kind: min(_seconds(make(MEGABYTE)) for _ in range(2)) for kind, make in KINDS.items()}


def to_table(measured: dict[str, float]) -> str:
    """A table of the slowest kinds, and the slowest of the others."""
    slowest_first = sorted(measured.items(), key=lambda kind: -kind[1])
    rows = [(kind, f"{seconds:.2f}") for kind, seconds in slowest_first[:SHOWN]]
    others = slowest_first[SHOWN:]
    return to_markdown(
        ("1 MB of",), ("CPU s",), [*rows, (f"each of {len(others)} others", f"≤ {others[0][1]:.2f}")]
    )


def _seconds(body: bytes) -> float:
    started = time.process_time()
    ingest(body)
    return time.process_time() - started


def _filled(unit: bytes) -> Callable[[int], bytes]:
    """Makes `size` bytes that repeat the whole unit."""
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
    """A document that seems to end inside a string, and has escaped quotes in deep nesting."""
    quotes = b'\\"' * ((size - 10_500) // 2)
    deep = b'{"a":' * 1500 + b'"' + quotes + b'"' + b"}" * 1500
    return b'{"type":"page","properties":{"z":"}{","deep":' + deep + b'},"context":null}'


def _gzip_members(size: int) -> bytes:
    member = gzip.compress(b"{", mtime=0)
    return _filled(member)(size)


def _gzip_in_gzip(size: int) -> bytes:
    """Gzip headers, each in a stored block of the member before."""
    unit = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\0\xff\xff\0\0"
    return _filled(unit)(size)


def _zip(size: int, content: bytes, method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number in range(max(1, size // (100 + len(content)))):
            archive.writestr(str(number), content)
    return file.getvalue()


def _zip_headers(size: int) -> bytes:
    """Zip entries that announce a name of 40 KB."""
    header = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, 0, 0, 40_000, 0)
    return _filled(header)(size)


def _damaged_members(size: int) -> bytes:
    """Whole and damaged gzip members in turn."""
    good = gzip.compress(PAGE, mtime=0)
    bad = bytearray(gzip.compress(PAGE + bytes(range(256)), mtime=0))
    bad[-20] ^= 0xFF
    return _filled(good + bytes(bad))(size)


def _bomb(size: int) -> bytes:
    """Gzip that inflates to `size` bytes, none of which can begin a document."""
    return zlib.compress(b"\x01" * size, 9, zlib.MAX_WBITS | 16)


def _page(**fields: Any) -> bytes:
    times = dict.fromkeys(("timestamp", "receivedAt"), "2026-11-27T10:00:00Z")
    properties = {"url": "https://www.example.com/", "affiliate_id": "alice"}
    page = {"type": "page", "messageId": "m", "anonymousId": "v", "properties": properties, **times, **fields}
    return json.dumps(page, ensure_ascii=False).encode()


def _in_address(rest: bytes) -> Callable[[int], bytes]:
    """Makes one page view of `size` bytes, whose address continues with the start of `rest`."""
    return lambda size: _page(properties={"url": "https://a.example/<>"}).replace(b"<>", rest[: size - 200])


def _each_another(fields: Callable[[int], dict[str, Any]]) -> Callable[[int], bytes]:
    """Makes page views whose `fields`, made from a number, are all different."""

    def make(size: int) -> bytes:
        count = size // len(_page(**fields(0)))
        return b"".join(_page(**fields(next(_numbers))) for _ in range(count))

    return make


_numbers = itertools.count(10**6)

KINDS: dict[str, Callable[[int], bytes]] = {
    "page views": _filled(PAGE),
    "encoded names of parameters": _in_address(b"?" + b"%41" * 300_000),
    "parameters whose names are encoded": _in_address(b"?" + b"%41=&" * 180_000),
    "affiliate ids that are too long": _in_address(b"?" + (b"ref=" + b"x" * 200 + b"&") * 4000),
    "slashes in an address": _in_address(b"/" * 900_000),
    "at signs in a path": _in_address(b"/" + b"a@" * 450_000),
    "long user agents": _filled(_page(context={"userAgent": "Mozilla " * 100_000})),
    "different user agents": _each_another(
        lambda number: {"context": {"userAgent": f"{number} Mozilla " * 60}}
    ),
    "different paths": _each_another(
        lambda number: {
            "properties": {"url": f"https://a.example/{number}/" + "a1b-2/" * 150, "affiliate_id": "a"}
        }
    ),
    "paths of e-mail addresses": _each_another(
        lambda number: {
            "properties": {"url": f"https://a.example/{number}" + "/a@b.c" * 150, "affiliate_id": "a"}
        }
    ),
    "paths that are digits": _each_another(
        lambda number: {
            "properties": {"url": f"https://a.example/{number}/" + "0 12 " * 180, "affiliate_id": "a"}
        }
    ),
    "different campaigns": _each_another(
        lambda number: {
            "context": {"campaign": dict.fromkeys(("name", "source", "medium"), f"{number} " + "a@" * 150)}
        }
    ),
    "different hosts": _each_another(
        lambda number: {
            "properties": {"url": f"https://ü{number}" + "é" * 100 + ".example/", "affiliate_id": "a"}
        }
    ),
    "halves of emoji": _in_document(b'{"type":"page","name":"', rb"\ud83d", b'"}'),
    "fields of wrong types": _in_document(b'{"type":5,"a":1', b',"event":{"a":[]}', b"}"),
    "a number of many digits": _in_document(b'{"type":"page","messageId":', b"1", b"}"),
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
    "deep objects, closed, not JSON": _nested(b'{"a":', b"x", b"}"),
    "deep objects, closed, with more after each": _nested(b'{"a":', b"x", b"}y"),
    "deep objects with damage at every depth": _nested(b'{"a":1 x ', b"", b"}"),
    "deep arrays, closed": _nested(b"[", b"", b"]"),
    "deep arrays, never closed, repeated": _filled(b"[" * 1010 + b'x{"a":1}'),
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
