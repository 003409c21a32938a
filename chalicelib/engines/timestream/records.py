"""An event → a Timestream record.

Timestream knows a record by its dimensions, measure name and time. So what is made of an event here is
frozen: a change would turn every event that is delivered again into a new record, and count it twice.
"""

import hashlib
from functools import lru_cache
from typing import Any

import msgspec

from chalicelib.events import Commission, Event, PageView

MAX_ID = 128
"""Bytes of an id; a longer one is hashed, never cut: two must not become one."""

MAX_TEXT = {
    "website": 253,  # a host name's limit: only a shop's own word for itself is ever cut
    "path": 256,
    "referrer": 128,
    "utm_source": 96,
    "utm_medium": 96,
    "utm_campaign": 96,
    "country": 64,
    "device": 16,
}
"""Bytes of a descriptive dimension; a longer one is cut. With the ids, an affiliate id of 512 bytes and all
names this stays under 2 KB, Timestream's limit for a record and for the dimensions of a series."""

_OPTIONAL = ("path", "referrer", "utm_source", "utm_medium", "utm_campaign", "country", "device")

PAGE_VIEW = "page_view"
COMMISSION = "commission"


class Dimension(msgspec.Struct, rename="pascal", frozen=True, gc=False):
    """A name and a value of at least one character."""

    name: str
    value: str


class Record(msgspec.Struct, rename="pascal", frozen=True, omit_defaults=True, gc=False):
    """One record of a WriteRecords request, without what its CommonAttributes say."""

    dimensions: tuple[Dimension, ...]
    time: str
    """Milliseconds since 1970."""
    measure_value: str = ""


COMMON_ATTRIBUTES: dict[type[Event], dict[str, Any]] = {
    PageView: {
        "MeasureName": PAGE_VIEW,
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "TimeUnit": "MILLISECONDS",
    },
    Commission: {"MeasureName": COMMISSION, "MeasureValueType": "BIGINT", "TimeUnit": "MILLISECONDS"},
}
"""What all records of one kind of event share, as WriteRecords takes it."""


def to_record(event: Event) -> Record:
    """The record of an event. Two events have one record only if they are the same event."""
    if isinstance(event, PageView):
        return Record(_page_view_dimensions(event), str(event.time))
    return Record(_commission_dimensions(event), str(event.time), str(event.micros))


def _page_view_dimensions(event: PageView) -> tuple[Dimension, ...]:
    dimensions = [
        Dimension("affiliate_id", event.affiliate_id),
        _text("website", event.website),
        Dimension("visitor_id", _whole(event.visitor_id)),
        Dimension("event_id", _whole(event.event_id)),
    ]
    for name in _OPTIONAL:
        if value := getattr(event, name):
            dimensions.append(_text(name, value))  # noqa: PERF401 (slower as a generator)
    return tuple(dimensions)


def _commission_dimensions(event: Commission) -> tuple[Dimension, ...]:
    return (
        Dimension("affiliate_id", event.affiliate_id),
        _text("website", event.website),
        Dimension("currency", event.currency),
        Dimension("order_id", _whole(event.order_id)),
        Dimension("entry", event.entry),
        Dimension("entry_id", _whole(event.entry_id)),
    )


def _whole(text: str) -> str:
    if len(text) <= MAX_ID and text.isascii():
        return text
    data = text.encode()
    return text if len(data) <= MAX_ID else f"sha256:{hashlib.sha256(data).hexdigest()}"


def _text(name: str, text: str) -> Dimension:
    """A descriptive dimension, cut to its budget. First to as many characters: no long text is cached."""
    return _cut(name, text[: MAX_TEXT[name]])


@lru_cache(maxsize=4096)
def _cut(name: str, text: str) -> Dimension:
    """Cached, since a site has few paths, referrers and campaigns."""
    limit, data = MAX_TEXT[name], text.encode()
    return Dimension(name, text if len(data) <= limit else data[:limit].decode(errors="ignore"))
