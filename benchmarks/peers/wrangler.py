"""Writes an object as one DataFrame with awswrangler (AWS SDK for pandas)."""

from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlparse

from benchmarks.peers.naive import read

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# Both are optional (benchmarks/requirements.txt), so the type checker must not need them.
pandas: Any = import_module("pandas")
awswrangler: Any = import_module("awswrangler")

THREADS = 8
"""More than awswrangler's default, the number of cores, to hide more of the service's latency."""

EMPTY = "-"
"""Stands for an empty value: awswrangler writes every column, and Timestream refuses empty dimensions."""


def ingest(s3: "S3Client", bucket: str, key: str) -> int:
    """Write the object's page views, and return their number."""
    frame = to_frame(pandas.json_normalize(list(read(s3, bucket, key))))
    rejected = awswrangler.timestream.write(
        df=frame,
        database="WebAnalyticsDb",
        table="PageViewsTable",
        time_col="time",
        measure_col="page_view",
        dimensions_cols=[name for name in frame.columns if name not in ("time", "page_view")],
        use_threads=THREADS,
    )
    return len(frame) - len(rejected)


def to_frame(documents: Any) -> Any:
    """The page views with an affiliate: dimensions, time and measure."""
    pages = documents[documents["type"] == "page"]
    urls = pages["properties.url"].map(urlparse)
    frame = pandas.DataFrame(
        {
            "affiliate_id": urls.map(lambda url: parse_qs(url.query).get("ref", [""])[0]),
            "website": urls.map(lambda url: url.netloc.removeprefix("www.")),
            "visitor_id": pages["anonymousId"],
            "event_id": pages["messageId"],
            "path": pages["properties.path"],
            "referrer": pages["properties.referrer"].map(
                lambda text: urlparse(text).netloc.removeprefix("www.")
            ),
            "utm_source": pages["context.campaign.source"],
            "utm_campaign": pages["context.campaign.name"],
            "device": pages["context.userAgent"].str.contains("Mobi").map({True: "mobile", False: "desktop"}),
            "time": pandas.to_datetime(pages["originalTimestamp"]),
            "page_view": 1,
        }
    )
    return frame[frame["affiliate_id"] != ""].replace("", EMPTY)
