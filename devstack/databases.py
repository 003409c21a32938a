"""The databases that the local system can store its events in, and how each is started."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import boto3
import duckdb
import psycopg
from psycopg.conninfo import conninfo_to_dict

from chalicelib.config import POSTGRES, TIMESTREAM, Config
from chalicelib.engines.postgres.connections import KeptConnection
from chalicelib.engines.postgres.migrations import migrate
from chalicelib.errors import SettingError
from devstack import postgres, timestream
from devstack.errors import DamagedStateError, DevstackError
from devstack.http.ports import HOST, Ports, url
from devstack.postgres.tables import connect, create_tables
from devstack.state import State


class Database(Protocol):
    """A database, before it is started."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def place(self) -> str:
        """Where it is, without a password. Empty if its data are in the state folder."""
        ...

    def settings(self, role: str, /) -> Mapping[str, str]:
        """Environment variables that connect a function to it. `role` is `ingest` or `metrics`."""
        ...

    def address(self, config: Config, /) -> str:
        """Its address and what to know about it, for people."""
        ...

    def running(self, state: State, config: Config, /) -> AbstractContextManager[None]:
        """Run it, or connect to it, with its tables made. The environment must be the local one.

        Raises DamagedStateError if its data are damaged, and DevstackError if it cannot be used.
        """
        ...


PORTS: Final = frozenset({"timestream", "postgres"})
"""The fields of Ports that databases listen on."""


def ports_of(engine: str, environ: Mapping[str, str]) -> Collection[str]:
    """The fields of Ports that the database for an engine listens on."""
    return {TIMESTREAM: ("timestream",), POSTGRES: () if _given(environ) else ("postgres",)}[engine]


def choose(
    engine: str, environ: Mapping[str, str], ports: Ports, allowed_hosts: Collection[str] = ()
) -> Database:
    """The database for an engine: with `postgres`, the one that POSTGRES_URL names, if it is set.

    Raises DevstackError if that is not a URL.
    """
    if engine == TIMESTREAM:
        return LocalTimestream(ports.timestream, allowed_hosts)
    return OtherPostgres(given, environ) if (given := _given(environ)) else EmbeddedPostgres(ports.postgres)


@dataclass(frozen=True, slots=True)
class LocalTimestream:
    """The Timestream of devstack.timestream."""

    port: int
    allowed_hosts: Collection[str]
    name: str = "Timestream"
    place: str = ""

    def settings(self, _: str, /) -> Mapping[str, str]:
        """Without its endpoint, which is always in the local environment."""
        return {"ENGINE": TIMESTREAM, "POSTGRES_URL": "", "DSQL_ENDPOINT": ""}

    def address(self, config: Config, /) -> str:
        """Its URL, and the database in it."""
        return f"{url(self.port)}  (database {config.timestream_database})"

    @contextmanager
    def running(self, state: State, config: Config, /) -> Iterator[None]:
        """Run it with the data of `state`."""
        with _timestream(self.port, state.timestream, self.allowed_hosts):
            with closing(boto3.client("timestream-write")) as write:
                tables = (config.page_views_table, config.commissions_table)
                timestream.create_tables(write, config.timestream_database, tables)
            yield


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """The PostgreSQL of devstack.postgres."""

    port: int
    name: str = "PostgreSQL"
    place: str = ""

    def settings(self, role: str, /) -> Mapping[str, str]:
        """Each function is a user of its own, with the rights that it has on AWS."""
        return _postgres_settings(postgres.url(self.port, role))

    def address(self, _: Config, /) -> str:
        """A URL to look at the tables."""
        return f"{postgres.url(self.port, 'metrics')}  (for psql, to read; schema analytics)"

    @contextmanager
    def running(self, state: State, _: Config, /) -> Iterator[None]:
        """Run it with the data of `state`."""
        log = state.logs / "postgres.log"
        with postgres.server(state.postgres, self.port, postgres.DURABLE, log) as server:
            try:
                create_tables(server.url())
            except psycopg.Error as error:
                raise DamagedStateError(state.postgres, error) from error
            if state.claimed:  # the sample was fed into a database of the user's
                state.claim(self.place)
            yield


