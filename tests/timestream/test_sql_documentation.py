"""The examples of AWS's developer guide that are printed with their results.

https://docs.aws.amazon.com/timestream/latest/developerguide/reference.html
"""

from typing import Any

import pytest

from tests.timestream.sql_world import ask, value

DATE_TIME = [
    ("current_timezone()", "UTC"),
    ("date(TIMESTAMP '2022-07-07 17:44:43.771000000')", "2022-07-07"),
    ("last_day_of_month(TIMESTAMP '2022-07-07 17:44:43.771000000')", "2022-07-31"),
    ("from_iso8601_timestamp('2022-06-17T08:04:05.000000000+05:00')", "2022-06-17 03:04:05.000000000"),
    ("from_iso8601_date('2022-07-17')", "2022-07-17"),
    ("to_iso8601(from_iso8601_date('2022-06-17'))", "2022-06-17"),
    ("from_milliseconds(1)", "1970-01-01 00:00:00.001000000"),
    ("from_nanoseconds(300000001)", "1970-01-01 00:00:00.300000001"),
    ("from_unixtime(1)", "1970-01-01 00:00:01.000000000"),
    ("to_milliseconds(INTERVAL '2' DAY + INTERVAL '3' HOUR)", "183600000"),
    ("to_milliseconds(TIMESTAMP '2022-06-17 17:44:43.771000000')", "1655487883771"),
    ("to_nanoseconds(INTERVAL '2' DAY + INTERVAL '3' HOUR)", "183600000000000"),
    ("to_nanoseconds(TIMESTAMP '2022-06-17 17:44:43.771000678')", "1655487883771000678"),
    ("to_unixtime('2022-06-17 17:44:43.771000000')", "1.6554878837710001E9"),
    ("date_trunc('minute', TIMESTAMP '2022-06-17 17:44:43.771000000')", "2022-06-17 17:44:00.000000000"),
    ("date_add('hour', 9, TIMESTAMP '2022-06-17 00:00:00')", "2022-06-17 09:00:00.000000000"),
    ("date_diff('day', DATE '2020-03-01', DATE '2020-03-02')", "1"),
    ("parse_duration('42.8ms')", "0 00:00:00.042800000"),
    ("typeof(parse_duration('42.8ms'))", "interval day to second"),
    ("bin(TIMESTAMP '2022-06-17 10:15:20', 5m)", "2022-06-17 10:15:00.000000000"),
    ("bin(TIMESTAMP '2022-06-17 10:15:20', 1d)", "2022-06-17 00:00:00.000000000"),
    ("bin(TIMESTAMP '2022-06-17 10:15:20', 10day)", "2022-06-17 00:00:00.000000000"),
    ("bin(TIMESTAMP '2022-06-17 10:15:20', 30day)", "2022-05-28 00:00:00.000000000"),
    ("parse_duration('1day')", "1 00:00:00.000000000"),
    ("parse_duration('1 day')", "1 00:00:00.000000000"),
    ("1day", "1 00:00:00.000000000"),
    ("1d", "1 00:00:00.000000000"),
    ("1year", "1-0"),
    ("12month", "1-0"),
    ("8month", "0-8"),
    ("date_format(TIMESTAMP '2019-10-20 10:20:20', '%Y-%m-%d %H:%i:%s')", "2019-10-20 10:20:20"),
    ("date_parse('2019-10-20 10:20:20', '%Y-%m-%d %H:%i:%s')", "2019-10-20 10:20:20.000000000"),
    ("format_datetime(parse_datetime('1968-01-13 12', 'yyyy-MM-dd HH'), 'yyyy-MM-dd HH')", "1968-01-13 12"),
    ("parse_datetime('2019-12-29 10:10 PST', 'uuuu-LL-dd HH:mm z')", "2019-12-29 18:10:00.000000000"),
    ("extract(YEAR FROM '2019-10-12 23:10:34.000000000')", "2019"),
    ("day('2019-10-12 23:10:34.000000000')", "12"),
    ("day_of_month('2019-10-12 23:10:34.000000000')", "12"),
    ("day_of_week('2019-10-12 23:10:34.000000000')", "6"),
    ("day_of_year('2019-10-12 23:10:34.000000000')", "285"),
    ("hour('2019-10-12 23:10:34.000000000')", "23"),
    ("millisecond('2019-10-12 23:10:34.000000000')", "0"),
    ("minute('2019-10-12 23:10:34.000000000')", "10"),
    ("month('2019-10-12 23:10:34.000000000')", "10"),
    ("quarter('2019-10-12 23:10:34.000000000')", "4"),
    ("second('2019-10-12 23:10:34.000000000')", "34"),
    ("week('2019-10-12 23:10:34.000000000')", "41"),
    ("year('2019-10-12 23:10:34.000000000')", "2019"),
    ("year_of_week('2019-10-12 23:10:34.000000000')", "2019"),
    ("date '2022-05-21' + interval '2' day", "2022-05-23"),
    ("date '2022-05-21' + 2d", "2022-05-23"),
    ("date '2022-05-21' + 2day", "2022-05-23"),
    ("interval '4' year + interval '2' month", "4-2"),
    ("typeof(interval '4' year + interval '2' month)", "interval year to month"),
    ("typeof(date '2022-05-21' + interval '2' day)", "date"),
    ("interval '2' year + interval '4' month", "2-4"),
    ("timestamp '2022-06-17 01:00' - interval '7' hour", "2022-06-16 18:00:00.000000000"),
    ("typeof(timestamp '2022-06-17 01:00' - interval '7' hour)", "timestamp"),
    ("interval '6' day - interval '4' hour", "5 20:00:00.000000000"),
    ("typeof(interval '6' day - interval '4' hour)", "interval day to second"),
]

