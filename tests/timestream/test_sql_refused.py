"""Queries that the service would refuse, and its messages."""

import pytest

from devstack.timestream.errors import ValidationError
from tests.timestream.sql_world import ask

VIEWS = '"WebAnalyticsDb"."PageViewsTable"'

# Invalid syntax, and its position.
SYNTAX = [
    ("", "1:1"),
    ("SELECT", "1:1"),
    ("SELECT 'x", "1:7"),
    ("SELECT 1;", "1:9"),
    ("SELECT 'a\ud800'", "1:10"),
    ("SELECT 1; SELECT 2", "1:9"),
    ("SELECT 1 FROM net-example", "1:18"),
    # other statements
    ("CREATE TABLE x AS SELECT 1", "1:14"),
    ("DROP TABLE x", "1:12"),
    ("INSERT INTO x VALUES (1)", "1:13"),
    ("UPDATE x SET a = 1", "1:10"),
    ("DELETE FROM x", "1:8"),
    ("COPY x TO 'y'", "1:8"),
    ("ATTACH 'x'", "1:8"),
    ("PRAGMA database_list", "1:1"),
    ("SET threads = 1", "1:13"),
    ("INSTALL httpfs", "1:1"),
    ("CALL x()", "1:7"),
    ("EXPLAIN SELECT 1", "1:9"),
    ("SHOW TABLES IN y", "1:1"),
    ("SHOW ALL", "1:1"),
    ("DESCRIBE x", "1:1"),
    # syntax of DuckDB
    ("FROM x", "1:1"),
    ("SELECT * FROM (FROM x)", "1:16"),
    (f"SELECT * EXCLUDE (time) FROM {VIEWS}", "1:8"),
    (f"SELECT * REPLACE (1 AS time) FROM {VIEWS}", "1:8"),
    (f"SELECT COLUMNS(*) FROM {VIEWS}", "1:16"),
    (f"SELECT website FROM {VIEWS} QUALIFY true", "1:63"),
    (f"SELECT website FROM {VIEWS} USING SAMPLE 1", "1:8"),
    (f"SELECT website FROM {VIEWS} LIMIT 1 OFFSET 1", "1:63"),
    (f"SELECT website FROM {VIEWS} OFFSET 1", "1:62"),
    (f"SELECT website FROM {VIEWS} FETCH FIRST 1 ROW ONLY", "1:61"),
    (f"SELECT DISTINCT ON (website) time FROM {VIEWS}", "1:21"),
    (f"SELECT website FROM {VIEWS} TABLESAMPLE BERNOULLI (1)", "1:67"),
    (f"SELECT sum(1) FILTER (WHERE true) FROM {VIEWS}", "1:22"),
    (f"SELECT website FROM {VIEWS} GROUP BY ALL", "1:8"),
    (f"SELECT website FROM {VIEWS} WINDOW w AS ()", "1:62"),
    ("WITH RECURSIVE x AS (SELECT 1) SELECT 1 FROM x", "1:16"),
    ("SELECT '1'::bigint", "1:13"),
    ("SELECT time::date", "1:14"),
    ("SELECT [1, 2]", "1:8"),
    ("SELECT [x FOR x IN y]", "1:8"),
    ("SELECT {'a': 1}", "1:14"),
    ("SELECT ARRAY[1, 2][1:1]", "1:20"),
    ("SELECT * FROM range(10)", "1:15"),
    ("SELECT * FROM read_csv('/etc/passwd')", "1:15"),
    ("SELECT * FROM '/etc/passwd'", "1:15"),
    ("SELECT 1 AS 'x'", "1:13"),
    ("SELECT 1 == 1", "1:11"),
    ("SELECT 1 & 2", "1:8"),
    ("SELECT 2 ^ 3", "1:8"),
    ("SELECT !true", "1:8"),
    ("SELECT $1", "1:8"),
    ("SELECT ?", "1:1"),
    ("SELECT 'a' ILIKE 'A'", "1:18"),
    ("SELECT 'a' 'b'", "1:12"),
    ("SELECT x'1F'", "1:9"),
    ("SELECT 1 |> SELECT 2", "1:11"),
    # in Trino, but not in AWS's reference
    ("SELECT now() AT TIME ZONE 'UTC'", "1:8"),
    ("SELECT 1 FROM (SELECT 1) a JOIN (SELECT 2) b", "1:41"),
    ("SELECT a FROM (SELECT 1 AS a) NATURAL JOIN (SELECT 1 AS a)", "1:31"),
    ("SELECT TRIM(BOTH 'x' FROM 'xax')", "1:18"),
    # interval literals
    ("SELECT 7days", "1:8"),
    ("SELECT 1week", "1:8"),
    ("SELECT INTERVAL '2' fortnight", "1:17"),
    # reserved words are not names
    ("SELECT 1 AS select", "1:13"),
    ("SELECT 1 AS natural", "1:13"),
]

