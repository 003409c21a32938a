"""The time that an event keeps however often it is delivered."""

from datetime import UTC, datetime, timedelta

from chalicelib.errors import EventError

MAX_AHEAD = timedelta(minutes=15)
"""How far ahead of its receipt an event may lie. Timestream takes nothing further ahead either."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _HALF_MINUTE = timedelta(minutes=1), timedelta(seconds=30)
_ROUNDING = timedelta(milliseconds=2)
"""Between RudderStack's own computation and one from the times it prints."""


def event_time(
    timestamp: datetime, received: datetime, sent: datetime | None, original: datetime | None
) -> int:
    """The time of an event, in milliseconds since 1970: the same for every delivery.

    RudderStack computes timestamp = received - (sent - original) unless the producer set it, and an event
    that is sent again has a new `sent` and `received`. Their difference is the skew of the producer's clock
    plus what the network took; in whole minutes it is the skew alone, and the same every time.

    Raises EventError where the time is before 1970 or more than MAX_AHEAD after `received`.
    """
    time = timestamp
    if sent is not None and original is not None:
        skew = received - sent
        if -_ROUNDING <= timestamp - original - skew <= _ROUNDING:
            time = original + (skew + _HALF_MINUTE) // _MINUTE * _MINUTE
    if time - received > MAX_AHEAD:
        ahead = (time - received) // timedelta(seconds=1)
        raise EventError(f"the event lies in the future: {ahead} s after its receipt")
    since = time - _EPOCH
    if since.days < 0:
        raise EventError("the event lies before 1970")
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
