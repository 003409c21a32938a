"""JSON as RudderStack's Go server reads and writes it, byte for byte."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, NoReturn

JSON = None | bool | int | float | str | Sequence[Any] | Mapping[str, Any]
"""What `decode` returns and `encode` takes."""


def decode(text: bytes) -> JSON:
    """The value of a JSON text. All numbers become floats, as in Go.

    Bytes that are not UTF-8 are accepted, as in RudderStack's gateway. `encode` writes U+FFFD for them.
    Raises ValueError if `text` is not JSON (NaN and Infinity are not), or if it is nested too deeply.
    """
    characters = text.decode("utf-8", "surrogateescape")
    try:
        value: JSON = json.loads(characters, parse_int=float, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def encode(value: JSON) -> bytes:
    """`value` on one line, without white space, with keys sorted by their bytes, and Go's escapes for HTML.

    Raises ValueError for a number that JSON cannot express, and for a value that is nested too deeply.
    """
    try:
        return _encode(value).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _encode(value: JSON) -> str:
    match value:
        case str():
            return _string(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(float(value))
        case Mapping():
            # Code points have the same order as their bytes in UTF-8.
            members = (f"{_string(key)}:{_encode(value[key])}" for key in sorted(value))
            return "{" + ",".join(members) + "}"
        case _:
            return "[" + ",".join(map(_encode, value)) + "]"


def _string(text: str) -> str:
    return _ESCAPED.sub(_escape, encode_basestring(text))


def _escape(match: re.Match[str]) -> str:
    found = match.group()
    return _ESCAPES.get(found, "\\ufffd" if "\ud800" <= found <= "\udfff" else found)


def _number(number: float) -> str:
    """The shortest text that is read as `number`. From 1e-6 up to 1e21 it has no exponent."""
    if not isfinite(number):
        raise ValueError("not a JSON number")
    if number.is_integer() and abs(number) < 2**53:
        return str(int(number)) if number else _zero(number)
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(repr(number)).normalize(), "f")
    # Python writes at least two digits of the exponent (1e-07). Go drops a leading zero (1e-7).
    return repr(number).replace("e-0", "e-")


def _zero(number: float) -> str:
    return "-0" if str(number).startswith("-") else "0"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_ESCAPED = re.compile("[<>&\u2028\u2029\ud800-\udfff]" + r"|\\[bf\\]")
_ESCAPES = {
    "<": r"\u003c",
    ">": r"\u003e",
    "&": r"\u0026",
    "\u2028": r"\u2028",
    "\u2029": r"\u2029",
    r"\b": r"\u0008",
    r"\f": r"\u000c",
}
