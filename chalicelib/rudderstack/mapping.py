"""A RudderStack message → an event."""

import re
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

import msgspec

from chalicelib.errors import EventError
from chalicelib.events import (
    MAX_AFFILIATE_ID,
    Commission,
    Entry,
    Event,
    LeftOut,
    PageView,
    hashed_visitor,
    is_affiliate_id,
)
from chalicelib.rudderstack import addresses
from chalicelib.rudderstack.fields import places
from chalicelib.rudderstack.messages import Campaign, Context, Hints, Id, Message, Page, Properties
from chalicelib.rudderstack.moments import event_time, is_older
from chalicelib.rudderstack.money import parse_amount, parse_currency, to_micros
from chalicelib.rudderstack.personal import redacted_path, redacted_text
from chalicelib.rudderstack.user_agents import device, is_bot

NO_WEBSITE = "(none)"
"""The website of a commission whose event does not name one: money is counted even without a website."""


class Source(Enum):
    """The kind of RudderStack source that an object came from. A browser source's write key is public."""

    WEB = auto()
    SERVER = auto()


class Rules(msgspec.Struct, frozen=True):
    """The settings that a site chooses."""

    affiliate_parameters: tuple[str, ...]
    commission_rate: Decimal | None
    websites: frozenset[str]
    """Host names; `*.shop.example` stands for all under it. Empty: every website counts."""
    max_age_days: int
    """Of a page view from a browser, at its receipt."""


_NO_CONTEXT, _NO_PAGE, _NO_PROPERTIES, _NO_CAMPAIGN = Context(), Page(), Properties(), Campaign()

_ENTRIES = {
    "order completed": Entry.SALE,
    "completed order": Entry.SALE,  # Segment's older name
    "order refunded": Entry.REVERSAL,
    "order cancelled": Entry.REVERSAL,
    "order canceled": Entry.REVERSAL,
}
_NUMBER_START = tuple(b"-0123456789")
_ADBLOCK_PAGE = ("RudderJS-Initiated", "ad-block page request")

_PLACEHOLDER = re.compile(
    r"undefined|null|NULL|None|NaN|\(null\)|\[object Object\]|\{.*\}|\[.*\]|<.*>|%.*%|\$\{?\w+\}?", re.ASCII
)
"""Texts that a page or a template writes if it has no affiliate, such as `undefined` or `{affiliate_id}`."""

_MAX_GIVEN_ID = 2 * MAX_AFFILIATE_ID
"""Characters of an id as it is given, white space included."""


def to_event(message: Message | None, source: Source, rules: Rules) -> Event | LeftOut:
    """The event that the document describes, or why it is not counted.

    Raises EventError if the document should have been an event and cannot be read.
    """
    if message is None:
        raise EventError("the document is not a JSON object")
    match (message.type or "").lower():
        case "page":
            return _to_page_view(message, source, rules)
        case "track" if entry := _ENTRIES.get((message.event or "").strip().lower()):
            return _to_commission(message, entry, source, rules)
        case "" if message.raw_data is not None:
            return LeftOut.FIREHOSE_ERROR
        case _:
            return LeftOut.NOT_A_PAGE_VIEW


def _to_page_view(message: Message, source: Source, rules: Rules) -> PageView | LeftOut:
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    page, campaign = context.page or _NO_PAGE, context.campaign or _NO_CAMPAIGN
    user_agent = context.user_agent or ""
    if _is_adblock_page(message, properties):
        return LeftOut.ADBLOCK_PAGE
    if not (affiliate_id := _affiliate_id(properties, page, rules)):
        return LeftOut.NO_AFFILIATE
    website, path = _seen_page(properties, page)
    if not website:
        return LeftOut.NO_WEBSITE
    if not _is_known(website, rules):
        return LeftOut.UNKNOWN_WEBSITE
    if context.is_bot or is_bot(user_agent):
        return LeftOut.BOT
    time, receipt = _times(message)
    if source is Source.WEB and is_older(time, receipt, rules.max_age_days):
        return LeftOut.TOO_OLD
    visitor = _id(message.anonymous_id) or _required(_id(message.user_id), "anonymousId")
    return PageView(
        time=time,
        affiliate_id=affiliate_id,
        website=website,
        visitor_id=hashed_visitor(visitor),
        event_id=_required(_id(message.message_id), "messageId"),
        path=redacted_path(path),
        referrer=_referrer(properties, page, website),
        utm_source=redacted_text(campaign.source) if campaign.source else "",
        utm_medium=redacted_text(campaign.medium) if campaign.medium else "",
        utm_campaign=redacted_text(campaign.name) if campaign.name else "",
        country=(context.geo.country or "") if context.geo else "",
        device=_device(user_agent, context.hints),
    )


def _to_commission(message: Message, entry: Entry, source: Source, rules: Rules) -> Commission | LeftOut:
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    if source is not Source.SERVER:
        return LeftOut.UNTRUSTED_SOURCE
    if not _is_given(properties.affiliate_id):
        return LeftOut.NO_AFFILIATE
    given = _raw_text(properties.affiliate_id, "affiliate_id")
    affiliate_id = _trimmed(given)
    if (given and not affiliate_id) or _PLACEHOLDER.fullmatch(affiliate_id):
        return LeftOut.NO_AFFILIATE
    if not is_affiliate_id(affiliate_id):  # not left out, since an affiliate's money may depend on it
        raise EventError(f"affiliate_id is not a valid affiliate id: {affiliate_id[:40]!r}")
    order_id = _required(_raw_text(properties.order_id, "order_id"), "order_id")
    micros = to_micros(_commission(properties, rules))
    message_id = _required(_id(message.message_id), "messageId")
    refund_id = _raw_text(properties.refund_id, "refund_id") or message_id
    website, _ = _seen_page(properties, context.page or _NO_PAGE)
    time, _ = _times(message)
    return Commission(
        time=time,
        affiliate_id=affiliate_id,
        website=website or _shop(properties),
        currency=_currency(properties),
        order_id=order_id,
        entry=entry,
        entry_id=order_id if entry is Entry.SALE else refund_id,
        micros=micros if entry is Entry.SALE else -micros,
    )


