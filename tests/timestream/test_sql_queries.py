"""Whole queries: the statements of this project, and each construct of the language."""

from typing import Any

import pytest

from tests.timestream.sql_world import ask

VIEWS = '"WebAnalyticsDb"."PageViewsTable"'
SALES = '"WebAnalyticsDb"."CommissionsTable"'
HOSTS = '"ops-db"."Hosts"'

LOCAL_TIME = "CASE WHEN time < TIMESTAMP '2026-11-18 00:00:00' THEN time + 19800s ELSE time - 3600s END"
LOCAL_DAY = f"date_trunc('day', {LOCAL_TIME})"

OF_THIS_PROJECT: list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]] = [
    (
        f"""
        SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS timestamp FROM {VIEWS}
        WHERE "affiliate_id" = 'a1' AND measure_name = 'page_view'
          AND time >= TIMESTAMP '2026-11-17 00:00:00' AND time < TIMESTAMP '2026-11-24 00:00:00'
        GROUP BY website, date_trunc('day', time) ORDER BY website, timestamp
        """,
        ("website", "value", "timestamp"),
        [
            ("one.com", "2", "2026-11-17 00:00:00.000000000"),
            ("one.com", "1", "2026-11-18 00:00:00.000000000"),
            ("two.com", "1", "2026-11-18 00:00:00.000000000"),
        ],
    ),
    (
        f"""
        SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS timestamp FROM {VIEWS}
        WHERE "affiliate_id" = 'it''s' AND time between ago(9day) and now()
        GROUP BY website, date_trunc('day', time)
        """,
        ("website", "value", "timestamp"),
        [("two.com", "1", "2026-11-10 00:00:00.000000000")],
    ),
    (
        f"SELECT {LOCAL_DAY} AS day, count(*) FROM {VIEWS} GROUP BY {LOCAL_DAY} ORDER BY day",
        ("day", "_col1"),
        [
            ("2026-11-10 00:00:00.000000000", "1"),
            ("2026-11-17 00:00:00.000000000", "2"),
            ("2026-11-18 00:00:00.000000000", "2"),
        ],
    ),
    (
        f"SELECT website, count(DISTINCT visitor_id) FROM {VIEWS} GROUP BY website ORDER BY 1",
        ("website", "_col1"),
        [("one.com", "2"), ("two.com", "2")],
    ),
    (
        f"""
        SELECT website, date_trunc('day', time) AS bin, count(*) AS value FROM {VIEWS}
        WHERE affiliate_id = 'a1' GROUP BY website, date_trunc('day', time)
        UNION ALL
        SELECT 'all', CAST(NULL AS timestamp), count(*) FROM {VIEWS} WHERE affiliate_id = 'a1'
        ORDER BY website, bin
        """,
        ("website", "bin", "value"),
        [
            ("all", None, "4"),
            ("one.com", "2026-11-17 00:00:00.000000000", "2"),
            ("one.com", "2026-11-18 00:00:00.000000000", "1"),
            ("two.com", "2026-11-18 00:00:00.000000000", "1"),
        ],
    ),
    (
        f"""
        WITH entries AS (
            SELECT website, currency, measure_value::bigint AS micros, row_number() OVER (
                PARTITION BY currency, order_id, entry, entry_id ORDER BY time, website
            ) AS n FROM {SALES} WHERE affiliate_id = 'a1' AND measure_name = 'commission'
        )
        SELECT website, currency, sum(micros) AS value FROM entries WHERE n = 1
        GROUP BY website, currency ORDER BY website, currency
        """,
        ("website", "currency", "value"),
        [("one.com", "EUR", "1000000"), ("one.com", "USD", "3000000")],
    ),
]

