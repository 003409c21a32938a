"""The time of an event, which is the same however often the event is delivered."""

from datetime import UTC, datetime, timedelta

from chalicelib.errors import EventError

MAX_AHEAD = timedelta(minutes=15)
"""How far ahead of its receipt an event may lie. Timestream takes nothing further ahead either."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY, _MINUTES_10, _MAX_AHEAD = (
    length // timedelta(milliseconds=1) for length in (timedelta(days=1), timedelta(minutes=10), MAX_AHEAD)
)
_TEN_MINUTES, _FIVE_MINUTES = timedelta(minutes=10), timedelta(minutes=5)
_ROUNDING = timedelta(milliseconds=2)
"""Between RudderStack's own computation and one from the times it prints."""


def event_time(
    timestamp: datetime, received: datetime, sent: datetime | None, original: datetime | None
) -> tuple[int, int]:
    """The time of an event, and that of its receipt, in milliseconds since 1970.

    The first is the same for every delivery. RudderStack computes timestamp = received - (sent - original)
    unless the producer set it, and an event that is sent again has a new `sent` and `received`. Their
    difference is the skew of the producer's clock plus the time that the network took. Rounded to ten minutes
    it is the skew alone, and the same every time: few clocks are five minutes off. A clock that is less than
    five minutes off is left as it is.

    If the three times are equal, nothing was computed: RudderStack puts `received` for those it is not sent.

    Raises EventError if the time is before 1970 or more than MAX_AHEAD after `received`.
    """
    time, receipt = None, _milliseconds(received)
    if sent is not None and original is not None:
        skew = received - sent
        is_computed = -_ROUNDING <= timestamp - original - skew <= _ROUNDING
        if is_computed and not sent == original == received:
            # In whole milliseconds: at the ends of the calendar, datetimes overflow.
            time = _milliseconds(original) + (skew + _FIVE_MINUTES) // _TEN_MINUTES * _MINUTES_10
    if time is None:
        time = _milliseconds(timestamp)
    if time - receipt > _MAX_AHEAD:
        raise EventError(f"the event lies in the future: {(time - receipt) // 1000} s after its receipt")
    if time < 0:
        raise EventError("the event lies before 1970")
    return time, receipt


def is_older(time: int, receipt: int, days: int) -> bool:
    """Whether an event lies more than `days` before its receipt; both in milliseconds since 1970."""
    return receipt - time > days * _DAY


def _milliseconds(moment: datetime) -> int:
    since = moment - _EPOCH
    return since.days * _DAY + since.seconds * 1000 + since.microseconds // 1000