def _times(message: Message) -> tuple[int, int]:
    """The event's time and that of its receipt."""
    if message.timestamp is None or message.received_at is None:
        name = "timestamp" if message.timestamp is None else "receivedAt"
        raise EventError(f"{name} is not a time with an offset")
    return event_time(message.timestamp, message.received_at, message.sent_at, message.original_timestamp)


def _is_adblock_page(message: Message, properties: Properties) -> bool:
    return _ADBLOCK_PAGE in ((message.category, message.name), (properties.category, properties.name))


def _affiliate_id(properties: Properties, page: Page, rules: Rules) -> str:
    if properties.affiliate_id:
        given = _raw_text(properties.affiliate_id, "affiliate_id")
        if affiliate_id := _to_affiliate_id(given):
            return affiliate_id
    for place in places("affiliate_id", properties, page):
        for value in addresses.parameters(place.address, rules.affiliate_parameters):
            if affiliate_id := _to_affiliate_id(value):
                return affiliate_id
    return ""


def _to_affiliate_id(given: str) -> str:
    """The id without white space and slashes at its ends, which links gather; empty if it is not valid."""
    return _checked_affiliate_id(given) if len(given) <= _MAX_GIVEN_ID else ""


@lru_cache(maxsize=1024)
def _checked_affiliate_id(given: str) -> str:
    """Cached, since few affiliates send most visitors.

    U+FFFD stands for bytes that were not UTF-8: two ids could have become one.
    """
    text = _trimmed(given)
    is_id = is_affiliate_id(text) and "\ufffd" not in text and not _PLACEHOLDER.fullmatch(text)
    return text if is_id else ""


def _trimmed(given: str) -> str:
    return given.strip().rstrip("/ ")


def _seen_page(properties: Properties, page: Page) -> tuple[str, str]:
    """The website and the path of the first address that has a host, both empty if no address has one."""
    for place in places("website", properties, page):
        if website := addresses.host(place.address):
            given = properties.path or place.page.path
            return website, addresses.without_query(given) if given else addresses.path(place.address)
    return "", ""


def _is_known(website: str, rules: Rules) -> bool:
    if not rules.websites or website in rules.websites:
        return True
    labels = website.split(".")
    return any(f"*.{'.'.join(labels[start:])}" in rules.websites for start in range(1, len(labels)))


def _shop(properties: Properties) -> str:
    """The website of a commission without a page, as the shop calls itself."""
    website = (properties.website or "").strip()
    named = addresses.host(website if "://" in website else f"//{website}")
    own_words = (word for word in (website, (properties.affiliation or "").strip()) if _is_name(word))
    return named or next(own_words, NO_WEBSITE)


def _is_name(text: str) -> bool:
    """A spreadsheet takes a text that begins with another sign for a formula."""
    return text.isprintable() and text[:1].isalnum()


def _referrer(properties: Properties, page: Page, website: str) -> str:
    """The referring domain; empty for the page's own. `$direct`, RudderStack's word for none, has no host."""
    hosts = (addresses.host(place.address) for place in places("referrer", properties, page))
    named = next(filter(None, hosts), "")
    return named if named != website else ""


def _currency(properties: Properties) -> str:
    if not _is_given(properties.currency):
        return "USD"
    return parse_currency(_raw_text(properties.currency, "currency"))


def _device(user_agent: str, hints: Hints | None) -> str:
    return device(user_agent, hints.mobile, hints.platform) if hints else device(user_agent, None, None)


def _commission(properties: Properties, rules: Rules) -> Decimal:
    if _is_given(properties.commission):
        return parse_amount(_raw_text(properties.commission, "commission"), "commission")
    base = "revenue" if _is_given(properties.revenue) else "total"
    amount: msgspec.Raw = getattr(properties, base)
    if rules.commission_rate is None or not _is_given(amount):
        raise EventError("there is no commission, and no rate or revenue to compute it from")
    return parse_amount(_raw_text(amount, base), base) * rules.commission_rate


def _required(text: str, name: str) -> str:
    if not text:
        raise EventError(f"{name} is missing")
    return text


def _id(value: Id) -> str:
    """A string, or a number's digits."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _is_given(raw: msgspec.Raw) -> bool:
    """Whether there is a value. Null and the empty string mean that there is not."""
    return bytes(raw) not in (b"", b"null", b'""')


def _raw_text(raw: msgspec.Raw, name: str) -> str:
    """A string's characters or a number's digits, exactly; empty for any other JSON value, or none.

    Raises EventError, with the field's `name`, for bytes that are not UTF-8: nothing has read them yet.
    """
    text = bytes(raw)
    if text[:1] != b'"':
        return text.decode("ascii") if text and text[0] in _NUMBER_START else ""
    try:
        return msgspec.json.decode(text, type=str)
    except UnicodeDecodeError as error:
        raise EventError(f"{name} is not UTF-8: {error}") from error
