"""The real PostgreSQL that comes with the local system: its start, its end, and its data between them."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from devstack.errors import DamagedStateError, DevstackError
from devstack.http.ports import free_port, listen
from devstack.postgres import DURABLE, FAST, Server, server
from devstack.postgres.account import account
from devstack.postgres.cluster import program
from devstack.postgres.fixture import Database, Databases


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    with server(folder, free_port(), DURABLE, folder.parent / "log") as running:
        yield running


def execute(url: str, statement: bytes) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that has run. Each test leaves it so that a server can run in it again."""
    folder = tmp_path_factory.mktemp("postgres") / "folder"
    with started(folder) as running:
        execute(running.url(), b"CREATE TABLE kept AS SELECT 1 AS value")
        execute(running.url(), b"CREATE ROLE reader LOGIN")
    return folder


def kept(running: Server, value: int) -> bool:
    return execute(running.url(), b"SELECT value FROM kept WHERE value = %d" % value) == [(value,)]


def test_data_survive_a_restart(folder: Path) -> None:
    with started(folder) as running:
        assert kept(running, 1)


def test_a_server_runs_from_a_folder_that_only_its_owner_can_read(folder: Path) -> None:
    folder.parent.chmod(0o700)
    with started(folder) as running:
        assert kept(running, 1)


def test_only_the_superuser_needs_a_password(folder: Path) -> None:
    with started(folder) as running:
        assert execute(running.url("reader"), b"SELECT 1") == [(1,)]
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(running.url().replace(f":{running.password}@", "@"))


def test_a_server_left_behind_is_stopped_by_the_next_start(folder: Path) -> None:
    with started(folder) as left:
        execute(left.url(), b"INSERT INTO kept VALUES (2)")
        with started(folder) as running:
            assert kept(running, 2)
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(left.url())


_KILLED = """
import os, signal, sys
from pathlib import Path
import psycopg
from devstack.postgres import DURABLE, server
folder = Path(sys.argv[1])
with server(folder, int(sys.argv[2]), DURABLE, folder.parent / "log") as running:
    with psycopg.connect(running.url(), autocommit=True) as connection:
        connection.execute("INSERT INTO kept VALUES (3)")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_lost_if_the_process_that_started_the_server_is_killed(folder: Path) -> None:
    command = [sys.executable, "-c", _KILLED, str(folder), str(free_port())]
    assert subprocess.run(command, timeout=30, check=False).returncode == -signal.SIGKILL
    with started(folder) as running:
        assert kept(running, 3)


def test_nothing_is_lost_if_the_server_is_killed(folder: Path) -> None:
    with started(folder) as running:
        execute(running.url(), b"INSERT INTO kept VALUES (4)")
        process = int((folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(process, signal.SIGKILL)
    with started(folder) as running:
        assert kept(running, 4)


def test_a_process_with_the_number_of_an_ended_server_is_left_alone(folder: Path) -> None:
    (folder / "data/postmaster.pid").write_text(f"{os.getpid()}\n/\n1\n5432\n\n\n\nready\n")
    with started(folder) as running:
        assert kept(running, 1)


@contextmanager
def restored(path: Path) -> Iterator[None]:
    """Take a folder away, or put a copy in the place of a file. At the end, the original is back."""
    original = path.rename(path.with_name("original"))
    if original.is_file():
        shutil.copy2(original, path)
        os.chown(path, original.stat().st_uid, original.stat().st_gid)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        original.rename(path)


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


DAMAGE: list[tuple[str, Callable[[Path], object], str]] = [
    ("data", Path.touch, "Not a directory"),
    ("data/PG_VERSION", Path.unlink, "not a valid data directory"),
    ("data/global/pg_control", lambda path: path.write_bytes(b"x"), "pg_control"),
    ("data/base/1/1259", flip, "checksum verification failed"),
    ("data/base/1/1259", lambda path: path.write_bytes(path.read_bytes()[:-5]), "could not read block"),
    ("data/postgresql.conf", lambda path: path.write_bytes(b"not = 'a setting"), "contains errors"),
    ("data/pg_wal", lambda _: None, "pg_wal"),
    ("password", Path.unlink, "No such file or directory"),
    ("password", lambda path: path.write_bytes(b"\xff"), "invalid start byte"),
]


@pytest.mark.parametrize(("name", "damage", "reason"), DAMAGE)
def test_damaged_data_are_reported_with_the_fix(
    folder: Path, name: str, damage: Callable[[Path], object], reason: str
) -> None:
    with restored(folder / name):
        damage(folder / name)
        with pytest.raises(DamagedStateError) as caught, started(folder):
            pass
    assert re.search(rf"is damaged \(.*{reason}.*\)\. `make clean`", str(caught.value))


def test_an_initdb_that_was_interrupted_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "folder/data.new").mkdir(parents=True)
    (tmp_path / "folder/data.new/PG_VERSION").touch()
    with server(tmp_path / "folder", free_port(), FAST, tmp_path / "log") as running:
        assert execute(running.url(), b"SHOW server_encoding") == [("UTF8",)]


def test_a_port_in_use_is_reported_with_its_number(folder: Path) -> None:
    with closing(listen(0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(DevstackError, match=rf"cannot use port {port} \(Address already in use\)"),
            server(folder, port, DURABLE, folder.parent / "log"),
        ):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must become another user")
def test_root_without_a_user_that_can_reach_the_data_is_told_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.parent.chmod(0o700)
    monkeypatch.setenv("PATH", "")  # without setpriv, as on macOS
    with pytest.raises(DevstackError, match=r"does not run as root.*start this as an ordinary user"):
        account(folder / "data", program("postgres"))


@pytest.mark.parametrize(
    ("change", "is_lent_again"),
    [
        (b"INSERT INTO analytics.payouts VALUES ('alice', 'EUR', '1', now(), 1)", True),
        (b"CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", False),
        (b"ALTER TABLE analytics.payouts ADD CHECK (currency <> '')", False),
        (b"GRANT DELETE ON analytics.payouts TO metrics", False),
        (b"INSERT INTO analytics.payouts VALUES ('alice', 'EUR', '1', now(), 1); ANALYZE", False),
    ],
)
def test_a_database_is_emptied_for_the_next_test_unless_more_than_rows_has_changed(
    postgres: Databases, change: bytes, is_lent_again: bool
) -> None:
    with postgres.emptied() as first:
        left_open = psycopg.connect(first.url())
        left_open.execute("SELECT 1")
        execute(first.url(), change)
    left_open.close()
    with postgres.emptied() as second:
        assert (second == first) is is_lent_again
        assert execute(second.url("metrics"), b"SELECT FROM analytics.payouts") == []


def test_each_test_has_a_database_of_its_own_with_empty_tables(
    postgres: Databases, database: Database
) -> None:
    execute(database.url("ingest"), b"INSERT INTO analytics.payouts VALUES ('alice', 'EUR', '1', now(), 1)")
    with postgres.new() as other:
        assert execute(other.url("metrics"), b"SELECT FROM analytics.payouts") == []
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(other.url())
