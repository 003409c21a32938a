import re
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.config import Config
from chalicelib.engines.timestream import dialect as timestream
from chalicelib.engines.timestream.dialect import identifier, moment, string
from chalicelib.figures import wallclock
from chalicelib.figures.dialect import Values
from chalicelib.figures.labels import label as label_expression
from chalicelib.figures.queries import OF_ORDERS, Metric, MetricQuery, Row, max_series
from chalicelib.figures.statements import to_statement
from chalicelib.figures.timerange import (
    WINDOWS,
    Interval,
    TimeRange,
    TimeWindow,
    allowed_intervals,
    to_time_range,
)

CONFIG = Config(events_bucket="events")
NOW = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)


def to_sql(query: MetricQuery, config: Config) -> str:
    return timestream.to_sql(to_statement(query, timestream.dialect(config)))


def label(asked: TimeRange) -> str:
    values = Values()
    expression = label_expression(asked, timestream.dialect(CONFIG), values)
    return timestream.to_sql(values.statement(expression, Row))


def time_range(window: str, interval: str, zone: str, now: datetime = NOW) -> TimeRange:
    return to_time_range(TimeWindow(window), Interval(interval), wallclock.zone(zone), now)


def query(metric: str, window: str, interval: str, zone: str, affiliate_id: str = "amy") -> MetricQuery:
    return MetricQuery(Metric(metric), affiliate_id, time_range(window, interval, zone))


def test_page_views_by_day() -> None:
    assert (
        to_sql(query("PageViews", "Last7Days", "Day", "UTC"), CONFIG)
        == """\
WITH counted AS (
SELECT website, count(*) AS value, date_trunc('day', time) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'amy' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-11-17 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY website, date_trunc('day', time)
),
sized AS (
SELECT website, value, label, part, sum(value) OVER (PARTITION BY website) AS size
FROM counted
),
ranked AS (
SELECT website, value, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, value, label,\
 part, rank
FROM ranked
)
SELECT website, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, label, part"""
    )


def test_visitors_by_week_where_the_clocks_change() -> None:
    assert (
        to_sql(query("Visitors", "Last30Days", "Week", "America/New_York"), CONFIG)
        == """\
WITH seen AS (
SELECT website, visitor_id, date_trunc('week', CASE WHEN time < TIMESTAMP '2026-11-01 06:00:00'\
 THEN time - 14400s ELSE time - 18000s END) AS label, 0 AS part
FROM (
SELECT website AS website, min(time) AS time, max(visitor_id) AS visitor_id
FROM "WebAnalyticsDb"."PageViewsTable"
WHERE affiliate_id = 'amy' AND measure_name = 'page_view'
  AND time >= TIMESTAMP '2026-10-25 04:00:00' AND time < TIMESTAMP '2026-11-30 05:00:00'
GROUP BY website, event_id
) AS viewed
GROUP BY visitor_id, website, date_trunc('week', CASE WHEN time < TIMESTAMP '2026-11-01 06:00:00'\
 THEN time - 14400s ELSE time - 18000s END)
),
numbered AS (
SELECT website, visitor_id, label, part,
  dense_rank() OVER (PARTITION BY website, part ORDER BY visitor_id) AS number
FROM seen
),
sized AS (
SELECT website, visitor_id, label, part, max(number) OVER (PARTITION BY website) AS size
FROM numbered
),
ranked AS (
SELECT website, visitor_id, label, part, dense_rank() OVER (ORDER BY size DESC, website) AS rank
FROM sized
),
shown AS (
SELECT CASE WHEN rank <= 49 OR max(rank) OVER () <= 50 THEN website END AS website, visitor_id,\
 label, part, rank
FROM ranked
)
SELECT website, count(DISTINCT visitor_id) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
WHERE part = 0
GROUP BY website, label, part
UNION ALL
SELECT website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 1 AS part
FROM shown
GROUP BY website, part
UNION ALL
SELECT NULL AS website, count(DISTINCT visitor_id) AS value, CAST(NULL AS timestamp) AS timestamp,
  max(rank) AS rank, part + 2 AS part
FROM shown
GROUP BY part"""
    )


