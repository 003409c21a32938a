"""The demo site in front of a RudderStack that only records the documents that it would deliver."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket
from typing import Any, Final

import msgspec

from chalicelib.events import Event, LeftOut
from chalicelib.rudderstack import Rules, Source, to_event
from chalicelib.rudderstack.messages import decode_document
from devstack.http.ports import HOST, listen
from devstack.http.serving import serving
from devstack.rudderstack.gateway import gateway, utc_now
from devstack.site.app import site
from devstack.site.sales import Reports
from devstack.site.shop import Shop

RULES: Final = Rules(("ref", "aff", "via"), commission_rate=None, websites=frozenset(), max_age_days=7)


@dataclass
class Stand:
    site_url: str
    rudderstack_url: str
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    """The delivered documents, each with its source."""

    def properties(self) -> list[dict[str, Any]]:
        """Remove all delivered documents, and return their properties."""
        found = [msgspec.json.decode(document)["properties"] for _, document in self.delivered]
        self.delivered.clear()
        return found

    def events(self) -> list[Event | LeftOut]:
        """Remove all delivered documents, and return the events that `ingest` reads from them."""
        read = [read_event(source, document) for source, document in self.delivered]
        self.delivered.clear()
        return read


def read_event(source: str, document: bytes, rules: Rules = RULES) -> Event | LeftOut:
    """The event that `ingest` reads from a document."""
    return to_event(decode_document(document), Source[source.upper()], rules)


def without_affiliate(document: bytes) -> bytes:
    """The document, as the SDK would send it without help."""
    decoded = msgspec.json.decode(document)
    for name in ("affiliate_id", "affiliate_link"):
        decoded["properties"].pop(name, None)
    return msgspec.json.encode(decoded)


@contextmanager
def standing() -> Iterator[Stand]:
    rudderstack, shop = listen(0), listen(0)
    stand = Stand(_url(shop), _url(rudderstack))
    api = gateway(
        {"web-write-key": "web", "server-write-key": "server"},
        lambda source, document: stand.delivered.append((source, document)),
    )
    reports = Reports(stand.rudderstack_url, "server-write-key")
    pages = site(
        Shop(utc_now),
        reports,
        data_plane=stand.rudderstack_url,
        write_key="web-write-key",
        portal_url="http://portal.example",
    )
    with serving(api, rudderstack), serving(pages, shop):
        yield stand


def _url(listener: socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"
