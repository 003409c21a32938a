"""`python -m infra.migrate`, on databases with nothing in them; and errors of PostgreSQL as sentences."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from chalicelib.config import Config
from devstack.http.ports import free_port
from devstack.postgres.fixture import Databases
from devstack.postgres.server import Server
from infra import migrate
from infra.errors import InfraError
from infra.postgres import open_database, place, to_sentence
from tests.dsql import ENDPOINT, dsql

OWNER: LiteralString = "migrate_owner"
EMPTY: LiteralString = "migrate_empty"
TABLES = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'analytics'"


@pytest.fixture
def empty(postgres: Databases) -> Iterator[str]:
    """The URL of an empty database for its owner, who may make roles."""
    server = postgres.server
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
        admin.execute(f"CREATE DATABASE {EMPTY} OWNER {OWNER} TEMPLATE template0")
        yield server.url(OWNER, EMPTY)
        admin.execute(f"DROP DATABASE {EMPTY} WITH (FORCE)")
        admin.execute(f"DROP ROLE {OWNER}")


def rows(url: str, statement: LiteralString) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def test_an_empty_database_gets_its_tables_as_often_as_is_asked(
    empty: str, capfd: pytest.CaptureFixture[str]
):
    for _ in range(2):
        assert migrate.main([], {"POSTGRES_URL": empty}) == 0
        assert capfd.readouterr().out == f"127.0.0.1/{EMPTY} has all tables and indexes.\n"
    assert rows(empty, TABLES) == [(3,)]
    granted = "SELECT grantee FROM information_schema.table_privileges WHERE table_schema = 'analytics'"
    assert {role for (role,) in rows(empty, granted)} == {OWNER}


def test_the_roles_are_made_on_request(empty: str, capfd: pytest.CaptureFixture[str]):
    assert migrate.main(["--roles"], {"POSTGRES_URL": empty}) == 0
    assert capfd.readouterr().out.endswith("indexes, and the roles ingest and metrics.\n")
    assert rows(empty.replace(OWNER, "metrics"), "SELECT count(*) FROM analytics.page_views") == [(0,)]


WRONG: dict[str, tuple[Callable[[Server], str], str]] = {
    "nothing": (lambda _: "", "Set the environment variable POSTGRES_URL to the database's URL"),
    "not a URL": (lambda _: "host=localhost", "POSTGRES_URL must be a URL such as"),
    "unreadable": (
        lambda _: "postgresql://u:secret@a@b/d",
        "POSTGRES_URL has a special character in its user",
    ),
    "nothing there": (
        lambda _: f"postgresql://u:secret@127.0.0.1:{free_port()}/d",
        "127.0.0.1/d does not answer: check the network, the address and the port",
    ),
    "another password": (
        lambda server: server.url().replace(server.password, "secret"),
        "127.0.0.1/postgres refuses the user or the password of POSTGRES_URL.",
    ),
    "no such database": (lambda server: server.url(database="missing"), "127.0.0.1/missing: "),
    "no TLS": (
        lambda server: f"{server.url()}?sslmode=require",
        "127.0.0.1/postgres has no TLS: if that is right, add ?sslmode=disable to POSTGRES_URL.",
    ),
    "no right": (
        lambda server: server.url("metrics", "template1"),
        "The user of 127.0.0.1/template1 lacks a right (permission denied for database template1): ",
    ),
}
"""A URL, and how the sentence about it begins."""


@pytest.mark.parametrize(("to_url", "sentence"), WRONG.values(), ids=WRONG)
def test_an_error_is_one_sentence_without_the_password(
    to_url: Callable[[Server], str],
    sentence: str,
    postgres: Databases,
    capfd: pytest.CaptureFixture[str],
):
    assert migrate.main([], {"POSTGRES_URL": to_url(postgres.server)}) == 1
    said = capfd.readouterr().err
    assert said.startswith(f"migrate: {sentence}")
    assert said.count("\n") == 1
    assert "secret" not in said
    assert postgres.server.password not in said


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "failed to resolve host 'x': [Errno -2]",
            "There is no db/d: check the name (failed to resolve host",
        ),
        ("unable to accept connection, access denied", "db/d refuses your AWS identity: it needs dsql:Db"),
        ("connection timeout expired", "db/d does not answer: check the network, the address and the port"),
        ("no pg_hba.conf entry for host", "db/d lets this user in from elsewhere, or not at all (no pg"),
        ("fe_sendauth: no password supplied", "db/d asks for a password: write it into POSTGRES_URL."),
    ],
)
def test_what_psycopg_says_while_connecting_is_explained(text: str, sentence: str):
    config = Config(events_bucket="none", engine="postgres", postgres_url="postgresql://u:secret@db/d")
    assert to_sentence(psycopg.OperationalError(text), config).startswith(sentence)


def test_a_cluster_is_opened_as_its_admin(
    postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    config = Config(events_bucket="none", engine="postgres", dsql_endpoint=ENDPOINT)
    with dsql(postgres.server.url(), tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        with open_database(config) as database:
            user = database.run(lambda connection: connection.execute("SELECT current_user").fetchall(), 5)
    assert user == [("admin",)]
    assert place(config) == ENDPOINT


def test_a_cluster_that_refuses_the_identity_says_what_it_needs(
    postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    elsewhere = Config(
        events_bucket="none", engine="postgres", dsql_endpoint=ENDPOINT.replace("west", "east")
    )
    with dsql(postgres.server.url(), tmp_path) as running:
        for name, value in {**running.environment, "PGHOST": ENDPOINT}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(InfraError, match="cannot prove who it is"), open_database(elsewhere):
            pass
