"""Which websites have a series of their own: the largest, however many there are."""

from chalicelib.figures.dialect import Dialect, Values
from chalicelib.figures.labels import label
from chalicelib.figures.queries import MetricQuery, max_series
from chalicelib.figures.sources import Sources, Span

NOW, EARLIER = 0, 2
"""The column `part` of what a statement counts: in the time range, or in an earlier span (all above NOW)."""


class RankedStatement:
    """What the statements of all metrics are written with: a source, labels, and the ranking of websites."""

    def __init__(self, query: MetricQuery, dialect: Dialect, values: Values) -> None:
        self._query, self._dialect = query, dialect
        self._sources = Sources(query.affiliate_id, query.filters, dialect, values)
        self._label = label(query.time_range, dialect, values)
        self._span = Span(query.time_range.start, query.time_range.end)
        self._most = max_series(query.time_range)

    def _sizes(self, aggregate: str, value: str, key: str) -> str:
        """How large a series is in the time range, and if there is one, in the earlier span."""
        series = f"OVER (PARTITION BY {key})"
        if not self._query.earlier:
            return f"{aggregate}({value}) {series} AS size"
        return f"""\
{aggregate}(CASE WHEN part = {NOW} THEN {value} ELSE 0 END) {series} AS size,
  {aggregate}(CASE WHEN part > {NOW} THEN {value} ELSE 0 END) {series} AS before"""

    def _largest(self, size: str = "{}") -> str:
        """The order of the websites, the largest first."""
        names = ("size", "before") if self._query.earlier else ("size",)
        return ", ".join([*(f"{size.format(name)} DESC" for name in names), "website"])

    def _website(self, place: str, named: int | str) -> str:
        """The website of a series; null in the places after `named`, unless there is a place for all."""
        return f"CASE WHEN {place} <= {named} OR max({place}) OVER () <= {self._most} THEN website END"
