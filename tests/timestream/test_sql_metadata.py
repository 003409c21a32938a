"""SHOW and DESCRIBE, as in Grafana's recordings of the service."""

from typing import Any

import pytest

from devstack.timestream.errors import ValidationError
from tests.timestream.sql_world import ask, queries

DIMENSIONS = [("host-name", "varchar")]

STATEMENTS: list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]] = [
    ("SHOW DATABASES", ("Database",), [("WebAnalyticsDb",), ("ops-db",)]),
    ("show databases like 'Web%'", ("Database",), [("WebAnalyticsDb",)]),
    ("SHOW DATABASES LIKE 'web%'", ("Database",), []),
    ('SHOW TABLES FROM "ops-db"', ("Table",), [("Hosts",), ("Nothing",)]),
    ("SHOW TABLES FROM WebAnalyticsDb LIKE '%View_Table'", ("Table",), [("PageViewsTable",)]),
    ("SHOW TABLES FROM WebAnalyticsDb LIKE 'View%'", ("Table",), []),
    ("SHOW TABLES LIKE 'Page_iews%'", ("Table",), [("PageViewsTable",)]),
    (
        'SHOW MEASURES FROM "ops-db"."Hosts" LIKE \'page%\'',
        ("measure_name", "data_type", "dimensions"),
        [("page_view", "bigint", DIMENSIONS)],
    ),
    (
        'DESCRIBE "ops-db".Hosts',
        ("Column", "Type", "Timestream attribute type"),
        [
            ("host-name", "varchar", "DIMENSION"),
            ("measure_name", "varchar", "MEASURE_NAME"),
            ("time", "timestamp", "TIMESTAMP"),
            ("CPU", "double", "MULTI"),
            ("up", "boolean", "MULTI"),
        ],
    ),
]


@pytest.mark.parametrize(("statement", "names", "rows"), STATEMENTS)
def test_a_statement_lists_names_and_rows(
    statement: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    answer = ask(statement)
    assert (answer.names, answer.rows) == (names, rows)


def test_dimensions_are_an_array_of_rows() -> None:
    info = queries().query({"QueryString": 'SHOW MEASURES FROM "ops-db"."Hosts"'})["ColumnInfo"][2]["Type"]
    assert info == {
        "ArrayColumnInfo": {
            "Type": {
                "RowColumnInfo": [
                    {"Name": "dimension_name", "Type": {"ScalarType": "VARCHAR"}},
                    {"Name": "data_type", "Type": {"ScalarType": "VARCHAR"}},
                ]
            }
        }
    }


def test_a_statement_is_free_of_charge() -> None:
    response = queries().query({"QueryString": "SHOW DATABASES"})
    assert response["QueryStatus"]["CumulativeBytesMetered"] == 0


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SHOW TABLES FROM nowhere", "line 1:1: Schema 'nowhere' does not exist"),
        ("SHOW MEASURES FROM a.b", "line 1:1: Table a.b does not exist"),
        ("DESCRIBE a.b", "line 1:1: Table a.b does not exist"),
        ("SHOW COLUMNS FROM a.b", "The query syntax is invalid at line 1:1"),
    ],
)
def test_unknown_names_and_statements_are_refused(statement: str, message: str) -> None:
    with pytest.raises(ValidationError) as error:
        ask(statement)
    assert error.value.message == message
