"""Connections: how they are made, kept, made again, and cut off."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import psycopg
import pytest
from botocore.exceptions import NoCredentialsError
from psycopg.errors import DeadlockDetected, QueryCanceled, SerializationFailure
from psycopg.pq import TransactionStatus

from chalicelib.config import Config
from chalicelib.engines.postgres.connections import (
    ADMIN,
    Connection,
    KeptConnection,
    connect_to_dsql,
    connector,
    is_passing,
)
from chalicelib.engines.postgres.tokens import token
from chalicelib.errors import SettingError
from devstack.postgres.fixture import Database, Databases
from tests.dsql import ENDPOINT, Dsql, dsql, token_problem


def kept(url: str, role: str = "ingest") -> KeptConnection:
    config = Config("events", engine="postgres", postgres_url=url)
    return KeptConnection(connector(config, role))


@pytest.fixture
def connection(database: Database) -> Iterator[KeptConnection]:
    with closing(kept(database.url("ingest"))) as opened:
        yield opened


def pid(connection: Connection) -> int:
    return connection.info.backend_pid


def test_a_connection_is_kept(connection: KeptConnection):
    assert connection.run(pid, 5) == connection.run(pid, 5)


def test_no_transaction_is_left_open(connection: KeptConnection):
    def status(open_connection: Connection) -> TransactionStatus:
        open_connection.execute("SELECT 1")
        return open_connection.info.transaction_status

    assert connection.run(status, 5) is TransactionStatus.IDLE


def test_a_connection_that_the_server_has_ended_is_made_again(connection: KeptConnection, database: Database):
    first = connection.run(pid, 5)
    with psycopg.connect(database.url(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [first])
    connection.run(lambda open_connection: open_connection.execute("SELECT 1"), 5)
    assert connection.run(pid, 5) != first


def test_an_old_connection_is_made_again(database: Database, monkeypatch: pytest.MonkeyPatch):
    with closing(kept(database.url("ingest"))) as connection:
        first = connection.run(pid, 5)
        monkeypatch.setattr(time, "monotonic", later(timedelta(minutes=51)))
        assert connection.run(pid, 5) != first


def later(by: timedelta) -> Callable[[], float]:
    real = time.monotonic
    return lambda: real() + by.total_seconds()


def test_a_statement_that_takes_too_long_is_cancelled(connection: KeptConnection):
    connection.run(pid, 30)
    began = time.monotonic()
    with pytest.raises(QueryCanceled):
        connection.run(lambda open_connection: open_connection.execute("SELECT pg_sleep(30)"), 0.3)
    assert time.monotonic() - began < 10
    assert connection.run(lambda open_connection: open_connection.execute("SELECT 1").fetchone(), 5) == (1,)


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("chalicelib.engines.postgres.connections.GRACE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        pool.submit(let_in_and_say_nothing, listening)
        url = f"postgresql://ingest@127.0.0.1:{listening.getsockname()[1]}/postgres?sslmode=disable"
        with closing(kept(url)) as connection, pytest.raises(psycopg.OperationalError):
            connection.run(lambda open_connection: open_connection.execute("SELECT 1"), 0.1)


def let_in_and_say_nothing(listening: socket.socket) -> None:
    """Accept the first connection, as a server that then hangs does."""
    wire, _ = listening.accept()
    with wire:
        wire.recv(1000)
        wire.sendall(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I")  # authentication is over; ready for a query
        while wire.recv(1000):
            pass


@pytest.mark.parametrize("conflict", [SerializationFailure, DeadlockDetected])
def test_a_conflict_is_tried_again_until_it_passes(connection: KeptConnection, conflict: type[psycopg.Error]):
    tries = iter(range(10))

    def work(_: Connection) -> int:
        if (number := next(tries)) < 4:
            raise conflict
        return number

    assert connection.run(work, 5) == 4


def test_a_conflict_that_does_not_pass_is_raised_when_the_time_is_over(connection: KeptConnection):
    def work(_: Connection) -> None:
        raise SerializationFailure

    with pytest.raises(SerializationFailure):
        connection.run(work, 0.05)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unable to accept connection, waking up cluster, please retry later", True),
        ("too many open connections", True),
        ("the database system is starting up", True),
        ("connection refused", True),
        ("unable to accept connection, access denied", False),
        ('password authentication failed for user "ingest"', False),
        ('role "ingest" does not exist', False),
        ("SSL error: certificate verify failed", False),
        ("server does not support SSL, but SSL was required", False),
    ],
)
def test_a_refusal_to_connect_is_known_by_its_text(text: str, expected: bool):
    assert is_passing(psycopg.OperationalError(f"connection failed: FATAL:  {text}")) is expected


def test_a_wrong_user_is_told_at_once(database: Database):
    with (
        closing(kept(database.url("nobody"))) as connection,
        pytest.raises(psycopg.OperationalError, match='role "nobody" does not exist'),
    ):
        connection.run(pid, 60)


SECRET = "s3cret@tail9"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@host/db?nonsense=1",
        f"postgres://{SECRET}:x:y@/%zz",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_its_password(url: str):
    with pytest.raises(SettingError) as error:
        kept(url)
    assert not any(part in str(error.value) for part in SECRET.split("@"))
    assert error.value.name == "POSTGRES_URL"


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://u@db.example/x", "verify-full"),
        ("postgresql://u@db.example/x?sslmode=require", "require"),
        ("postgresql://u@127.0.0.1/x", None),
        ("postgresql://u@localhost/x", None),
        ("postgresql:///x", None),
    ],
)
def test_a_server_elsewhere_is_verified(url: str, mode: str | None):
    connect = connector(Config("b", engine="postgres", postgres_url=url), "ingest")
    parameters = connect.args[0]  # type: ignore[attr-defined]  # a partial
    assert parameters.get("sslmode") == mode


# Aurora DSQL


@pytest.fixture
def cluster(postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dsql]:
    with dsql(postgres.server.url(), tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.mark.parametrize("role", ["ingest", "metrics", ADMIN])
def test_dsql_lets_a_role_in_with_its_token(cluster: Dsql, role: str):
    with connect_to_dsql(ENDPOINT, role) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role,)
    assert cluster.connected == [role]


def test_a_cluster_with_another_certificate_is_refused(cluster: Dsql, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PGSSLROOTCERT")
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect_to_dsql(ENDPOINT, "ingest")


@pytest.mark.parametrize(("action", "method"), [("DbConnect", ""), ("DbConnectAdmin", "admin_")])
def test_a_token_is_the_one_that_boto3_makes(action: str, method: str):
    with closing(boto3.client("dsql", region_name="eu-west-1")) as client:
        theirs = getattr(client, f"generate_db_connect_{method}auth_token")(ENDPOINT)
    ours = token(ENDPOINT, action)
    assert _without_time(ours) == _without_time(theirs)


def test_who_has_no_variables_signs_with_the_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    profile = tmp_path / "credentials"
    profile.write_text("[default]\naws_access_key_id = of-the-profile\naws_secret_access_key = s\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profile))
    assert "X-Amz-Credential=of-the-profile%2F" in token(ENDPOINT, "DbConnect")
    profile.write_text("")
    with pytest.raises(NoCredentialsError):
        token(ENDPOINT, "DbConnect")


def _without_time(text: str) -> object:
    address = urlsplit(f"https://{text}")
    query = {
        name: value
        for name, value in parse_qs(address.query).items()
        if name not in ("X-Amz-Date", "X-Amz-Signature")
    }
    return address.netloc, address.path, query


def test_the_stand_in_refuses_a_token_for_another_action():
    assert token_problem(token(ENDPOINT, "DbConnect"), "admin") != ""
    assert token_problem(token(ENDPOINT, "DbConnectAdmin"), "ingest") != ""
    assert token_problem(token(ENDPOINT, "DbConnect"), "ingest") == ""
