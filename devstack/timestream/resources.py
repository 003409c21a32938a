"""Databases and tables: their properties, the times they keep, and how they are described to a client."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

ACCOUNT: Final = "123456789012"
"""The only account: a signature names an access key, and nothing here maps keys to accounts."""

HOUR: Final = 3_600_000_000_000
DAY: Final = 24 * HOUR

FUTURE: Final = 15 * 60_000_000_000
"""How far ahead of the clock a record may be, in nanoseconds."""

SLACK: Final = 25 * 60_000_000_000
"""The windows in published rejections reach this far beyond the retention period."""

_ARN = re.compile(
    rf"arn:aws:timestream:[a-z0-9-]+:{ACCOUNT}:database/(?P<database>[^/]+)(?:/table/(?P<table>[^/]+))?"
)


@dataclass(frozen=True, slots=True)
class Database:
    """A database. Moments are nanoseconds since 1970."""

    name: str
    kms_key: str | None
    created: int
    updated: int
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long records stay in each store; the defaults are the service's."""

    memory_hours: int = 6
    magnetic_days: int = 73_000


@dataclass(frozen=True, slots=True)
class PartitionKey:
    """The customer-defined partition key; by default records are partitioned by measure name."""

    type: str = "MEASURE"
    name: str | None = None
    enforcement: str | None = None


@dataclass(frozen=True, slots=True)
class TableResource:
    """A table. `number` names its rows in storage and is never used again; moments as in Database."""

    number: int
    database: str
    name: str
    created: int
    updated: int
    retention: Retention = Retention()
    magnetic_writes: bool = False
    rejected_data_location: dict[str, Any] | None = None
    partition_key: PartitionKey = PartitionKey()
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """The times that a table accepts, [lower, upper). Records before `memory` go to the magnetic store."""

    lower: int
    memory: int
    upper: int
    name: str

    def rejection_of(self, time: int) -> str | None:
        """The reason to reject a record of this time; None if the time is inside the window."""
        if self.lower <= time < self.upper:
            return None
        return self.rejection

    @property
    def rejection(self) -> str:
        """The reason to reject a record, as AWS has published it."""
        return (
            f"The record timestamp is outside the time range [{_iso(self.lower)}, {_iso(self.upper)}) "
            f"of the {self.name}."
        )


def window_of(table: TableResource, now: int) -> Window:
    """The memory store's window at `now`, with the magnetic store's if writes to it are enabled."""
    memory = now - table.retention.memory_hours * HOUR - SLACK
    if not table.magnetic_writes:
        return Window(memory, memory, now + FUTURE, "memory store")
    return Window(oldest_kept(table, now), memory, now + FUTURE, "data ingestion window")


def oldest_kept(table: TableResource, now: int) -> int:
    """The time before which records have expired: after the retention of both stores, one after the other."""
    return now - table.retention.memory_hours * HOUR - table.retention.magnetic_days * DAY - SLACK


def parse_arn(arn: str) -> tuple[str, str | None] | None:
    """The database of an ARN, and its table if it has one; None if the ARN is not of either."""
    match = _ARN.fullmatch(arn)
    return (match["database"], match["table"]) if match else None


def describe_database(database: Database, table_count: int, region: str) -> dict[str, Any]:
    """API_Database."""
    return {
        "Arn": _arn(region, database.name),
        "DatabaseName": database.name,
        "TableCount": table_count,
        "KmsKeyId": database.kms_key or f"arn:aws:kms:{region}:{ACCOUNT}:alias/aws/timestream",
        "CreationTime": _seconds(database.created),
        "LastUpdatedTime": _seconds(database.updated),
    }


def describe_table(table: TableResource, region: str) -> dict[str, Any]:
    """API_Table."""
    return {
        "Arn": f"{_arn(region, table.database)}/table/{table.name}",
        "TableName": table.name,
        "DatabaseName": table.database,
        "TableStatus": "ACTIVE",
        "RetentionProperties": {
            "MemoryStoreRetentionPeriodInHours": table.retention.memory_hours,
            "MagneticStoreRetentionPeriodInDays": table.retention.magnetic_days,
        },
        "MagneticStoreWriteProperties": _given(
            EnableMagneticStoreWrites=table.magnetic_writes,
            MagneticStoreRejectedDataLocation=table.rejected_data_location,
        ),
        "Schema": {"CompositePartitionKey": [_describe_partition_key(table.partition_key)]},
        "CreationTime": _seconds(table.created),
        "LastUpdatedTime": _seconds(table.updated),
    }


def _describe_partition_key(key: PartitionKey) -> dict[str, Any]:
    return _given(Type=key.type, Name=key.name, EnforcementInRecord=key.enforcement)


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _arn(region: str, database: str) -> str:
    return f"arn:aws:timestream:{region}:{ACCOUNT}:database/{database}"


def _seconds(moment: int) -> float:
    """A time as JSON has it: seconds with a fraction, which has milliseconds in the service."""
    return moment // 1_000_000 / 1000


def _iso(moment: int) -> str:
    text = datetime.fromtimestamp(moment // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment // 1_000_000 % 1000:03d}Z"
