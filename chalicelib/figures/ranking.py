"""Which websites have a series of their own: the largest, however many there are."""

from typing import Final

from chalicelib.figures.queries import MetricQuery, max_series

NOW, EARLIER = 0, 2
"""The column `part` of what a statement counts: in the time range, or in an earlier span (all above NOW)."""


class Ranking:
    """Writes the parts of a statement that rank websites, for one query."""

    def __init__(self, query: MetricQuery) -> None:
        self._is_compared = query.earlier is not None
        self.most: Final = max_series(query.time_range)
        """Series in the answer."""

    def sizes(self, aggregate: str, value: str, key: str) -> str:
        """How large a series is in the time range, and if there is one, in the earlier span."""
        series = f"OVER (PARTITION BY {key})"
        if not self._is_compared:
            return f"{aggregate}({value}) {series} AS size"
        return f"""\
{aggregate}(CASE WHEN part = {NOW} THEN {value} ELSE 0 END) {series} AS size,
  {aggregate}(CASE WHEN part > {NOW} THEN {value} ELSE 0 END) {series} AS before"""

    def largest(self, size: str = "{}") -> str:
        """The order of the websites, the largest first."""
        names = ("size", "before") if self._is_compared else ("size",)
        return ", ".join([*(f"{size.format(name)} DESC" for name in names), "website"])

    def website(self, place: str, named: int | str) -> str:
        """The website of a series; null in the places after `named`, unless there is a place for all."""
        return f"CASE WHEN {place} <= {named} OR max({place}) OVER () <= {self.most} THEN website END"
