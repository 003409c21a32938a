"""A metric query, and the SQL that Timestream answers it with."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.config import Config
from chalicelib.records import COMMISSION, PAGE_VIEW
from chalicelib.sql import identifier, label, moment, string
from chalicelib.timerange import TimeRange
from chalicelib.wallclock import DAY


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

    website: str
    value: int
    """A count, or micros."""
    timestamp: datetime | None
    """The bin's label; none for the whole time range, which only Visitors has."""
    currency: str | None = None
    """Of Commissions."""


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


LOOK_BACK = 31 * DAY
"""How far before a time range an entry's first report is looked for: what was reported then counts then."""


def to_sql(query: MetricQuery, config: Config) -> str:
    """The one statement that answers `query`, with one Row for each series and bin that has data.

    Timestream binds no parameters: what is not written here comes through `sql`.
    """
    return "\n".join(_STATEMENTS[query.metric](query, config))


def _page_views(query: MetricQuery, config: Config) -> list[str]:
    bin_label = label(query.time_range)
    return [
        f"SELECT website, sum(measure_value::bigint) AS value, {bin_label} AS timestamp",
        *_from_page_views(query, config),
        f"GROUP BY website, {bin_label}",
    ]


def _visitors(query: MetricQuery, config: Config) -> list[str]:
    bin_label = label(query.time_range)
    source = _from_page_views(query, config)
    return [
        f"SELECT website, count(DISTINCT visitor_id) AS value, {bin_label} AS timestamp",
        *source,
        f"GROUP BY website, {bin_label}",
        "UNION ALL",
        # Who came on two days is one visitor of the range: distinct counts do not add up.
        "SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp",
        *source,
        "GROUP BY website",
    ]


def _commissions(query: MetricQuery, config: Config) -> list[str]:
    bin_label = label(query.time_range)
    return [
        "WITH entries AS (",
        "SELECT website, currency, time, measure_value::bigint AS micros,",
        # An entry that was reported at two times is two records; the first counts. Ties are settled, so that
        # the same records always give the same answer.
        "  row_number() OVER (",
        "    PARTITION BY website, currency, order_id, entry, entry_id",
        "    ORDER BY time, measure_value::bigint",
        "  ) AS occurrence",
        *_from_commissions(query, config),
        ")",
        f"SELECT website, currency, sum(micros) AS value, {bin_label} AS timestamp",
        "FROM entries",
        f"WHERE occurrence = 1 AND time >= {moment(query.time_range.start)}",
        f"GROUP BY website, currency, {bin_label}",
    ]


_STATEMENTS: dict[Metric, Callable[[MetricQuery, Config], list[str]]] = {
    Metric.PAGE_VIEWS: _page_views,
    Metric.VISITORS: _visitors,
    Metric.COMMISSIONS: _commissions,
}


def _from_page_views(query: MetricQuery, config: Config) -> list[str]:
    since = query.time_range.start
    return _from(config.timestream_database, config.page_views_table, PAGE_VIEW, query, since)


def _from_commissions(query: MetricQuery, config: Config) -> list[str]:
    since = query.time_range.start - LOOK_BACK
    return _from(config.timestream_database, config.commissions_table, COMMISSION, query, since)


def _from(database: str, table: str, measure_name: str, query: MetricQuery, since: datetime) -> list[str]:
    """A table, bounded by all that Timestream prunes by: partition key, measure name and time.

    https://docs.aws.amazon.com/timestream/latest/developerguide/queries-bp.html
    """
    return [
        f"FROM {identifier(database)}.{identifier(table)}",
        f'WHERE "affiliate_id" = {string(query.affiliate_id)} AND measure_name = {string(measure_name)}',
        f"  AND time >= {moment(since)} AND time < {moment(query.time_range.end)}",
    ]
