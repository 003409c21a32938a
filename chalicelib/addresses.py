"""What a web address says: its host, its path, and the parameters in its query."""

import re
from functools import lru_cache
from urllib.parse import unquote_plus, urlsplit

MAX_HOST = 253
"""Characters (RFC 1035, 2.3.4)."""

_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*")


def host(address: str) -> str:
    """The host, lower case, without `www.` and port; empty where the address has none."""
    scheme, slashes, rest = address.partition("//")
    return _host(scheme, rest.partition("/")[0]) if slashes else ""


def path(address: str) -> str:
    """The path as it stands; empty where the address has no host."""
    origin = _ORIGIN.match(address)
    return re.split("[?#]", address[origin.end() :], maxsplit=1)[0] if origin else ""


def parameters(address: str, names: tuple[str, ...]) -> list[str]:
    """The values of the parameters called `names`, decoded, in the order of `names`.

    The query comes first, then one in the fragment, where sites that route by hash have theirs. Values are
    decoded as browsers do (`+` is a space); one that is not UTF-8 is passed over, since any replacement
    could make two values one.
    """
    query, _, fragment = address.partition("#")
    return _values(query, names) + (_values(fragment, names) if "?" in fragment else [])


def _values(address: str, names: tuple[str, ...]) -> list[str]:
    pairs = _pairs(names).findall("&" + address.partition("?")[2])
    if pairs and (pairs[1:] or "%" in pairs[0][0]):
        pairs = _named(pairs, names)
    return [decoded for _, value in pairs if (decoded := _decoded(value))]


def _named(pairs: list[tuple[str, str]], names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The pairs whose key is one of `names`, decoded if it must be, in the order of `names`."""
    decoded = ((_decoded(key) if "%" in key else key, value) for key, value in pairs)
    return sorted((pair for pair in decoded if pair[0] in names), key=lambda pair: names.index(pair[0]))


@lru_cache(maxsize=16)
def _pairs(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds `&key=value` where the key is one of `names`, or is encoded and so may be. Most are neither."""
    return re.compile(rf"&({'|'.join(map(re.escape, names))}|[^&=]*%[^&=]*)=([^&]*)")


@lru_cache(maxsize=1024)
def _host(scheme: str, authority: str) -> str:
    """Cached: there are few sites and referrers, and parsing is dear."""
    origin = _ORIGIN.match(f"{scheme}//{authority}")
    try:
        name = urlsplit(origin[0]).hostname if origin else ""
    except ValueError:  # such as an IPv6 address without its closing bracket
        return ""
    if not name or len(name) > MAX_HOST or not name.isprintable():
        return ""
    return name.removeprefix("www.") or name


def _decoded(value: str) -> str:
    if "%" not in value and "+" not in value:
        return value
    try:
        return unquote_plus(value, errors="strict")
    except UnicodeDecodeError:
        return ""
