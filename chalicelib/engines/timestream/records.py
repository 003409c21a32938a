"""An event → a Timestream record.

Timestream knows a record by its dimensions, measure name and time. So what is made of an event here is
frozen: after a change, every event that is delivered again would be a new record, and count twice.
"""

from typing import Any

import msgspec

from chalicelib.events import Commission, Event, PageView

PAGE_VIEW = "page_view"
COMMISSION = "commission"

_OPTIONAL = ("path", "referrer", "utm_source", "utm_medium", "utm_campaign", "country", "device")


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
        Dimension("website", event.website),
        Dimension("visitor_id", event.visitor_id),
        Dimension("event_id", event.event_id),
    ]
    for name in _OPTIONAL:
        if value := getattr(event, name):
            dimensions.append(Dimension(name, value))  # noqa: PERF401 (slower as a generator)
    return tuple(dimensions)


def _commission_dimensions(event: Commission) -> tuple[Dimension, ...]:
    return (
        Dimension("affiliate_id", event.affiliate_id),
        Dimension("website", event.website),
        Dimension("currency", event.currency),
        Dimension("order_id", event.order_id),
        Dimension("entry", event.entry),
        Dimension("entry_id", event.entry_id),
    )
