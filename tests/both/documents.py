"""Documents as RudderStack delivers them: page views and orders."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]


def page(affiliate: str, website: str, visitor: str, event_id: str, time: datetime) -> Document:
    """A page view of a website."""
    return {
        "type": "page",
        "anonymousId": visitor,
        "messageId": event_id,
        "properties": {"affiliate_id": affiliate, "url": f"https://{website}/x"},
        **_times(time),
    }


def order(affiliate: str, time: datetime, event: str = "Order Completed", **properties: Any) -> Document:
    """A sale or a reversal."""
    return {
        "type": "track",
        "event": event,
        "userId": "customer",
        "messageId": f"message of {properties['order_id']}",
        "properties": {"affiliate_id": affiliate, **properties},
        **_times(time),
    }


def to_body(documents: Iterable[Document]) -> bytes:
    """An object of documents."""
    return b"\n".join(json.dumps(document).encode() for document in documents)


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a datetime."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _times(time: datetime) -> Document:
    """The producer set the time, so it is the event's."""
    text = time.isoformat(timespec="milliseconds")
    return {"timestamp": text, "originalTimestamp": text, "sentAt": text, "receivedAt": text}
