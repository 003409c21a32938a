"""A PostgreSQL server of a schedule's own: a copy of one with empty tables, which may end at any moment."""

import asyncio
import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.engines.postgres.connections import Connection
from devstack.postgres.cluster import cluster
from devstack.postgres.server import server
from devstack.postgres.tables import connect, create_tables
from devstack.postgres.tuning import FAST
from tests.faults.postgres.faults import End, PlannedEnd

TUNING = replace(
    FAST,
    # What was committed is there again after any process was killed. Only a power cut would lose it.
    settings={**FAST.settings, "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": ""},
    stop=signal.SIGINT,
)

REFUSED = "faults.refused"
"""The setting of the server with the share of rows that are refused. The same rows always are."""

SEED = "faults.seed"


@contextmanager
def original() -> Iterator[Path]:
    """The folder of a server that does not run, with empty tables."""
    with _folder() as folder:
        (folder / _NAME).mkdir()
        data = cluster(folder / _NAME, TUNING).data
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("local all all trust\n")
        with closing(OwnServer(folder, {})) as made:
            create_tables(made.url("postgres"))
            with closing(connect(made.url("postgres"))) as database:
                for statement in (_REFUSALS, *_SMALLER):
                    database.run(partial(_execute, statement), 60)
        yield folder


@contextmanager
def copied(original: Path, settings: Mapping[str, str]) -> Iterator["OwnServer"]:
    """A running copy of the server, with more settings."""
    with _folder() as folder:
        shutil.copytree(original, folder, dirs_exist_ok=True)
        with closing(OwnServer(folder, settings)) as running:
            yield running


class OwnServer:
    """A running server. `happened` counts its ends."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.happened: Counter[str] = Counter()
        self._folder = folder / _NAME
        self._data = self._folder / "data"
        settings = {**TUNING.settings, "unix_socket_directories": str(self._data), **settings}
        self._tuning = replace(TUNING, settings=settings)
        self._running = ExitStack()
        # One thread for all: a server ends with the thread that started it.
        self._thread = ThreadPoolExecutor(1)
        self._ending: list[Future[None]] = []
        self.may_end = False
        """Whether planned ends happen."""
        self._thread.submit(self._start).result()

    @property
    def socket(self) -> str:
        """The path at which the server listens."""
        return str(self._data / f".s.PGSQL.{_PORT}")

    def url(self, user: str) -> str:
        """The URL of the database for a user."""
        return f"postgresql://{user}@/postgres?host={self._data}&port={_PORT}"

    def end_later(self, planned: PlannedEnd, process: int) -> None:
        """End the server, or the process of one of its connections, and start it again."""
        asyncio.get_running_loop().call_later(planned.after, self._end, planned.end, process)

    def wait(self) -> None:
        """Wait until the server runs again."""
        for each in self._ending:
            each.result()

    def close(self) -> None:
        """Stop the server."""
        with self._thread as thread:
            thread.submit(self._stop, signal.SIGQUIT).result()

    def _end(self, end: End, process: int) -> None:
        if not self.may_end:
            return
        self.happened[end.value] += 1
        if end is End.PROCESS:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(process, signal.SIGKILL)
        else:
            self._ending.append(self._thread.submit(self._restart, _SIGNALS[end]))

    def _restart(self, how: signal.Signals) -> None:
        self._stop(how)
        self._start()

    def _start(self) -> None:
        self._running.enter_context(server(self._folder, _PORT, self._tuning, self._folder.with_name("log")))

    def _stop(self, how: signal.Signals) -> None:
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, how)
        self._running.close()


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # another user than root may have to go through it
        yield folder


_NAME = "server"
_PORT = 5432
"""The port in the name of a server's socket. Each has a folder of its own."""

_SIGNALS: Mapping[End, signal.Signals] = {
    End.KILLED: signal.SIGKILL,
    End.IMMEDIATE: signal.SIGQUIT,
    End.FAST: signal.SIGINT,
}


def _execute(statement: str, connection: Connection) -> None:
    connection.execute(statement)


_SMALLER = (
    "UPDATE pg_database SET datistemplate = false",
    "DROP DATABASE template0",
    "DROP DATABASE template1",
)
"""Leave two thirds less to copy."""

_REFUSALS = f"""
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      draw int := abs(hashtext(current_setting('{SEED}') || (to_jsonb(NEW) ->> TG_ARGV[0])) % 10000);
    BEGIN
      IF draw < 10000 * current_setting('{REFUSED}')::float THEN
        RAISE 'a fault' USING ERRCODE = (ARRAY['54000', '22021', '23514'])[1 + draw % 3];
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON analytics.page_views
    FOR EACH ROW EXECUTE FUNCTION refuse('event_id');
    CREATE TRIGGER refuse BEFORE INSERT ON analytics.order_entries
    FOR EACH ROW EXECUTE FUNCTION refuse('entry_key')"""
"""Refuse some rows, as Aurora DSQL refuses a key that is too long, without saying which row it is."""
