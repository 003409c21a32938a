"""The websites, affiliates and visitors of the sample. All domains are reserved for examples (RFC 2606)."""

import json
from dataclasses import dataclass

DAYS = 365
"""Of the sample."""


@dataclass(frozen=True, slots=True)
class Website:
    """A website that sells one product."""

    name: str
    host: str
    currency: str
    price: int
    """In whole units of the currency."""
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """The UTM parameters of a link."""

    source: str
    medium: str
    campaign: str


@dataclass(frozen=True, slots=True)
class Link:
    """An affiliate's link. The name is empty for a link without one."""

    name: str = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Affiliate:
    """An affiliate, and the share of all sessions that come from them."""

    id: str
    name: str
    share: float
    blog: str
    code: str
    """Their discount code."""
    links: tuple[Link, ...] = (Link(),)
    country: str = "US"
    """Where every second visitor is from."""
    since: int = DAYS
    """How many days ago they began."""
    until: int = 0
    """How many days ago they sent the last visitor."""
    buyers: float = 1
    """How likely their visitors buy, compared with others."""
    reversals: float = 1
    """How likely their orders are refunded or cancelled, compared with others."""

    @property
    def about(self) -> str:
        """What to know about them, in a few words."""
        number = len(self.links)
        words = (
            # Isolated: after a name that is read from right to left, a digit would join it.
            f"\u2068{self.name}\u2069" if self.name != self.id else "",
            f"{number} links" if number > 1 else "1 link",
            f"code {self.code}",
            f"here for {self.since} days" if self.since < DAYS else "",
            f"quiet for {self.until} days" if self.until else "",
        )
        return ", ".join(filter(None, words))

    def is_active(self, days_ago: int) -> bool:
        """Whether they send visitors on that day."""
        return self.until <= days_ago <= self.since


@dataclass(frozen=True, slots=True)
class Campaign:
    """Some days on which an affiliate sends many more visitors."""

    affiliate_id: str
    tag: Tag
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
    Website(
        "Serverless, Well Understood",
        "www.serverless.example",
        "USD",
        249,
        ("/", "/curriculum", "/pricing", "/faq"),
    ),
    Website("Testing Days", "testing.example", "EUR", 490, ("/", "/agenda", "/tickets")),
    Website(
        "The Quiet Bookshop",
        "shop.books.example",
        "USD",
        39,
        ("/", "/books/event-driven", "/books/observability", "/cart"),
    ),
)
WEBSITE_WEIGHTS = (5, 2, 3)

AFFILIATES = (
    Affiliate(
        "alice",
        "Alice Ashdown",
        0.31,
        "blog.alice.example",
        "ALICE15",
        (
            Link("newsletter", Tag("newsletter", "email", "weekly-letter")),
            Link("youtube", Tag("youtube", "video", "deep-dives")),
            Link(),
        ),
    ),
    Affiliate(
        "bob",
        "Bob Birch",
        0.19,
        "bob.example",
        "BOB15",
        (Link("video"), Link("podcast", Tag("podcast", "audio", "season-4")), Link("Q&A + notes")),
        "GB",
    ),
    Affiliate("O'Brien & Söhne", "O'Brien & Söhne", 0.12, "obrien-soehne.example", "SÖHNE15", country="DE"),
    Affiliate(
        "deal-hunters",
        "Deal Hunters",
        0.055,
        "deals.example",
        "DEALS15",
        (Link("front-page"), Link("app")),
        buyers=2.5,
        reversals=3,
    ),
    Affiliate(
        "cloudcast",
        "Cloudcast Weekly",
        0.045,
        "cloudcast.example",
        "CAST15",
        (Link("show-notes"), Link("episode-112", Tag("podcast", "audio", "episode-112"))),
        "CA",
        buyers=1.8,
        reversals=0,
    ),
    Affiliate(
        "yuki",
        "田中 由紀",
        0.04,
        "yuki.example",
        "YUKI15",
        (Link("ノート"), Link("勉強会", Tag("meetup", "event", "tokyo"))),
        "JP",
        buyers=1.6,
    ),
    Affiliate(
        "layla", "ليلى حداد", 0.03, "layla.example", "LAYLA15", (Link("دورة"), Link()), "EG", buyers=1.8
    ),
    Affiliate("olena", "Олена Коваль", 0.03, "olena.example", "OLENA15", country="UA", buyers=1.8),
    Affiliate(
        "jonas",
        "Jonas Falk",
        0.03,
        "falk.example",
        "JONAS15",
        (Link("first-post"),),
        "SE",
        since=19,
        buyers=2,
    ),
    Affiliate(
        "meera", "Meera Iyer", 0.025, "meera.example", "MEERA15", (Link("talks"),), "IN", until=38, buyers=2
    ),
    Affiliate(
        "study-group",
        "The Serverless Study Group of the Lower Rhine",
        0.02,
        "study-group.example",
        "STUDY15",
        country="DE",
        until=16,
        buyers=2,
    ),
    Affiliate("zoe", "Zoë Marlowe-Nakamura", 0.02, "zoe.example", "ZOE15", (Link("bio"),), "AU", buyers=2),
)
"""The shares add up to less than 1. The other sessions come without an affiliate."""

