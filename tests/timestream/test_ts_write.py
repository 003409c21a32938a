"""WriteRecords through boto3: stored records, rejected records and responses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from devstack.timestream.fixture import Timestream

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MILLISECONDS = round(NOW.timestamp() * 1000)
DAY = 86_400_000

SAME_VERSION = (
    "A record already exists with the same time, dimensions, measure name, and record version. "
    "A higher record version must be specified in order to update the measure value. "
    "Specifying record version is supported by the latest SDKs."
)


class Table:
    """One table, written and read through boto3."""

    def __init__(self, timestream: Timestream, **properties: Any) -> None:
        timestream.clock.set(NOW)
        self._name = {"DatabaseName": "Database", "TableName": "Table"}
        self.client = timestream.client("timestream-write")
        self.client.create_database(DatabaseName="Database")
        self.client.create_table(**self._name, **properties)
        self._query = timestream.client("timestream-query")

    def write(self, *records: dict[str, Any], **common: Any) -> dict[str, int]:
        """Write records, and return RecordsIngested."""
        answer = self.client.write_records(**self._name, Records=list(records), CommonAttributes=common)
        ingested: dict[str, int] = answer["RecordsIngested"]
        return ingested

    def rejected(self, *records: dict[str, Any]) -> list[dict[str, Any]]:
        """Write records of which some are rejected, and return RejectedRecords."""
        with pytest.raises(ClientError) as raised:
            self.write(*records)
        response: Any = raised.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 419
        assert response["Error"] == {
            "Code": "RejectedRecordsException",
            "Message": "One or more records have been rejected. See RejectedRecords for details.",
        }
        rejected: list[dict[str, Any]] = response["RejectedRecords"]
        return rejected

    def rows(self) -> list[dict[str, str | None]]:
        """All rows, each as a dictionary by column."""
        answer = self._query.query(QueryString='SELECT * FROM "Database"."Table"')
        names = [column["Name"] for column in answer["ColumnInfo"]]
        values = [[datum.get("ScalarValue") for datum in row["Data"]] for row in answer["Rows"]]
        return [dict(zip(names, row, strict=True)) for row in values]

    def values(self) -> dict[str | None, str | None]:
        """The values of the BIGINT measure, by the dimension `id`."""
        return {row["id"]: row["measure_value::bigint"] for row in self.rows()}


LOWER_VERSION = (
    "The record version 2 is lower than the existing version 200. "
    "A higher version is required to update the measure value."
)

MakeTable = Callable[..., Table]


@pytest.fixture
def make_table(timestream: Timestream) -> MakeTable:
    return lambda **properties: Table(timestream, **properties)


@pytest.fixture
def table(make_table: MakeTable) -> Table:
    return make_table()


def record(id_: str, value: str = "1", **changes: Any) -> dict[str, Any]:
    return {
        "Dimensions": [{"Name": "id", "Value": id_}],
        "MeasureName": "count",
        "MeasureValue": value,
        "MeasureValueType": "BIGINT",
        "Time": str(MILLISECONDS),
    } | changes


def retention(hours: int, days: int) -> dict[str, int]:
    return {"MemoryStoreRetentionPeriodInHours": hours, "MagneticStoreRetentionPeriodInDays": days}


def test_a_single_measure_record_is_stored(table: Table) -> None:
    assert table.write(record("a")) == {"Total": 1, "MemoryStore": 1, "MagneticStore": 0}
    [row] = table.rows()
    assert list(row.items()) == [
        ("id", "a"),
        ("measure_name", "count"),
        ("time", "2026-11-23 00:00:00.000000000"),
        ("measure_value::bigint", "1"),
    ]


def test_a_multi_measure_record_is_stored(table: Table) -> None:
    table.write(
        {
            "Dimensions": [{"Name": "id", "Value": 'it\'s "quoted", é'}],
            "MeasureName": "all",
            "MeasureValueType": "MULTI",
            "MeasureValues": [
                {"Name": "a bigint", "Type": "BIGINT", "Value": "-1"},
                {"Name": 'a "double"', "Type": "DOUBLE", "Value": "1.5"},
                {"Name": "a_boolean", "Type": "BOOLEAN", "Value": "true"},
                {"Name": "a_varchar", "Type": "VARCHAR", "Value": "x"},
                {"Name": "a_timestamp", "Type": "TIMESTAMP", "Value": str(MILLISECONDS + 1)},
            ],
            "Time": str(MILLISECONDS),
        }
    )
    [row] = table.rows()
    assert row == {
        "id": 'it\'s "quoted", é',
        "measure_name": "all",
        "time": "2026-11-23 00:00:00.000000000",
        "a bigint": "-1",
        'a "double"': "1.5",
        "a_boolean": "true",
        "a_varchar": "x",
        "a_timestamp": "2026-11-23 00:00:00.001000000",
    }


def test_nanoseconds_are_kept(table: Table) -> None:
    table.write(record("a", Time=f"{MILLISECONDS}000001", TimeUnit="NANOSECONDS"))
    assert table.rows()[0]["time"] == "2026-11-23 00:00:00.000000001"


def test_columns_are_added_with_the_first_record_that_has_them(table: Table) -> None:
    table.write(record("a"))
    table.write(record("b", Dimensions=[{"Name": "id", "Value": "b"}, {"Name": "country", "Value": "AT"}]))
    table.write(record("c", "0.5", MeasureName="rate", MeasureValueType="DOUBLE"))
    assert min(tuple(row.items()) for row in table.rows()) == (
        ("id", "a"),
        ("country", None),
        ("measure_name", "count"),
        ("time", "2026-11-23 00:00:00.000000000"),
        ("measure_value::bigint", "1"),
        ("measure_value::double", None),
    )


def test_common_attributes_apply_to_every_record(table: Table) -> None:
    common = record("a")
    del common["Dimensions"]
    assert table.write({"Dimensions": [{"Name": "id", "Value": "a"}]}, **common)["Total"] == 1
    assert table.values() == {"a": "1"}


def test_the_same_record_again_is_accepted_and_stored_once(table: Table) -> None:
    for _ in range(2):
        assert table.write(record("a"), record("b"), record("a"))["Total"] == 3
    assert table.values() == {"a": "1", "b": "1"}


def test_the_rest_of_a_rejected_batch_is_written(table: Table) -> None:
    table.write(record("a"), record("b"))
    rejected = table.rejected(record("c"), record("a", "2"), record("d"), record("b", "2"))
    assert rejected == [
        {"RecordIndex": 1, "Reason": SAME_VERSION},
        {"RecordIndex": 3, "Reason": SAME_VERSION},
    ]
    assert table.values() == dict.fromkeys("abcd", "1")


@pytest.mark.parametrize(
    ("value", "version", "rejection", "stored"),
    [
        ("1", 1, None, ("1", 200)),
        ("1", 200, None, ("1", 200)),
        ("1", 201, None, ("1", 201)),
        ("2", 201, None, ("2", 201)),
        ("2", 200, {"RecordIndex": 0, "Reason": SAME_VERSION}, ("1", 200)),
        (
            "2",
            2,
            {
                "RecordIndex": 0,
                "Reason": LOWER_VERSION,
                "ExistingVersion": 200,
            },
            ("1", 200),
        ),
    ],
)
def test_a_higher_version_is_needed_to_change_a_value(
    table: Table, value: str, version: int, rejection: dict[str, Any] | None, stored: tuple[str, int]
) -> None:
    table.write(record("a", Version=200))
    if rejection:
        assert table.rejected(record("a", value, Version=version)) == [rejection]
    else:
        table.write(record("a", value, Version=version))
    assert table.values() == {"a": stored[0]}
    # The rejection of a lower version shows the stored version.
    assert table.rejected(record("a", "9"))[0]["ExistingVersion"] == stored[1]


def test_within_a_request_the_first_wins_and_a_higher_version_replaces_it(table: Table) -> None:
    assert table.rejected(record("a", "1"), record("a", "2"), record("a", "1"), record("b", "1")) == [
        {"RecordIndex": 1, "Reason": SAME_VERSION}
    ]
    table.write(record("a", "3", Version=2), record("b", "4", Version=2), record("b", "5", Version=3))
    assert table.values() == {"a": "3", "b": "5"}


def test_an_update_replaces_the_whole_value(table: Table) -> None:
    def multi(version: int, *names: str) -> dict[str, Any]:
        measures = [{"Name": name, "Type": "TIMESTAMP", "Value": str(MILLISECONDS)} for name in names]
        values = {"MeasureValueType": "MULTI", "MeasureValues": measures, "Version": version}
        return {name: value for name, value in (record("a") | values).items() if name != "MeasureValue"}

    table.write(multi(1, "x", "y"))
    table.write(multi(2, "y", "z"))
    midnight = "2026-11-23 00:00:00.000000000"
    assert [(row["x"], row["y"], row["z"]) for row in table.rows()] == [(None, midnight, midnight)]


def test_rejections_are_in_the_order_of_the_request(table: Table) -> None:
    table.write(record("a"))
    rejected = table.rejected(
        record("a", "2"), record("b", Time="0"), record("c", "x", MeasureValueType="VARCHAR"), record("d")
    )
    assert [(each["RecordIndex"], each["Reason"].split(" ", 2)[1]) for each in rejected] == [
        (0, "record"),
        (1, "record"),
        (2, "measure"),
    ]
    assert rejected[1]["Reason"] == (
        "The record timestamp is outside the time range [2026-11-22T17:35:00.000Z, 2026-11-23T00:15:00.000Z) "
        "of the memory store."
    )
    assert table.values() == {"a": "1", "d": "1"}


def test_a_rejected_record_adds_no_column(table: Table) -> None:
    table.write(record("a"))
    more = [{"Name": "id", "Value": "b"}, {"Name": "country", "Value": "AT"}]
    table.rejected(record("b", Dimensions=more, Time="0"), record("a", "2"))
    assert list(table.rows()[0]) == ["id", "measure_name", "time", "measure_value::bigint"]


@pytest.mark.parametrize(
    "bad",
    [record("b", Dimensions=[]), record("b", "x"), record("b", Version=0), record("b", TimeUnit="HOURS")],
)
def test_a_refused_request_writes_nothing(table: Table, bad: dict[str, Any]) -> None:
    table.write(record("z"))
    with pytest.raises(table.client.exceptions.ValidationException):
        table.write(record("a"), bad)
    assert table.values() == {"z": "1"}


def test_more_than_a_hundred_records_are_refused(table: Table) -> None:
    with pytest.raises(
        ClientError, match="at 'records' failed to satisfy constraint: Member must have length "
    ):
        table.write(*(record(str(i)) for i in range(101)))
    assert table.write(*(record(str(i)) for i in range(100)))["Total"] == 100


def test_late_records_go_to_the_magnetic_store(make_table: MakeTable) -> None:
    table = make_table(
        RetentionProperties=retention(6, 30), MagneticStoreWriteProperties={"EnableMagneticStoreWrites": True}
    )
    late = str(MILLISECONDS - 10 * DAY)
    ingested = table.write(record("a"), record("b", Time=late))
    assert ingested == {"Total": 2, "MemoryStore": 1, "MagneticStore": 1}
    # The service rejects it asynchronously, to an S3 bucket: the response does not mention it.
    assert table.write(record("b", "2", Time=late)) == {"Total": 1, "MemoryStore": 0, "MagneticStore": 1}
    assert table.values() == {"a": "1", "b": "1"}
    table.write(record("b", "3", Time=late, Version=2))
    assert table.values() == {"a": "1", "b": "3"}


def test_records_past_retention_are_gone(make_table: MakeTable, timestream: Timestream) -> None:
    table = make_table(RetentionProperties=retention(6, 1))
    table.write(record("a"))
    timestream.clock.set(NOW + timedelta(days=1))
    table.write(record("b", Time=str(MILLISECONDS + DAY)))
    assert table.values() == {"a": "1", "b": "1"}
    timestream.clock.set(NOW + timedelta(days=1, hours=7))
    assert table.values() == {"b": "1"}
    # A longer retention does not bring back what is gone.
    table.client.update_table(
        DatabaseName="Database", TableName="Table", RetentionProperties=retention(6, 10)
    )
    assert table.values() == {"b": "1"}
    timestream.clock.set(NOW + timedelta(days=9))
    assert table.values() == {"b": "1"}


def test_a_recreated_table_is_empty(table: Table) -> None:
    table.write(record("a"))
    table.client.delete_table(DatabaseName="Database", TableName="Table")
    table.client.create_table(DatabaseName="Database", TableName="Table")
    table.write(record("b"))
    assert table.values() == {"b": "1"}
