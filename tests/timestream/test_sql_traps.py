"""Queries that DuckDB, or sqlglot's Trino dialect, would understand differently."""

from typing import Any

import pytest

from devstack.timestream.errors import QueryExecutionError, TimestreamError
from tests.timestream.sql_world import ask, value

MEANINGS: list[tuple[str, Any]] = [
    # an interval literal, and not `90 AS m`
    ("TIMESTAMP '2026-01-01 00:00:00' + 90m", "2026-01-01 01:30:00.000000000"),
    ("typeof(7day)", "interval day to second"),
    # whole numbers divide to whole numbers, towards zero
    ("7 / 2", "3"),
    ("-7 / 2", "-3"),
    ("7 / 2.0", "3.5"),
    ("-7 % 3", "-1"),
    ("typeof(7 / 2)", "integer"),
    # 1.1 is a double
    ("typeof(1.1)", "double"),
    ("1.1 + 2.2", "3.3000000000000003"),
    ("1 / 0.0", "Infinity"),
    ("0.0 / 0.0", "NaN"),
    # NaN is not equal to any number, and not the greatest number
    ("nan() = nan()", "false"),
    ("nan() <> nan()", "true"),
    ("nan() > 1", "false"),
    ("nan() BETWEEN 0 AND 1", "false"),
    ("CASE nan() WHEN nan() THEN 1 ELSE 2 END", "2"),
    ("sqrt(-1)", "NaN"),
    ("ln(0)", "-Infinity"),
    ("ln(-1)", "NaN"),
    ("acos(2)", "NaN"),
    # casts round half away from zero
    ("CAST(2.5 AS bigint)", "3"),
    ("CAST(-2.5 AS integer)", "-3"),
    ("CAST(1e7 AS varchar)", "1.0E7"),
    ("CAST(12345678.9 AS varchar)", "1.23456789E7"),
    ("CAST(0.00012 AS varchar)", "1.2E-4"),
    ("CAST(TIMESTAMP '2026-01-01 00:00:00' AS varchar)", "2026-01-01 00:00:00.000000000"),
    ("CAST(90m AS varchar)", "0 01:30:00.000000000"),
    ("TRY_CAST('1.5' AS bigint)", None),
    ("TRY_CAST('x' AS double)", None),
    ("TRY_CAST('2026-13-01' AS date)", None),
    ("TRY(1 / 0)", None),
    # whole units between two moments
    ("date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-02 01:00:00')", "0"),
    ("date_diff('hour', TIMESTAMP '2026-01-01 00:59:00', TIMESTAMP '2026-01-01 01:01:00')", "0"),
    ("date_diff('month', DATE '2026-01-31', DATE '2026-02-28')", "1"),
    ("date_diff('month', DATE '2026-02-28', DATE '2026-01-31')", "-1"),
    ("date_diff('year', DATE '2024-02-29', DATE '2026-02-28')", "2"),
    ("date_diff('second', '2026-01-01', '2026-01-02')", "86400"),
    # nanoseconds survive arithmetic
    ("TIMESTAMP '2026-01-01 00:00:00.123456789' + 1ns", "2026-01-01 00:00:00.123456790"),
    ("TIMESTAMP '2026-01-01 00:00:00.123456789' + 1month", "2026-02-01 00:00:00.123456789"),
    ("TIMESTAMP '2026-01-31 00:00:00.123456789' + 1month", "2026-02-28 00:00:00.123456789"),
    ("date_trunc('second', TIMESTAMP '2026-01-01 00:00:01.999999999')", "2026-01-01 00:00:01.000000000"),
    ("date_format(TIMESTAMP '2026-01-01 03:04:05.123456789', '%Y %f %%')", "2026 123456 %"),
    ("format_datetime(TIMESTAMP '2026-01-01 03:04:05.123456789', 'HH:mm:ss.SSS')", "03:04:05.123"),
    # bins count from 1970, which began on a Thursday; weeks begin on Mondays
    ("bin(TIMESTAMP '2026-11-18 12:00:00', 7d)", "2026-11-12 00:00:00.000000000"),
    ("date_trunc('week', TIMESTAMP '2001-08-22 03:04:05.321')", "2001-08-20 00:00:00.000000000"),
    ("date_trunc('quarter', DATE '2001-08-22')", "2001-07-01"),
    # nulls
    ("concat('a', NULL)", None),
    ("'a' || NULL", None),
    ("greatest(1, NULL)", None),
    ("least(2, 1)", "1"),
    # functions of texts and arrays
    ("regexp_extract('a', 'b')", None),
    ("split_part('a,b', ',', 3)", None),
    ("strpos('abcabc', 'bc', 2)", "5"),
    ("strrpos('abcabc', 'bc')", "5"),
    ("substr('abc', 0)", ""),
    ("substr('abc', -2)", "bc"),
    ("substr('abc', 2, 1)", "b"),
    ("element_at(ARRAY[1], 2)", None),
    ("element_at(ARRAY[1, 2], -1)", "2"),
    ("slice(ARRAY[1, 2, 3, 4], 2, 2)", ["2", "3"]),
    ("array_distinct(ARRAY[3, 1, 3, 2])", ["3", "1", "2"]),
    ("array_max(ARRAY[1, NULL])", None),
    ("array_join(ARRAY[1, NULL, 3], '-')", "1-3"),
    ("regexp_replace('abc', '(b)', '[$1]')", "a[b]c"),
    ("trim(' \t\na ')", "a"),
    # LIKE is case-sensitive
    ("'A' LIKE 'a'", "false"),
    ("'50%' LIKE '50!%' ESCAPE '!'", "true"),
    # '' is the only escape in strings
    (r"'a\nb'", r"a\nb"),
    ("'it''s'", "it's"),
]

