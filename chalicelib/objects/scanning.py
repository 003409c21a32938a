"""Where in an object's bytes a JSON value ends, and where the next document begins after damage.

Every byte is read a bounded number of times. Anyone can send bytes: the write key is public.
"""

import json
import re
from array import array
from typing import NamedTuple

MAX_DOCUMENT = 1_024_000
"""Bytes. Firehose takes no larger record (PutRecord, `Data`), so a larger document is damage."""

LOOK_AHEAD = 2 * MAX_DOCUMENT + 1024
"""Bytes from the start of a broken span. They hold the last document that can begin in the span, and more."""

TOO_DEEP = "not JSON that can be read: nested too deeply"
_TOO_LONG = f"no document ends within {MAX_DOCUMENT:,} bytes, and Firehose takes no larger one"

START = re.compile(rb"\{[ \t\r\n]*+\"")
"""The start of an object that has a field."""

_OPENING = re.compile(rb"[{\[]")
_SPACE = re.compile(rb"[ \t\r\n]*+")
_LAST_SPACE = 32
_FIRST = frozenset(b'{["-0123456789tfnNI')  # of a value; to let the scanner find out takes longer
_SIZES = (128, 4096, MAX_DOCUMENT)  # tried in turn, since an error takes as long as the text before it

_scan = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode  # str: no limit on a number's digits


class Extents:
    """The lengths of the arrays and objects in a buffer, each found once.

    Reading an array or object from its start also gives the lengths of everything inside it. Text in its
    strings may be outside the strings of another one. A third reading is not possible. So the bytes are read
    at most twice, however many brackets there are, and however deep.
    """

    def __init__(self) -> None:
        self._lengths = array("i")  # by the byte where it begins: 0 if not known, -1 if it has no end

    def forget(self, count: int) -> None:
        """The buffer has lost its first `count` bytes."""
        del self._lengths[:count]

    def known(self, start: int) -> int:
        """The length of the array or object at `start` if it is known, else 0."""
        return max(0, self._lengths[start]) if start < len(self._lengths) else 0

    def length(self, buffer: bytes, start: int, *, last: bool) -> int:
        """Bytes of the array or object that begins at `start`; 0 if it is cut off, too long or not JSON.

        `last` says that nothing follows the buffer.
        """
        if missing := len(buffer) - len(self._lengths):
            self._lengths.extend(array("i", (0,)) * missing)
        if not self._lengths[start]:
            self._read(buffer, start, last=last)
        return max(0, self._lengths[start])

    def _read(self, buffer: bytes, start: int, *, last: bool) -> None:
        limit = min(len(buffer), start + LOOK_AHEAD)
        opened = array("i", (start,))
        pattern = _GRAMMAR[buffer[start]].first
        position = start + 1
        while opened and (match := pattern.match(buffer, position, limit)):
            position = match.end()
            if (bracket := buffer[position - 1]) in _GRAMMAR:
                opened.append(position - 1)
                pattern = _GRAMMAR[bracket].first
            else:
                begun = opened.pop()
                self._lengths[begun] = position - begun if position - begun <= MAX_DOCUMENT else -1
                pattern = _GRAMMAR[buffer[opened[-1]]].next if opened else pattern
        for begun in opened:
            if last or begun + MAX_DOCUMENT <= limit:
                self._lengths[begun] = -1


def value_length(buffer: bytes, start: int, extents: Extents, *, last: bool) -> tuple[int, str]:
    """The length of the JSON value that begins at `start`, and why it cannot be read, or an empty text.

    The length is 0 if no value begins there, or if more bytes are needed to tell. `last` says that nothing
    follows the buffer.
    """
    if buffer[start] not in _FIRST:
        return 0, "not JSON: Expecting value at byte 0"
    if length := extents.known(start):
        return length, ""
    for size in _SIZES:
        # Latin-1 has one character for each byte, and all of JSON's own signs are ASCII: indices agree.
        text = buffer[start : start + size].decode("latin-1")
        is_rest = start + size >= len(buffer)
        try:
            end = _scan(text)[1]
        except json.JSONDecodeError as error:
            if is_rest or (error.pos < size - 16 and not error.msg.startswith("Unterminated")):
                return 0, f"not JSON: {error.msg} at byte {error.pos}"  # however the text goes on
        except RecursionError:
            return extents.length(buffer, start, last=last), TOO_DEEP
        else:
            # A number may go on after the text: `1.5e+` has been read as 1.5.
            if end < len(text) - 2 or not text[end - 1].isdecimal() or (is_rest and last):
                return end, ""
    return 0, _TOO_LONG


def next_start(buffer: bytes, broken: int, extents: Extents, *, last: bool) -> int:
    """Where the next document begins after the broken span that begins at `broken`."""
    limit = min(len(buffer), broken + MAX_DOCUMENT)
    opening = _OPENING.search(buffer, broken, limit)
    for candidate in START.finditer(buffer, broken + 1):
        start = candidate.start()
        if start >= limit or opening is None:
            break
        length = extents.length(buffer, start, last=last)
        if length and not (opening.start() < start and _goes_on(buffer, start + length)):
            return start
    return limit


def after_space(buffer: bytes, start: int) -> int:
    """The first position from `start` on that is not white space."""
    if start < len(buffer) and buffer[start] > _LAST_SPACE:
        return start
    match = _SPACE.match(buffer, start)
    return match.end() if match else start


def _goes_on(buffer: bytes, end: int) -> bool:
    """Whether an object that ends here is a part of a broken one before it, by what follows it."""
    follows = after_space(buffer, end)
    return buffer[follows : follows + 1] in {b",", b"}", b"]"}


class _Inside(NamedTuple):
    """The text in an array or object up to and including the next bracket."""

    first: re.Pattern[bytes]
    """After its own bracket."""
    next: re.Pattern[bytes]
    """After an array or object in it."""


def _grammar() -> dict[int, _Inside]:
    """By the bracket that opens. JSON's grammar (RFC 8259), and Python's additions to it."""
    space = rb"[ \t\r\n]*+"
    string = rb'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
    number = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+"
    scalar = rb"(?:%b|%b|true|false|null|NaN|-?Infinity)%b" % (string, number, space)
    inside = {}
    for opening, name, closing in ((b"{", string + space + b":" + space, rb"\}"), (b"[", b"", rb"\]")):
        more = rb"(?:,%b%b%b)*+" % (space, name, scalar)
        opens = rb"%b[{\[]" % name
        rest = rb"%b(?:%b|,%b%b)" % (more, closing, space, opens)
        inside[opening[0]] = _Inside(
            re.compile(rb"%b(?:%b%b%b|%b|%b)" % (space, name, scalar, rest, opens, closing)),
            re.compile(space + rest),
        )
    return inside


_GRAMMAR = _grammar()
