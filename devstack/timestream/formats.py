"""Formats of dates and times: converts MySQL's and Joda's to DuckDB's."""

import re

from devstack.timestream.scope import string

# MySQL's specifiers → those of DuckDB's strftime and strptime.
# https://trino.io/docs/current/functions/datetime.html
_MYSQL = {
    "a": "%a", "b": "%b", "c": "%-m", "d": "%d", "e": "%-d", "H": "%H", "h": "%I", "I": "%I", "i": "%M",
    "j": "%j", "k": "%-H", "l": "%-I", "M": "%B", "m": "%m", "p": "%p", "r": "%I:%M:%S %p", "S": "%S",
    "s": "%S", "T": "%H:%M:%S", "v": "%V", "W": "%A", "x": "%G", "Y": "%Y", "y": "%y", "f": "%f", "%": "%%",
}  # fmt: skip

# https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html; u and L are Java's own.
_JODA = {
    "yyyy": "%Y", "yy": "%y", "y": "%Y", "YYYY": "%Y", "uuuu": "%Y", "xxxx": "%G", "M": "%-m", "MM": "%m",
    "MMM": "%b", "MMMM": "%B", "L": "%-m", "LL": "%m", "d": "%-d", "dd": "%d", "D": "%-j", "DDD": "%j",
    "E": "%a", "EEE": "%a", "EEEE": "%A", "e": "%u", "a": "%p", "H": "%-H", "HH": "%H", "h": "%-I",
    "hh": "%I", "m": "%-M", "mm": "%M", "s": "%-S", "ss": "%S", "SSS": "%g", "SSSSSS": "%f", "ww": "%V",
    "z": "%Z", "Z": "%z", "ZZ": "%z",
}  # fmt: skip

_JODA_TOKEN = re.compile(r"'(?P<quoted>[^']*)'|(?P<letters>([A-Za-z])\3*)|(?P<other>[^A-Za-z']+)")
_ZONES = {"UTC": "+00", "GMT": "+00", "EST": "-05", "EDT": "-04", "CST": "-06", "CDT": "-05", "MST": "-07",
          "MDT": "-06", "PST": "-08", "PDT": "-07"}  # fmt: skip


def from_mysql(text: str) -> str:
    """Convert MySQL's format to DuckDB's. Raises ValueError for a specifier that DuckDB does not have."""

    def word(match: re.Match[str]) -> str:
        if match[1] not in _MYSQL:
            raise ValueError(f"%{match[1]} not supported in date format string")
        return _MYSQL[match[1]]

    return re.sub(r"%(.)", word, text)


def from_joda(text: str) -> str:
    """Convert Joda's pattern to DuckDB's format. Raises ValueError for letters that DuckDB does not have."""
    if "".join(match[0] for match in _JODA_TOKEN.finditer(text)) != text:
        raise ValueError(f"Invalid pattern: {text}")
    return "".join(_joda_word(match) for match in _JODA_TOKEN.finditer(text))


def written(moment: str, layout: str) -> str:
    """SQL that formats a timestamp. The fraction is made apart: strftime gets it wrong beside others."""
    pieces = re.split(r"(%f|%g)", layout)
    return " || ".join(_piece(moment, piece) for piece in pieces if piece) or "''"


def read(text: str, layout: str) -> str:
    """SQL that parses a text in DuckDB's format to a timestamp in UTC."""
    if "%Z" not in layout and "%z" not in layout:
        return f"CAST(strptime({text}, {string(layout)}) AS TIMESTAMP_NS)"
    for zone, offset in _ZONES.items():
        text = f"regexp_replace({text}, '\\b{zone}\\b', '{offset}')"
    moment = f"strptime({text}, {string(layout.replace('%Z', '%z'))})"
    return f"CAST(CAST({moment} AS TIMESTAMP) AS TIMESTAMP_NS)"


def _piece(moment: str, piece: str) -> str:
    if piece == "%f":
        return f"lpad(CAST(ts_modulo(epoch_ns({moment}), 1000000000) // 1000 AS VARCHAR), 6, '0')"
    if piece == "%g":
        return f"lpad(CAST(ts_modulo(epoch_ns({moment}), 1000000000) // 1000000 AS VARCHAR), 3, '0')"
    return f"strftime(ts_micros({moment}), {string(piece)})"


def _joda_word(match: re.Match[str]) -> str:
    if match["letters"] is None:
        return (match["other"] or match["quoted"] or "'").replace("%", "%%")
    if match["letters"] not in _JODA:
        raise ValueError(f"Illegal pattern component: {match['letters']}")
    return _JODA[match["letters"]]
