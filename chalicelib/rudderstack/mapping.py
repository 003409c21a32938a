"""A RudderStack message → an event."""

from chalicelib.errors import EventError
from chalicelib.events import Event, LeftOut
from chalicelib.rudderstack.messages import Message
from chalicelib.rudderstack.orders import to_money
from chalicelib.rudderstack.page_views import to_page_view
from chalicelib.rudderstack.rules import Rules, Source


def to_event(message: Message | None, source: Source, rules: Rules) -> Event | LeftOut:
    """The event that the document describes, or why it is not counted.

    Raises EventError if the document should have been an event and cannot be read.
    """
    if message is None:
        raise EventError("the document is not a JSON object")
    match (message.type or "").lower():
        case "page":
            return to_page_view(message, source, rules)
        case "track":
            return to_money(message, source, rules)
        case "" if message.raw_data is not None:
            return LeftOut.FIREHOSE_ERROR
        case _:
            return LeftOut.NOT_A_PAGE_VIEW
