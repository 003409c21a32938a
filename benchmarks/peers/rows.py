"""Writes to PostgreSQL as most people would write it first: json, tuples, and a psycopg cursor.

The rows of 1,000 page views go together, since Aurora DSQL takes no more than 3,000 in one transaction.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.peers.naive import read, to_dimensions, to_moment

if TYPE_CHECKING:
    import psycopg
    from types_boto3_s3 import S3Client

Row: TypeAlias = tuple[Any, ...]
Insert: TypeAlias = "Callable[[psycopg.Connection, list[Row]], object]"

COLUMNS = (
    "affiliate_id",
    "event_id",
    "time",
    "website",
    "visitor_id",
    "path",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "country",
    "device",
    "click",
    "link",
)
SIZE = 1_000


def ingest(s3: "S3Client", connection: "psycopg.Connection", insert: Insert, bucket: str, key: str) -> int:
    """Write the object's page views, and return their number."""
    written = 0
    for rows in batches(read(s3, bucket, key)):
        insert(connection, rows)
        written += len(rows)
    return written


def batches(documents: Iterator[dict[str, Any]]) -> Iterator[list[Row]]:
    """The rows of those documents that are page views, 1,000 at a time."""
    rows: list[Row] = []
    for document in documents:
        if dimensions := to_dimensions(document):
            values = {**dimensions, "time": to_moment(document), "click": True}
            rows.append(tuple(values.get(column) or None for column in COLUMNS))
        if len(rows) == SIZE:
            yield rows
            rows = []
    if rows:
        yield rows


def insert_one_by_one(connection: "psycopg.Connection", rows: list[Row]) -> None:
    """One INSERT for each row, sent without waiting for the answer to the one before."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_insert(1), rows)


def insert_together(connection: "psycopg.Connection", rows: list[Row]) -> None:
    """One INSERT for all rows."""
    connection.execute(_insert(len(rows)), [value for row in rows for value in row])


def _insert(rows: int) -> bytes:
    one = f"({', '.join(['%s'] * len(COLUMNS))})"
    values = ", ".join([one] * rows)
    text = f"INSERT INTO analytics.page_views ({', '.join(COLUMNS)}) VALUES {values} ON CONFLICT DO NOTHING"
    return text.encode()
