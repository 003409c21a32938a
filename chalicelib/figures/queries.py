"""A metric query, and the SQL that answers it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.figures.dialect import Dialect, Statement, Values
from chalicelib.figures.labels import label
from chalicelib.figures.timerange import TimeRange
from chalicelib.figures.wallclock import DAY


class Metric(StrEnum):
    """What to count, as the GraphQL schema says it."""

    PAGE_VIEWS = "PageViews"
    VISITORS = "Visitors"
    COMMISSIONS = "Commissions"


class MetricQuery(msgspec.Struct, frozen=True):
    """One question: a metric of one affiliate over a time range."""

    metric: Metric
    affiliate_id: str
    time_range: TimeRange


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of an answer: a website, and in what currency, in one bin."""

    website: str | None
    """None for all the websites together that have no series of their own."""
    value: int
    """A count, or micros."""
    timestamp: datetime | None
    """The bin's label; none for the whole time range, which only Visitors has."""
    currency: str | None = None
    """Of Commissions."""
    rank: int = 0
    """1 for the largest website of the currency; of several together, the rank of the smallest in the bin."""


MAX_SERIES = 50
"""In one answer. Anyone can post page views of websites that do not exist."""

MAX_POINTS = 8_000
"""In one answer: less than 1 MB, where AppSync may refuse it. A data point is some 120 bytes."""

LOOK_BACK = 31 * DAY
"""How far before a time range an entry's first report is looked for: what was reported then counts then."""


def max_series(time_range: TimeRange) -> int:
    """How many series an answer has at most; fewer where they have many bins."""
    return min(MAX_SERIES, MAX_POINTS // len(time_range.bins))


def to_statement(query: MetricQuery, dialect: Dialect) -> Statement:
    """The one statement that answers `query`, with one Row for each series and bin that has data.

    If there are more websites than `max_series`, the largest over the whole range have series of their own,
    and all others are one series in each currency. Money goes by the absolute amount, a tie by the name.
    """
    return _Writer(query, dialect).statement()


class _Writer:
    """Writes one statement. What is not written here comes from the dialect, or is a value."""

    def __init__(self, query: MetricQuery, dialect: Dialect) -> None:
        self._query, self._dialect, self._values = query, dialect, Values()
        self._label = label(query.time_range, dialect, self._values)
        self._most = max_series(query.time_range)

    def statement(self) -> Statement:
        return self._values.statement(_TEXTS[self._query.metric](self))

    def page_views(self) -> str:
        return f"""\
WITH counted AS (
SELECT website, {self._dialect.page_view_count} AS value, {self._label} AS label
{self._from_page_views()}
GROUP BY website, {self._label}
),
sized AS (
SELECT website, value, label, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label"""

    def visitors(self) -> str:
        """Distinct counts do not add up: the range and the other websites together have their own counts."""
        if self._dialect.has_little_memory:
            return self._visitors_sorted_once()
        return f"""\
WITH seen AS (
SELECT website, visitor_id, {self._label} AS label
{self._from_page_views()}
GROUP BY website, visitor_id, {self._label}
),
numbered AS (
SELECT website, visitor_id, label, dense_rank() OVER (PARTITION BY website ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website"""

    def _visitors_sorted_once(self) -> str:
        """The same rows, with one sort of the page views instead of four.

        A visitor of a website is new in the first bin, so the new ones of all bins add up to the whole
        range's. Only the other websites, if there are any, are read again.
        """
        seen_elsewhere = f"""\
FROM (
SELECT visitor_id, {self._label} AS label, rank
FROM ({self._select_page_views()}) AS viewed
JOIN others ON others.website = viewed.website
) AS elsewhere"""
        return f"""\
WITH seen AS (
SELECT website, visitor_id, {self._label} AS label
{self._from_page_views()}
GROUP BY website, visitor_id, {self._label}
),
numbered AS (
SELECT website, label, row_number() OVER (PARTITION BY website, visitor_id ORDER BY label) AS number
FROM seen
),
counted AS (
SELECT website, count(*) AS value, label, sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new
FROM numbered
GROUP BY website, label
),
sized AS (
SELECT website, value, label, sum(new) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, size, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT {self._website("rank", self._most - 1)} AS name, website, value, label, size, rank
FROM ranked
),
others AS (
SELECT DISTINCT website, rank
FROM shown
WHERE name IS NULL
)
SELECT name AS website, value, label AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT DISTINCT name AS website, size AS value, {self._dialect.no_label} AS timestamp, rank
FROM shown
WHERE name IS NOT NULL
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
{seen_elsewhere}
GROUP BY label
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, {self._dialect.no_label} AS timestamp,
  max(rank) AS rank
{seen_elsewhere}
HAVING count(*) > 0"""

    def commissions(self) -> str:
        """Each entry once, and each currency by itself: they take turns to name their largest websites."""
        return f"""\
WITH {self._entries()}counted AS (
SELECT website, currency, sum(micros) AS value, {self._label} AS label
{self._from_entries()}
GROUP BY website, currency, {self._label}
),
sized AS (
SELECT website, currency, value, label,
  sum(value) OVER (PARTITION BY website, currency) AS size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT {self._website("place", f"{self._most} - currencies")} AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label"""

    def _entries(self) -> str:
        """Where an entry that was reported at two times is two rows: all rows, numbered, the first report
        being 1.

        Ties are settled, so that the same rows always give the same answer.
        """
        if self._dialect.holds_entries_once:
            return ""
        micros = self._dialect.micros
        return f"""\
entries AS (
SELECT website, currency, time, {micros} AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, {micros}
  ) AS occurrence
{self._from_commissions(since=self._query.time_range.start - LOOK_BACK)}
),
"""

    def _from_entries(self) -> str:
        if self._dialect.holds_entries_once:
            return self._from_commissions(since=self._query.time_range.start)
        return f"""\
FROM entries
WHERE occurrence = 1 AND time >= {self._start()}"""

    def _website(self, place: str, named: int | str) -> str:
        """The website of a series; null in the places after `named`, unless there is a place for all."""
        return f"CASE WHEN {place} <= {named} OR max({place}) OVER () <= {self._most} THEN website END"

    def _from_page_views(self) -> str:
        return self._from(self._dialect.page_views, self._dialect.is_page_view, self._start())

    def _select_page_views(self) -> str:
        return f"SELECT website, visitor_id, time {self._from_page_views()}"

    def _from_commissions(self, since: datetime) -> str:
        first = self._values.add("since", since)
        return self._from(self._dialect.commissions, self._dialect.is_commission, first)

    def _start(self) -> str:
        return self._values.add("start", self._query.time_range.start)

    def _from(self, table: str, condition: str, since: str) -> str:
        """A table, bounded by all that an engine finds rows by: affiliate, kind and time.

        https://docs.aws.amazon.com/timestream/latest/developerguide/queries-bp.html
        """
        affiliate_id = self._values.add("affiliate_id", self._query.affiliate_id)
        end = self._values.add("end", self._query.time_range.end)
        kind = f" AND {condition}" if condition else ""
        return f"""\
FROM {table}
WHERE "affiliate_id" = {affiliate_id}{kind}
  AND time >= {since} AND time < {end}"""


_TEXTS: dict[Metric, Callable[[_Writer], str]] = {
    Metric.PAGE_VIEWS: _Writer.page_views,
    Metric.VISITORS: _Writer.visitors,
    Metric.COMMISSIONS: _Writer.commissions,
}
