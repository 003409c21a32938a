"""A damaged object: the whole documents around the damage must still be counted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from devstack.firehose.buffer import Buffered, DeliveredObject
from devstack.rudderstack import gojson
from devstack.rudderstack.processor import Receipt, parse_time, to_delivered
from devstack.sample.year import Event, Sent

PAGES = 24


def split(sent: Sequence[Sent]) -> tuple[list[Sent], list[Event]]:
    """The events that are sent as usual, and the last pages with a link's address, for the damaged object."""
    places = [place for place, one in enumerate(sent) if _is_landing(one.event)][-PAGES:]
    taken = set(places)
    return [one for place, one in enumerate(sent) if place not in taken], [
        sent[place].event for place in places
    ]


def damaged_object(pages: Sequence[Event], prefix: str, stream: str) -> DeliveredObject:
    """An object of `pages`, and in its middle a document that is cut off within a string.

    Its id is that of the first page, so that feeding the sample again writes the same object.
    """
    records = [_document(page) for page in pages]
    middle = len(records) // 2
    # The document that is cut off is an additional copy: each page is also there as a whole.
    records.insert(middle, records[middle][: records[middle].index(b"https://") + 9])
    arrived_at = parse_time(pages[0]["timestamp"]) or datetime.fromtimestamp(0, UTC)
    object_id = UUID(pages[0]["messageId"])
    return DeliveredObject.of(Buffered(tuple(records), arrived_at), prefix, stream, lambda: object_id)


def _is_landing(event: Event) -> bool:
    return event["type"] == "page" and bool(event["properties"]["search"])


def _document(page: Event) -> bytes:
    moment = parse_time(page["timestamp"]) or datetime.fromtimestamp(0, UTC)
    return gojson.encode(to_delivered(page, Receipt(moment, "192.0.2.1"), lambda: page["messageId"]))
