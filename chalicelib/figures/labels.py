"""The SQL expression for the label of a row's bin."""

from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from chalicelib.figures.dialect import Dialect, Values
from chalicelib.figures.timerange import Interval, TimeRange
from chalicelib.figures.wallclock import HOUR, SECOND, Segment


def label(time_range: TimeRange, dialect: Dialect, values: Values) -> str:
    """An expression for the label of a row's bin: see `timerange.Bin`. Its moments are added to `values`.

    The offsets of the time zone are written out, as intervals that are never negative: Timestream has no time
    zones, and another database may have older rules than this one.
    """
    return _Labels(time_range, dialect, values).expression()


class _Labels:
    """Writes the expression for one time range."""

    def __init__(self, time_range: TimeRange, dialect: Dialect, values: Values) -> None:
        self._range, self._dialect, self._values = time_range, dialect, values

    def expression(self) -> str:
        segments = self._range.segments
        if self._range.interval is Interval.HOUR:
            return self._case([(segment.end, self._hour_label(segment)) for segment in segments])
        wall = self._case([(segment.end, self._shifted(self._time, segment.offset)) for segment in segments])
        return f"date_trunc('{_UNITS[self._range.interval]}', {wall})"

    def _hour_label(self, segment: Segment) -> str:
        """The start of the hour in UTC, which tells apart the two hours that the clocks show alike in autumn.

        Of the offset, only the part beyond whole hours matters. If a change of the clocks cuts an hour in
        two, the second part starts at the change.
        """
        shift = segment.offset % HOUR
        start = self._shifted(f"date_trunc('hour', {self._shifted(self._time, shift)})", -shift)
        if segment.starts_on_the_hour:
            return start
        return f"greatest({start}, {self._in_utc(self._edge(segment.start))})"

    def _case(self, expressions: list[tuple[datetime, str]]) -> str:
        """The first expression whose end lies after `time`. Neighbours that agree are one."""
        *cases, (_, last) = [list(same)[-1] for _, same in groupby(expressions, key=itemgetter(1))]
        if not cases:
            return last
        whens = " ".join(f"WHEN time < {self._edge(end)} THEN {expression}" for end, expression in cases)
        return f"CASE {whens} ELSE {last} END"

    def _shifted(self, expression: str, shift: timedelta) -> str:
        seconds = shift // SECOND
        if seconds == 0:
            return expression
        sign = "-" if seconds < 0 else "+"
        return f"{expression} {sign} {self._dialect.seconds.format(abs(seconds))}"

    @property
    def _time(self) -> str:
        return self._in_utc("time")

    def _in_utc(self, moment: str) -> str:
        return self._dialect.in_utc.format(moment)

    def _edge(self, instant: datetime) -> str:
        return self._values.add(f"edge_{instant:%Y%m%d%H%M%S}", instant)


_UNITS = {
    Interval.DAY: "day",
    Interval.WEEK: "week",
    Interval.MONTH: "month",
}