CONSTRUCTS: list[tuple[str, list[tuple[Any, ...]]]] = [
    (f'SELECT "host-name", CPU FROM {HOSTS} WHERE CPU > 36 ORDER BY CPU', [("h1", "38.2"), ("h1", "45.3")]),
    (f"SELECT DISTINCT website FROM {VIEWS} ORDER BY website DESC", [("two.com",), ("one.com",)]),
    (f"SELECT v.website FROM {VIEWS} AS v WHERE v.visitor_id = 'v3'", [("two.com",)]),
    (f"SELECT PageViewsTable.website FROM {VIEWS} WHERE PageViewsTable.visitor_id = 'v3'", [("two.com",)]),
    (f"SELECT count(*) FROM {VIEWS} WHERE time >= '2026-11-18'", [("2",)]),
    (f"SELECT count(*) FROM {VIEWS} WHERE '2026-11-18 00:00:00' <= time", [("2",)]),
    (f"SELECT website w FROM {VIEWS} GROUP BY website HAVING count(*) > 2", [("one.com",)]),
    (
        f"SELECT website, count(*) AS n FROM {VIEWS} GROUP BY 1 ORDER BY n DESC, 1",
        [("one.com", "3"), ("two.com", "2")],
    ),
    (f"SELECT max(CPU) - min(CPU) FROM {HOSTS}", [("10.299999999999997",)]),
    (f"SELECT CPU FROM {HOSTS} ORDER BY CPU LIMIT 1", [("35.0",)]),
    (f"SELECT CPU FROM {HOSTS} ORDER BY CPU DESC", [("45.3",), ("38.2",), ("35.0",), (None,)]),
    (f"SELECT CPU FROM {HOSTS} ORDER BY CPU NULLS FIRST LIMIT 1", [(None,)]),
    (f"SELECT count(*) FROM {HOSTS} LIMIT ALL", [("4",)]),
    ("SELECT c, d FROM (VALUES (1, 'a'), (2, NULL)) AS t(c, d) ORDER BY c", [("1", "a"), ("2", None)]),
    ("SELECT 1 UNION SELECT 1 UNION ALL SELECT 1", [("1",), ("1",)]),
    ("SELECT c FROM (VALUES 1, 2) AS t(c) INTERSECT SELECT 2", [("2",)]),
    ("SELECT c FROM (VALUES 1, 2) AS t(c) EXCEPT SELECT 2", [("1",)]),
    ("(SELECT 2 AS a) UNION (SELECT 1.5) ORDER BY a", [("1.5",), ("2.0",)]),
    ("(SELECT 3 AS a ORDER BY a LIMIT 1)", [("3",)]),
    ("WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x + 1 FROM a) SELECT x, y FROM a, b", [("1", "2")]),
    ("SELECT X FROM (SELECT 1 AS x)", [("1",)]),
    (
        "SELECT a.c, b.c FROM (VALUES 1, 2) a(c) LEFT JOIN (VALUES 2, 3) b(c) ON a.c = b.c ORDER BY 1",
        [("1", None), ("2", "2")],
    ),
    (
        "SELECT a.c, b.c FROM (VALUES 1, 2) a(c) RIGHT JOIN (VALUES 2, 3) b(c) ON a.c = b.c ORDER BY 2",
        [("2", "2"), (None, "3")],
    ),
    (
        "SELECT c FROM (VALUES 1, 2) a(c) FULL OUTER JOIN (VALUES 2, 3) b(c) USING (c) ORDER BY c",
        [("1",), ("2",), ("3",)],
    ),
    ("SELECT * FROM (VALUES (1, 2)) a(c, x) JOIN (VALUES (1, 3)) b(c, y) USING (c)", [("1", "2", "3")]),
    ("SELECT a.c, b.y FROM (VALUES (1, 2)) a(c, x) CROSS JOIN (VALUES (1, 3)) b(c, y)", [("1", "3")]),
    ("SELECT b.* FROM (VALUES 1) a(c), (VALUES (1, 3)) b(c, y)", [("1", "3")]),
    (
        f"""
        SELECT website FROM {VIEWS} v WHERE EXISTS (
            SELECT 1 FROM {SALES} s WHERE s.website = v.website AND s.currency = 'EUR'
        ) GROUP BY website
        """,
        [("one.com",)],
    ),
    (
        f"SELECT website FROM {VIEWS} WHERE visitor_id IN (SELECT 'v3') AND website NOT IN ('one.com')",
        [("two.com",)],
    ),
    (f"SELECT website FROM {VIEWS} WHERE time = (SELECT min(time) FROM {VIEWS})", [("two.com",)]),
    ("SELECT c FROM (VALUES 1, 2, 3) t(c) WHERE c > ALL (VALUES 1, 2)", [("3",)]),
    ("SELECT c FROM (VALUES 1, 2, 3) t(c) WHERE c = ANY (SELECT 2)", [("2",)]),
    ("SELECT c FROM (VALUES 1, 2, 3) t(c) WHERE c = SOME (SELECT 2)", [("2",)]),
    ("SELECT CASE c WHEN 1 THEN 'one' ELSE 'more' END FROM (VALUES 1, 2) t(c)", [("one",), ("more",)]),
    (
        """
        SELECT sum(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
        FROM (VALUES 1, 2, 3) t(x) ORDER BY 1
        """,
        [("1",), ("3",), ("5",)],
    ),
    (
        """
        SELECT first_value(x) OVER (ORDER BY x DESC), lag(x, 1, 0) OVER (ORDER BY x)
        FROM (VALUES 1, 2) t(x) ORDER BY 2
        """,
        [("2", "0"), ("2", "1")],
    ),
    (
        """
        SELECT last_value(x) OVER (ORDER BY x RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        FROM (VALUES 1, 2) t(x)
        """,
        [("2",), ("2",)],
    ),
    ("SELECT u FROM (VALUES 1) t(c) CROSS JOIN UNNEST(ARRAY[3, 4]) AS x (u) ORDER BY u", [("3",), ("4",)]),
    (
        """
        SELECT a, b, n FROM (VALUES 1) t(c)
        CROSS JOIN UNNEST(ARRAY[3, 4], ARRAY['x']) WITH ORDINALITY AS x (a, b, n)
        """,
        [("3", "x", "1"), ("4", None, "2")],
    ),
    (
        f"""
        SELECT "host-name", create_time_series(time, CPU) FROM {HOSTS}
        WHERE CPU IS NOT NULL GROUP BY "host-name"
        """,
        [
            (
                "h1",
                [
                    ("2019-12-04 19:00:00.000000000", "35.0"),
                    ("2019-12-04 19:00:01.000000000", "38.2"),
                    ("2019-12-04 19:00:02.000000000", "45.3"),
                ],
            )
        ],
    ),
    (
        f"""
        WITH filled AS (
            SELECT INTERPOLATE_LINEAR(
                CREATE_TIME_SERIES(time, CPU), SEQUENCE(min(time), max(time), 500ms)
            ) AS s FROM {HOSTS} WHERE "host-name" = 'h1' GROUP BY "host-name"
        )
        SELECT time, round(value, 2) FROM filled CROSS JOIN UNNEST(s) ORDER BY time LIMIT 2
        """,
        [("2019-12-04 19:00:00.000000000", "35.0"), ("2019-12-04 19:00:00.500000000", "36.6")],
    ),
    (
        f"""
        SELECT t, v FROM (
            SELECT filter(create_time_series(time, CPU), p -> p.value > 36) AS s FROM {HOSTS} WHERE CPU > 0
        )
        CROSS JOIN UNNEST(s) AS x (t, v) ORDER BY t
        """,
        [("2019-12-04 19:00:01.000000000", "38.2"), ("2019-12-04 19:00:02.000000000", "45.3")],
    ),
    (
        f"SELECT integral_trapezoidal(create_time_series(time, CPU), 1s) FROM {HOSTS} WHERE CPU > 0",
        [("78.35",)],
    ),
    ("SELECT reduce(ARRAY[1.5, 2.5], 0, (s, x) -> s + x, s -> s / 2)", [("2.0",)]),
    ("SELECT x.a, x.B FROM (SELECT CAST(ROW(1, 'b') AS ROW(a bigint, b varchar)) AS x)", [("1", "b")]),
    ("SELECT x FROM UNNEST(ARRAY[1, 2]) AS t (x) ORDER BY x", [("1",), ("2",)]),
    (
        """
        SELECT a, b, c FROM (VALUES (1, 2)) x(k, a) JOIN (VALUES (1, 3)) y(k, b) USING (k)
        JOIN (VALUES (1, 4)) z(k, c) USING (k) WHERE k = 1
        """,
        [("2", "3", "4")],
    ),
    ("SELECT x FROM (VALUES 1) t(c) LEFT JOIN UNNEST(ARRAY[3]) AS u (x) ON true", [("3",)]),
    ("SELECT 1 -- a comment\n, /* another */ 2", [("1", "2")]),
    (
        "SELECT CURRENT_DATE, current_time, localtimestamp",
        [("2026-11-18", "11:06:40.123000000", "2026-11-18 11:06:40.123000000")],
    ),
]


@pytest.mark.parametrize(("query", "names", "rows"), OF_THIS_PROJECT)
def test_a_query_of_this_project_gives_its_rows(
    query: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    answer = ask(query)
    assert (answer.names, answer.rows) == (names, rows)


@pytest.mark.parametrize(("query", "rows"), CONSTRUCTS)
def test_a_construct_of_the_language_gives_its_rows(query: str, rows: list[tuple[Any, ...]]) -> None:
    assert ask(query).rows == rows


def test_star_selects_all_columns_in_the_order_of_the_service() -> None:
    answer = ask(f"SELECT * FROM {VIEWS} WHERE affiliate_id = 'it''s'")
    assert answer.names == (
        "affiliate_id", "website", "visitor_id", "measure_name", "time", "measure_value::bigint"
    )  # fmt: skip
    assert answer.rows == [("it's", "two.com", "v3", "page_view", "2026-11-10 12:00:00.000000000", "1")]


def test_a_query_may_have_two_thousand_conditions() -> None:
    conditions = " OR ".join(f"visitor_id = 'v{i}'" for i in range(2000))
    assert ask(f"SELECT count(*) FROM {VIEWS} WHERE {conditions}").rows == [("5",)]
