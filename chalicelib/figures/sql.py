"""The parts of a statement: quoted values, and the label of a row's bin."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from chalicelib.figures.timerange import Interval, TimeRange
from chalicelib.figures.wallclock import HOUR, SECOND, Segment


def identifier(name: str) -> str:
    """`name` as a quoted identifier. Raises ValueError for what cannot be printed."""
    return _quoted(name, '"')


def string(text: str) -> str:
    """`text` as a string literal. Raises ValueError for what cannot be printed."""
    return _quoted(text, "'")


def moment(instant: datetime) -> str:
    """`instant` as a timestamp literal in UTC: whole seconds, as bins have."""
    return f"TIMESTAMP '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"


def label(time_range: TimeRange) -> str:
    """An expression for the label of a row's bin: see `timerange.Bin`.

    Timestream has no time zones, so the offsets are written out: intervals such as `3600s`, never negative.
    """
    segments = time_range.segments
    if time_range.interval is Interval.HOUR:
        return _case([(segment.end, _hour_label(segment)) for segment in segments])
    wall = _case([(segment.end, _shifted("time", segment.offset)) for segment in segments])
    return f"date_trunc('{_UNITS[time_range.interval]}', {wall})"


def _quoted(text: str, quote: str) -> str:
    if not text.isprintable():
        raise ValueError(f"no place in a statement for {text!r}")
    return quote + text.replace(quote, quote * 2) + quote


def _hour_label(segment: Segment) -> str:
    """The start of the hour in UTC, which tells apart the two that the clocks show alike in autumn.

    Only what the offset has beyond whole hours matters to it. Where a change of the clocks cuts an hour in
    two, the second part starts at the change.
    """
    shift = segment.offset % HOUR
    start = _shifted(f"date_trunc('hour', {_shifted('time', shift)})", -shift)
    return start if segment.starts_on_the_hour else f"greatest({start}, {moment(segment.start)})"


def _case(expressions: list[tuple[datetime, str]]) -> str:
    """The first expression whose end lies after `time`; neighbours that agree are one."""
    *cases, (_, last) = [list(same)[-1] for _, same in groupby(expressions, key=itemgetter(1))]
    if not cases:
        return last
    whens = " ".join(f"WHEN time < {moment(end)} THEN {expression}" for end, expression in cases)
    return f"CASE {whens} ELSE {last} END"


def _shifted(expression: str, shift: timedelta) -> str:
    seconds = shift // SECOND
    if seconds == 0:
        return expression
    return f"{expression} {'-' if seconds < 0 else '+'} {abs(seconds)}s"


_UNITS = {
    Interval.DAY: "day",
    Interval.WEEK: "week",
    Interval.MONTH: "month",
}
