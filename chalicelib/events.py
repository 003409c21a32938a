"""What happened: page views and commissions, and the reasons for leaving a document out."""

import hashlib
from enum import StrEnum

import msgspec

MICROS = 1_000_000
"""Micros in one unit of a currency. Money is whole micros everywhere, never a float."""

MAX_AFFILIATE_ID = 128
"""Characters."""


class LeftOut(StrEnum):
    """Why an event is not ours to count."""

    NOT_A_PAGE_VIEW = "not_a_page_view"
    ADBLOCK_PAGE = "adblock_page"
    NO_AFFILIATE = "no_affiliate"
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
    """One page seen once, by one visitor, through one affiliate."""

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


class Commission(msgspec.Struct, frozen=True, gc=False):
    """One entry in an affiliate's account."""

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


Event = PageView | Commission


def is_affiliate_id(text: str) -> bool:
    """Whether `text` can be an affiliate id: 1 to 128 printable characters."""
    return 0 < len(text) <= MAX_AFFILIATE_ID and text.isprintable()


def hashed_visitor(visitor: str) -> str:
    """The id that a visitor is stored under: the first 128 bits of a SHA-256, in hexadecimal.

    An anonymous id is a pseudonym, and a user id may be an e-mail address: neither is stored. The same
    visitor always has the same hash. So visitors can be counted, and one visitor's data found and deleted.
    """
    return hashlib.sha256(visitor.encode()).hexdigest()[:32]
