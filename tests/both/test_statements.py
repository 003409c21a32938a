"""Every statement that the product sends to Aurora DSQL: DSQL takes it, and it reads as little as it can."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.postgres.writer import Writer, insert_arrays, insert_values
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import OF_EVERYONE, Route, Statement
from chalicelib.figures.answers import to_query, to_statement
from devstack.postgres.fixture import Database
from infra.erase.rows import check_rights, delete_rows, visitor_rows
from tests.both.cluster import Cluster
from tests.both.questions import KINDS, everyones_questions, other_questions, questions
from tests.both.world import NOW, Question

EVENTS: Final[tuple[Event, ...]] = (
    PageView(1_700_000_000_000, "amy", "a.example", "visitor", "event"),
    Commission(1_700_000_000_000, "amy", "a.example", "USD", "order", Entry.SALE, "order", 7_500_000),
    Payout(1_700_000_000_000, "amy", "USD", "payout", 5_000_000),
)

REFUSALS: Final = {
    r"^SET\b": "SET",
    r"^(SAVEPOINT|RELEASE|ROLLBACK TO)\b": "a savepoint",
    r"^COPY\b": "COPY",
    r"^(TRUNCATE|VACUUM|ANALYZE|LISTEN|NOTIFY|LOCK|MERGE)\b": "an unknown statement",
    r"^(BEGIN|START TRANSACTION|COMMIT)\b": "a transaction of several statements",
    r"\b(TEMP|TEMPORARY|UNLOGGED)\b": "a temporary table",
    r"^CREATE (UNIQUE )?INDEX (?!ASYNC )": "an index that is built at once",
    r"\bFOR (NO KEY )?(UPDATE|KEY SHARE|SHARE)\b": "a lock",
    r"^CREATE (EXTENSION|TRIGGER|TYPE|MATERIALIZED)\b": "an unknown object",
    r";": "several statements in one message",
}
"""What DSQL does not take: a pattern and its name. Each statement is a transaction of its own, so none has
more than one statement that changes the schema.
"""


def refusals(statement: str) -> list[str]:
    """Why DSQL would not take a statement. What is in quotes does not count."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "''", statement)
    return [name for pattern, name in REFUSALS.items() if re.search(pattern, bare, re.IGNORECASE)]


def lint(statements: list[str]) -> tuple[int, str]:
    """The exit status of AWS's linter, and what it says."""
    program = Path(sys.executable).with_name("dsql-lint")
    text = ";\n".join([*statements, ""])
    done = subprocess.run([program, "-"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def statements() -> Iterator[tuple[Route, Question, Statement[Any]]]:
    """A statement for each metric and window, in a zone whose clocks change, and for all other routes."""
    metrics = [
        (Route.METRICS, question, now) for question, now in questions("a7")[len(KINDS) : 2 * len(KINDS)]
    ]
    for route, question, now in [*metrics, *other_questions("a7"), *everyones_questions()]:
        query = to_query(route, {name: [value] for name, value in question.items()}, now, 30)
        yield route, question, to_statement(route, query, DIALECT)


def sent(cluster: Cluster) -> list[str]:
    """All that is sent: by a deployment, the two functions, and the command that erases a visitor."""
    for insert in (insert_arrays, insert_values):
        with closing(cluster.as_role("ingest")) as connection:
            for event in EVENTS:
                Writer(connection, insert).write(type(event), [event, event])
    for _, _, asked in statements():
        list(cluster.engine.rows(asked))
    found = [ids for _, _, ids in visitor_rows(cluster.admin, ["visitor", "other"])]
    assert found == [["event"]]
    check_rights(cluster.admin)
    delete_rows(cluster.admin, "amy", ["event", "other"])
    return list(dict.fromkeys(cluster.dsql.statements))


STARTS: Final = (
    "CREATE SCHEMA",
    "CREATE TABLE",
    "CREATE INDEX ASYNC",
    "GRANT",
    "AWS IAM GRANT",
    "AWS IAM REVOKE",
    "INSERT INTO analytics.page_views",
    "INSERT INTO analytics.order_entries",
    "WITH counted",
    "INSERT INTO analytics.payouts",
    "WITH seen",
    "WITH reported",
    "WITH orders",
    "WITH RECURSIVE",
    "DELETE",
)
"""What must be among the statements: else the test looks at too few."""


def test_dsql_takes_every_statement_that_is_sent(cluster: Cluster):
    found = sent(cluster)
    assert [start for start in STARTS if not any(each.startswith(start) for each in found)] == []
    assert {statement: reasons for statement in found if (reasons := refusals(statement))} == {}
    assert lint(found)[0] == 0, lint(found)[1]
    assert not any(re.search(r"%\w|%\(", statement) for statement in found)  # all values are bound


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SET statement_timeout = 1", ["SET"]),
        ("SAVEPOINT a", ["a savepoint"]),
        ("COPY t FROM STDIN", ["COPY"]),
        ("CREATE TEMP TABLE t (a int)", ["a temporary table"]),
        ("TRUNCATE t", ["an unknown statement"]),
        ("CREATE INDEX i ON t (a)", ["an index that is built at once"]),
        ("CREATE INDEX IF NOT EXISTS i ON t (a)", ["an index that is built at once"]),
        ("SELECT 1 FOR UPDATE", ["a lock"]),
        ("SELECT 1 FROM t FOR SHARE", ["a lock"]),
        ("BEGIN", ["a transaction of several statements"]),
        ("CREATE SCHEMA a; CREATE SCHEMA b", ["several statements in one message"]),
        ("CREATE INDEX ASYNC i ON t (a)", []),
        ("INSERT INTO t VALUES ('a; FOR UPDATE') ON CONFLICT (a) DO UPDATE SET a = 1", []),
    ],
)
def test_what_dsql_does_not_take_is_known(statement: str, found: list[str]):
    assert refusals(statement) == found


