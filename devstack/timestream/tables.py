"""The Timestream database and its tables, as infra/storage.yaml makes them on AWS: a test compares them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types_boto3_timestream_write import TimestreamWriteClient

MEMORY_HOURS: Final = 408
MAGNETIC_DAYS: Final = 1096

PARTITION_KEY: Final[list[Any]] = [
    {"Type": "DIMENSION", "Name": "affiliate_id", "EnforcementInRecord": "REQUIRED"}
]


def create_tables(
    client: "TimestreamWriteClient",
    database: str,
    tables: Iterable[str],
    *,
    memory_hours: int = MEMORY_HOURS,
    magnetic_days: int = MAGNETIC_DAYS,
) -> None:
    """Create the database and the tables that do not exist yet."""
    exists = suppress(client.exceptions.ConflictException)  # from an earlier run
    with exists:
        client.create_database(DatabaseName=database)
    for table in tables:
        with exists:
            client.create_table(
                DatabaseName=database,
                TableName=table,
                RetentionProperties={
                    "MemoryStoreRetentionPeriodInHours": memory_hours,
                    "MagneticStoreRetentionPeriodInDays": magnetic_days,
                },
                MagneticStoreWriteProperties={"EnableMagneticStoreWrites": True},
                Schema={"CompositePartitionKey": PARTITION_KEY},
            )
