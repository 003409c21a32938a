"""An object with a hole in it: what is whole around the hole must still be counted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from devstack.firehose.buffer import Buffered, DeliveredObject
from devstack.rudderstack import gojson
from devstack.rudderstack.processor import Receipt, parse_time, to_delivered
from devstack.sample.year import Event, Sent

PAGES = 24


def split(sent: Sequence[Sent]) -> tuple[list[Sent], list[Event]]:
    """What goes the ordinary way, and the pages of the damaged object: the last that a link brought."""
    places = [place for place, one in enumerate(sent) if _is_landing(one.event)][-PAGES:]
    taken = set(places)
    return [one for place, one in enumerate(sent) if place not in taken], [
        sent[place].event for place in places
    ]


def damaged_object(pages: Sequence[Event], prefix: str, stream: str) -> DeliveredObject:
    """An object of `pages` whose middle document is cut off in the middle of a string.

    Named by its first page, so that a second feed writes the same object again.
    """
    records = [_document(page) for page in pages]
    middle = len(records) // 2
    # The cut document is an extra one: every page is still there, whole.
    records.insert(middle, records[middle][: records[middle].index(b"https://") + 9])
    arrived_at = parse_time(pages[0]["timestamp"]) or datetime.fromtimestamp(0, UTC)
    object_id = UUID(pages[0]["messageId"])
    return DeliveredObject.of(Buffered(tuple(records), arrived_at), prefix, stream, lambda: object_id)


def _is_landing(event: Event) -> bool:
    return event["type"] == "page" and bool(event["properties"]["search"])


def _document(page: Event) -> bytes:
    moment = parse_time(page["timestamp"]) or datetime.fromtimestamp(0, UTC)
    return gojson.encode(to_delivered(page, Receipt(moment, "192.0.2.1"), lambda: page["messageId"]))