SHOP_CODE = "WELCOME15"
"""A discount code of the shops' own. It is no affiliate's."""

DISCOUNT_PERCENT = 15
"""What every discount code takes off the price."""

CAMPAIGNS = (
    Campaign("bob", Tag("newsletter", "email", "early-bird"), 236, 6, 5.0),
    Campaign("alice", Tag("newsletter", "email", "summer-launch"), 121, 5, 6.0),
    Campaign("yuki", Tag("meetup", "event", "advent-calendar"), 6, 5, 3.0),
    Campaign("bob", Tag("youtube", "video", "conference-talk"), 21, 3, 3.0),
    Campaign("alice", Tag("newsletter", "email", "black-friday"), 12, 4, 4.0),
)

LANDINGS = (6, 1)
"""How often a link leads to the first page of a website, and how often to another one."""

REFERRERS = (
    "$direct",
    "https://www.google.com/",
    "https://news.ycombinator.com/",
    "https://t.co/",
    "https://forum.builders.example/",
    "https://search.example/",
)
REFERRER_WEIGHTS = (6, 5, 2, 2, 1, 1)

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
    Browser(
        "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        " Version/18.6 Mobile/15E148 Safari/604.1",
        820,
        1180,
    ),
    Browser(
        "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/142.0.0.0 Safari/537.36",
        800,
        1280,
    ),
)

BROWSER_WEIGHTS = (8, 5, 5, 4, 2, 1, 1)

CRAWLER = Browser(
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1;"
    " +http://www.google.com/bot.html) Chrome/142.0.0.0 Safari/537.36",
    1024,
    1024,
)

COUNTRIES = ("US", "DE", "GB", "IN", "FR", "BR", "NL", "JP", "ES", "PL")
COUNTRY_WEIGHTS = (30, 18, 14, 12, 8, 7, 6, 5, 4, 3)

HOUR_WEIGHTS = (2, 1, 1, 1, 1, 2, 3, 5, 8, 10, 11, 11, 9, 10, 11, 11, 10, 9, 8, 8, 9, 8, 6, 4)
"""A weight for each hour of the day in UTC."""

WEEKDAY_STRENGTH = (1.10, 1.15, 1.15, 1.10, 0.95, 0.65, 0.75)
"""A factor for each day of the week, from Monday."""

COMMISSION_PERCENT = 30


def directory() -> bytes:
    """The directory of the affiliates, as `ingest` reads it."""
    listed = [{"id": each.id, "name": each.name, "codes": [each.code]} for each in AFFILIATES]
    return json.dumps({"affiliates": listed}, indent=2, ensure_ascii=False).encode() + b"\n"
