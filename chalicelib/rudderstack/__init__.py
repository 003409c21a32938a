"""A document → an event. Alone in knowing RudderStack's vocabulary."""

from chalicelib.rudderstack.mapping import Rules, Source, to_event
from chalicelib.rudderstack.messages import Message, decode_document

__all__ = ["Message", "Rules", "Source", "decode_document", "to_event"]
