"""The schema and the roles: made, made again, and no more than a role needs."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from chalicelib.engines.postgres.connections import ADMIN, KeptConnection, connect_to_dsql
from chalicelib.engines.postgres.migrations import grant_iam, make_roles, migrate
from chalicelib.engines.postgres.tables import PAGE_VIEWS
from devstack.postgres.fixture import Database, Databases
from tests.dsql import ENDPOINT, dsql

TABLES = ("order_entries", "page_views", "payouts")
ALLOWED = {
    "ingest": {
        "page_views": {"INSERT"},
        "order_entries": {"INSERT", "SELECT", "UPDATE"},
        "payouts": {"INSERT", "SELECT", "UPDATE"},
    },
    "metrics": {table: {"SELECT"} for table in TABLES},
}


@pytest.fixture
def cluster(postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptConnection]:
    """A new cluster, as its admin."""
    with dsql(postgres.server.url(), tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        with closing(KeptConnection(lambda _: connect_to_dsql(ENDPOINT, ADMIN))) as connection:
            yield connection


def rows(database: KeptConnection, statement: str) -> list[object]:
    return database.run(lambda connection: list(connection.execute(statement.encode()).fetchall()), 5)


def test_a_cluster_gets_its_tables_and_keeps_its_rows(cluster: KeptConnection):
    migrate(cluster)
    insert = "INSERT INTO analytics.payouts VALUES ('amy', 'USD', '1', now(), 5) RETURNING affiliate_id"
    assert rows(cluster, insert) == [("amy",)]
    migrate(cluster)
    assert rows(cluster, "SELECT affiliate_id, micros FROM analytics.payouts") == [("amy", 5)]
    tables = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'analytics' ORDER BY 1"
    assert rows(cluster, tables) == [(table,) for table in TABLES]


FIRST_VERSION = """\
CREATE SCHEMA analytics;
CREATE TABLE analytics.page_views (
  affiliate_id text NOT NULL, event_id text NOT NULL, time timestamptz NOT NULL, website text NOT NULL,
  visitor_id text NOT NULL, path text, referrer text, utm_source text, utm_medium text, utm_campaign text,
  country text, device text, PRIMARY KEY (affiliate_id, event_id));
CREATE INDEX ASYNC page_views_time ON analytics.page_views (affiliate_id, time) INCLUDE (website, visitor_id);
CREATE TABLE analytics.order_entries (
  affiliate_id text NOT NULL, entry_key text NOT NULL, time timestamptz NOT NULL, website text NOT NULL,
  currency text NOT NULL, order_id text NOT NULL, entry text NOT NULL, entry_id text NOT NULL,
  micros bigint NOT NULL, PRIMARY KEY (affiliate_id, entry_key));
CREATE INDEX ASYNC order_entries_time
  ON analytics.order_entries (affiliate_id, time) INCLUDE (website, currency, micros);
INSERT INTO analytics.page_views VALUES ('amy', 'event', now(), 'a.example', 'visitor')"""
"""The statements that made the tables of the first version, and a row of it."""

COLUMNS = """\
SELECT table_name || ' ' || column_name || ' ' || data_type FROM information_schema.columns
WHERE table_schema = 'analytics' ORDER BY 1"""
INDEXES = "SELECT indexname::text FROM pg_catalog.pg_indexes WHERE schemaname = 'analytics' ORDER BY 1"


def test_tables_of_an_earlier_version_become_those_of_a_new_cluster(
    cluster: KeptConnection, database: Database
):
    for statement in FIRST_VERSION.split(";\n"):
        cluster.rows(statement, seconds=5)
    migrate(cluster)
    assert rows(cluster, "SELECT event_id, click, link FROM analytics.page_views") == [("event", None, None)]
    with psycopg.connect(database.url()) as new:
        for question in (COLUMNS, INDEXES):
            assert rows(cluster, question) == new.execute(question.encode()).fetchall()
    assert ("page_views_time",) not in rows(cluster, INDEXES)
    migrate(cluster)


def test_the_roles_of_functions_are_granted_anew(cluster: KeptConnection):
    """A role that is made anew has the same ARN, and is not the same."""
    migrate(cluster)
    make_roles(cluster)
    arns = {"ingest": "arn:aws:iam::1:role/it's ingest", "metrics": "arn:aws:iam::1:role/metrics"}
    for granted in (arns, arns, {**arns, "metrics": "arn:aws:iam::1:role/other"}):
        grant_iam(cluster, granted)
        found = rows(cluster, "SELECT pg_role_name, arn FROM sys.iam_pg_role_mappings ORDER BY 1")
        assert found == list(granted.items())


def test_texts_are_ordered_by_their_bytes_whatever_the_database_does(database: Database):
    """As in DSQL and Timestream: of two websites of one size, all name the same one first."""
    with psycopg.connect(database.url()) as connection:
        found = connection.execute(
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = 'analytics' AND data_type = 'text'"
        )
        assert found.fetchall() == [("C",)]


@pytest.mark.parametrize("role", list(ALLOWED))
def test_a_role_may_do_what_its_function_does_and_nothing_else(database: Database, role: str):
    statements = {
        "SELECT": "SELECT * FROM analytics.{}",
        "INSERT": "INSERT INTO analytics.{} SELECT WHERE FALSE",
        "UPDATE": "UPDATE analytics.{} SET affiliate_id = affiliate_id",
        "DELETE": "DELETE FROM analytics.{}",
        "TRUNCATE": "TRUNCATE analytics.{}",
        "DROP": "DROP TABLE analytics.{}",
    }
    with psycopg.connect(database.url(role), autocommit=True) as connection:
        done = {
            table: {name for name, text in statements.items() if _is_allowed(connection, text.format(table))}
            for table in TABLES
        }
        assert not _is_allowed(connection, "CREATE TABLE analytics.mine (a text)")
    assert done == ALLOWED[role]


def test_ingest_reads_and_changes_of_a_page_view_only_what_it_fills_in(database: Database):
    """Not which visitor saw which page."""
    allowed: dict[str, set[str]] = {"SELECT": set(), "UPDATE": set()}
    with psycopg.connect(database.url("ingest"), autocommit=True) as connection:
        for name in PAGE_VIEWS.columns:
            if _is_allowed(connection, f"SELECT {name} FROM analytics.page_views"):
                allowed["SELECT"].add(name)
            if _is_allowed(connection, f"UPDATE analytics.page_views SET {name} = NULL WHERE false"):
                allowed["UPDATE"].add(name)
    assert allowed == {
        "SELECT": {"affiliate_id", "event_id", "click", "link"},
        "UPDATE": {"click", "link"},
    }


def _is_allowed(connection: psycopg.Connection, statement: str) -> bool:
    try:
        connection.execute(statement.encode())
    except InsufficientPrivilege:
        return False
    return True
