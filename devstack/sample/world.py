"""The websites, affiliates and visitors of the sample. All domains are reserved for examples (RFC 2606)."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Website:
    """A website that sells one product."""

    host: str
    currency: str
    price: int
    """In whole units of the currency."""
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affiliate:
    """An affiliate, and the share of all sessions that come from them."""

    id: str
    name: str
    share: float
    blog: str
    code: str
    """Their discount code."""
    links: tuple[str, ...]
    """Their own names for their links. The empty name is that of a link without one."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """Some days on which an affiliate sends many more visitors."""

    affiliate_id: str
    name: str
    days_ago: int
    """The first day, counted back from the last day of the sample."""
    days: int
    strength: float
    """The factor by which the number of sessions grows."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser: its user agent and its screen."""

    user_agent: str
    width: int
    height: int


WEBSITES = (
    Website("www.serverless.example", "USD", 249, ("/", "/curriculum", "/pricing", "/faq")),
    Website("testing.example", "EUR", 490, ("/", "/agenda", "/tickets")),
    Website("shop.books.example", "USD", 39, ("/", "/books/event-driven", "/books/observability", "/cart")),
)
WEBSITE_WEIGHTS = (5, 2, 3)

AFFILIATES = (
    Affiliate("alice", "Alice Ashdown", 0.46, "blog.alice.example", "ALICE15", ("newsletter", "youtube", "")),
    Affiliate("bob", "Bob Birch", 0.29, "bob.example", "BOB15", ("video", "podcast", "Q&A + notes")),
    Affiliate("O'Brien & Söhne", "O'Brien & Söhne", 0.15, "obrien-soehne.example", "SÖHNE15", ("",)),
)
"""The shares add up to less than 1. The other sessions come without an affiliate."""

SHOP_CODE = "WELCOME15"
"""A discount code of the shops' own. It is no affiliate's."""

DISCOUNT_PERCENT = 15
"""What every discount code takes off the price."""

CAMPAIGNS = (
    Campaign("bob", "early-bird", 236, 6, 5.0),
    Campaign("alice", "summer-launch", 121, 5, 6.0),
    Campaign("alice", "black-friday", 12, 4, 4.0),
)

REFERRERS = ("$direct", "https://www.google.com/", "https://news.ycombinator.com/", "https://t.co/")

BROWSERS = (
    Browser(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/142.0.0.0 Safari/537.36",
        1920,
        1080,
    ),
    Browser(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/18.6 Safari/605.1.15",
        1728,
        1117,
    ),
    Browser(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/18.6 Mobile/15E148 Safari/604.1",
        393,
        852,
    ),
    Browser(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/142.0.0.0 Mobile Safari/537.36",
        412,
        915,
    ),
    Browser("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 1536, 864),
)

CRAWLER = Browser(
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1;"
    " +http://www.google.com/bot.html) Chrome/142.0.0.0 Safari/537.36",
    1024,
    1024,
)

COUNTRIES = ("US", "DE", "GB", "IN", "FR", "BR", "NL", "JP")
COUNTRY_WEIGHTS = (30, 18, 14, 12, 8, 7, 6, 5)

HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 3, 5, 8, 10, 11, 11, 9, 10, 11, 11, 10, 9, 8, 8, 9, 8, 6, 4)
"""A weight for each hour of the day in UTC."""

WEEKDAY_STRENGTH = (1.10, 1.15, 1.15, 1.10, 0.95, 0.65, 0.75)
"""A factor for each day of the week, from Monday."""

COMMISSION_PERCENT = 30


def directory() -> bytes:
    """The directory of the affiliates, as `ingest` reads it."""
    listed = [{"id": each.id, "name": each.name, "codes": [each.code]} for each in AFFILIATES]
    return json.dumps({"affiliates": listed}, indent=2, ensure_ascii=False).encode() + b"\n"
