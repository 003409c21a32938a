"""Reads single values out of messages: texts, ids, links and times, each checked."""

import re
from typing import Final

import msgspec

from chalicelib.errors import EventError
from chalicelib.events import MAX_AFFILIATE_ID
from chalicelib.rudderstack.messages import Id, Message, Properties
from chalicelib.rudderstack.moments import event_time
from chalicelib.rudderstack.personal import redacted_link

PLACEHOLDER: Final = re.compile(
    r"undefined|null|NULL|None|NaN|\(null\)|\[object Object\]|\{.*\}|\[.*\]|<.*>|%.*%|\$\{?\w+\}?", re.ASCII
)
"""Texts that a page or a template writes if it has no value, such as `undefined` or `{affiliate_id}`."""

MAX_GIVEN_ID: Final = 2 * MAX_AFFILIATE_ID
"""Characters of an id as it is given, white space included."""


def required(text: str, name: str) -> str:
    """The text. Raises EventError, with its `name`, if it is empty."""
    if not text:
        raise EventError(f"{name} is missing")
    return text


def id_text(value: Id) -> str:
    """A string, or a number's digits."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def is_given(raw: msgspec.Raw) -> bool:
    """Whether there is a value. Null and the empty string mean that there is not."""
    return bytes(raw) not in (b"", b"null", b'""')


def raw_text(raw: msgspec.Raw, name: str) -> str:
    """A string's characters or a number's digits, exactly; empty for any other JSON value, or none.

    Raises EventError, with the field's `name`, for bytes that are not UTF-8: nothing has read them yet.
    """
    text = bytes(raw)
    if text[:1] != b'"':
        return text.decode("ascii") if text and text[0] in _NUMBER_START else ""
    try:
        return msgspec.json.decode(text, type=str)
    except UnicodeDecodeError as error:
        raise EventError(f"{name} is not UTF-8: {error}") from error


def text_or_empty(raw: msgspec.Raw) -> str:
    """A string's characters or a number's digits; empty if there is nothing to read, which costs no event."""
    try:
        return raw_text(raw, "")
    except EventError:
        return ""


def valid(text: str) -> str:
    """The text; empty if it is a placeholder, or cannot be printed."""
    return text if text.isprintable() and not PLACEHOLDER.fullmatch(text[:MAX_GIVEN_ID]) else ""


def trimmed(given: str) -> str:
    """The text without white space at its ends and without slashes at its end, which links gather."""
    return given.strip().rstrip("/ ")


def given_link(properties: Properties) -> str:
    """The affiliate's name for the link, as the site sends it along; empty if it does not."""
    return to_link(text_or_empty(properties.affiliate_link)) if properties.affiliate_link else ""


def to_link(given: str) -> str:
    """The name without white space and slashes at its ends; empty if it is not valid."""
    return redacted_link(valid(trimmed(given)))


def times(message: Message) -> tuple[int, int]:
    """The event's time and that of its receipt."""
    if message.timestamp is None or message.received_at is None:
        name = "timestamp" if message.timestamp is None else "receivedAt"
        raise EventError(f"{name} is not a time with an offset")
    return event_time(message.timestamp, message.received_at, message.sent_at, message.original_timestamp)


_NUMBER_START: Final = tuple(b"-0123456789")
