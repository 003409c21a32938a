"""A metric query, and the SQL that answers it."""

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from chalicelib.figures.dialect import Amounts, Dialect, Statement, Values
from chalicelib.figures.filters import Filters
from chalicelib.figures.labels import label
from chalicelib.figures.sources import Sources, Span
from chalicelib.figures.timerange import TimeRange


class Metric(StrEnum):
    """What to count, as the GraphQL schema says it."""

    PAGE_VIEWS = "PageViews"
    VISITORS = "Visitors"
    COMMISSIONS = "Commissions"
    CLICKS = "Clicks"
    ORDERS = "Orders"
    REVENUE = "Revenue"


MONEY: Final = (Metric.COMMISSIONS, Metric.REVENUE)
"""The metrics that are amounts of a currency."""

OF_ORDERS: Final = (*MONEY, Metric.ORDERS)
"""The metrics that know only what orders know: no page, no country and so on."""


class MetricQuery(msgspec.Struct, frozen=True):
    """One question: a metric of one affiliate over a time range."""

    metric: Metric
    affiliate_id: str
    time_range: TimeRange
    filters: Filters = ()
    earlier: Span | None = None
    """What the time range is compared with."""


class Part(IntEnum):
    """What a row's value is of."""

    BIN = 0
    """A series in a bin."""
    TOTAL = 1
    """A series over the whole time range. Only distinct counts have it: they do not add up."""
    OVERALL = 2
    """All websites over the whole time range. Only distinct counts have it."""
    EARLIER_TOTAL = 3
    """A series over the earlier span."""
    EARLIER_OVERALL = 4
    """All websites over the earlier span. Only distinct counts have it."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of an answer: a website, and in what currency, in one bin or over a whole span."""

    website: str | None
    """None for all the websites together that have no series of their own, and for those of Part.OVERALL."""
    value: int
    """A count, or micros."""
    timestamp: datetime | None
    """The bin's label; None for a whole span."""
    currency: str | None = None
    """Of money."""
    rank: int = 0
    """1 for the largest website of the currency; of several together, the rank of the smallest,
    in the bin or in all of them."""
    part: int = Part.BIN
    """A Part."""


MAX_SERIES = 50
"""In one answer. Anyone can post page views of websites that do not exist."""

MAX_POINTS = 8_000
"""In one answer: less than 1 MB, where AppSync may refuse it. A data point is some 120 bytes."""


