"""A RudderStack message → an event. With `messages`, the only modules that know RudderStack's vocabulary."""

from decimal import Decimal
from enum import Enum, auto

import msgspec

from chalicelib import addresses
from chalicelib.bots import is_bot
from chalicelib.devices import device
from chalicelib.errors import EventError
from chalicelib.events import Commission, Entry, Event, LeftOut, PageView, is_affiliate_id
from chalicelib.messages import Campaign, Context, Hints, Id, Message, Page, Properties, Text
from chalicelib.moments import event_time
from chalicelib.money import parse_amount, parse_currency, to_micros

NO_WEBSITE = "(none)"
"""The website of a commission whose event names none: money is not left out for want of a site."""


class Source(Enum):
    """Which kind of RudderStack source an object came from: whose write key is public, and whose is not."""

    WEB = auto()
    SERVER = auto()


class Rules(msgspec.Struct, frozen=True):
    """What a site decides for itself."""

    affiliate_parameters: tuple[str, ...]
    commission_rate: Decimal | None


_NO_CONTEXT, _NO_PAGE, _NO_PROPERTIES, _NO_CAMPAIGN = Context(), Page(), Properties(), Campaign()

_ENTRIES = {
    "order completed": Entry.SALE,
    "order refunded": Entry.REVERSAL,
    "order cancelled": Entry.REVERSAL,
}
_NUMBER_START = tuple(b"-0123456789")
_ADBLOCK_PAGE = ("RudderJS-Initiated", "ad-block page request")


def to_event(message: Message | None, source: Source, rules: Rules) -> Event | LeftOut:
    """What the document says happened, or why that is not ours to count.

    Raises EventError where the document should have been an event and cannot be read.
    """
    if message is None:
        raise EventError("the document is no JSON object")
    match (message.type or "").lower():
        case "page":
            return _to_page_view(message, rules)
        case "track" if entry := _ENTRIES.get((message.event or "").lower()):
            return _to_commission(message, entry, source, rules)
        case "" if message.raw_data is not None:
            return LeftOut.FIREHOSE_ERROR
        case _:
            return LeftOut.NOT_A_PAGE_VIEW


def _to_page_view(message: Message, rules: Rules) -> PageView | LeftOut:
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    page, campaign = context.page or _NO_PAGE, context.campaign or _NO_CAMPAIGN
    user_agent = context.user_agent or ""
    if _is_adblock_page(message, properties):
        return LeftOut.ADBLOCK_PAGE
    if not (affiliate_id := _affiliate_id(properties, page, rules)):
        return LeftOut.NO_AFFILIATE
    if not (website := _website(properties, page)):
        return LeftOut.NO_WEBSITE
    if context.is_bot or is_bot(user_agent):
        return LeftOut.BOT
    return PageView(
        time=_time(message),
        affiliate_id=affiliate_id,
        website=website,
        visitor_id=_id(message.anonymous_id) or _required(_id(message.user_id), "anonymousId"),
        event_id=_required(_id(message.message_id), "messageId"),
        path=properties.path or page.path or addresses.path(properties.url or ""),
        referrer=_referrer(properties) or _referrer(page),
        utm_source=campaign.source or "",
        utm_medium=campaign.medium or "",
        utm_campaign=campaign.name or "",
        country=(context.geo.country or "") if context.geo else "",
        device=_device(user_agent, context.hints),
    )


