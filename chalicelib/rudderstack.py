"""A RudderStack document → an event. The only module that knows RudderStack's vocabulary.

https://www.rudderstack.com/docs/event-spec/standard-events/common-fields/ and the ecommerce specification.
Any field may be missing, null, or of another type than the SDKs send: the gateway checks none of them.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import msgspec

from chalicelib import addresses
from chalicelib.bots import is_bot
from chalicelib.devices import device
from chalicelib.errors import EventError
from chalicelib.events import Commission, Entry, Event, LeftOut, PageView, is_affiliate_id
from chalicelib.moments import event_time, parse_moment
from chalicelib.money import parse_amount, parse_currency, to_micros

NO_WEBSITE = "(none)"
"""The website of a commission whose event names none: money is not left out for want of a site."""


class Source(Enum):
    """Which kind of RudderStack source an object came from: whose write key is public, and whose is not."""

    WEB = auto()
    SERVER = auto()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site decides for itself."""

    affiliate_parameters: tuple[str, ...]
    commission_rate: Decimal | None


class Page(msgspec.Struct, gc=False):
    """A page, as in `context.page` and in a page event's properties."""

    url: Any = None
    path: Any = None
    search: Any = None
    tab_url: Any = None
    referrer: Any = None
    referring_domain: Any = None


class Properties(Page, gc=False):
    """A page's or an order's. Raw: ids and amounts must keep every digit."""

    affiliate_id: msgspec.Raw = msgspec.Raw()
    order_id: msgspec.Raw = msgspec.Raw()
    refund_id: msgspec.Raw = msgspec.Raw()
    commission: msgspec.Raw = msgspec.Raw()
    revenue: msgspec.Raw = msgspec.Raw()
    total: msgspec.Raw = msgspec.Raw()
    currency: Any = None
    website: Any = None
    affiliation: Any = None
    category: Any = None
    name: Any = None


class Campaign(msgspec.Struct, gc=False):
    """The UTM parameters of the page's own address."""

    source: Any = None
    medium: Any = None
    name: Any = None


class Geo(msgspec.Struct, gc=False):
    """RudderStack's geo enrichment, where it is switched on."""

    country: Any = None


# Whatever else may stand where an object should. msgspec wants the whole union spelled out for each.
_Other = list[Any] | str | float | bool | None


class Context(msgspec.Struct, gc=False):
    """What surrounds an event."""

    page: Page | _Other = None
    campaign: Campaign | _Other = None
    geo: Geo | _Other = None
    user_agent: Any = msgspec.field(default=None, name="userAgent")
    hints: Any = msgspec.field(default=None, name="ua-ch")
    is_bot: Any = msgspec.field(default=None, name="isBot")


class Message(msgspec.Struct, rename="camel", gc=False):
    """What RudderStack delivers; it calls an event a message."""

    type: Any = None
    event: Any = None
    name: Any = None
    category: Any = None
    anonymous_id: Any = None
    user_id: Any = None
    message_id: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    received_at: Any = None
    context: Context | _Other = None
    properties: Properties | _Other = None
    raw_data: Any = None
    """Firehose's, in the place of an event that it could not process."""


Content = Message | _Other

_decoder: msgspec.json.Decoder[Content] = msgspec.json.Decoder(Content)
_NO_CONTEXT, _NO_PAGE, _NO_PROPERTIES, _NO_CAMPAIGN, _NO_GEO = (
    Context(), Page(), Properties(), Campaign(), Geo()
)  # fmt: skip

_ENTRIES = {
    "order completed": Entry.SALE,
    "order refunded": Entry.REVERSAL,
    "order cancelled": Entry.REVERSAL,
}
_NUMBER_START = tuple(b"-0123456789")
_ADBLOCK_PAGE = ("RudderJS-Initiated", "ad-block page request")


def decode_document(data: bytes) -> Content:
    """One JSON value, typed. Raises ValueError or RecursionError where it is none."""
    return _decoder.decode(data)


def to_event(content: Content, source: Source, rules: Rules) -> Event | LeftOut:
    """What the document says happened, or why that is not ours to count.

    Raises EventError where the document should have been an event and cannot be read.
    """
    if not isinstance(content, Message):
        raise EventError("the document is no JSON object")
    match content.type:
        case str(kind) if kind.lower() == "page":
            return _to_page_view(content, rules)
        case str(kind) if kind.lower() == "track" and (entry := _ENTRIES.get(_text(content.event).lower())):
            return _to_commission(content, entry, source, rules)
        case None if content.raw_data is not None:
            return LeftOut.FIREHOSE_ERROR
        case _:
            return LeftOut.NOT_A_PAGE_VIEW


