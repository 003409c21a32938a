"""RudderStack's pixel API: an event in the query of an image's address."""

from collections.abc import Mapping
from typing import Any

GIF = bytes.fromhex("4749463839610100010080000000000000000021f90401000000002c00000000010001000002024401003b")
"""The smallest transparent image, 1 by 1."""


def to_event(kind: str, query: Mapping[str, str], now: str) -> dict[str, Any]:
    """The event of one request: each parameter at the path its dots name, every value text.

    `now` is the server's time, which stands in for the client's: an image has no clock.
    """
    event: dict[str, Any] = {
        "channel": "web",
        "integrations": {"All": True},
        "originalTimestamp": now,
        "sentAt": now,
    }
    for name, value in query.items():
        if name != "writeKey":
            _set(event, name.split("."), value)
    if kind == "page" and event.get("name") == "":
        event["name"] = "Unknown Page"
    return {**event, "anonymousId": str(event.get("anonymousId", "")).strip('"'), "type": kind}


def _set(event: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for parent in parents:
        child = event.setdefault(parent, {})
        if not isinstance(child, dict):
            return  # `a=1&a.b=2` names both a value and what is inside of it: the first stays
        event = child
    event[last] = value