def _to_commission(message: Message, entry: Entry, source: Source, rules: Rules) -> Commission | LeftOut:
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    if source is not Source.SERVER:
        return LeftOut.UNTRUSTED_SOURCE
    if not _is_given(properties.affiliate_id):
        return LeftOut.NO_AFFILIATE
    affiliate_id = _raw_text(properties.affiliate_id)
    if not is_affiliate_id(affiliate_id):  # not left out: it is somebody's money
        raise EventError(f"affiliate_id can be no affiliate's: {affiliate_id[:40]!r}")
    order_id = _required(_raw_text(properties.order_id), "order_id")
    micros = to_micros(_commission(properties, rules))
    message_id = _required(_id(message.message_id), "messageId")
    return Commission(
        time=_time(message),
        affiliate_id=affiliate_id,
        website=_website(properties, context.page or _NO_PAGE) or _shop(properties),
        currency=parse_currency(_raw_text(properties.currency)) if _is_given(properties.currency) else "USD",
        order_id=order_id,
        entry=entry,
        entry_id=order_id if entry is Entry.SALE else _raw_text(properties.refund_id) or message_id,
        micros=micros if entry is Entry.SALE else -micros,
    )


def _time(message: Message) -> int:
    if message.timestamp is None or message.received_at is None:
        name = "timestamp" if message.timestamp is None else "receivedAt"
        raise EventError(f"{name} is no moment with an offset")
    return event_time(message.timestamp, message.received_at, message.sent_at, message.original_timestamp)


def _is_adblock_page(message: Message, properties: Properties) -> bool:
    return _ADBLOCK_PAGE in ((message.category, message.name), (properties.category, properties.name))


def _affiliate_id(properties: Properties, page: Page, rules: Rules) -> str:
    if properties.affiliate_id and is_affiliate_id(given := _raw_text(properties.affiliate_id)):
        return given
    for place in (properties, page):
        # A canonical link can hide the affiliate from `url`; a site that routes by hash, from `search`.
        for address in (place.url, _as_query(place.search), place.tab_url):
            for value in addresses.parameters(address, rules.affiliate_parameters) if address else ():
                if is_affiliate_id(value):
                    return value
    return ""


def _as_query(search: Text) -> Text:
    return search if not search or search[0] == "?" else f"?{search}"


def _website(properties: Properties, page: Page) -> str:
    for address in (properties.url, properties.tab_url, page.url, page.tab_url):
        if address and (host := addresses.host(address)):
            return host
    return ""


def _shop(properties: Properties) -> str:
    """The website of a commission without a page: the shop's own word for it."""
    website = (properties.website or "").strip()
    named = addresses.host(website if "://" in website else f"//{website}")
    affiliation = (properties.affiliation or "").strip()
    return named or (affiliation if affiliation.isprintable() else "") or NO_WEBSITE


def _referrer(place: Page) -> str:
    """The referring domain. `$direct` is RudderStack's word for none, and no address."""
    named = addresses.host(place.referrer) if place.referrer else ""
    return named or (addresses.host(f"//{place.referring_domain}") if place.referring_domain else "")


def _device(user_agent: str, hints: Hints | None) -> str:
    return device(user_agent, hints.mobile, hints.platform) if hints else device(user_agent, None, None)


def _commission(properties: Properties, rules: Rules) -> Decimal:
    if _is_given(properties.commission):
        return parse_amount(_raw_text(properties.commission), "commission")
    base = "revenue" if _is_given(properties.revenue) else "total"
    amount: msgspec.Raw = getattr(properties, base)
    if rules.commission_rate is None or not _is_given(amount):
        raise EventError("there is no commission, and no rate or revenue to compute it from")
    return parse_amount(_raw_text(amount), base) * rules.commission_rate


def _required(text: str, name: str) -> str:
    if not text:
        raise EventError(f"{name} is missing")
    return text


def _id(value: Id) -> str:
    """A string, or a number's digits."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _is_given(raw: msgspec.Raw) -> bool:
    """Whether there is a value. Null means none everywhere; the empty string does where it could be an id."""
    return bytes(raw) not in (b"", b"null", b'""')


def _raw_text(raw: msgspec.Raw) -> str:
    """A string's characters or a number's digits, exactly; empty for any other JSON value, or none."""
    text = bytes(raw)
    if text[:1] == b'"':
        return msgspec.json.decode(text, type=str)
    return text.decode("ascii") if text and text[0] in _NUMBER_START else ""
