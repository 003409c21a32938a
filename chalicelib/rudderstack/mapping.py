"""A RudderStack message → an event."""

import re
from decimal import Decimal
from enum import Enum, auto
from functools import lru_cache

import msgspec

from chalicelib.directory import Directory
from chalicelib.errors import EventError
from chalicelib.events import (
    MAX_AFFILIATE_ID,
    Commission,
    Entry,
    Event,
    LeftOut,
    PageView,
    Payout,
    hashed_visitor,
    is_affiliate_id,
)
from chalicelib.rudderstack import addresses
from chalicelib.rudderstack.fields import places, queries
from chalicelib.rudderstack.messages import Campaign, Context, Hints, Id, Message, Page, Properties
from chalicelib.rudderstack.moments import event_time, is_older
from chalicelib.rudderstack.money import parse_amount, parse_currency, to_micros
from chalicelib.rudderstack.personal import redacted_link, redacted_path, redacted_text
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
    link_parameters: tuple[str, ...] = ("sub",)
    directory: Directory | None = None
    """None: every affiliate counts, and no code is anyone's."""


_NO_CONTEXT, _NO_PAGE, _NO_PROPERTIES, _NO_CAMPAIGN = Context(), Page(), Properties(), Campaign()

_ENTRIES = {
    "order completed": Entry.SALE,
    "completed order": Entry.SALE,  # Segment's older name
    "order refunded": Entry.REVERSAL,
    "order cancelled": Entry.REVERSAL,
    "order canceled": Entry.REVERSAL,
}
_PAYOUT = "commission paid"
_NUMBER_START = tuple(b"-0123456789")
_ADBLOCK_PAGE = ("RudderJS-Initiated", "ad-block page request")

_PLACEHOLDER = re.compile(
    r"undefined|null|NULL|None|NaN|\(null\)|\[object Object\]|\{.*\}|\[.*\]|<.*>|%.*%|\$\{?\w+\}?", re.ASCII
)
"""Texts that a page or a template writes if it has no value, such as `undefined` or `{affiliate_id}`."""

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
        case "track":
            return _to_money(message, source, rules)
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
    affiliate_id, address = _affiliate(properties, page, rules)
    if not affiliate_id:
        return LeftOut.NO_AFFILIATE
    if not _is_in_directory(affiliate_id, rules):
        return LeftOut.UNKNOWN_AFFILIATE
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
        click=bool(address),
        link=_clicked_link(address, rules) if address else _given_link(properties),
    )


def _to_money(message: Message, source: Source, rules: Rules) -> Commission | Payout | LeftOut:
    name = (message.event or "").strip().lower()
    entry = _ENTRIES.get(name)
    if not entry and name != _PAYOUT:
        return LeftOut.NOT_A_PAGE_VIEW
    if source is not Source.SERVER:
        return LeftOut.UNTRUSTED_SOURCE
    return _to_commission(message, entry, rules) if entry else _to_payout(message, rules)


def _to_commission(message: Message, entry: Entry, rules: Rules) -> Commission | LeftOut:
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    coupon = _coupon(properties)
    affiliate_id = _given_affiliate(properties, rules) or _affiliate_of(coupon, rules)
    if isinstance(affiliate_id, LeftOut):
        return affiliate_id
    order_id = _required(_raw_text(properties.order_id, "order_id"), "order_id")
    sign = 1 if entry is Entry.SALE else -1
    micros = to_micros(_commission(properties, rules))
    revenue = _revenue(properties)
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
        micros=sign * micros,
        revenue=None if revenue is None else sign * revenue,
        link=_given_link(properties),
        coupon=coupon,
    )


def _to_payout(message: Message, rules: Rules) -> Payout | LeftOut:
    properties = message.properties or _NO_PROPERTIES
    affiliate_id = _given_affiliate(properties, rules) or LeftOut.NO_AFFILIATE
    if isinstance(affiliate_id, LeftOut):
        return affiliate_id
    amount = _required(_raw_text(properties.amount, "amount"), "amount")
    message_id = _required(_id(message.message_id), "messageId")
    time, _ = _times(message)
    return Payout(
        time=time,
        affiliate_id=affiliate_id,
        currency=_currency(properties),
        payout_id=_raw_text(properties.payout_id, "payout_id") or message_id,
        micros=to_micros(parse_amount(amount, "amount")),
    )