@pytest.mark.parametrize("statement", ["CREATE INDEX i ON t (a)", "TRUNCATE t", "SAVEPOINT a"])
def test_the_linter_finds_what_it_is_there_for(statement: str):
    assert lint([statement])[0] == 1


# What a question reads


@pytest.fixture
def filled(database: Database) -> Iterator[psycopg.Connection]:
    """Some thousand rows of forty affiliates over a year."""
    with psycopg.connect(database.url(), autocommit=True) as admin:
        # VACUUM marks no page whose rows are not in the log yet: without marks, no index is enough by itself.
        admin.execute("SET synchronous_commit = on")
        for table, fill in _FILL.items():
            admin.execute(fill.encode(), {"now": NOW})
            admin.execute(f"VACUUM ANALYZE analytics.{table}".encode())
        yield admin


_FILL: Final = {
    "page_views": """\
INSERT INTO analytics.page_views (affiliate_id, event_id, time, website, visitor_id)
SELECT 'a' || mod(n, 40), 'event ' || n, %(now)s - n * interval '43 minutes', mod(n, 3) || '.example',
  md5((n / 3)::text)
FROM generate_series(1, 12000) AS n""",
    "order_entries": """\
INSERT INTO analytics.order_entries
SELECT 'a' || mod(n, 40), md5(n::text), %(now)s - n * interval '65 minutes', mod(n, 3) || '.example', 'USD',
  'order ' || n, 'sale', 'order ' || n, n
FROM generate_series(1, 8000) AS n""",
}

INDEXES: Final = {"page_views": "page_views_clicks", "order_entries": "order_entries_revenue"}
"""What answers a metric, and a breakdown by website or link, without reading a row of the table."""


def test_each_question_reads_only_its_affiliates_part_of_an_index(filled: psycopg.Connection):
    """Before PostgreSQL 18, and on DSQL, a condition on the time alone would read the whole index."""
    tables = set()
    for route, question, asked in statements():
        is_of_the_index = question.get("by") in ("Website", "Link") and "country" not in question
        if route in OF_EVERYONE:
            continue
        for node in scans(filled, asked):
            tables.add(node["Relation Name"])
            if route is Route.METRICS or is_of_the_index:
                assert node["Node Type"] == "Index Only Scan", question
                assert node["Index Name"] == INDEXES[node["Relation Name"]], question
                bounds = ("(affiliate_id = ", '("time" >= ', '("time" < ')
                assert all(bound in node["Index Cond"] for bound in bounds), question
                assert not any(bound in node.get("Filter", "") for bound in bounds), question
            else:
                condition = node.get("Index Cond") or node["Recheck Cond"]
                assert "affiliate_id = 'a7'" in condition, question
    assert tables == {*INDEXES, "payouts"}


def test_each_question_about_everyone_goes_by_the_affiliate(filled: psycopg.Connection):
    """What PostgreSQL 18 could do without it, DSQL cannot: it would read all rows of all times."""
    for route, _, asked in statements():
        if route not in OF_EVERYONE:
            continue
        found = [
            node.get("Index Cond") or node.get("Recheck Cond") or node["Node Type"]
            for node in scans(filled, asked)
        ]
        conditions = re.sub(r"one_\d+\.", "one.", "\n".join(sorted(found)))
        assert conditions.count("(affiliate_id = one.affiliate_id)") == (
            3 if route is Route.AFFILIATES else 2
        )
        assert found.count("Index Only Scan") == 2  # for the first affiliate in a table
        assert len(found) == (5 if route is Route.AFFILIATES else 4)  # the plan does not tell the next ones


def scans(database: psycopg.Connection, asked: Statement[Any]) -> Iterator[dict[str, Any]]:
    """Those parts of a statement's plan that read a table."""
    text, values = to_sql(asked)
    ((plan,),) = database.execute(f"EXPLAIN (FORMAT JSON) {text}".encode(), values).fetchall()
    return (node for node in nodes(plan[0]["Plan"]) if "Relation Name" in node)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all plans in it."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)
