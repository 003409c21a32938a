"""The messages that RudderStack delivers, typed: only the fields that are used here.

https://www.rudderstack.com/docs/event-spec/standard-events/common-fields/ and the ecommerce specification.
Any field may be missing, null, or of another type than the SDKs send: the gateway checks none of them.
"""

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args

import msgspec

Text = str | None
Id = str | int | float | None
"""RudderStack's HTTP API takes numbers too."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)] | None


class Page(msgspec.Struct, gc=False):
    """A page, as in `context.page` and in a page event's properties."""

    url: Text = None
    path: Text = None
    search: Text = None
    tab_url: Text = None
    referrer: Text = None
    referring_domain: Text = None


class Properties(Page, gc=False):
    """A page's, an order's or a payout's. Raw: ids and amounts must keep every digit."""

    affiliate_id: msgspec.Raw = msgspec.Raw()
    affiliate_link: msgspec.Raw = msgspec.Raw()
    coupon: msgspec.Raw = msgspec.Raw()
    order_id: msgspec.Raw = msgspec.Raw()
    refund_id: msgspec.Raw = msgspec.Raw()
    commission: msgspec.Raw = msgspec.Raw()
    revenue: msgspec.Raw = msgspec.Raw()
    total: msgspec.Raw = msgspec.Raw()
    currency: msgspec.Raw = msgspec.Raw()
    payout_id: msgspec.Raw = msgspec.Raw()
    amount: msgspec.Raw = msgspec.Raw()
    website: Text = None
    affiliation: Text = None
    category: Text = None
    name: Text = None


class Campaign(msgspec.Struct, gc=False):
    """The UTM parameters of the page's own address."""

    source: Text = None
    medium: Text = None
    name: Text = None


class Geo(msgspec.Struct, gc=False):
    """RudderStack's geo enrichment, if it is switched on."""

    country: Text = None


class Hints(msgspec.Struct, gc=False):
    """The browser's client hints, if the SDK is set to send them."""

    mobile: bool | None = None
    platform: Text = None


class Context(msgspec.Struct, gc=False):
    """What surrounds an event."""

    page: Page | None = None
    campaign: Campaign | None = None
    geo: Geo | None = None
    user_agent: Text = msgspec.field(default=None, name="userAgent")
    hints: Hints | None = msgspec.field(default=None, name="ua-ch")
    is_bot: bool | None = msgspec.field(default=None, name="isBot")


class Message(msgspec.Struct, rename="camel", gc=False):
    """What RudderStack delivers; it calls an event a message."""

    type: Text = None
    event: Text = None
    name: Text = None
    category: Text = None
    anonymous_id: Id = None
    user_id: Id = None
    message_id: Id = None
    timestamp: Moment = None
    original_timestamp: Moment = None
    sent_at: Moment = None
    received_at: Moment = None
    context: Context | None = None
    properties: Properties | None = None
    raw_data: Text = None
    """From Firehose, instead of an event that it could not process."""


_decode = msgspec.json.Decoder(Message).decode
_decode_raw = msgspec.json.Decoder(msgspec.Raw).decode
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def decode_document(data: bytes) -> Message | None:
    """One JSON value, typed; None if it is not an object. A field of a type it should not have is missing.

    Half of a surrogate pair is read as U+FFFD: it comes from a text that was cut inside an emoji.

    Raises ValueError or RecursionError if it is not a JSON value.
    """
    try:
        return _typed(data)
    except msgspec.DecodeError:
        if not _SURROGATE.search(data) or (repaired := _ESCAPE.sub(_without_lone_surrogate, data)) == data:
            raise
        return _typed(repaired)


def _typed(data: bytes) -> Message | None:
    try:
        return _decode(data)
    except msgspec.ValidationError:  # rare: every field must then be read by itself
        is_object = bytes(_decode_raw(data)).lstrip()[:1] == b"{"
        return _fitting(data, Message) if is_object else None


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u([dD][89a-fA-F]..)|u....|.)", re.DOTALL)
"""An escaped character, a surrogate pair being one. The group is half of a pair."""


def _without_lone_surrogate(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] else escape[0]


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def _fitting(data: bytes | msgspec.Raw, struct: type[_Struct]) -> _Struct:
    """What of a JSON object fits the struct; the rest is missing."""
    given = _decode_fields(data)
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        if (raw := given.get(field.encode_name)) is None:
            continue
        try:
            values[field.name] = msgspec.json.decode(raw, type=field.type)
        except msgspec.ValidationError:
            inner = _struct_in(field.type)
            if inner and bytes(raw)[:1] == b"{":
                values[field.name] = _fitting(raw, inner)
    return struct(**values)


def _struct_in(union: Any) -> type[msgspec.Struct] | None:
    kinds = (kind for kind in get_args(union) if isinstance(kind, type))
    return next((kind for kind in kinds if issubclass(kind, msgspec.Struct)), None)
