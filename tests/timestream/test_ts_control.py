"""The control plane, through boto3."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from devstack.timestream.fixture import Timestream

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DEFAULT_RETENTION = {"MemoryStoreRetentionPeriodInHours": 6, "MagneticStoreRetentionPeriodInDays": 73_000}
KEY = {"Type": "DIMENSION", "Name": "affiliate_id", "EnforcementInRecord": "REQUIRED"}
ARN = "arn:aws:timestream:us-east-1:123456789012:database/WebAnalyticsDb"


@pytest.fixture
def write(timestream: Timestream) -> Any:
    timestream.clock.set(NOW)
    client = timestream.client("timestream-write")
    client.create_database(DatabaseName="WebAnalyticsDb")
    return client


def error_of(call: Any, /, **members: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(**members)
    response = raised.value.response
    return (
        response["Error"]["Code"],
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Message"],
    )


def test_a_database_is_described(write: Any) -> None:
    described = write.describe_database(DatabaseName="WebAnalyticsDb")["Database"]
    assert described == {
        "Arn": ARN,
        "DatabaseName": "WebAnalyticsDb",
        "TableCount": 0,
        "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:alias/aws/timestream",
        "CreationTime": NOW,
        "LastUpdatedTime": NOW,
    }


def test_a_table_has_the_defaults_of_the_service(write: Any) -> None:
    created = write.create_table(DatabaseName="WebAnalyticsDb", TableName="PageViewsTable")["Table"]
    assert created == {
        "Arn": f"{ARN}/table/PageViewsTable",
        "TableName": "PageViewsTable",
        "DatabaseName": "WebAnalyticsDb",
        "TableStatus": "ACTIVE",
        "RetentionProperties": DEFAULT_RETENTION,
        "MagneticStoreWriteProperties": {"EnableMagneticStoreWrites": False},
        "Schema": {"CompositePartitionKey": [{"Type": "MEASURE"}]},
        "CreationTime": NOW,
        "LastUpdatedTime": NOW,
    }
    assert write.describe_table(DatabaseName="WebAnalyticsDb", TableName="PageViewsTable")["Table"] == created
    assert write.describe_database(DatabaseName="WebAnalyticsDb")["Database"]["TableCount"] == 1


def test_a_table_s_properties_can_be_updated(write: Any, timestream: Timestream) -> None:
    given = {
        "RetentionProperties": {
            "MemoryStoreRetentionPeriodInHours": 24,
            "MagneticStoreRetentionPeriodInDays": 7,
        },
        "MagneticStoreWriteProperties": {
            "EnableMagneticStoreWrites": True,
            "MagneticStoreRejectedDataLocation": {"S3Configuration": {"BucketName": "rejected"}},
        },
        "Schema": {"CompositePartitionKey": [KEY]},
    }
    created = write.create_table(DatabaseName="WebAnalyticsDb", TableName="T.1", **given)["Table"]
    assert {name: created[name] for name in given} == given
    timestream.clock.set(NOW + timedelta(minutes=1))
    optional = {"CompositePartitionKey": [KEY | {"EnforcementInRecord": "OPTIONAL"}]}
    updated = write.update_table(DatabaseName="WebAnalyticsDb", TableName="T.1", Schema=optional)["Table"]
    assert updated == created | {"Schema": optional, "LastUpdatedTime": NOW + timedelta(minutes=1)}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([KEY, KEY], "A table can have one partition key only."),
        (
            [{"Type": "DIMENSION"}],
            "A partition key of type DIMENSION needs a Name and an EnforcementInRecord.",
        ),
        (
            [{"Type": "MEASURE", "Name": "x"}],
            "A partition key of type MEASURE takes no Name and no EnforcementInRecord.",
        ),
    ],
)
def test_an_invalid_partition_key_is_refused(write: Any, keys: list[Any], message: str) -> None:
    schema = {"CompositePartitionKey": keys}
    error = error_of(write.create_table, DatabaseName="WebAnalyticsDb", TableName="Table", Schema=schema)
    assert error == ("ValidationException", 400, message)
    assert write.list_tables()["Tables"] == []


def test_a_partition_key_cannot_be_changed(write: Any) -> None:
    write.create_table(DatabaseName="WebAnalyticsDb", TableName="Table")
    schema = {"CompositePartitionKey": [KEY]}
    error = error_of(write.update_table, DatabaseName="WebAnalyticsDb", TableName="Table", Schema=schema)
    assert error == (
        "ValidationException",
        400,
        "Of a partition key, only EnforcementInRecord can be changed.",
    )


def test_a_database_can_be_updated(write: Any) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    assert write.update_database(DatabaseName="WebAnalyticsDb", KmsKeyId=key)["Database"]["KmsKeyId"] == key


NO_DATABASE = ("ResourceNotFoundException", 404, "The database Other does not exist.")
NO_TABLE = ("ResourceNotFoundException", 404, "The table Other does not exist.")


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("describe_database", {}),
        ("update_database", {"KmsKeyId": "k"}),
        ("delete_database", {}),
        ("list_tables", {}),
        ("create_table", {"TableName": "Table"}),
        ("describe_table", {"TableName": "Table"}),
        ("update_table", {"TableName": "Table"}),
        ("delete_table", {"TableName": "Table"}),
        ("write_records", {"TableName": "Table", "Records": [{}]}),
    ],
)
def test_an_unknown_database_is_reported(write: Any, operation: str, members: dict[str, Any]) -> None:
    assert error_of(getattr(write, operation), DatabaseName="Other", **members) == NO_DATABASE


@pytest.mark.parametrize("operation", ["describe_table", "update_table", "delete_table"])
def test_an_unknown_table_is_reported(write: Any, operation: str) -> None:
    assert error_of(getattr(write, operation), DatabaseName="WebAnalyticsDb", TableName="Other") == NO_TABLE


def test_creating_something_twice_is_a_conflict(write: Any) -> None:
    write.create_table(DatabaseName="WebAnalyticsDb", TableName="Table")
    assert error_of(write.create_database, DatabaseName="WebAnalyticsDb") == (
        "ConflictException",
        409,
        "The database WebAnalyticsDb already exists.",
    )
    assert error_of(write.create_table, DatabaseName="WebAnalyticsDb", TableName="Table") == (
        "ConflictException",
        409,
        "The table Table already exists.",
    )


def test_names_are_case_sensitive_and_have_at_least_three_bytes(write: Any) -> None:
    write.create_database(DatabaseName="webanalyticsdb")
    for name in ("Table", "TABLE"):
        write.create_table(DatabaseName="WebAnalyticsDb", TableName=name)
    code, _, message = error_of(write.create_database, DatabaseName="db")
    assert code == "ValidationException"
    assert message == (
        "1 validation error detected: Value 'db' at 'databaseName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3"
    )


def test_a_database_can_be_deleted_only_after_its_tables(write: Any) -> None:
    write.create_table(DatabaseName="WebAnalyticsDb", TableName="Table")
    assert error_of(write.delete_database, DatabaseName="WebAnalyticsDb") == (
        "ValidationException",
        400,
        "The database WebAnalyticsDb is not empty: delete its tables first.",
    )
    write.delete_table(DatabaseName="WebAnalyticsDb", TableName="Table")
    write.delete_database(DatabaseName="WebAnalyticsDb")
    assert write.list_databases()["Databases"] == []


def test_lists_come_in_pages(write: Any) -> None:
    names = [f"Table{i:02}" for i in range(22)]
    for name in names:
        write.create_table(DatabaseName="WebAnalyticsDb", TableName=name)
    write.create_database(DatabaseName="Another")
    write.create_table(DatabaseName="Another", TableName="Table00")

    first = write.list_tables(DatabaseName="WebAnalyticsDb")
    rest = write.list_tables(DatabaseName="WebAnalyticsDb", NextToken=first["NextToken"], MaxResults=2)
    assert [table["TableName"] for table in first["Tables"]] == names[:20]
    assert [table["TableName"] for table in rest["Tables"]] == names[20:]
    assert "NextToken" not in rest

    pages = list(paged(write.list_tables, MaxResults=9))
    assert [len(page["Tables"]) for page in pages] == [9, 9, 5]
    assert pages[0]["Tables"][0]["DatabaseName"] == "Another"
    databases = [page["Databases"][0]["DatabaseName"] for page in paged(write.list_databases, MaxResults=1)]
    assert databases == ["Another", "WebAnalyticsDb"]
    assert error_of(write.list_tables, NextToken="!")[2] == "Invalid pagination token."


def paged(call: Any, **members: Any) -> Iterator[dict[str, Any]]:
    page = call(**members)
    yield page
    while token := page.get("NextToken"):
        page = call(NextToken=token, **members)
        yield page


def test_tags_can_be_added_and_removed(write: Any) -> None:
    write.create_table(DatabaseName="WebAnalyticsDb", TableName="Table", Tags=[{"Key": "a", "Value": "1"}])
    for arn, tags in ((ARN, {}), (f"{ARN}/table/Table", {"a": "1"})):
        assert tags_of(write, arn) == tags
        write.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "c", "Value": ""}])
        write.untag_resource(ResourceARN=arn, TagKeys=["a", "c", "never there"])
        assert tags_of(write, arn) == {"b": "2"}


def tags_of(client: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceARN=arn)["Tags"]}


@pytest.mark.parametrize(
    ("arn", "error"),
    [
        (ARN.replace("WebAnalyticsDb", "Other"), NO_DATABASE),
        (f"{ARN}/table/Other", NO_TABLE),
        ("arn:aws:s3:::b", ("ValidationException", 400, "The resource ARN is not valid: arn:aws:s3:::b")),
    ],
)
def test_tags_of_an_unknown_resource_are_refused(write: Any, arn: str, error: tuple[str, int, str]) -> None:
    assert error_of(write.list_tags_for_resource, ResourceARN=arn) == error


def test_the_region_of_an_arn_is_the_one_the_request_is_signed_for(
    write: Any, timestream: Timestream
) -> None:
    client = timestream.client("timestream-write", region="eu-central-1")
    arn = client.describe_database(DatabaseName="WebAnalyticsDb")["Database"]["Arn"]
    assert arn == "arn:aws:timestream:eu-central-1:123456789012:database/WebAnalyticsDb"
