"""A document → an event. Alone in knowing RudderStack's vocabulary."""

from chalicelib.rudderstack.mapping import to_event
from chalicelib.rudderstack.messages import Message, decode_document
from chalicelib.rudderstack.rules import Rules, Source

__all__ = ["Message", "Rules", "Source", "decode_document", "to_event"]
