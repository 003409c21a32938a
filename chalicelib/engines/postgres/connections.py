"""Connections to PostgreSQL: how one is made, kept, made again when it is lost, and cut off when it is late.

Aurora DSQL refuses most of what PostgreSQL offers for this: `SET`, startup options, `statement_timeout`. It
ends a connection after an hour without a message. And Lambda freezes a function between two requests. So
nothing is asked of the server, a connection is not checked before it is used, and all time limits are kept
here.
"""

import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from typing import Any, Final, TypeAlias, TypeVar

import botocore
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import OperationalError

from chalicelib.config import Config
from chalicelib.errors import SettingError

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Connect: TypeAlias = Callable[[int], Connection]
"""Makes a connection, within so many seconds."""

T = TypeVar("T")

LIFETIME: Final = 50 * 60
"""Seconds that a connection is used. DSQL ends it after 60 minutes."""

CONNECTING: Final = range(2, 6)
"""Seconds that one attempt to connect may take: what is left of the time, within these bounds."""

GRACE: Final = 2.0
"""Seconds that a late statement has to end after it was cancelled. Then its connection is cut."""

ROOTS: Final = str(Path(botocore.__file__).with_name("cacert.pem"))
"""Mozilla's certificate authorities, Amazon's among them. The OpenSSL in psycopg's wheel finds no others."""

_COMMON: Final[Mapping[str, Any]] = {
    "autocommit": True,  # else a SELECT opens a transaction, which DSQL ends after five minutes
    "prepare_threshold": None,  # no named statements: not every pooler knows them
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def connector(config: Config, role: str) -> Connect:
    """What connects to the database that the settings name; to DSQL as the database role `role`.

    A URL names its own user. It is verified that the server is the one that it says it is, unless the URL has
    an `sslmode` of its own or leads to this machine.
    """
    if config.dsql_endpoint:
        return partial(connect_to_dsql, config.dsql_endpoint, role)
    return partial(_connect, _parsed(config.postgres_url))


def connect_to_dsql(endpoint: str, role: str, timeout: int = CONNECTING[-1]) -> Connection:
    """A connection to the cluster at `endpoint`, as a database role, with a token of the environment's
    identity.

    Raises OperationalError, and NoCredentialsError if the environment has no identity.
    """
    from chalicelib.engines.postgres.tokens import token  # only DSQL has a use for botocore's signer

    parameters = {
        "host": endpoint,
        "dbname": "postgres",
        "user": role,
        "password": token(endpoint, "DbConnectAdmin" if role == ADMIN else "DbConnect"),
    }
    return _connect({**parameters, **_verified(), **_COMMON}, timeout)


ADMIN: Final = "admin"
"""The role that DSQL makes with the cluster. It owns the tables."""


class KeptConnection:
    """One connection, made when it is first needed, and again when it is lost or old.

    Only one thread at a time may use it.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._made = 0.0

    def run(self, work: Callable[[Connection], T], seconds: float) -> T:
        """What `work` returns. It is done again after a lost connection, or a conflict with another
        transaction.

        So `work` must have the same effect when it is done twice: whether a statement on a lost connection
        was carried out is not known. After `seconds`, the statement under way is cancelled.

        Raises what `work` raises: the OperationalError of the last try if the time is over.
        """
        until, pauses = time.monotonic() + seconds, _pauses()
        while True:
            try:
                return self._try(work, until)
            except OperationalError as error:
                if not _is_conflict(error):
                    self.close()
                pause = next(pauses)
                if not is_passing(error) or time.monotonic() + pause >= until:
                    raise
                time.sleep(pause)

    def rows(
        self, statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None, *, seconds: float
    ) -> list[tuple[Any, ...]]:
        """The rows of one statement, in a transaction of its own. It is repeated as `run` says."""
        return self.run(lambda connection: fetch(connection, statement, values), seconds)

    def close(self) -> None:
        """Close the connection, if there is one. The next `run` makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _try(self, work: Callable[[Connection], T], until: float) -> T:
        connection = self._get(until)
        try:
            with _cut_off(connection, until):
                return work(connection)
        finally:
            if time.monotonic() >= until:
                self.close()  # a cancellation that came late must not reach the next statement

    def _get(self, until: float) -> Connection:
        if time.monotonic() - self._made > LIFETIME:
            self.close()
        if self._connection is None:
            left = int(until - time.monotonic())
            self._connection = self._connect(min(max(left, CONNECTING[0]), CONNECTING[-1]))
            self._made = time.monotonic()
        return self._connection


def fetch(
    connection: Connection, statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run a statement. Returns its rows: an empty list for a statement that has none."""
    cursor = connection.execute(statement, values)
    return cursor.fetchall() if cursor.description else []


def is_passing(error: psycopg.Error) -> bool:
    """Whether the same statement may well succeed soon: after a lost connection, a conflict, or a restart.

    psycopg has no code for an error while connecting, and none where a connection ends without a word.
    """
    if error.sqlstate is None:
        return not any(text in str(error).lower() for text in _LASTING)
    return error.sqlstate.startswith(_PASSING)


def _is_conflict(error: OperationalError) -> bool:
    return error.sqlstate is not None and error.sqlstate.startswith(_CONFLICT)


_CONFLICT: Final = "40"
"""Another transaction was first: 40001. Or each waited for the other, which DSQL never does: 40P01."""

_PASSING: Final = (_CONFLICT, "08", "57P", "53300", "53400")
"""Conflict; connection; shut down, or not started yet; too many connections."""

_LASTING: Final = (
    "access denied",
    "authentication failed",
    "certificate",
    "does not exist",
    "no pg_hba.conf entry",
    "no password supplied",
    "server does not support ssl",
)
"""What a refusal to connect says if trying again is of no use."""


def _pauses() -> Iterator[float]:
    """Seconds to wait before each new try: 10 ms, doubled each time up to 2 s, and spread at random."""
    longest = 0.01
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311 (not a secret)
        longest = min(2 * longest, 2.0)


@contextmanager
def _cut_off(connection: Connection, until: float) -> Iterator[None]:
    """Cancel the statement that is under way at `until`; if it does not end, cut the connection."""
    done = Event()
    watch = Thread(target=_watch, args=(connection, done, until), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(connection: Connection, done: Event, until: float) -> None:
    if done.wait(max(0.0, until - time.monotonic())):
        return
    with suppress(OperationalError):  # the connection is lost already, or no second one can be made
        connection.cancel_safe(timeout=GRACE)
    if not done.wait(GRACE):
        with suppress(OperationalError, OSError), socket(fileno=os.dup(connection.pgconn.socket)) as wire:
            wire.shutdown(SHUT_RDWR)


def _connect(parameters: Mapping[str, Any], timeout: int) -> Connection:
    return psycopg.connect(**{"connect_timeout": timeout, **parameters})


def _parsed(url: str) -> dict[str, Any]:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its text may show the password
        problem = "cannot be read: percent-encode what is special in a password, such as %40 for @"
        raise SettingError("POSTGRES_URL", problem) from None
    is_here = re.fullmatch(r"|/.*|localhost|127\..*|::1", str(given.get("host", "")))
    return {**({} if is_here else _verified()), **_COMMON, **given}


def _verified() -> dict[str, str]:
    """TLS with a server whose certificate is right. libpq's own variable names another root."""
    return {"sslmode": "verify-full", "sslrootcert": os.environ.get("PGSSLROOTCERT", ROOTS)}
