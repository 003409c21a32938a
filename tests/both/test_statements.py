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
from chalicelib.events import Commission, Entry, Event, PageView
from chalicelib.figures import to_statement
from chalicelib.figures.parameters import parse_metric_query
from devstack.postgres.fixture import Database
from infra.erase.rows import check_rights, delete_rows, visitor_rows
from tests.both.cluster import Cluster
from tests.both.questions import KINDS
from tests.both.world import NOW

EVENTS: Final[tuple[Event, ...]] = (
    PageView(1_700_000_000_000, "amy", "a.example", "visitor", "event"),
    Commission(1_700_000_000_000, "amy", "a.example", "USD", "order", Entry.SALE, "order", 7_500_000),
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


def questions() -> Iterator[dict[str, list[str]]]:
    """Each metric, window and interval, in a zone whose clocks change."""
    for metric, window, interval in KINDS:
        asked = {"metricType": str(metric), "timeWindow": str(window), "interval": str(interval)}
        asked |= {"affiliateId": "a7", "timeZone": "America/New_York"}
        yield {name: [value] for name, value in asked.items()}


def sent(cluster: Cluster) -> list[str]:
    """All that is sent: by a deployment, the two functions, and the command that erases a visitor."""
    for insert in (insert_arrays, insert_values):
        with closing(cluster.as_role("ingest")) as connection:
            for event in EVENTS:
                Writer(connection, insert).write(type(event), [event, event])
    for question in questions():
        assert list(cluster.engine.rows(to_statement(parse_metric_query(question, NOW), DIALECT))) == []
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
    "WITH seen",
    "DELETE",
)
"""What must be among the statements: else the test looks at too few."""


def test_dsql_takes_every_statement_that_is_sent(cluster: Cluster):
    statements = sent(cluster)
    assert [start for start in STARTS if not any(each.startswith(start) for each in statements)] == []
    assert {statement: found for statement in statements if (found := refusals(statement))} == {}
    assert lint(statements)[0] == 0, lint(statements)[1]
    assert not any(re.search(r"%\w|%\(", statement) for statement in statements)  # all values are bound


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


def test_each_question_reads_only_its_affiliates_part_of_an_index(filled: psycopg.Connection):
    """Before PostgreSQL 18, and on DSQL, a condition on the time alone would read the whole index."""
    tables = set()
    for question in questions():
        text, values = to_sql(to_statement(parse_metric_query(question, NOW), DIALECT))
        ((plan,),) = filled.execute(f"EXPLAIN (FORMAT JSON) {text}".encode(), values).fetchall()
        for node in (node for node in nodes(plan[0]["Plan"]) if "Relation Name" in node):
            table = node["Relation Name"]
            tables.add(table)
            assert (node["Node Type"], node.get("Index Name")) == ("Index Only Scan", INDEXES[table]), (
                question
            )
            condition = node["Index Cond"]
            assert all(part in condition for part in ("(affiliate_id = ", '("time" >= ', '("time" < ')), (
                condition
            )
            assert "Filter" not in node, question
    assert tables == set(INDEXES)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all plans in it."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)
