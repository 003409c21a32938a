"""The SQL that answers a metric query."""

from collections.abc import Callable
from typing import Final

from chalicelib.figures.dialect import Amounts, Dialect, Statement, Values
from chalicelib.figures.queries import Metric, MetricQuery, Part, Row
from chalicelib.figures.ranking import RankedStatement
from chalicelib.figures.sources import Span
from chalicelib.figures.visitors import VisitorStatement


def to_statement(query: MetricQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`, with one Row for each series and bin that has data.

    If there are more websites than `max_series`, the largest over the whole range have series of their own,
    and all others are one series in each currency. Money goes by the absolute amount. Of two of one size, the
    larger one in the earlier span comes first, then the one whose name does.
    """
    values = Values()
    if query.metric is Metric.VISITORS:
        return values.statement(VisitorStatement(query, dialect, values).text(), Row)
    return values.statement(_TEXTS[query.metric](_Writer(query, dialect, values)), Row)


class _Writer(RankedStatement):
    """Writes a statement about sums. What is not written here comes from the dialect, or is a value."""

    def page_views(self) -> str:
        return self._counts(self._sources.page_views)

    def clicks(self) -> str:
        return self._counts(self._sources.clicks)

    def orders(self) -> str:
        return self._counts(lambda span: f"{self._sources.entries(self._dialect.commissions, span)}{_SALES}")

    def commissions(self) -> str:
        return self._money(self._dialect.commissions)

    def revenue(self) -> str:
        return self._money(self._dialect.revenues)

    def _counts(self, source: Callable[[Span], str]) -> str:
        return f"""\
WITH counted AS (
{self._counted("website", "count(*)", source)}
),
sized AS (
SELECT website, value, label, part, {self._sizes("sum", "value", "website")}
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY {self._largest()}) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS website, value, label, part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part"""

    def _money(self, amounts: Amounts) -> str:
        """Each currency by itself: they take turns to name their largest websites."""

        def source(span: Span) -> str:
            return self._sources.entries(amounts, span)

        return f"""\
WITH counted AS (
{self._counted("website, currency", f"sum({self._sources.micros(amounts)})", source)}
),
sized AS (
SELECT website, currency, value, label, part, {self._sizes("sum", "value", "website, currency")},
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY {self._largest("abs({})")}) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT {self._website("place", f"{self._most} - currencies")} AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part"""

    def _counted(self, keys: str, value: str, source: Callable[[Span], str]) -> str:
        """A value for each key and bin, and for each key in the earlier span."""
        counted = f"""\
SELECT {keys}, {value} AS value, {self._label} AS label, {Part.BIN:d} AS part
{source(self._span)}
GROUP BY {keys}, {self._label}"""
        if not (earlier := self._query.earlier):
            return counted
        return f"""\
{counted}
UNION ALL
SELECT {keys}, {value} AS value, {self._dialect.no_label} AS label, {Part.EARLIER_TOTAL:d} AS part
{source(earlier)}
GROUP BY {keys}"""


_SALES: Final = "\n  AND entry = 'sale'"

_TEXTS: Final[dict[Metric, Callable[[_Writer], str]]] = {
    Metric.PAGE_VIEWS: _Writer.page_views,
    Metric.COMMISSIONS: _Writer.commissions,
    Metric.CLICKS: _Writer.clicks,
    Metric.ORDERS: _Writer.orders,
    Metric.REVENUE: _Writer.revenue,
}
