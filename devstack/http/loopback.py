"""Refuses requests from other machines and other websites. Each local server uses it before it answers.

A server that listens on 127.0.0.1 can still be reached by any web page in a browser on this machine:

- The page's domain name is changed to mean 127.0.0.1 (DNS rebinding). Then `Host` has that name.
- The page sends a request to http://127.0.0.1. The browser hides the response from the page, but the server
  has already done what the request says. Then `Origin` names the other site, or `Sec-Fetch-Site` is
  `cross-site`.

So a server answers only if `Host` names this machine, and if the request does not come from a page of another
site.
"""

import argparse
import re
from collections.abc import Collection, Iterable
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address, IPv6Address
from typing import Final


def refusal(headers: Iterable[tuple[str, str]], allowed: Collection[str] = ()) -> str | None:
    """The reason to refuse a request with these headers, as a sentence for its sender. None to accept it.

    `allowed` are other hosts that are allowed, as `parse_host` returns them.
    """
    given: dict[str, list[str]] = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value.strip())
    for authority in given.get("host") or [""]:
        if not _is_ours(_host(authority), allowed):
            return _refuse_host(_host(authority))
    for origin in given.get("origin", []):
        if not _is_ours(_host_of_origin(origin), allowed):
            return _refuse_origin(_host_of_origin(origin))
    if "origin" not in given and given.get("sec-fetch-site") == ["cross-site"] and not _is_navigation(given):
        return _CROSS_SITE
    return None


def parse_host(text: str) -> str:
    """The host in `shop.test`, `shop.test:8080` or `::1`, in the spelling that `refusal` compares.

    Raises ArgumentTypeError for other text.
    """
    host = _host(text) or _host(f"[{text}]")
    if host is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not the name or the address of a host")
    return host


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add the option `--allow-host`, which may be given several times."""
    parser.add_argument(
        "--allow-host",
        type=parse_host,
        action="append",
        default=[],
        metavar="NAME",
        help="also answer requests to this name and from its web pages; can be given several times "
        "(localhost, 127.0.0.1 and [::1] are always allowed)",
    )


class LoopbackHandler(BaseHTTPRequestHandler):
    """An HTTP handler that first refuses requests that do not come from this machine."""

    @property
    def allowed_hosts(self) -> Collection[str]:
        """Other hosts that are allowed."""
        return ()

    def parse_request(self) -> bool:
        """Whether the request can be answered."""
        if not super().parse_request():
            return False
        reason = refusal(self.headers.items(), self.allowed_hosts)
        if reason is not None:
            self.refuse(reason)
        return reason is None

    def refuse(self, reason: str) -> None:
        """Send the refusal, and close the connection."""
        self.send_error(403, explain=reason)


def _is_ours(host: str | None, allowed: Collection[str]) -> bool:
    return host is not None and (host in allowed or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if ":" in host:
        address = IPv6Address(host)
        return (address.ipv4_mapped or address).is_loopback
    try:
        return IPv4Address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761: never in the DNS


def _host(authority: str) -> str | None:
    """The host of a `Host` header, in lower case, without port and final dot. None if it is not valid."""
    found = _AUTHORITY.fullmatch(authority.lower())
    if found is None:
        return None
    if found["name"]:
        return found["name"]
    try:
        return IPv6Address(found["address"]).compressed
    except ValueError:
        return None


def _host_of_origin(origin: str) -> str | None:
    scheme, separator, authority = origin.lower().partition("://")
    return _host(authority) if separator and scheme in {"http", "https"} else None


def _is_navigation(given: dict[str, list[str]]) -> bool:
    """Whether somebody follows a link to a local page. The page with the link cannot read the answer."""
    return given.get("sec-fetch-mode") == ["navigate"] and given.get("sec-fetch-dest") == ["document"]


def _refuse_host(host: str | None) -> str:
    rule = "This server answers only to names of this machine, such as localhost"
    if host is None:
        return f"{rule}. The Host header of the request has no valid name."
    return f"{rule}, and not to {host}. If this name is yours, start the server with --allow-host {host}."


def _refuse_origin(host: str | None) -> str:
    rule = "This server answers only to web pages of this machine"
    if host is None:
        return f"{rule}. The Origin header of the request names no such page."
    return (
        f"{rule}, and not to those of {host}. If they are yours, start the server with --allow-host {host}."
    )


_AUTHORITY: Final = re.compile(
    r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::[0-9]*)?"
)
_CROSS_SITE: Final = (
    "This server answers only to web pages of this machine, and a page of another site asked for this. "
    "(For a browser, localhost and 127.0.0.1 are two sites.)"
)
