"""A first version of the handler, as most people would write it: json, and one boto3 call at a time."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlparse

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_timestream_write import TimestreamWriteClient
    from types_boto3_timestream_write.type_defs import RecordTypeDef


def ingest(s3: "S3Client", timestream: "TimestreamWriteClient", bucket: str, key: str) -> int:
    """Write the object's page views, and return their number."""
    written = 0
    for records in batches(read(s3, bucket, key)):
        timestream.write_records(DatabaseName="WebAnalyticsDb", TableName="PageViewsTable", Records=records)
        written += len(records)
    return written


def read(s3: "S3Client", bucket: str, key: str) -> Iterator[dict[str, Any]]:
    """The object's documents."""
    text = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode()
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        document, position = decoder.raw_decode(text, position)
        yield document


def batches(documents: Iterator[dict[str, Any]]) -> "Iterator[list[RecordTypeDef]]":
    """The records of those documents that are page views, 100 at a time."""
    records: list[RecordTypeDef] = []
    for document in documents:
        if dimensions := to_dimensions(document):
            records.append(_to_record(dimensions, to_moment(document)))
        if len(records) == 100:
            yield records
            records = []
    if records:
        yield records


def to_dimensions(document: dict[str, Any]) -> dict[str, str] | None:
    """The dimensions of a page view with an affiliate, else None. Applies none of this app's rules."""
    if document["type"] != "page":
        return None
    properties, context = document["properties"], document["context"]
    url = urlparse(properties["url"])
    affiliate = parse_qs(url.query).get("ref")
    if not affiliate:
        return None
    return {
        "affiliate_id": affiliate[0],
        "website": url.netloc.removeprefix("www."),
        "visitor_id": document["anonymousId"],
        "event_id": document["messageId"],
        "path": properties["path"],
        "referrer": urlparse(properties["referrer"]).netloc.removeprefix("www."),
        "utm_source": context["campaign"].get("source", ""),
        "utm_campaign": context["campaign"].get("name", ""),
        "device": "mobile" if "Mobi" in context["userAgent"] else "desktop",
        "click": "true",
    }


def to_moment(document: dict[str, Any]) -> datetime:
    """The time of the event."""
    return datetime.strptime(document["originalTimestamp"], "%Y-%m-%dT%H:%M:%S.%f%z")


def _to_record(dimensions: dict[str, str], moment: datetime) -> "RecordTypeDef":
    return {
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items() if value],
        "MeasureName": "page_view",
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "Time": str(int(moment.timestamp() * 1000)),
        "TimeUnit": "MILLISECONDS",
    }
