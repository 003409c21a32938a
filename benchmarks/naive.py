"""The peer, as most would write it: whole reads, json, dicts through boto3, one call after another."""

import gzip
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlparse

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_timestream_write import TimestreamWriteClient
    from types_boto3_timestream_write.type_defs import RecordTypeDef


def ingest(s3: "S3Client", timestream: "TimestreamWriteClient", bucket: str, key: str) -> int:
    """Write the object's page views; returns how many."""
    text = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode()
    decoder = json.JSONDecoder()
    position, written = 0, 0
    records: list[RecordTypeDef] = []
    while position < len(text):
        event, position = decoder.raw_decode(text, position)
        if record := _to_record(event):
            records.append(record)
        if len(records) == 100 or (records and position == len(text)):
            timestream.write_records(
                DatabaseName="WebAnalyticsDb", TableName="PageViewsTable", Records=records
            )
            written += len(records)
            records = []
    return written


def _to_record(event: dict[str, Any]) -> "RecordTypeDef | None":
    if event["type"] != "page":
        return None
    properties, context = event["properties"], event["context"]
    url = urlparse(properties["url"])
    affiliate = parse_qs(url.query).get("ref")
    if not affiliate:
        return None
    moment = datetime.strptime(event["originalTimestamp"], "%Y-%m-%dT%H:%M:%S.%f%z")
    dimensions = {
        "affiliate_id": affiliate[0],
        "website": url.netloc,
        "visitor_id": event["anonymousId"],
        "event_id": event["messageId"],
        "path": properties["path"],
        "referrer": properties["referrer"],
        "utm_source": context["campaign"].get("source"),
        "utm_campaign": context["campaign"].get("name"),
    }
    return {
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items() if value],
        "MeasureName": "page_view",
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "Time": str(int(moment.timestamp() * 1000)),
        "TimeUnit": "MILLISECONDS",
    }