def _times(message: Message) -> tuple[int, int]:
    """The event's time and that of its receipt."""
    if message.timestamp is None or message.received_at is None:
        name = "timestamp" if message.timestamp is None else "receivedAt"
        raise EventError(f"{name} is not a time with an offset")
    return event_time(message.timestamp, message.received_at, message.sent_at, message.original_timestamp)


def _is_adblock_page(message: Message, properties: Properties) -> bool:
    return _ADBLOCK_PAGE in ((message.category, message.name), (properties.category, properties.name))


def _affiliate(properties: Properties, page: Page, rules: Rules) -> tuple[str, str]:
    """The affiliate of a page view, and the page's address that names it; each is empty if there is none."""
    given = ""
    if properties.affiliate_id:
        given = _to_affiliate_id(_raw_text(properties.affiliate_id, "affiliate_id"))
    for address in queries("affiliate_id", properties, page):
        if given not in address and "%" not in address and "+" not in address:
            continue  # it cannot name that affiliate, and decoding it takes long
        for value in addresses.parameters(address, rules.affiliate_parameters):
            affiliate_id = _to_affiliate_id(value)
            if affiliate_id and affiliate_id == (given or affiliate_id):
                return affiliate_id, address
    return given, ""


def _given_affiliate(properties: Properties, rules: Rules) -> str | LeftOut:
    """The affiliate that an order or a payout names; empty if it names none.

    Raises EventError for what cannot be an id, since an affiliate's money may depend on it.
    """
    if not _is_given(properties.affiliate_id):
        return ""
    given = _raw_text(properties.affiliate_id, "affiliate_id")
    affiliate_id = _trimmed(given)
    if (given and not affiliate_id) or _PLACEHOLDER.fullmatch(affiliate_id):
        return ""
    if not is_affiliate_id(affiliate_id):
        raise EventError(f"affiliate_id is not a valid affiliate id: {affiliate_id[:40]!r}")
    return affiliate_id if _is_in_directory(affiliate_id, rules) else LeftOut.UNKNOWN_AFFILIATE


def _affiliate_of(coupon: str, rules: Rules) -> str | LeftOut:
    """The affiliate whose discount code an order's customer used."""
    if not coupon:
        return LeftOut.NO_AFFILIATE
    affiliate_id = rules.directory.affiliate_of(coupon) if rules.directory else ""
    if not affiliate_id:
        return LeftOut.UNKNOWN_CODE
    return affiliate_id if _is_in_directory(affiliate_id, rules) else LeftOut.UNKNOWN_AFFILIATE


def _is_in_directory(affiliate_id: str, rules: Rules) -> bool:
    """Whether the affiliate counts: it does if there is no directory."""
    return rules.directory is None or affiliate_id in rules.directory.affiliates


def _clicked_link(address: str, rules: Rules) -> str:
    """The affiliate's name for the link that led to the address."""
    for value in addresses.parameters(address, rules.link_parameters):
        if link := _to_link(value):
            return link
    return ""


def _given_link(properties: Properties) -> str:
    return _to_link(_text_or_none(properties.affiliate_link)) if properties.affiliate_link else ""


def _to_link(given: str) -> str:
    """The name without white space and slashes at its ends; empty if it is not valid."""
    return redacted_link(_valid(_trimmed(given)))


def _coupon(properties: Properties) -> str:
    return _valid(_text_or_none(properties.coupon).strip())


def _valid(text: str) -> str:
    """The text; empty if it is a placeholder, or cannot be printed."""
    return text if text.isprintable() and not _PLACEHOLDER.fullmatch(text[:_MAX_GIVEN_ID]) else ""


def _text_or_none(raw: msgspec.Raw) -> str:
    """A string's characters or a number's digits; empty if there is nothing to read, which costs no event."""
    try:
        return _raw_text(raw, "")
    except EventError:
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


def _revenue(properties: Properties) -> int | None:
    """What the customer paid or got back, in micros; None if it is not given or not an amount.

    It is told beside the commission, so an amount that cannot be read must not cost the affiliate its money.
    """
    given = properties.revenue if _is_given(properties.revenue) else properties.total
    try:
        return to_micros(parse_amount(_raw_text(given, "revenue"), "revenue"))
    except EventError:
        return None


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
