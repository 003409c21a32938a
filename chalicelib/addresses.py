"""What a web address says: its host, its path, and the parameters in its query."""

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from urllib.parse import unquote_plus, urlsplit

MAX_HOST = 253
"""Characters (RFC 1035, 2.3.4)."""

_ORIGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*")


def host(address: str) -> str:
    """The host, lower case, without `www.` and port; empty where the address has none."""
    origin = _ORIGIN.match(address)
    return _host(origin[0]) if origin else ""


def path(address: str) -> str:
    """The path as it stands; empty where the address has no host."""
    origin = _ORIGIN.match(address)
    return re.split("[?#]", address[origin.end() :], maxsplit=1)[0] if origin else ""


def parameters(address: str, names: Sequence[str]) -> list[str]:
    """The values of the parameters called `names`, decoded, in the order of `names`.

    The query comes first, then one in the fragment, where sites that route by hash have theirs. Values are
    decoded as browsers do (`+` is a space); one that is not UTF-8 is passed over, since any replacement
    could make two values one.
    """
    query, _, fragment = address.partition("#")
    return _values(query, names) + (_values(fragment, names) if "?" in fragment else [])


def _values(address: str, names: Sequence[str]) -> list[str]:
    found = []
    for pair in address.partition("?")[2].split("&"):
        key, _, value = pair.partition("=")
        if "%" in key:
            key = _decoded(key)
        if key in names and (decoded := _decoded(value)):
            found.append((names.index(key), decoded))
    return [value for _, value in sorted(found, key=itemgetter(0))]


@lru_cache(maxsize=1024)
def _host(origin: str) -> str:
    """Cached: there are few sites and referrers, and parsing is dear."""
    try:
        name = urlsplit(origin).hostname or ""
    except ValueError:  # such as an IPv6 address without its closing bracket
        return ""
    if len(name) > MAX_HOST or not name.isprintable():
        return ""
    return name.removeprefix("www.") or name


def _decoded(value: str) -> str:
    if "%" not in value and "+" not in value:
        return value
    try:
        return unquote_plus(value, errors="strict")
    except UnicodeDecodeError:
        return ""