def _to_page_view(message: Message, rules: Rules) -> PageView | LeftOut:
    properties = message.properties if isinstance(message.properties, Properties) else _NO_PROPERTIES
    context = message.context if isinstance(message.context, Context) else _NO_CONTEXT
    page = context.page if isinstance(context.page, Page) else _NO_PAGE
    user_agent = _text(context.user_agent)
    if _is_adblock_page(message, properties):
        return LeftOut.ADBLOCK_PAGE
    if not (affiliate_id := _affiliate_id(properties, page, rules)):
        return LeftOut.NO_AFFILIATE
    if not (website := _website(properties, page)):
        return LeftOut.NO_WEBSITE
    if context.is_bot is True or is_bot(user_agent):
        return LeftOut.BOT
    campaign = context.campaign if isinstance(context.campaign, Campaign) else _NO_CAMPAIGN
    geo = context.geo if isinstance(context.geo, Geo) else _NO_GEO
    return PageView(
        time=_time(message),
        affiliate_id=affiliate_id,
        website=website,
        visitor_id=_required(_id(message.anonymous_id) or _id(message.user_id), "anonymousId"),
        event_id=_required(_id(message.message_id), "messageId"),
        path=_path(properties, page),
        referrer=_referrer(properties) or _referrer(page),
        utm_source=_text(campaign.source),
        utm_medium=_text(campaign.medium),
        utm_campaign=_text(campaign.name),
        country=_text(geo.country),
        device=device(user_agent, context.hints if isinstance(context.hints, dict) else {}),
    )


def _to_commission(message: Message, entry: Entry, source: Source, rules: Rules) -> Commission | LeftOut:
    properties = message.properties if isinstance(message.properties, Properties) else _NO_PROPERTIES
    context = message.context if isinstance(message.context, Context) else _NO_CONTEXT
    page = context.page if isinstance(context.page, Page) else _NO_PAGE
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
        website=_website(properties, page) or _shop(properties),
        currency=parse_currency("USD" if properties.currency is None else str(properties.currency)),
        order_id=order_id,
        entry=entry,
        entry_id=order_id if entry is Entry.SALE else _raw_text(properties.refund_id) or message_id,
        micros=micros if entry is Entry.SALE else -micros,
    )


def _time(message: Message) -> int:
    sent, original = message.sent_at, message.original_timestamp
    return event_time(
        parse_moment(message.timestamp, "timestamp"),
        parse_moment(message.received_at, "receivedAt"),
        None if sent is None else parse_moment(sent, "sentAt"),
        None if original is None else parse_moment(original, "originalTimestamp"),
    )


def _is_adblock_page(message: Message, properties: Properties) -> bool:
    return _ADBLOCK_PAGE in ((message.category, message.name), (properties.category, properties.name))


def _affiliate_id(properties: Properties, page: Page, rules: Rules) -> str:
    given = _raw_text(properties.affiliate_id)
    if is_affiliate_id(given):
        return given
    for place in (properties, page):
        # A canonical link can hide the affiliate from `url`; a site that routes by hash, from `search`.
        search = _text(place.search)
        for address in (
            _text(place.url),
            search if search[:1] == "?" else f"?{search}",
            _text(place.tab_url),
        ):
            for value in addresses.parameters(address, rules.affiliate_parameters):
                if is_affiliate_id(value):
                    return value
    return ""


def _website(properties: Properties, page: Page) -> str:
    for place in (properties.url, properties.tab_url, page.url, page.tab_url):
        if isinstance(place, str) and (host := addresses.host(place)):
            return host
    return ""


def _shop(properties: Properties) -> str:
    """The website of a commission without a page: the shop's own word for it."""
    website = _text(properties.website).strip()
    named = addresses.host(website if "://" in website else f"//{website}")
    affiliation = _text(properties.affiliation).strip()
    return named or (affiliation if affiliation.isprintable() else "") or NO_WEBSITE


def _path(properties: Properties, page: Page) -> str:
    return _text(properties.path) or _text(page.path) or addresses.path(_text(properties.url))


def _referrer(place: Page) -> str:
    """The referring domain. `$direct` is RudderStack's word for none."""
    domain = _text(place.referring_domain)
    return addresses.host(_text(place.referrer)) or (addresses.host(f"//{domain}") if domain else "")


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


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _id(value: Any) -> str:
    """A string, or a number's digits: RudderStack's HTTP API takes both."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _is_given(raw: msgspec.Raw) -> bool:
    """Whether there is a value. Null means none everywhere; the empty string does where it could be an id."""
    return bytes(raw) not in (b"", b"null", b'""')


def _raw_text(raw: msgspec.Raw) -> str:
    """A string's characters or a number's digits, exactly; empty for any other JSON value, or none."""
    text = bytes(raw)
    if text[:1] == b'"':
        return msgspec.json.decode(text, type=str)
    return text.decode("ascii") if text and text[0] in _NUMBER_START else ""
