"""A metric query, and the SQL that Timestream answers it with."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.config import Config
from chalicelib.engines.timestream.records import COMMISSION, PAGE_VIEW
from chalicelib.figures.sql import identifier, label, moment, string
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
    """None for all the websites that have no series of their own, together."""
    value: int
    """A count, or micros."""
    timestamp: datetime | None
    """The bin's label; none for the whole time range, which only Visitors has."""
    currency: str | None = None
    """Of Commissions."""
    rank: int = 0
    """1 for the largest website of the currency; of several together, the rank of the smallest in the bin."""


COLUMNS = frozenset(
    {
        "affiliate_id",
        "currency",
        "entry",
        "entry_id",
        "measure_name",
        "measure_value::bigint",
        "order_id",
        "time",
        "visitor_id",
        "website",
    }
)
"""Every column that a statement reads. Timestream knows none of them before the table's first record."""


MAX_SERIES = 50
"""In one answer. Anyone can post page views of websites that do not exist."""

MAX_POINTS = 8_000
"""In one answer: less than 1 MB, where AppSync may refuse it. A data point is some 120 bytes."""

LOOK_BACK = 31 * DAY
"""How far before a time range an entry's first report is looked for: what was reported then counts then."""


def max_series(time_range: TimeRange) -> int:
    """How many series an answer has at most; fewer where they have many bins."""
    return min(MAX_SERIES, MAX_POINTS // len(time_range.bins))


def to_sql(query: MetricQuery, config: Config) -> str:
    """The one statement that answers `query`, with one Row for each series and bin that has data.

    If there are more websites than `max_series`, the largest over the whole range have series of their own,
    and all others are one series in each currency. Money goes by the absolute amount, a tie by the name.

    Timestream binds no parameters: what is not written here comes through `sql`.
    """
    return _STATEMENTS[query.metric](query, config)


def _page_views(query: MetricQuery, config: Config) -> str:
    bin_label, most = label(query.time_range), max_series(query.time_range)
    return f"""\
WITH counted AS (
SELECT website, sum(measure_value::bigint) AS value, {bin_label} AS label
{_from_page_views(query, config)}
GROUP BY website, {bin_label}
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
SELECT {_website("rank", most - 1, most)} AS website, value, label, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label"""


def _visitors(query: MetricQuery, config: Config) -> str:
    """Distinct counts do not add up: the range and the other websites together have counts of their own."""
    bin_label, most = label(query.time_range), max_series(query.time_range)
    return f"""\
WITH seen AS (
SELECT website, visitor_id, {bin_label} AS label
{_from_page_views(query, config)}
GROUP BY website, visitor_id, {bin_label}
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
SELECT {_website("rank", most - 1, most)} AS website, visitor_id, label, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, label
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website"""


def _commissions(query: MetricQuery, config: Config) -> str:
    """Each entry once, and each currency by itself.

    An entry that was reported at two times is two records: the first counts. Ties are settled, so that the
    same records always give the same answer. The currencies take turns to name their largest websites.
    """
    bin_label, most = label(query.time_range), max_series(query.time_range)
    return f"""\
WITH entries AS (
SELECT website, currency, time, measure_value::bigint AS micros,
  row_number() OVER (
    PARTITION BY website, currency, order_id, entry, entry_id
    ORDER BY time, measure_value::bigint
  ) AS occurrence
{_from_commissions(query, config)}
),
counted AS (
SELECT website, currency, sum(micros) AS value, {bin_label} AS label
FROM entries
WHERE occurrence = 1 AND time >= {moment(query.time_range.start)}
GROUP BY website, currency, {bin_label}
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
SELECT {_website("place", f"{most} - currencies", most)} AS website, currency, value, label, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank
FROM shown
GROUP BY website, currency, label"""


_STATEMENTS: dict[Metric, Callable[[MetricQuery, Config], str]] = {
    Metric.PAGE_VIEWS: _page_views,
    Metric.VISITORS: _visitors,
    Metric.COMMISSIONS: _commissions,
}


def _website(place: str, named: int | str, most: int) -> str:
    """The website of a series; null in the places after `named`, unless all places are at most `most`."""
    return f"CASE WHEN {place} <= {named} OR max({place}) OVER () <= {most} THEN website END"


def _from_page_views(query: MetricQuery, config: Config) -> str:
    since = query.time_range.start
    return _from(config.timestream_database, config.page_views_table, PAGE_VIEW, query, since)


def _from_commissions(query: MetricQuery, config: Config) -> str:
    since = query.time_range.start - LOOK_BACK
    return _from(config.timestream_database, config.commissions_table, COMMISSION, query, since)


def _from(database: str, table: str, measure_name: str, query: MetricQuery, since: datetime) -> str:
    """A table, bounded by all that Timestream prunes by: partition key, measure name and time.

    https://docs.aws.amazon.com/timestream/latest/developerguide/queries-bp.html
    """
    return f"""\
FROM {identifier(database)}.{identifier(table)}
WHERE "affiliate_id" = {string(query.affiliate_id)} AND measure_name = {string(measure_name)}
  AND time >= {moment(since)} AND time < {moment(query.time_range.end)}"""
