"""The command line: its output and its exit codes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from devstack.timestream import Server
from devstack.timestream.fixture import SettableClock, Timestream

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "devstack.timestream"]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its URL, once it has printed that it is ready."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            address, *exports = (process.stdout.readline().strip() for _ in range(3))
            url = address.removeprefix("Timestream at ")
            assert exports == [
                f"export AWS_ENDPOINT_URL_TIMESTREAM_WRITE={url}",
                f"export AWS_ENDPOINT_URL_TIMESTREAM_QUERY={url}",
            ]
            yield process, url
        finally:
            process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_server_runs_until_a_signal_stops_it(stop: signal.Signals) -> None:
    with running() as (process, url):
        timestream = Timestream(url, SettableClock())
        timestream.client("timestream-write").create_database(DatabaseName="Database")
        process.send_signal(stop)
        out, err = process.communicate(timeout=10)
        timestream.close()
    assert (process.returncode, out, err) == (0, "", "")


def test_the_server_answers_only_to_allowed_names() -> None:
    with running("--allow-host", "timestream", "--allow-host", "Shop.Test:80") as (_, url):
        asked = {
            name: _status(url, name) for name in ("localhost", "timestream:8086", "shop.test", "other.test")
        }
    assert asked == {"localhost": 405, "timestream:8086": 405, "shop.test": 405, "other.test": 403}


def test_the_server_answers_to_the_address_it_listens_on() -> None:
    with Server(("0.0.0.0", 0)) as server:
        assert _status(server.url.replace("0.0.0.0", "127.0.0.1"), "0.0.0.0:8086") == 405
        assert _status(server.url.replace("0.0.0.0", "127.0.0.1"), "192.168.0.10:8086") == 403


def test_an_invalid_allowed_name_is_refused() -> None:
    done = subprocess.run(
        [*COMMAND, "--allow-host", "*"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "argument --allow-host: '*' is not the name or the address of a host" in done.stderr


def _status(url: str, host: str) -> int:
    """The status of the response to a browser that uses `host` as the server's name."""
    return httpx.get(url, headers={"Host": host}).status_code


def test_answered_writes_survive_a_kill_and_a_second_server_cannot_open_the_file(tmp_path: Path) -> None:
    path = tmp_path / "timestream.duckdb"
    with running("--path", str(path)) as (process, url):
        before = Timestream(url, SettableClock())
        before.client("timestream-write").create_database(DatabaseName="Database")
        locked = subprocess.run(
            [*COMMAND, "--port", "0", "--path", str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        process.kill()
        process.communicate()
        before.close()
    assert (locked.returncode, locked.stdout) == (1, "")
    assert locked.stderr.startswith(f"timestream: cannot open {path}: ")
    assert "lock" in locked.stderr
    assert locked.stderr.count("\n") == 1
    with Server(path=path) as server:
        after = Timestream(server.url, SettableClock())
        databases = after.client("timestream-write").list_databases()["Databases"]
        assert [database["DatabaseName"] for database in databases] == ["Database"]
        after.close()


def test_a_taken_port_is_reported_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--port", str(port)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"timestream: cannot listen on 127.0.0.1:{port}: Address already in use\n"