# Invalid meaning, and the message.
MEANING = [
    (f"SELECT nope FROM {VIEWS}", "line 1:8: Column 'nope' does not exist"),
    (f"SELECT\n  Website FROM {VIEWS}", "line 2:3: Column 'Website' does not exist"),
    (f"SELECT x.website FROM {VIEWS}", "line 1:8: Column 'x.website' does not exist"),
    (f"SELECT website AS w FROM {VIEWS} WHERE w = 'a'", "line 1:66: Column 'w' does not exist"),
    (f"SELECT website AS w, 1 FROM {VIEWS} GROUP BY w", "line 1:72: Column 'w' does not exist"),
    (
        f"SELECT website AS w FROM {VIEWS} GROUP BY website HAVING w = 'a'",
        "line 1:84: Column 'w' does not exist",
    ),
    (f"SELECT website FROM {VIEWS} a, {VIEWS} b", "line 1:8: Column 'website' is ambiguous"),
    ("SELECT rowid FROM " + VIEWS, "line 1:8: Column 'rowid' does not exist"),
    (f"SELECT measure_value::double FROM {VIEWS}", "line 1:8: Column 'measure_value::double' does not exist"),
    (
        'SELECT time, "measure_value::bigint" FROM "ops-db"."Nothing"',
        "line 1:14: Column 'measure_value::bigint' does not exist",
    ),
    (
        f"SELECT website, count(*) FROM {VIEWS}",
        "line 1:8: 'website' must be an aggregate expression or appear in GROUP BY clause",
    ),
    (
        'SELECT * FROM "abc"."sampleDB"',
        "Requested database 'abc' not found for identifier 'abc.sampleDB' at line 1:15",
    ),
    (
        'SELECT * FROM "WebAnalyticsDb"."pageviewstable"',
        "line 1:15: Table WebAnalyticsDb.pageviewstable does not exist",
    ),
    ("SELECT * FROM duckdb_settings", "line 1:15: Schema must be specified when session schema is not set"),
    ("SELECT * FROM views", "line 1:15: Schema must be specified when session schema is not set"),
    (
        "SELECT * FROM main.views",
        "Requested database 'main' not found for identifier 'main.views' at line 1:15",
    ),
    (
        "SELECT * FROM pg_catalog.pg_class",
        "Requested database 'pg_catalog' not found for identifier 'pg_catalog.pg_class' at line 1:15",
    ),
    ("UNLOAD (SELECT 1) TO 's3://bucket/x'", "UNLOAD is not implemented by the local Timestream"),
    ("SELECT *", "line 1:8: SELECT * not allowed in queries without FROM clause"),
    ("SELECT '1' = 1", "line 1:8: '=' cannot be applied to varchar, integer"),
    ("SELECT 1 + 'a'", "line 1:8: '+' cannot be applied to integer, varchar"),
    ("SELECT 1 IN ('1')", "line 1:8: IN value and list items must be the same type: integer, varchar"),
    ("SELECT now() + now()", "line 1:8: '+' cannot be applied to timestamp, timestamp"),
    ("SELECT now() - now()", "line 1:8: '-' cannot be applied to timestamp, timestamp"),
    ("SELECT now() > 1", "line 1:8: '>' cannot be applied to timestamp, integer"),
    ("SELECT now() > 'yesterday'", "line 1:8: '>' cannot be applied to timestamp, varchar"),
    ("SELECT TIMESTAMP 'yesterday'", "line 1:18: 'yesterday' is not a valid timestamp literal"),
    ("SELECT DATE '2026-02-30'", "line 1:13: '2026-02-30' is not a valid date literal"),
    ("SELECT CAST(now() AS bigint)", "line 1:13: Cannot cast timestamp to bigint"),
    ("SELECT CAST(1 AS blob)", "The query syntax is invalid at line 1:18"),
    (
        "SELECT CASE WHEN true THEN 1 ELSE 'a' END",
        "line 1:28: All CASE results must be the same type: integer, varchar",
    ),
    (
        "SELECT 1 UNION SELECT 'a'",
        "line 1:8: column 1 in UNION query has incompatible types: integer, varchar",
    ),
    (
        "SELECT DISTINCT a FROM (VALUES (2, 1)) AS t(a, b) ORDER BY b",
        "line 1:60: For SELECT DISTINCT, ORDER BY expressions must appear in select list",
    ),
    ("SELECT 1 UNION SELECT 1, 2", "line 1:8: UNION query has different number of fields: 1, 2"),
    ("SELECT 1 WHERE 1", "line 1:16: WHERE clause must evaluate to a boolean: actual type integer"),
    ("SELECT 1 ORDER BY 2", "line 1:19: ORDER BY position 2 is not in select list"),
    ("SELECT row_number()", "line 1:8: Window function row_number requires an OVER clause"),
    ("SELECT stddev(DISTINCT 1)", "line 1:8: DISTINCT is not supported for aggregate function stddev"),
    ("SELECT lower('A') OVER ()", "line 1:8: Function lower is not a window function"),
    ("SELECT date_trunc('fortnight', now())", "line 1:8: 'fortnight' is not a valid TIMESTAMP field"),
    ("SELECT lower(1)", "line 1:8: Unexpected parameters (integer) for function lower"),
    (
        "SELECT approx_percentile(1, 2, 0.5)",
        "line 1:8: Unexpected parameters (integer, integer, double) for function approx_percentile",
    ),
    (
        "SELECT (SELECT 1, 2)",
        "line 1:16: Multiple columns returned by subquery are not yet supported. Found 2",
    ),
    (
        "SELECT a FROM (SELECT 1) AS t (a, b)",
        "line 1:23: Column alias list has 2 entries but 't' has 1 columns available",
    ),
    ("SELECT @id", "line 1:8: Parameter @id has no value"),
    # functions of DuckDB, of Trino, or of neither
    *(
        (f"SELECT {name}('x')", f"line 1:8: Function {name} not registered")
        for name in (
            "read_text",
            "getenv",
            "current_setting",
            "ts_ln",
            "list_sort",
            "error",
            "query",
            "struct_pack",
            "json_extract",
            "url_extract_host",
            "at_timezone",
            "with_timezone",
            "substring",
            "transform",
            "approx_set",
            "merge",
            "position_of",
            "to_hex",
            "interpolate_spline_cubic",
        )
    ),
]


@pytest.mark.parametrize(("query", "place"), SYNTAX)
def test_invalid_syntax_is_refused_with_its_position(query: str, place: str) -> None:
    with pytest.raises(ValidationError) as error:
        ask(query)
    assert error.value.message == f"The query syntax is invalid at line {place}"


@pytest.mark.parametrize(("query", "message"), MEANING)
def test_invalid_meaning_is_refused_with_its_reason(query: str, message: str) -> None:
    with pytest.raises(ValidationError) as error:
        ask(query)
    assert error.value.message == message


def test_a_query_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValidationError):
        ask("SELECT " + "(" * 5000 + "1" + ")" * 5000)
