"""Starts and stops PostgreSQL."""

import fcntl
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from devstack.errors import DamagedStateError, DevstackError
from devstack.http.ports import HOST
from devstack.postgres.account import ENVIRONMENT
from devstack.postgres.cluster import SUPERUSER, Cluster, cluster, program
from devstack.postgres.tuning import Tuning

_START_SECONDS = 60
_STOP_SECONDS = 30
_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    password: str = field(repr=False)
    """The superuser's. All other users need none."""

    def url(self, user: str = SUPERUSER, database: str = "postgres") -> str:
        """The URL of a database for a user. The superuser's has the password in it."""
        return url(self.port, f"{user}:{self.password}" if user == SUPERUSER else user, database)


def url(port: int, user: str, database: str = "postgres") -> str:
    """The URL of a database on a port of this machine, for a user without a password."""
    return f"postgresql://{user}@{HOST}:{port}/{database}"


@contextmanager
def server(folder: Path, port: int, tuning: Tuning, log: Path) -> Iterator[Server]:
    """Run a server with its data in `folder` on a port of this machine, and append what it says to `log`.

    One process at a time may use `folder`: a server that still runs there is taken for one left behind, and
    stopped. Raises DamagedStateError for damaged data, and DevstackError if the server does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        _stop_what_was_left(lock, folder / "data")
        found = cluster(folder, tuning)
        before = log.stat().st_size if log.exists() else 0
        process = _start(found, port, tuning, lock, log)
    with process:
        try:
            if not _is_ready(process, found.data):
                raise _failure(found.data, port, log, before)
            yield Server(port, found.password)
        finally:
            _stop(process, tuning.stop)


def _stop_what_was_left(lock: IO[str], data: Path) -> None:
    """Wait until no server uses the data. Each server keeps the lock that it is started with.

    So the process that `data` names is only stopped while it surely is the server: else, its number may be
    another's by now.
    """
    for _ in range(round(_STOP_SECONDS / _STEP)):
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _pid_file(data):
                (data / _PID_FILE).unlink()  # PostgreSQL would take that process for its own, too
            return
        _interrupt(data)
        time.sleep(_STEP)
    raise DevstackError(f"A PostgreSQL of an earlier run still uses {data}, and does not stop.")


def _interrupt(data: Path) -> None:
    if not (lines := _pid_file(data)):
        return
    try:
        os.kill(int(lines[0]), signal.SIGINT)
    except ProcessLookupError:
        return  # its own processes end by themselves
    except PermissionError as error:
        raise DevstackError(f"Another user's PostgreSQL uses {data}: stop process {lines[0]}.") from error


def _start(found: Cluster, port: int, tuning: Tuning, lock: IO[str], log: Path) -> "subprocess.Popen[bytes]":
    settings = {**tuning.settings, "port": str(port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        return subprocess.Popen(
            found.account.command(program("postgres"), "-D", found.data, *options),
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(lock.fileno(),),
            start_new_session=True,  # so that Ctrl-C in the terminal does not reach it: _stop does
            **found.account.options,
        )


def _is_ready(process: "subprocess.Popen[bytes]", data: Path) -> bool:
    """Wait until the server answers. False if it ended, or needs too long."""
    for _ in range(round(_START_SECONDS / _STEP)):
        if _pid_file(data)[_STATUS : _STATUS + 1] == ["ready"]:
            return True
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STEP)
            return False
    return False


def _failure(data: Path, port: int, log: Path, before: int) -> DevstackError:
    """The reason in the log, from the byte `before` on."""
    said = log.read_bytes()[before:].decode(errors="replace")
    if bound := re.search(r"could not bind .*: (.+)", said):
        return DevstackError(
            f"PostgreSQL cannot use port {port} ({bound[1]}): stop what uses it, or choose another port."
        )
    if fatal := re.search(r"(?:FATAL|PANIC): +(.+)", said):
        return DamagedStateError(data, fatal[1])
    return DevstackError(f"PostgreSQL did not start. See {log}.")


def _stop(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)


def _pid_file(data: Path) -> list[str]:
    """The lines of the file in which a server describes itself. Empty if there is no such file."""
    try:
        text = (data / _PID_FILE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [line.strip() for line in text.splitlines()]


_PID_FILE = "postmaster.pid"
_STATUS = 7
"""The line of that file with `starting`, `ready` or `stopping`."""
