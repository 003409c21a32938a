"""The changes that RudderStack's server makes to an event before it is delivered."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from devstack.rudderstack import gojson


@dataclass(frozen=True, slots=True)
class Receipt:
    """The time and the IP address that the server records for a request."""

    received_at: datetime
    """With a time zone."""
    request_ip: str


def to_delivered(event: Mapping[str, Any], receipt: Receipt, new_id: Callable[[], str]) -> dict[str, Any]:
    """The document that is delivered: `event` with the server's own fields.

    Adds or normalizes `messageId`, `rudderId`, `request_ip`, `receivedAt`, `originalTimestamp`, `sentAt` and
    `timestamp`, and nothing else. The `sentAt` of a batch is not used: the server reads that of each event.
    """
    return {
        **event,
        **_times(event, receipt.received_at),
        "messageId": clean_id(event.get("messageId")) or new_id(),
        "rudderId": _rudder_id(event),
        "request_ip": event.get("request_ip", receipt.request_ip),
    }


def is_identifiable(event: Mapping[str, Any]) -> bool:
    """Whether the event has a user. The gateway requires `anonymousId` or `userId`."""
    return bool(clean_id(event.get("anonymousId")) or clean_id(event.get("userId")))


def clean_id(value: gojson.JSON) -> str:
    """An id as text, without invisible characters and surrounding white space. Null gives an empty text."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else gojson.encode(value).decode()
    return "".join(filter(_is_visible, text)).strip()


def format_time(time: datetime) -> str:
    """RFC 3339 with exactly three decimals and the offset of `time`. UTC is `Z`."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(value: gojson.JSON) -> datetime | None:
    """The time in `value`, or None if it cannot be read. A time without an offset is in UTC.

    RudderStack accepts all formats of Go's `araddon/dateparse`. This accepts ISO 8601, and text with the
    seconds or milliseconds since 1970.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if _EPOCH.fullmatch(text):
            return _UNIX_EPOCH + timedelta(**{_EPOCH_UNITS[len(text)]: int(text)})
        time = datetime.fromisoformat(text)
    except ValueError:
        return None  # the same as a missing time
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _times(event: Mapping[str, Any], received_at: datetime) -> dict[str, str]:
    original = parse_time(event.get("originalTimestamp")) or received_at
    sent_at = parse_time(event.get("sentAt")) or received_at
    times = {
        "originalTimestamp": original,
        "sentAt": sent_at,
        "receivedAt": received_at,
        "timestamp": parse_time(event.get("timestamp")) or _corrected(original, sent_at, received_at),
    }
    return {name: format_time(time) for name, time in times.items()}


def _corrected(original: datetime, sent_at: datetime, received_at: datetime) -> datetime:
    """The event's time by the server's clock. A device's clock can be wrong, but its intervals are right.

    https://www.rudderstack.com/docs/event-spec/standard-events/common-fields/#clock-skew-considerations
    """
    try:
        return received_at - (sent_at - original)
    except OverflowError:
        return received_at  # the times of the device are thousands of years apart


def _rudder_id(event: Mapping[str, Any]) -> str:
    identity = f"{clean_id(event.get('userId'))}:{clean_id(event.get('anonymousId'))}"
    digest = hashlib.md5(identity.encode(), usedforsecurity=False).digest()
    return str(UUID(bytes=digest, version=4))


def _is_visible(character: str) -> bool:
    return character.isprintable() and character not in _BLANKS


_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = re.compile(r"\d{10}|\d{13}", re.ASCII)
_EPOCH_UNITS = {10: "seconds", 13: "milliseconds"}
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that are printable in Unicode but invisible (https://invisible-characters.com/)."""
