"""Where in an object's bytes a JSON value ends, and where the next document begins after damage."""

import json
import re
from typing import NamedTuple

MAX_DOCUMENT = 1_024_000
"""Bytes. Firehose takes no larger record (PutRecord, `Data`), so a larger document is damage."""

LOOK_AHEAD = 2 * MAX_DOCUMENT + 1024
"""Bytes from a broken span's start: up to the last document that can begin in it, that, and what follows."""

_TOO_DEEP = "not JSON that can be read: nested too deeply"

_START = re.compile(rb"\{[ \t\r\n]*\"")
_BRACKET_OR_STRING = re.compile(rb'[{}\[\]]|"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*")
_USUAL = 8192  # bytes that nearly every document fits in; an error costs as much as the text before it

_scan = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode  # str: no limit on a number's digits


def value_length(buffer: bytes, start: int) -> tuple[int, str]:
    """How long the JSON value is that begins at `start`, 0 where there is none; and why it cannot be read."""
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
            end = _extent(buffer, start).end
            return end - start if end else 0, _TOO_DEEP
    if len(text) == MAX_DOCUMENT:
        return 0, f"no document ends within {MAX_DOCUMENT:,} bytes, and Firehose takes no larger one"
    return 0, problem


def next_start(buffer: bytes, broken: int) -> int:
    """Where the next document begins after the broken span that begins at `broken`."""
    limit = min(len(buffer), broken + MAX_DOCUMENT)
    unclosed: frozenset[int] = frozenset()
    for candidate in _START.finditer(buffer, broken + 1, limit):
        start = candidate.start()
        if start in unclosed:
            continue
        length, problem = value_length(buffer, start)
        if problem is _TOO_DEEP and not length:
            # What is open in it is no document either: a hundred thousand values may be, minutes one by one.
            unclosed = _extent(buffer, start).unclosed
        if length and not _is_nested(buffer, broken, start, start + length):
            return start
    return limit


def after_space(buffer: bytes, start: int) -> int:
    """The first place from `start` on that is no white space."""
    match = _SPACE.match(buffer, start)
    return match.end() if match else start


def _is_nested(buffer: bytes, broken: int, start: int, end: int) -> bool:
    """Whether the object in [start, end) is a part of the broken document before it, by what follows it."""
    before, follows = buffer[broken:start], after_space(buffer, end)
    return (b"{" in before or b"[" in before) and buffer[follows : follows + 1] in {b",", b"}", b"]"}


class _Extent(NamedTuple):
    """Where a value ends, or 0; and then, where those begin that do not end: it and others in it."""

    end: int
    unclosed: frozenset[int]


def _extent(buffer: bytes, start: int) -> _Extent:
    """What the brackets alone say of the array or object that begins at `start`, however deep it is."""
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