def max_series(time_range: TimeRange) -> int:
    """How many series an answer has at most; fewer where they have many bins."""
    return min(MAX_SERIES, MAX_POINTS // len(time_range.bins))


def to_statement(query: MetricQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`, with one Row for each series and bin that has data.

    If there are more websites than `max_series`, the largest over the whole range have series of their own,
    and all others are one series in each currency. Money goes by the absolute amount. Of two of one size, the
    larger one in the earlier span comes first, then the one whose name does.
    """
    return _Writer(query, dialect).statement()


class _Writer:
    """Writes one statement. What is not written here comes from the dialect, or is a value."""

    def __init__(self, query: MetricQuery, dialect: Dialect) -> None:
        self._query, self._dialect, self._values = query, dialect, Values()
        self._sources = Sources(query.affiliate_id, query.filters, dialect, self._values)
        self._label = label(query.time_range, dialect, self._values)
        self._span = Span(query.time_range.start, query.time_range.end)
        self._most = max_series(query.time_range)

    def statement(self) -> Statement[Row]:
        return self._values.statement(_TEXTS[self._query.metric](self), Row)

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

    def visitors(self) -> str:
        return self._visitors_sorted_once() if self._dialect.has_little_memory else self._visitors()

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
SELECT {self._website("place", f"{self._most} - currencies")} AS website, currency, value, label, part, rank
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

    def _sizes(self, aggregate: str, value: str, key: str) -> str:
        """How large a series is in the time range, and if there is one, in the earlier span."""
        series = f"OVER (PARTITION BY {key})"
        if not self._query.earlier:
            return f"{aggregate}({value}) {series} AS size"
        return f"""\
{aggregate}(CASE WHEN part = {_NOW} THEN {value} ELSE 0 END) {series} AS size,
  {aggregate}(CASE WHEN part > {_NOW} THEN {value} ELSE 0 END) {series} AS before"""

    def _largest(self, size: str = "{}") -> str:
        """The order of the websites, the largest first."""
        names = ("size", "before") if self._query.earlier else ("size",)
        return ", ".join([*(f"{size.format(name)} DESC" for name in names), "website"])

    def _visitors(self) -> str:
        """Distinct counts do not add up: the range, the other websites together and all websites have their
        own counts.
        """
        return f"""\
WITH seen AS (
{self._seen()}
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, {self._sizes("max", "number", "website")}
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY {self._largest()}) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS website, visitor_id, label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = {_NOW}
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  max(rank) AS rank, part + {Part.TOTAL:d} AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  max(rank) AS rank, part + {Part.OVERALL:d} AS part
FROM shown
GROUP BY part"""

    def _visitors_sorted_once(self) -> str:
        """The same rows, with one sort of the page views instead of four.

        A visitor of a website is new in the first bin, so the new ones of all bins add up to the whole
        range's. One of a visitor's rows stands for the visitor. Only the other websites, if there are any,
        are read again.
        """
        # No join with the other websites: without statistics it would compare each view with all of them.
        elsewhere = f"""\
FROM (
{self._seen()}
) AS elsewhere
WHERE website NOT IN (SELECT name FROM named) AND EXISTS (SELECT 1 FROM shown WHERE name IS NULL)"""
        return f"""\
WITH seen AS (
{self._seen()}
),
numbered AS (
SELECT website, label, part,
  row_number() OVER (PARTITION BY part, visitor_id, website ORDER BY label) AS number,
  row_number() OVER (PARTITION BY part, visitor_id ORDER BY website, label) AS place
FROM seen
),
counted AS (
SELECT website, label, part, count(*) AS value, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new,
  sum(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS visitors
FROM numbered
GROUP BY website, label, part
),
sized AS (
SELECT website, label, part, value, visitors, sum(new) OVER (PARTITION BY website, part) AS total,
  {self._sizes("sum", "new", "website")}
FROM counted
),
ranked AS (
SELECT website, label, part, value, visitors, total, dense_rank() OVER (ORDER BY {self._largest()}) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS name, website, label, part, value, visitors, total, rank
FROM ranked
),
named AS (
SELECT DISTINCT name
FROM shown
WHERE name IS NOT NULL
)
SELECT name AS website, value, label AS timestamp, rank, part
FROM shown
WHERE name IS NOT NULL AND part = {_NOW}
UNION ALL
SELECT DISTINCT name AS website, total AS value, {self._dialect.no_label} AS timestamp, rank,
  part + {Part.TOTAL:d} AS part
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, sum(visitors) AS value, {self._dialect.no_label} AS timestamp, max(rank) AS rank,
  part + {Part.OVERALL:d} AS part
FROM shown
GROUP BY part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part
{elsewhere} AND part = {_NOW}
GROUP BY label, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  (SELECT max(rank) FROM shown) AS rank, part + {Part.TOTAL:d} AS part
{elsewhere}
GROUP BY part"""

    def _seen(self) -> str:
        """Each visitor of each website once in a bin, and once in the earlier span."""
        columns = ("visitor_id",)
        seen = f"""\
SELECT website, visitor_id, {self._label} AS label, {_NOW} AS part
{self._sources.page_views(self._span, columns)}
GROUP BY website, visitor_id, {self._label}"""
        if not (earlier := self._query.earlier):
            return seen
        return f"""\
{seen}
UNION ALL
SELECT website, visitor_id, {self._dialect.no_label} AS label, {_EARLIER} AS part
{self._sources.page_views(earlier, columns)}
GROUP BY website, visitor_id"""

    def _website(self, place: str, named: int | str) -> str:
        """The website of a series; null in the places after `named`, unless there is a place for all."""
        return f"CASE WHEN {place} <= {named} OR max({place}) OVER () <= {self._most} THEN website END"


_NOW, _EARLIER = 0, 2
"""Of which span a visitor is. With Part.TOTAL or Part.OVERALL added, it is the Part of a count."""

_SALES = "\n  AND entry = 'sale'"

_TEXTS: dict[Metric, Callable[[_Writer], str]] = {
    Metric.PAGE_VIEWS: _Writer.page_views,
    Metric.VISITORS: _Writer.visitors,
    Metric.COMMISSIONS: _Writer.commissions,
    Metric.CLICKS: _Writer.clicks,
    Metric.ORDERS: _Writer.orders,
    Metric.REVENUE: _Writer.revenue,
}
