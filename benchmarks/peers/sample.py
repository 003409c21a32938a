"""Writes as AWS's samples do: ten threads take batches of dicts in turn, and write them with boto3.

https://github.com/awslabs/amazon-timestream-tools, tools/python/continuous-ingestor: its threads, and its
lock around the next batch. The client has the settings of sample_apps/python.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from botocore.config import Config

from benchmarks.peers.naive import batches, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3 import S3Client
    from types_boto3_timestream_write import TimestreamWriteClient
    from types_boto3_timestream_write.type_defs import RecordTypeDef

THREADS = 10
CONFIG = Config(read_timeout=20, max_pool_connections=5000, retries={"max_attempts": 10})


def ingest(s3: "S3Client", timestream: "TimestreamWriteClient", bucket: str, key: str) -> int:
    """Write the object's page views, and return their number."""
    work, lock = batches(read(s3, bucket, key)), Lock()
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda _: _drain(work, lock, timestream), range(THREADS)))


def _drain(work: "Iterator[list[RecordTypeDef]]", lock: Lock, timestream: "TimestreamWriteClient") -> int:
    written = 0
    while records := _next(work, lock):
        timestream.write_records(
            DatabaseName="WebAnalyticsDb", TableName="PageViewsTable", Records=records, CommonAttributes={}
        )
        written += len(records)
    return written


def _next(work: "Iterator[list[RecordTypeDef]]", lock: Lock) -> "list[RecordTypeDef]":
    with lock:
        return next(work, [])
