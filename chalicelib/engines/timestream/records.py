"""An event → its Timestream records: usually one.

Timestream knows a record by its dimensions, measure name and time. So what is made of an event here is
frozen: after a change, every event that is delivered again would be a new record, and count twice.
"""

from typing import Any

import msgspec

from chalicelib.events import Commission, Event, PageView, Payout

PAGE_VIEW = "page_view"
COMMISSION = "commission"
REVENUE = "revenue"
PAYOUT = "payout"

MEASURES: dict[type[Event], tuple[str, ...]] = {
    PageView: (PAGE_VIEW,),
    Commission: (COMMISSION, REVENUE),
    Payout: (PAYOUT,),
}
"""The measure name of each of an event's records, in order. The last ones may be missing."""

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


_AMOUNT = {"MeasureValueType": "BIGINT", "TimeUnit": "MILLISECONDS"}

COMMON_ATTRIBUTES: dict[str, dict[str, Any]] = {
    PAGE_VIEW: {
        "MeasureName": PAGE_VIEW,
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "TimeUnit": "MILLISECONDS",
    },
    COMMISSION: {"MeasureName": COMMISSION, **_AMOUNT},
    REVENUE: {"MeasureName": REVENUE, **_AMOUNT},
    PAYOUT: {"MeasureName": PAYOUT, **_AMOUNT},
}
"""What all records of one measure share, as WriteRecords takes it."""


def to_records(event: Event) -> tuple[Record, ...]:
    """The records of an event, one for each of its MEASURES. No two events share one."""
    time = str(event.time)
    if isinstance(event, PageView):
        return (Record(_page_view_dimensions(event), time),)
    if isinstance(event, Payout):
        return (Record(_payout_dimensions(event), time, str(event.micros)),)
    dimensions = _commission_dimensions(event)
    commission = Record(dimensions, time, str(event.micros))
    return (
        (commission,) if event.revenue is None else (commission, Record(dimensions, time, str(event.revenue)))
    )


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
    if event.click:
        dimensions.append(_CLICK)
    if event.link:
        dimensions.append(Dimension("link", event.link))
    return tuple(dimensions)


def _commission_dimensions(event: Commission) -> tuple[Dimension, ...]:
    dimensions = [
        Dimension("affiliate_id", event.affiliate_id),
        Dimension("website", event.website),
        Dimension("currency", event.currency),
        Dimension("order_id", event.order_id),
        Dimension("entry", event.entry),
        Dimension("entry_id", event.entry_id),
    ]
    if event.link:
        dimensions.append(Dimension("link", event.link))
    if event.coupon:
        dimensions.append(Dimension("coupon", event.coupon))
    return tuple(dimensions)


def _payout_dimensions(event: Payout) -> tuple[Dimension, ...]:
    return (
        Dimension("affiliate_id", event.affiliate_id),
        Dimension("currency", event.currency),
        Dimension("payout_id", event.payout_id),
    )


_CLICK = Dimension("click", "true")