def test_commissions_by_month() -> None:
    assert (
        to_sql(query("Commissions", "Last90Days", "Month", "Asia/Kolkata"), CONFIG)
        == """\
WITH counted AS (
SELECT website, currency, sum(micros) AS value, date_trunc('month', time + 19800s) AS label, 0 AS\
 part
FROM (
SELECT website AS website, currency AS currency, order_id AS order_id, entry AS entry, entry_id AS\
 entry_id,
  time, measure_value::bigint AS micros,
  row_number() OVER (PARTITION BY website, currency, order_id, entry, entry_id ORDER BY time,\
 measure_value::bigint) AS occurrence
FROM "WebAnalyticsDb"."CommissionsTable"
WHERE affiliate_id = 'amy' AND measure_name = 'commission'
  AND time >= TIMESTAMP '2026-07-25 18:30:00' AND time < TIMESTAMP '2026-11-30 18:30:00'
) AS reported
WHERE occurrence = 1 AND time >= TIMESTAMP '2026-08-25 18:30:00'
GROUP BY website, currency, date_trunc('month', time + 19800s)
),
sized AS (
SELECT website, currency, value, label, part, sum(value) OVER (PARTITION BY website, currency) AS\
 size,
  dense_rank() OVER (ORDER BY currency) AS number
FROM counted
),
ranked AS (
SELECT website, currency, value, label, part,
  dense_rank() OVER (PARTITION BY currency ORDER BY abs(size) DESC, website) AS rank,
  max(number) OVER () AS currencies
FROM sized
),
placed AS (
SELECT website, currency, value, label, part, rank, currencies,
  dense_rank() OVER (ORDER BY rank, currency) AS place
FROM ranked
),
shown AS (
SELECT CASE WHEN place <= 50 - currencies OR max(place) OVER () <= 50 THEN website END AS website,
  currency, value, label, part, rank
FROM placed
)
SELECT website, currency, sum(value) AS value, label AS timestamp, max(rank) AS rank, part
FROM shown
GROUP BY website, currency, label, part"""
    )


@pytest.mark.parametrize(
    ("window", "interval", "most"),
    [
        ("Last24Hours", "Hour", 50),
        ("Last7Days", "Hour", 50),
        ("Last30Days", "Hour", 11),
        ("Last90Days", "Day", 50),
        ("Last365Days", "Day", 21),
        ("Last365Days", "Week", 50),
    ],
)
def test_an_answer_has_fewer_series_where_they_have_many_bins(window: str, interval: str, most: int) -> None:
    assert max_series(time_range(window, interval, "UTC")) == most


def test_names_and_affiliate_stay_inside_their_quotes() -> None:
    config = Config(events_bucket="events", timestream_database='a"b', page_views_table="net-example")
    sql = to_sql(query("PageViews", "Last7Days", "Day", "UTC", "o'hara' OR ''='"), config)
    assert sql.splitlines()[4:6] == [
        'FROM "a""b"."net-example"',
        "WHERE affiliate_id = 'o''hara'' OR ''''=''' AND measure_name = 'page_view'",
    ]


