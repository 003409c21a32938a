"""Checks of requests against the service's model, and the messages of the service."""

from typing import Any

import pytest

from devstack.timestream.errors import ValidationError
from devstack.timestream.validation import SerializationError, validate

RETENTION = {"MemoryStoreRetentionPeriodInHours": 8767, "MagneticStoreRetentionPeriodInDays": 0}
UNITS = "satisfy enum value set: [MILLISECONDS, SECONDS, MICROSECONDS, NANOSECONDS]"


@pytest.mark.parametrize(
    ("operation", "members", "violations"),
    [
        ("DescribeDatabase", {}, [("null at 'databaseName'", "not be null")]),
        (
            "CreateDatabase",
            {"DatabaseName": "no spaces"},
            [("'no spaces' at 'databaseName'", "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")],
        ),
        (
            "CreateTable",
            {"DatabaseName": "Db", "TableName": "Table", "RetentionProperties": RETENTION},
            [
                (
                    "'8767' at 'retentionProperties.memoryStoreRetentionPeriodInHours'",
                    "have value less than or equal to 8766",
                ),
                (
                    "'0' at 'retentionProperties.magneticStoreRetentionPeriodInDays'",
                    "have value greater than or equal to 1",
                ),
            ],
        ),
        (
            "WriteRecords",
            {"DatabaseName": "Db", "TableName": "Table", "Records": []},
            [("'[]' at 'records'", "have length greater than or equal to 1")],
        ),
        (
            "WriteRecords",
            {
                "DatabaseName": "Db",
                "TableName": "T",
                "Records": [{}, {"TimeUnit": "HOURS", "MeasureValue": ""}],
            },
            [
                ("'' at 'records.2.member.measureValue'", "have length greater than or equal to 1"),
                ("'HOURS' at 'records.2.member.timeUnit'", UNITS),
            ],
        ),
        (
            "WriteRecords",
            {"DatabaseName": "Db", "TableName": "Table", "Records": [{"Dimensions": [{"Name": "a"}]}]},
            [("null at 'records.1.member.dimensions.1.member.value'", "not be null")],
        ),
    ],
)
def test_violations_are_listed_in_the_words_of_the_service(
    operation: str, members: dict[str, Any], violations: list[tuple[str, str]]
) -> None:
    with pytest.raises(ValidationError) as error:
        validate(operation, members)
    noun = "error" if len(violations) == 1 else "errors"
    listed = "; ".join(
        f"Value {shown} failed to satisfy constraint: Member must {constraint}"
        for shown, constraint in violations
    )
    assert error.value.message == f"{len(violations)} validation {noun} detected: {listed}"


@pytest.mark.parametrize(
    ("value", "constraint"),
    [
        (
            [{"Time": "1"}] * 101,
            "at 'records' failed to satisfy constraint: Member must have length less than or ",
        ),
        (
            [{"MeasureValue": "x" * 2049}],
            "at 'records.1.member.measureValue' failed to satisfy constraint: Member",
        ),
        (
            [{"Time": "1" * 257}],
            "at 'records.1.member.time' failed to satisfy constraint: Member must have length",
        ),
    ],
)
def test_long_values_are_shown_in_full(value: list[Any], constraint: str) -> None:
    with pytest.raises(ValidationError, match=constraint):
        validate("WriteRecords", {"DatabaseName": "Db", "TableName": "Table", "Records": value})


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ([], "Unexpected field type: expected a structure"),
        ({"DatabaseName": 7}, "NUMBER_VALUE cannot be converted to String"),
        ({"DatabaseName": True}, "BOOLEAN_VALUE cannot be converted to String"),
        ({"Records": {}}, "Expected list or null"),
        ({"Records": [{"Time": 1.5}]}, "DECIMAL_VALUE cannot be converted to String"),
        ({"Records": [{"Version": "1"}]}, "STRING_VALUE cannot be converted to Long"),
        ({"Records": [{"Version": True}]}, "BOOLEAN_VALUE cannot be converted to Long"),
        ({"Records": [{"Version": 1 << 63}]}, "9223372036854775808 is out of range of Long"),
    ],
)
def test_a_member_of_the_wrong_json_type_is_refused(request_: Any, message: str) -> None:
    with pytest.raises(SerializationError) as error:
        validate("WriteRecords", request_)
    assert error.value.message == message


def test_unknown_members_and_nulls_are_ignored() -> None:
    validate("DescribeDatabase", {"DatabaseName": "Db", "Colour": "red"})
    validate("CreateDatabase", {"DatabaseName": "Db", "Tags": None})
