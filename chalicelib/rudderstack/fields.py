"""The places in a RudderStack message where a field of an event is looked for, in order."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chalicelib.rudderstack import addresses
from chalicelib.rudderstack.messages import Page, Properties

PLACES: dict[str, tuple[str, ...]] = {
    "affiliate_id": (
        # A canonical link can hide the affiliate from `url`; a site that routes by hash, from `search`.
        "properties.url",
        "properties.search",
        "properties.tab_url",
        "context.page.url",
        "context.page.search",
        "context.page.tab_url",
    ),
    "website": ("properties.url", "properties.tab_url", "context.page.url", "context.page.tab_url"),
    "referrer": (
        "properties.referrer",
        "properties.referring_domain",
        "context.page.referrer",
        "context.page.referring_domain",
    ),
}
"""Field → the places of the web addresses that may tell it. The first address that does so counts.

For an affiliate, `properties.affiliate_id` comes before all of these."""


class Place(NamedTuple):
    """An address, and the page that it is of: `properties` or `context.page`."""

    page: Page
    address: str


def places(field: str, properties: Properties, page: Page) -> Iterator[Place]:
    """The addresses that may tell `field`, one of PLACES, in order. Empty ones are left out."""
    for is_context, name, to_address in _COMPILED[field]:
        where = page if is_context else properties
        if text := getattr(where, name):
            yield Place(where, to_address(text) if to_address else text)


def queries(field: str, properties: Properties, page: Page) -> Iterator[str]:
    """The addresses of `places` that have a query."""
    for is_context, name, to_address in _COMPILED[field]:
        text = getattr(page if is_context else properties, name)
        if text and ("?" in text or to_address):
            yield to_address(text) if to_address else text


def seen_page(properties: Properties, page: Page) -> tuple[str, str]:
    """The website and the path of the first address that has a host, both empty if no address has one."""
    for place in places("website", properties, page):
        if website := addresses.host(place.address):
            given = properties.path or place.page.path
            return website, addresses.without_query(given) if given else addresses.path(place.address)
    return "", ""


def _query(search: str) -> str:
    return search if search[0] == "?" else f"?{search}"


def _origin(domain: str) -> str:
    return f"//{domain}"


_TO_ADDRESS: dict[str, Callable[[str], str]] = {"search": _query, "referring_domain": _origin}
"""What makes an address of a text that is only a part of one."""


def _compiled(place: str) -> tuple[bool, str, Callable[[str], str] | None]:
    page, _, name = place.rpartition(".")
    return page == "context.page", name, _TO_ADDRESS.get(name)


_COMPILED = {field: tuple(map(_compiled, names)) for field, names in PLACES.items()}