@pytest.mark.parametrize(
    ("window", "interval", "zone", "now", "expected"),
    [
        ("Last7Days", "Hour", "UTC", "2026-11-23T12:34", "date_trunc('hour', time)"),
        ("Last7Days", "Week", "UTC", "2026-11-23T12:34", "date_trunc('week', time)"),
        ("Last7Days", "Day", "Etc/GMT+5", "2026-11-23T12:34", "date_trunc('day', time - 18000s)"),
        ("Last7Days", "Day", "Asia/Kathmandu", "2026-11-23T12:34", "date_trunc('day', time + 20700s)"),
        (
            "Last30Days",
            "Day",
            "Europe/London",
            "2026-10-26T12:34",
            """\
date_trunc('day', CASE WHEN time < TIMESTAMP '2026-10-25 01:00:00' THEN time + 3600s ELSE time END)""",
        ),
        # Casablanca goes back for Ramadan, and forth after it.
        (
            "Last90Days",
            "Day",
            "Africa/Casablanca",
            "2025-04-10T12:34",
            """\
date_trunc('day', CASE WHEN time < TIMESTAMP '2025-02-23 02:00:00' THEN time + 3600s\
 WHEN time < TIMESTAMP '2025-04-06 02:00:00' THEN time ELSE time + 3600s END)""",
        ),
        # Newfoundland was back to 6 November for 59 minutes, which the calendar does not follow.
        (
            "Last7Days",
            "Day",
            "America/St_Johns",
            "2010-11-07T12:34",
            """\
date_trunc('day', CASE WHEN time < TIMESTAMP '2010-11-07 03:30:00'\
 THEN time - 9000s ELSE time - 12600s END)""",
        ),
        # An hour's label is in UTC: whole hours of an offset do not matter, nor does their change.
        ("Last30Days", "Hour", "America/New_York", "2026-11-23T12:34", "date_trunc('hour', time)"),
        ("Last7Days", "Hour", "Asia/Kolkata", "2026-11-23T12:34", "date_trunc('hour', time + 1800s) - 1800s"),
        (
            "Last7Days",
            "Hour",
            "America/St_Johns",
            "2026-11-02T12:34",
            "date_trunc('hour', time + 1800s) - 1800s",
        ),
        (
            "Last7Days",
            "Hour",
            "Australia/Lord_Howe",
            "2026-04-05T12:34",
            """\
CASE WHEN time < TIMESTAMP '2026-04-04 15:00:00' THEN date_trunc('hour', time)\
 ELSE greatest(date_trunc('hour', time + 1800s) - 1800s, TIMESTAMP '2026-04-04 15:00:00') END""",
        ),
        (
            "Last7Days",
            "Hour",
            "Pacific/Chatham",
            "2026-04-05T12:34",
            """\
CASE WHEN time < TIMESTAMP '2026-04-04 14:00:00' THEN date_trunc('hour', time + 2700s) - 2700s\
 ELSE greatest(date_trunc('hour', time + 2700s) - 2700s, TIMESTAMP '2026-04-04 14:00:00') END""",
        ),
    ],
)
def test_label(window: str, interval: str, zone: str, now: str, expected: str) -> None:
    assert (
        label(time_range(window, interval, zone, datetime.fromisoformat(now).replace(tzinfo=UTC))) == expected
    )


ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
    ]
)
REQUESTS = st.sampled_from(
    [(window, interval) for window in WINDOWS for interval in allowed_intervals(window)]
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@given(REQUESTS, ZONES, MOMENTS)
@settings(max_examples=35, deadline=None)
def test_the_label_of_every_row_is_its_bins(request: tuple[str, str], zone: str, now: datetime) -> None:
    asked = time_range(*request, zone, now)
    expected = [
        (instant, bin_.label)
        for bin_ in asked.bins
        for instant in (max(bin_.start, asked.start), bin_.end - timedelta(microseconds=1))
    ]
    assert computed(label(asked), [instant for instant, _ in expected]) == [name for _, name in expected]


def computed(expression: str, instants: list[datetime]) -> list[datetime]:
    """What `expression` makes of each of `instants` as the column `time`, in a database that is not ours."""
    expression = re.sub(r"(\d+)s\b", r"INTERVAL \1 SECOND", expression)
    naive = [instant.replace(tzinfo=None) for instant in instants]
    with duckdb.connect() as database:
        rows = database.execute(
            f"SELECT {expression} FROM (SELECT unnest(?) AS time, unnest(?) AS n) ORDER BY n",
            [naive, list(range(len(naive)))],
        ).fetchall()
    return [row[0] for row in rows]


@given(st.sampled_from(Metric), REQUESTS, ZONES, MOMENTS, st.integers(0, 3599))
@settings(max_examples=35, deadline=None)
def test_a_statement_is_the_same_for_all_who_ask_within_a_bin(
    metric: Metric, request: tuple[str, str], zone: str, now: datetime, later: int
) -> None:
    # Within an hour: a window of 24 hours is one of hours, whatever its interval.
    this_hour = time_range("Last24Hours", "Hour", zone, now).bins[-1]
    other = this_hour.start + timedelta(seconds=later) % (this_hour.end - this_hour.start)
    first, second = (
        to_sql(MetricQuery(metric, "amy", time_range(*request, zone, moment)), CONFIG)
        for moment in (now, other)
    )
    assert first == second


KNOWN = {"affiliate_id"}
OF_ENTRIES = {"website", "currency", "order_id", "entry", "entry_id", "measure_value::bigint"}


@pytest.mark.parametrize(
    ("metric", "columns"),
    [
        (Metric.PAGE_VIEWS, {"website", "event_id"}),
        (Metric.VISITORS, {"website", "event_id", "visitor_id"}),
        (Metric.CLICKS, {"website", "event_id", "click"}),
        (Metric.COMMISSIONS, OF_ENTRIES),
        (Metric.ORDERS, OF_ENTRIES),
        (Metric.REVENUE, OF_ENTRIES),
    ],
)
def test_every_table_is_bounded_and_every_column_known(metric: Metric, columns: set[str]) -> None:
    """What a statement reads is bounded by the affiliate, by the kind of record, and by time."""
    asked = query(metric, "Last30Days", "Day", "America/New_York")
    sql = to_sql(asked, CONFIG)
    since = "2026-09-24 04:00:00" if metric in OF_ORDERS else "2026-10-25 04:00:00"
    bounds = (
        r'FROM "WebAnalyticsDb"\."\w+"\n'
        r"WHERE affiliate_id = 'amy' AND measure_name = '\w+'\n"
        rf"  AND time >= TIMESTAMP '{since}' AND time < TIMESTAMP '2026-11-24 05:00:00'\n"
    )
    assert len(re.findall(bounds, sql)) == sql.count('"WebAnalyticsDb"')
    statement = to_statement(asked, timestream.dialect(CONFIG))
    assert {column.name for column in statement.columns} == KNOWN | columns


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        (string("amy"), "'amy'"),
        (string("o'hara"), "'o''hara'"),
        (string("''"), "''''''"),
        (string('a "b" \\ -- /* ;'), "'a \"b\" \\ -- /* ;'"),
        (string("Zoë 東京"), "'Zoë 東京'"),
        (identifier("WebAnalyticsDb"), '"WebAnalyticsDb"'),
        (identifier('a"b'), '"a""b"'),
        (identifier("a'b"), '"a\'b"'),
        (moment(datetime(2026, 11, 7, 6, 5, 4, tzinfo=UTC)), "TIMESTAMP '2026-11-07 06:05:04'"),
        (
            moment(datetime(2026, 11, 7, tzinfo=wallclock.zone("Asia/Kolkata"))),
            "TIMESTAMP '2026-11-06 18:30:00'",
        ),
    ],
)
def test_quoting(quoted: str, expected: str) -> None:
    assert quoted == expected


@pytest.mark.parametrize("text", ["\x00", "a\nb", "\x7f", "a\x85", "\u2028", "\ud800"])
def test_a_statement_holds_no_text_that_cannot_be_printed(text: str) -> None:
    for quote in (string, identifier):
        with pytest.raises(ValueError, match="is not printable"):
            quote(text)
