"""Pages, prepared queries and cancelled ones."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from devstack.timestream.errors import QueryExecutionError, ValidationError
from devstack.timestream.paging import Kept, Result
from devstack.timestream.query import FirstPage, Queries
from tests.timestream.sql_world import plain, queries

NUMBERS = "SELECT n FROM (VALUES 1) AS t(c) CROSS JOIN UNNEST(sequence(1, {})) AS x (n) ORDER BY n"


def pages(queries: Queries, sql: str, **members: Any) -> Iterator[dict[str, Any]]:
    """Every page of an answer, as a paginator asks for them."""
    page = queries.query({"QueryString": sql, **members})
    yield page
    while token := page.get("NextToken"):
        page = queries.query({"QueryString": sql, "NextToken": token, **members})
        yield page


def numbers(page: dict[str, Any]) -> list[int]:
    return [int(plain(row["Data"][0])) for row in page["Rows"]]


@pytest.mark.parametrize(
    ("count", "most", "sizes"),
    [(10, 3, [3, 3, 3, 1]), (9, 3, [3, 3, 3]), (1, 1, [1]), (2500, 1000, [1000, 1000, 500]), (3, 1000, [3])],
)
def test_max_rows_limits_the_rows_of_a_page(count: int, most: int, sizes: list[int]) -> None:
    found = list(pages(queries(), NUMBERS.format(count), MaxRows=most))
    assert [len(page["Rows"]) for page in found] == sizes
    assert [n for page in found for n in numbers(page)] == list(range(1, count + 1))
    assert len({page["QueryId"] for page in found}) == 1
    assert found[-1]["QueryStatus"]["ProgressPercentage"] == 100.0


def test_without_max_rows_a_page_ends_at_a_megabyte() -> None:
    found = list(pages(queries(), f"SELECT n, rpad('', 1000, 'x') FROM ({NUMBERS.format(2500)})"))
    sizes = [len(json.dumps(page["Rows"], separators=(",", ":"))) for page in found]
    assert [size // 10_000 for size in sizes] == [99, 99, 63]
    assert sum(len(page["Rows"]) for page in found) == 2500


def test_a_row_of_more_than_a_megabyte_is_an_error() -> None:
    with pytest.raises(QueryExecutionError) as error:
        queries().query({"QueryString": "SELECT rpad('', 1000001, 'x')"})
    assert error.value.message == (
        "Query aborted as max page response size has been exceeded by the output result row"
    )


@pytest.mark.parametrize("sql", [NUMBERS.format(5), "SELECT 1 WHERE false", "SHOW DATABASES"])
def test_all_rows_follow_an_empty_first_page(sql: str) -> None:
    first, *rest = pages(queries(FirstPage.EMPTY), sql, MaxRows=2)
    assert first["Rows"] == []
    assert first["ColumnInfo"] == rest[0]["ColumnInfo"]
    assert [row for page in rest for row in page["Rows"]] == queries().query({"QueryString": sql})["Rows"]


def test_a_token_can_be_used_twice_and_gives_the_same_page() -> None:
    asked, sql = queries(), NUMBERS.format(5)
    token = asked.query({"QueryString": sql, "MaxRows": 2})["NextToken"]
    again = [asked.query({"QueryString": sql, "MaxRows": 2, "NextToken": token}) for _ in range(2)]
    assert [numbers(page) for page in again] == [[3, 4], [3, 4]]


def test_a_token_is_valid_only_for_its_query_and_its_server() -> None:
    asked, sql = queries(), NUMBERS.format(5)
    token = asked.query({"QueryString": sql, "MaxRows": 2})["NextToken"]
    for service, text, wrong in [
        (asked, sql + " ", token),
        (asked, sql, "nonsense"),
        (asked, sql, token[:-1] + "z"),
        (queries(), sql, token),
    ]:
        with pytest.raises(ValidationError) as error:
            service.query({"QueryString": text, "NextToken": wrong})
        assert error.value.message == "Invalid pagination token"


@pytest.mark.parametrize("rows", [0, 1001])
def test_max_rows_out_of_bounds_is_refused(rows: int) -> None:
    with pytest.raises(ValidationError) as error:
        queries().query({"QueryString": "SELECT 1", "MaxRows": rows})
    assert error.value.message.startswith(f"1 validation error detected: Value '{rows}' at 'maxRows'")


def test_unread_results_are_dropped_when_there_are_too_many_or_they_are_too_old() -> None:
    now = [0]
    kept = Kept(lambda: now[0])
    results = [Result.of(str(i), (), [()] * 400_000, 0) for i in range(4)]
    for result in results[:3]:
        kept.keep(result)
    with pytest.raises(ValidationError):
        kept.find(results[0].token(0), "0")
    assert kept.find(results[1].token(7), "1") == (results[1], 7)
    now[0] = 3_600_000_000_001
    with pytest.raises(ValidationError):
        kept.find(results[1].token(7), "1")
    kept.keep(results[3])
    assert not kept.drop(results[1].query_id)
    assert kept.drop(results[3].query_id)


def test_prepare_returns_columns_and_parameters() -> None:
    text = """
        SELECT website, sum(measure_value::bigint) AS value, @label FROM "WebAnalyticsDb"."PageViewsTable"
        WHERE affiliate_id = @affiliate AND time > @since GROUP BY website
    """
    assert queries().prepare({"QueryString": text, "ValidateOnly": True}) == {
        "QueryString": text,
        "Columns": [
            {"Name": "website", "Type": {"ScalarType": "VARCHAR"}},
            {"Name": "value", "Type": {"ScalarType": "BIGINT"}},
            {"Name": "_col2", "Type": {"ScalarType": "UNKNOWN"}},
        ],
        "Parameters": [
            {"Name": "label", "Type": {"ScalarType": "UNKNOWN"}},
            {"Name": "affiliate", "Type": {"ScalarType": "VARCHAR"}},
            {"Name": "since", "Type": {"ScalarType": "TIMESTAMP"}},
        ],
    }


@pytest.mark.parametrize(
    ("text", "only", "message"),
    [
        ("SELECT 1", False, "ValidateOnly must be true"),
        ("SELECT nope", True, "line 1:8: Column 'nope' does not exist"),
        (
            "SELECT a, count(*) FROM (SELECT 1 AS a)",
            True,
            "Every column must be an aggregate expression or appear in GROUP BY clause",
        ),
    ],
)
def test_prepare_refuses_invalid_queries(text: str, only: bool, message: str) -> None:
    with pytest.raises(ValidationError) as error:
        queries().prepare({"QueryString": text, "ValidateOnly": only})
    assert error.value.message == message


def test_a_cancelled_query_has_no_further_pages() -> None:
    asked, sql = queries(), NUMBERS.format(5)
    page = asked.query({"QueryString": sql, "MaxRows": 2})
    for _ in range(2):
        assert page["QueryId"] in asked.cancel({"QueryId": page["QueryId"]})["CancellationMessage"]
    with pytest.raises(ValidationError):
        asked.query({"QueryString": sql, "NextToken": page["NextToken"]})


def test_a_query_that_has_ended_cannot_be_cancelled() -> None:
    asked = queries()
    with pytest.raises(ValidationError):
        asked.cancel({"QueryId": asked.query({"QueryString": "SELECT 1"})["QueryId"]})