class OtherPostgres:
    """A PostgreSQL that the user runs. Both functions connect as the URL says."""

    name = "PostgreSQL"

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        try:
            Config.from_environ({"EVENTS_BUCKET": "none", "ENGINE": POSTGRES, "POSTGRES_URL": url})
            connect(url)
        except SettingError as error:
            raise DevstackError(f"{error}.") from error
        known = {"host": HOST, "port": "5432", "dbname": "", **conninfo_to_dict(url)}
        self.place = f"{known['host']}:{known['port']}/{known['dbname']}"
        self._url = url
        self._libpq = {name: value for name, value in environ.items() if name.startswith("PG")}

    def settings(self, _: str, /) -> Mapping[str, str]:
        """The URL, and libpq's own variables, such as PGPASSWORD."""
        return {**self._libpq, **_postgres_settings(self._url)}

    def address(self, _: Config, /) -> str:
        """A command to look at the tables. It does not show the password."""
        return f'{self.place}  (look at it with psql "$POSTGRES_URL"; schema analytics)'

    @contextmanager
    def running(self, state: State, _: Config, /) -> Iterator[None]:
        """Make the tables. If they are empty, the sample of `state` may be fed into them."""
        with closing(connect(self._url)) as database:
            if self._is_empty(database):
                state.claim(self.place)
        yield

    def _is_empty(self, database: KeptConnection) -> bool:
        """Make the tables. Returns whether there is no page view in them."""
        try:
            database.rows("SELECT", seconds=_REACH_SECONDS)
        except psycopg.Error as error:
            raise DevstackError(
                f"PostgreSQL cannot be used at {self.place}: {_reason(error)}. Start it, or correct "
                "POSTGRES_URL; without that variable, the local system brings a PostgreSQL of its own."
            ) from error
        try:
            migrate(database)
            [(found,)] = database.rows(_ANY, seconds=_REACH_SECONDS)
        except psycopg.Error as error:
            raise DevstackError(
                f"The tables cannot be made in {self.place}: {_reason(error)}. The user in POSTGRES_URL must "
                "be allowed to create a schema there."
            ) from error
        return not found


def _given(environ: Mapping[str, str]) -> str:
    return environ.get("POSTGRES_URL", "").strip()


def _postgres_settings(url: str) -> dict[str, str]:
    return {"ENGINE": POSTGRES, "POSTGRES_URL": url, "DSQL_ENDPOINT": ""}


def _reason(error: psycopg.Error) -> str:
    """The error's own words: of several attempts to connect the last one, without advice."""
    return str(error).strip().splitlines()[0].rstrip(".")


def _timestream(port: int, path: Path, allowed_hosts: Collection[str]) -> timestream.Server:
    try:
        _read_all(path)
        return timestream.Server(address=(HOST, port), path=path, allowed_hosts=allowed_hosts)
    except duckdb.Error as error:
        raise DamagedStateError(path, error) from error
    except OSError as error:
        raise DevstackError(f"Timestream cannot be started: {error}") from error


def _read_all(path: Path) -> None:
    """Read a database file from end to end: DuckDB notices damage only in the blocks that it reads.

    Raises duckdb.Error, or DamagedStateError for a file that is too short.
    """
    if not path.exists():
        return
    with duckdb.connect(str(path), read_only=True) as database:
        sizes = "SELECT block_size * total_blocks FROM pragma_database_size()"
        [(blocks,)] = database.execute(sizes).fetchall()
        if path.stat().st_size < _DUCKDB_HEADERS + blocks:
            raise DamagedStateError(path, "its end is missing")
        names = """SELECT format('"{}"."{}"', schema_name, table_name) FROM duckdb_tables()"""
        for (table,) in database.execute(names).fetchall():
            database.execute(f"SELECT sum(hash(t)) FROM {table} AS t")  # noqa: S608 - its own tables' names


_DUCKDB_HEADERS = 3 * 4096
"""Bytes of a database file before its blocks."""

_REACH_SECONDS = 5
"""How long a connection is tried: a database that was started at the same time may not be ready yet."""

_ANY = "SELECT EXISTS (SELECT FROM analytics.page_views)"
