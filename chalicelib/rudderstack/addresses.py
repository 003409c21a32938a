"""The parts of a web address: its host, its path, and the parameters in its query."""

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import unquote, unquote_plus, urlsplit

MAX_HOST = 253
"""Characters (RFC 1035, 2.3.4)."""

MAX_ORIGIN = 1024
"""Characters of a scheme, user, host and port. A longer one is not the address of a website."""

_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*")
_HOST_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63})*")


def host(address: str) -> str:
    """The canonical host name: lower case, in ASCII, without `www.`, port and final dot; empty if invalid.

    Every spelling of a host gives the same name: `Müller.example.` and `xn--mller-kva.example` are one.
    """
    scheme, slashes, rest = address[:MAX_ORIGIN].partition("//")
    authority = rest.partition("/")[0]
    is_whole = len(scheme) + len(slashes) + len(authority) < MAX_ORIGIN
    return _host(scheme, authority) if slashes and is_whole else ""


def path(address: str) -> str:
    """The path as it is written, still encoded; empty if the address has no host."""
    origin = _ORIGIN.match(address)
    return without_query(address[origin.end() :]) if origin else ""


def without_query(path: str) -> str:
    """What stands before the query and the fragment."""
    return path.partition("#")[0].partition("?")[0]


def parameters(address: str, names: tuple[str, ...]) -> list[str]:
    """The values of the parameters called `names`, decoded, in the order of `names`.

    The query comes first, then one in the fragment, where sites that route by hash have theirs. Values are
    decoded as browsers do (`+` is a space). A value that is not UTF-8 is passed over, since a replacement
    could make two values one.
    """
    if "?" not in address:
        return []
    query, _, fragment = address.partition("#")
    return _values(query, names) + (_values(fragment, names) if "?" in fragment else [])


def _values(address: str, names: tuple[str, ...]) -> list[str]:
    pairs = _pairs(names).findall("&" + address.partition("?")[2])
    if pairs and (pairs[1:] or "%" in pairs[0][0]):
        pairs = _named(pairs, names)
    return [decoded for _, value in pairs if (decoded := _decoded(value))]


def _named(pairs: list[tuple[str, str]], names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The pairs whose key, once decoded, is one of `names`; in the order of `names`."""
    decoded = ((_decoded(key) if "%" in key else key, value) for key, value in pairs)
    return sorted((pair for pair in decoded if pair[0] in names), key=lambda pair: names.index(pair[0]))


@lru_cache(maxsize=16)
def _pairs(names: tuple[str, ...]) -> re.Pattern[str]:
    """Finds `&key=value` where the key is one of `names`, or is encoded and so may be. Most are neither.

    `*+` gives no character back, so that a key is read once: with `*`, a long key costs the square of its
    length.
    """
    return re.compile(rf"&({'|'.join(map(re.escape, names))}|[^&=%]*+%[^&=]*+)=([^&]*+)")


@lru_cache(maxsize=1024)
def _host(scheme: str, authority: str) -> str:
    """Cached, since a site has few websites and referrers."""
    origin = _ORIGIN.match(f"{scheme}//{authority}")
    try:
        name = urlsplit(origin[0]).hostname if origin else ""
    except ValueError:  # such as an IPv6 address without its closing bracket
        return ""
    if not name:
        return ""
    return _ip_address(name) if ":" in name else _host_name(name)


def _ip_address(name: str) -> str:
    try:
        return "" if "%" in name else IPv6Address(name).compressed
    except ValueError:
        return ""


def _host_name(name: str) -> str:
    name = unquote(name)
    if len(name) <= MAX_HOST + 1:  # with the final dot
        name = _to_ascii(name).removesuffix(".")
    if len(name) > MAX_HOST or not _HOST_NAME.fullmatch(name):
        return ""
    return name.removeprefix("www.") or name


def _to_ascii(name: str) -> str:
    """The name as DNS has it (UTS 46, as browsers apply it); empty if a character is not allowed in one."""
    if name.isascii():
        return name.lower()
    from idna import IDNAError, uts46_remap  # its tables are 10 ms of a cold start, for a rare name

    try:
        mapped = uts46_remap(name, std3_rules=False, transitional=False)
    except IDNAError:
        return ""
    labels = mapped.split(".")
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels
    )


def _decoded(value: str) -> str:
    if "%" not in value and "+" not in value:
        return value
    try:
        return unquote_plus(value, errors="strict")
    except UnicodeDecodeError:
        return ""
