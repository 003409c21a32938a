"""Whether a request comes from this machine. Each server here asks it before it answers.

A server that listens on 127.0.0.1 can still be reached by any web page in a browser on this machine:

- The page's site lets its own name stand for 127.0.0.1 (DNS rebinding). Then the `Host` is that name.
- The page sends a request to http://127.0.0.1. The browser hides the response from the page, but the server
  has done what it was asked for. Then there is a foreign `Origin`, or a `Sec-Fetch-Site` of `cross-site`.

So a server answers to names of this machine alone; and to pages of this machine, and clients without a page.
"""

import argparse
import re
from collections.abc import Collection, Iterable
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address, IPv6Address
from typing import Final


def refusal(headers: Iterable[tuple[str, str]], allowed: Collection[str] = ()) -> str | None:
    """Why a request with these headers is refused, as a sentence for its sender; None if it is not.

    `allowed` are the hosts that are allowed beside this machine's, as `parse_host` returns them.
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
    """The host of an address such as `shop.test`, `shop.test:8080` or `::1`, as it is compared.

    Raises ArgumentTypeError for text that is not such an address.
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
        help="answer to this name too, and to web pages of this host; may be given several times "
        "(localhost, 127.0.0.1 and [::1] are always answered)",
    )


class LoopbackHandler(BaseHTTPRequestHandler):
    """Refuses a request that does not come from this machine, before anything else looks at it."""

    @property
    def allowed_hosts(self) -> Collection[str]:
        """The hosts that are allowed beside this machine's."""
        return ()

    def parse_request(self) -> bool:
        """Whether there is a request to answer."""
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
    """Whether someone follows a link to a page here. The page that has the link learns nothing."""
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
