"""The time that an event keeps however often it is delivered."""

from datetime import UTC, datetime, timedelta

from chalicelib.errors import EventError

MAX_AHEAD = timedelta(minutes=15)
"""How far ahead of its receipt an event may lie. Timestream takes nothing further ahead either."""

# Whole microseconds since 1970 from here on: at the ends of the calendar, datetimes overflow.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND, _DAY = timedelta(microseconds=1), timedelta(days=1) // timedelta(microseconds=1)
_MAX_AHEAD = MAX_AHEAD // _MICROSECOND
_TEN_MINUTES = timedelta(minutes=10) // _MICROSECOND
_ROUNDING = timedelta(milliseconds=2) // _MICROSECOND
"""Between RudderStack's own computation and one from the times it prints."""


def event_time(
    timestamp: datetime, received: datetime, sent: datetime | None, original: datetime | None
) -> int:
    """The time of an event, in milliseconds since 1970: the same for every delivery.

    RudderStack computes timestamp = received - (sent - original) unless the producer set it, and an event
    that is sent again has a new `sent` and `received`. Their difference is the skew of the producer's clock
    plus the time that the network took. Rounded to ten minutes it is the skew alone, and the same every
    time: few clocks are five minutes off. A clock that is less than five minutes off is left as it is.

    If the three times are equal, nothing was computed: RudderStack puts `received` for those it is not sent.

    Raises EventError if the time is before 1970 or more than MAX_AHEAD after `received`.
    """
    time, receipt = _microseconds(timestamp), _microseconds(received)
    if sent is not None and original is not None and not sent == original == received:
        start, skew = _microseconds(original), receipt - _microseconds(sent)
        if abs(time - start - skew) <= _ROUNDING:
            time = start + (skew + _TEN_MINUTES // 2) // _TEN_MINUTES * _TEN_MINUTES
    if time - receipt > _MAX_AHEAD:
        raise EventError(f"the event lies in the future: {(time - receipt) // 10**6} s after its receipt")
    if time < 0:
        raise EventError("the event lies before 1970")
    return time // 1000


def is_older(time: int, received: datetime, days: int) -> bool:
    """Whether an event's `time`, in milliseconds since 1970, lies more than `days` before its receipt."""
    return _microseconds(received) - time * 1000 > days * _DAY


def _microseconds(moment: datetime) -> int:
    since = moment - _EPOCH
    return since.days * _DAY + since.seconds * 10**6 + since.microseconds