ARRAYS: list[tuple[str, Any]] = [
    ("array_distinct(ARRAY[1,2,2,3])", ["1", "2", "3"]),
    ("array_intersect(ARRAY[1,2,3], ARRAY[3,4,5])", ["3"]),
    ("array_union(ARRAY[1,2,3], ARRAY[3,4,5])", ["1", "2", "3", "4", "5"]),
    ("array_except(ARRAY[1,2,3], ARRAY[3,4,5])", ["1", "2"]),
    ("array_join(ARRAY[1,2,3], ';', '')", "1;2;3"),
    ("array_max(ARRAY[1,2,3])", "3"),
    ("array_min(ARRAY[1,2,3])", "1"),
    ("array_position(ARRAY[3,4,5,9], 5)", "3"),
    ("array_remove(ARRAY[3,4,5,9], 4)", ["3", "5", "9"]),
    ("array_sort(ARRAY[6,8,2,9,3])", ["2", "3", "6", "8", "9"]),
    ("arrays_overlap(ARRAY[6,8,2,9,3], ARRAY[6,8])", "true"),
    ("cardinality(ARRAY[6,8,2,9,3])", "5"),
    (
        "concat(ARRAY[6,8,2,9,3], ARRAY[11,32], ARRAY[6,8,2,0,14])",
        ["6", "8", "2", "9", "3", "11", "32", "6", "8", "2", "0", "14"],
    ),
    ("element_at(ARRAY[6,8,2,9,3], 1)", "6"),
    ("repeat(1, 3)", ["1", "1", "1"]),
    ("reverse(ARRAY[6,8,2,9,3])", ["3", "9", "2", "8", "6"]),
    ("sequence(3, 8)", ["3", "4", "5", "6", "7", "8"]),
    ("sequence(3, 15, 2)", ["3", "5", "7", "9", "11", "13", "15"]),
    (
        "sequence('2023-04-02 19:26:12.941000000', '2023-04-06 19:26:12.941000000', 1d)",
        [f"2023-04-{day:02d} 19:26:12.941000000" for day in (2, 3, 4, 5, 6)],
    ),
    (
        "sequence('2023-04-02 19:26:12.941000000', '2023-04-10 19:26:12.941000000', 2d)",
        [f"2023-04-{day:02d} 19:26:12.941000000" for day in (2, 4, 6, 8, 10)],
    ),
    ("array_sort(shuffle(ARRAY[6,8,2,9,3]))", ["2", "3", "6", "8", "9"]),
    ("slice(ARRAY[6,8,2,9,3], 1, 3)", ["6", "8", "2"]),
    (
        "zip(ARRAY[6,8,2,9,3], ARRAY[15,24])",
        [("6", "15"), ("8", "24"), ("2", None), ("9", None), ("3", None)],
    ),
]

TEXT: list[tuple[str, Any]] = [
    (r"regexp_extract_all('example expect complex', 'ex\w')", ["exa", "exp"]),
    (r"regexp_extract_all('example expect complex', '(ex)(\w)', 2)", ["a", "p"]),
    (r"regexp_extract('example expect', 'ex\w')", "exa"),
    (r"regexp_extract('example expect', '(ex)(\w)', 2)", "a"),
    ("regexp_like('example', 'ex')", "true"),
    ("regexp_replace('example expect', 'expect')", "example "),
    ("regexp_replace('example expect', 'expect', 'surprise')", "example surprise"),
    (r"regexp_replace('example', '(\w)', x -> upper(x[1]))", "EXAMPLE"),
    ("regexp_split('example', 'x')", ["e", "ample"]),
    ("bit_count(19, 8)", "3"),
    ("bitwise_and(12, 7)", "4"),
    ("bitwise_not(12)", "-13"),
    ("bitwise_or(12, 7)", "15"),
    ("bitwise_xor(12, 7)", "11"),
]

AGGREGATES: list[tuple[str, Any]] = [
    ("SELECT arbitrary(t.c) FROM (VALUES 1, 2, 3, 4) AS t(c)", "1"),
    ("SELECT array_agg(t.c) FROM (VALUES 1, 2, 3, 4) AS t(c)", ["1", "2", "3", "4"]),
    ("SELECT avg(t.c) FROM (VALUES 1, 2, 3, 4) AS t(c)", "2.5"),
    ("SELECT bool_and(t.c) FROM (VALUES true, true, false, true) AS t(c)", "false"),
    ("SELECT bool_or(t.c) FROM (VALUES true, true, false, true) AS t(c)", "true"),
    ("SELECT count(t.c) FROM (VALUES true, true, false, true) AS t(c)", "4"),
    ("SELECT count_if(t.c) FROM (VALUES true, true, false, true) AS t(c)", "3"),
    ("SELECT geometric_mean(t.c) FROM (VALUES 1, 2, 3, 4) AS t(c)", "2.213363839400643"),
    (
        "SELECT max_by(t.c1, t.c2) FROM (VALUES (('a', 1)), (('b', 2)), (('c', 3)), (('d', 4))) AS t(c1, c2)",
        "d",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), DATE_TIME + ARRAYS + TEXT)
def test_an_expression_gives_the_documented_result(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(("query", "expected"), AGGREGATES)
def test_an_aggregate_gives_the_documented_result(query: str, expected: Any) -> None:
    [[answer]] = ask(query).rows
    assert answer == expected
