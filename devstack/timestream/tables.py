"""The Timestream database and tables, as the infrastructure creates them on AWS."""

from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_timestream_write import TimestreamWriteClient

MEMORY_HOURS = 24
MAGNETIC_DAYS = 730
"""Two years: more than the longest time window needs."""


def create_tables(database: str, tables: "Sequence[str]") -> None:
    """Create what is not there yet, through the endpoint in the environment."""
    client = boto3.client("timestream-write")
    try:
        _create_database(client, database)
        for table in tables:
            _create_table(client, database, table)
    finally:
        client.close()


def _create_database(client: "TimestreamWriteClient", database: str) -> None:
    try:
        client.create_database(DatabaseName=database)
    except client.exceptions.ConflictException:
        return  # from an earlier run


def _create_table(client: "TimestreamWriteClient", database: str, table: str) -> None:
    try:
        client.create_table(
            DatabaseName=database,
            TableName=table,
            RetentionProperties={
                "MemoryStoreRetentionPeriodInHours": MEMORY_HOURS,
                "MagneticStoreRetentionPeriodInDays": MAGNETIC_DAYS,
            },
            MagneticStoreWriteProperties={"EnableMagneticStoreWrites": True},
            Schema={
                "CompositePartitionKey": [
                    {"Type": "DIMENSION", "Name": "affiliate_id", "EnforcementInRecord": "REQUIRED"}
                ]
            },
        )
    except client.exceptions.ConflictException:
        return  # from an earlier run
