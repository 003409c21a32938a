"""Responses: types and texts, and a response recorded from the service."""

import json
from typing import Any

import pytest

from devstack.timestream.encoding import day_to_second_text, double_text, timestamp_text, year_to_month_text
from tests.timestream.sql_world import ask, queries

# As Java's Double.toString writes them.
DOUBLES = [
    (0.0, "0.0"),
    (-0.0, "-0.0"),
    (35.0, "35.0"),
    (0.001, "0.001"),
    (0.00099, "9.9E-4"),
    (9999999.0, "9999999.0"),
    (1e7, "1.0E7"),
    (-12345678.9, "-1.23456789E7"),
    (1e100, "1.0E100"),
    (5e-324, "5.0E-324"),
    (1.7976931348623157e308, "1.7976931348623157E308"),
    (0.1 + 0.2, "0.30000000000000004"),
    (float("inf"), "Infinity"),
    (float("-inf"), "-Infinity"),
    (float("nan"), "NaN"),
]

TYPES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("NULL", {"ScalarType": "UNKNOWN"}, {"NullValue": True}),
    ("true", {"ScalarType": "BOOLEAN"}, {"ScalarValue": "true"}),
    ("2147483647", {"ScalarType": "INTEGER"}, {"ScalarValue": "2147483647"}),
    ("2147483648", {"ScalarType": "BIGINT"}, {"ScalarValue": "2147483648"}),
    ("1.0", {"ScalarType": "DOUBLE"}, {"ScalarValue": "1.0"}),
    ("'é'", {"ScalarType": "VARCHAR"}, {"ScalarValue": "é"}),
    ("DATE '2022-07-07'", {"ScalarType": "DATE"}, {"ScalarValue": "2022-07-07"}),
    ("TIME '17:41:52.827'", {"ScalarType": "TIME"}, {"ScalarValue": "17:41:52.827000000"}),
    ("1d + 21h", {"ScalarType": "INTERVAL_DAY_TO_SECOND"}, {"ScalarValue": "1 21:00:00.000000000"}),
    ("31month", {"ScalarType": "INTERVAL_YEAR_TO_MONTH"}, {"ScalarValue": "2-7"}),
    (
        "ARRAY[1, NULL]",
        {"ArrayColumnInfo": {"Type": {"ScalarType": "INTEGER"}}},
        {"ArrayValue": [{"ScalarValue": "1"}, {"NullValue": True}]},
    ),
    (
        "CAST(ROW(1, 'a') AS ROW(n bigint, s varchar))",
        {
            "RowColumnInfo": [
                {"Name": "n", "Type": {"ScalarType": "BIGINT"}},
                {"Name": "s", "Type": {"ScalarType": "VARCHAR"}},
            ]
        },
        {"RowValue": {"Data": [{"ScalarValue": "1"}, {"ScalarValue": "a"}]}},
    ),
    (
        "create_time_series(from_nanoseconds(1), 'x')",
        {"TimeSeriesMeasureValueColumnInfo": {"Type": {"ScalarType": "VARCHAR"}}},
        {
            "TimeSeriesValue": [
                {"Time": "1970-01-01 00:00:00.000000001", "Value": {"ScalarValue": "x"}},
            ]
        },
    ),
]


@pytest.mark.parametrize(("number", "text"), DOUBLES)
def test_a_double_is_written_as_in_java(number: float, text: str) -> None:
    assert double_text(number) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (timestamp_text(0), "1970-01-01 00:00:00.000000000"),
        (timestamp_text(-1), "1969-12-31 23:59:59.999999999"),
        (timestamp_text(2**63 - 1), "2262-04-11 23:47:16.854775807"),
        (day_to_second_text(-1), "-0 00:00:00.000000001"),
        (year_to_month_text(-13), "-1-1"),
    ],
)
def test_the_smallest_and_greatest_values_are_written_in_full(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(("expression", "info", "datum"), TYPES)
def test_a_value_and_its_type_are_encoded(
    expression: str, info: dict[str, Any], datum: dict[str, Any]
) -> None:
    response = queries().query({"QueryString": f"SELECT {expression} AS x"})
    assert response["ColumnInfo"] == [{"Name": "x", "Type": info}]
    assert response["Rows"] == [{"Data": [datum]}]
    json.dumps(response)


def test_columns_without_a_name_are_named_after_their_position() -> None:
    assert ask("SELECT 1, 2 AS b, 3").names == ("_col0", "b", "_col2")


def test_a_response_equals_one_recorded_from_the_service() -> None:
    """https://github.com/grafana/timestream-datasource: pkg/timestream/testdata/select-consts.json."""
    response = queries().query(
        {
            "QueryString": """
                SELECT 1 AS t_int32, 'two' AS t_varchar, TIMESTAMP '2020-08-08 01:00' AS timestamp,
                    INTERVAL '2' DAY - INTERVAL '3' HOUR AS interval_day_to_second,
                    INTERVAL '3' YEAR - INTERVAL '5' MONTH AS interval_year_to_month,
                    TIME '01:00' AS time, DATE '2020-08-08' AS date
            """
        }
    )
    kinds = [
        "INTEGER",
        "VARCHAR",
        "TIMESTAMP",
        "INTERVAL_DAY_TO_SECOND",
        "INTERVAL_YEAR_TO_MONTH",
        "TIME",
        "DATE",
    ]
    texts = [
        "1",
        "two",
        "2020-08-08 01:00:00.000000000",
        "1 21:00:00.000000000",
        "2-7",
        "01:00:00.000000000",
        "2020-08-08",
    ]
    assert [column["Type"]["ScalarType"] for column in response["ColumnInfo"]] == kinds
    assert response["Rows"] == [{"Data": [{"ScalarValue": text} for text in texts]}]
    assert response["QueryStatus"] == {
        "ProgressPercentage": 100.0,
        "CumulativeBytesScanned": 0,
        "CumulativeBytesMetered": 10_000_000,
    }
    assert "NextToken" not in response
    assert response["QueryId"].isalnum()