RUNTIME_ERRORS = [
    ("1 / 0", "Division by zero"),
    ("ARRAY[1][5]", "Array subscript must be less than or equal to array length: 5 > 1"),
    ("ARRAY[1][0]", "SQL array indices start at 1"),
    (
        "bit_count(19, 2)",
        "Number must be representable with the bits specified. 19 can not be represented with 2 bits",
    ),
    ("split_part('a', ',', 0)", "Index must be greater than zero"),
    ("DATE '2026-01-01' + 1h", "Cannot add hour, minutes or seconds to a date"),
    ("CAST('x' AS bigint)", "Cannot cast 'x' to BIGINT"),
    ("CAST('x' AS double)", "Cannot cast 'x' to DOUBLE"),
    ("2147483647 + 1", "integer addition overflow"),
    ("9223372036854775807 * 2", "bigint multiplication overflow"),
]


@pytest.mark.parametrize(("expression", "meaning"), MEANINGS)
def test_an_expression_means_what_it_means_in_timestream(expression: str, meaning: Any) -> None:
    assert value(expression) == meaning


@pytest.mark.parametrize(("expression", "message"), RUNTIME_ERRORS)
def test_a_query_that_fails_while_it_runs_says_why(expression: str, message: str) -> None:
    with pytest.raises(QueryExecutionError) as error:
        value(expression)
    assert error.value.message.startswith(message)


def test_a_sum_is_a_bigint_and_fails_on_overflow() -> None:
    answer = ask("SELECT sum(x) FROM (VALUES 9223372036854775806, 1) AS t(x)")
    assert (answer.types, answer.rows) == (("BIGINT",), [("9223372036854775807",)])
    with pytest.raises(QueryExecutionError):
        ask("SELECT sum(x) FROM (VALUES 9223372036854775807, 1) AS t(x)")


def test_timestamps_keep_their_nanoseconds_in_all_functions() -> None:
    [row] = ask("""
        SELECT time, max(time), array_agg(time), ROW(time) FROM "WebAnalyticsDb"."PageViewsTable"
        WHERE time < '2026-11-17 00:00:01' AND time > '2026-11-17' GROUP BY time
    """).rows
    moment = "2026-11-17 00:00:00.123456789"
    assert row == (moment, moment, [moment], (moment,))


def test_division_by_zero_is_a_query_execution_exception() -> None:
    with pytest.raises(TimestreamError) as error:
        ask("SELECT 1 / 0")
    assert error.value.code == "QueryExecutionException"
