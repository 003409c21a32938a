"""What happened: page views, commissions and payouts, and the reasons for leaving an event out.

An event is what is stored. Engines know it by its values, so its budgets are frozen: after a change, an event
that is delivered again would be a new one, and count twice.
"""

import hashlib
from enum import StrEnum

import msgspec
from msgspec.structs import force_setattr

MICROS = 1_000_000
"""Micros in one unit of a currency. Money is whole micros everywhere, never a float."""

MAX_AFFILIATE_ID = 128
"""Characters."""

MAX_ID = 128
"""Bytes of any other id. A longer one is hashed and never cut: two ids must not become one."""

MAX_TEXT = {
    "website": 253,  # a host name's limit: only a shop's own word for itself is ever cut
    "path": 256,
    "referrer": 128,
    "utm_source": 96,
    "utm_medium": 96,
    "utm_campaign": 96,
    "country": 64,
    "device": 16,
    "link": 64,
    "coupon": 64,
}
"""Bytes of a descriptive text. A longer one is cut. With the ids, an affiliate id of 512 bytes and all names,
an event stays under 2 KB, which is Timestream's limit for a record and for the dimensions of a series."""


class LeftOut(StrEnum):
    """Why an event is not counted."""

    NOT_A_PAGE_VIEW = "not_a_page_view"
    ADBLOCK_PAGE = "adblock_page"
    NO_AFFILIATE = "no_affiliate"
    UNKNOWN_AFFILIATE = "unknown_affiliate"
    """The affiliate is not in the directory."""
    UNKNOWN_CODE = "unknown_code"
    """An order without an affiliate, whose coupon is the code of none."""
    NO_WEBSITE = "no_website"
    UNKNOWN_WEBSITE = "unknown_website"
    """The website is not one of the setting WEBSITES."""
    BOT = "bot"
    TOO_OLD = "too_old"
    """A page view from a browser that reached RudderStack more than MAX_AGE_DAYS after it happened."""
    UNTRUSTED_SOURCE = "untrusted_source"
    """A sale or reversal from a browser, whose write key is public."""
    FIREHOSE_ERROR = "firehose_error"
    """A record that Firehose failed to process and wrote beside the rest."""


class Entry(StrEnum):
    """Which way a commission goes."""

    SALE = "sale"
    REVERSAL = "reversal"


class PageView(msgspec.Struct, frozen=True, gc=False):
    """One page seen once, by one visitor, through one affiliate. No id or text is over its budget."""

    time: int
    """Milliseconds since 1970, UTC."""
    affiliate_id: str
    website: str
    visitor_id: str
    """A hash: see `hashed_visitor`."""
    event_id: str
    path: str = ""
    referrer: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    country: str = ""
    device: str = ""
    click: bool = False
    """Whether it is the landing after a click on the affiliate's link."""
    link: str = ""
    """The affiliate's own name for the link."""

    def __post_init__(self) -> None:
        _keep_to_budget(self, _PAGE_VIEW_BUDGET)


class Commission(msgspec.Struct, frozen=True, gc=False):
    """One entry in an affiliate's account. No id or text is over its budget."""

    time: int
    """Milliseconds since 1970, UTC."""
    affiliate_id: str
    website: str
    currency: str
    """ISO 4217."""
    order_id: str
    entry: Entry
    entry_id: str
    micros: int
    """Signed: a reversal is negative."""
    revenue: int | None = None
    """What the customer paid, or got back (negative), in micros; None if the event does not say."""
    link: str = ""
    """The affiliate's own name for the link that the customer came by."""
    coupon: str = ""
    """The discount code that the customer used."""

    def __post_init__(self) -> None:
        _keep_to_budget(self, _COMMISSION_BUDGET)


class Payout(msgspec.Struct, frozen=True, gc=False):
    """Money that the owner sent to an affiliate. The id is not over its budget."""

    time: int
    """Milliseconds since 1970, UTC."""
    affiliate_id: str
    currency: str
    """ISO 4217."""
    payout_id: str
    micros: int

    def __post_init__(self) -> None:
        _keep_to_budget(self, _PAYOUT_BUDGET)


Event = PageView | Commission | Payout


def is_affiliate_id(text: str) -> bool:
    """Whether `text` can be an affiliate id: 1 to 128 printable characters."""
    return 0 < len(text) <= MAX_AFFILIATE_ID and text.isprintable()


def hashed_visitor(visitor: str) -> str:
    """The id that a visitor is stored under: the first 128 bits of a SHA-256, in hexadecimal.

    An anonymous id is a pseudonym, and a user id may be an e-mail address: neither is stored. The same
    visitor always has the same hash. So visitors can be counted, and one visitor's data found and deleted.
    """
    return hashlib.sha256(visitor.encode()).hexdigest()[:32]


_LONGEST_CHARACTER = 4
"""Bytes in UTF-8."""


def _budget(*ids: str, texts: tuple[str, ...]) -> tuple[tuple[str, int, bool], ...]:
    """Each field with its budget in bytes, and whether it is an id."""
    return (*((name, MAX_ID, True) for name in ids), *((name, MAX_TEXT[name], False) for name in texts))


_PAGE_VIEW_BUDGET = _budget("visitor_id", "event_id", texts=tuple(MAX_TEXT.keys() - {"coupon"}))
_COMMISSION_BUDGET = _budget("order_id", "entry_id", texts=("website", "link", "coupon"))
_PAYOUT_BUDGET = _budget("payout_id", texts=())


def _keep_to_budget(event: Event, budget: tuple[tuple[str, int, bool], ...]) -> None:
    for name, limit, is_id in budget:
        text = getattr(event, name)
        if len(text) * _LONGEST_CHARACTER > limit:
            force_setattr(event, name, _short_id(text) if is_id else _cut(text, limit))


def _short_id(text: str) -> str:
    if len(text) <= MAX_ID and text.isascii():
        return text
    data = text.encode()
    return text if len(data) <= MAX_ID else f"sha256:{hashlib.sha256(data).hexdigest()}"


def _cut(text: str, limit: int) -> str:
    """The text's first characters, up to `limit` bytes."""
    text = text[:limit]  # no more is encoded of a text that is far too long
    return text if text.isascii() else text.encode()[:limit].decode(errors="ignore")
