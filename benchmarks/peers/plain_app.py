"""A first version of the app, as most people would write it: the same two functions in Chalice and boto3."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice, S3Event

from benchmarks.peers import naive

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_timestream_query import TimestreamQueryClient
    from types_boto3_timestream_write import TimestreamWriteClient

DAYS = {"Last7Days": 7, "Last30Days": 30, "Last90Days": 90, "Last365Days": 365}


def ingest_handler(s3: "S3Client", timestream: "TimestreamWriteClient") -> Any:
    """The Lambda handler of `ingest`, given its clients."""
    app = Chalice("plain")

    @app.on_s3_event(bucket="events")
    def ingest(event: S3Event) -> int:
        return naive.ingest(s3, timestream, event.bucket, event.key)

    return ingest


def metrics_handler(query: "TimestreamQueryClient") -> Any:
    """The Lambda handler of `GET /metrics`, given its client. It answers only page views by day in UTC."""
    app = Chalice("plain")

    @app.route("/metrics")
    def metrics() -> dict[str, Any]:
        request: Any = app.current_request
        asked = request.query_params
        return _answer(query, asked["affiliateId"], DAYS[asked["timeWindow"]])

    return app


def _answer(query: "TimestreamQueryClient", affiliate: str, days: int) -> dict[str, Any]:
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    start = end - timedelta(days=days)
    counts = _counts(query, affiliate, start, end)
    dates = [start + timedelta(days=day) for day in range(days)]
    return {
        "dataset": [
            {
                "series": website,
                "timestamp": date.isoformat(),
                "value": counts.get((website, date.strftime("%Y-%m-%d")), 0),
                "partial": date == dates[-1],
                "currency": None,
            }
            for website in sorted({website for website, _ in counts})
            for date in dates
        ],
        "totals": _totals(counts),
        "overall": [{"value": sum(counts.values()), "currency": None}],
        "from": start.isoformat(),
        "to": end.isoformat(),
        "timeZone": "UTC",
        "interval": "Day",
        "comparison": None,
    }


def _counts(
    query: "TimestreamQueryClient", affiliate: str, start: datetime, end: datetime
) -> dict[tuple[str, str], int]:
    statement = f"""SELECT website, sum(measure_value::bigint) AS value, bin(time, 1d) AS timestamp
        FROM "WebAnalyticsDb"."PageViewsTable"
        WHERE "affiliate_id" = '{affiliate}' AND measure_name = 'page_view'
          AND time >= from_iso8601_timestamp('{start.isoformat()}')
          AND time < from_iso8601_timestamp('{end.isoformat()}')
        GROUP BY website, bin(time, 1d)"""
    counts = {}
    for page in query.get_paginator("query").paginate(QueryString=statement):
        for row in page["Rows"]:
            website, value, timestamp = (datum["ScalarValue"] for datum in row["Data"])
            counts[website, timestamp[:10]] = int(value)
    return counts


def _totals(counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    totals: dict[str, int] = {}
    for (website, _), count in counts.items():
        totals[website] = totals.get(website, 0) + count
    return [{"series": website, "value": totals[website], "currency": None} for website in sorted(totals)]
