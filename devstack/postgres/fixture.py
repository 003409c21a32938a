"""A pytest plugin: the fixture `database`, a PostgreSQL database with empty tables for each test.

In a conftest.py: `pytest_plugins = ["devstack.postgres.fixture"]`. Then

    def test_insert(database):
        with psycopg.connect(database.url("ingest"), autocommit=True) as connection:
            ...

One server runs for the whole session. Each database is a copy of a template, in which the migrations have
made the tables and the users. A copy takes a tenth of a second, so a test gets the database of an earlier
test with its tables emptied. If a test changed more than rows, its database is dropped.

PYTEST_DONT_REWRITE: a conftest may import this module for its types before it names it as a plugin.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import LiteralString

import psycopg
import pytest

from devstack.http.ports import free_port
from devstack.postgres.cluster import SUPERUSER
from devstack.postgres.server import Server, server
from devstack.postgres.tables import create_tables
from devstack.postgres.tuning import FAST


@dataclass(frozen=True, slots=True)
class Database:
    """A database, as a test uses it."""

    server: Server
    name: str

    def url(self, user: str = SUPERUSER) -> str:
        """The database's URL for a user."""
        return self.server.url(user, self.name)


@dataclass(frozen=True, slots=True)
class Databases:
    """A running server that makes databases."""

    server: Server
    _admin: psycopg.Connection
    _shape: str
    """What the template is made of."""
    _numbers: Iterator[int] = field(default_factory=count)
    _idle: list[Database] = field(default_factory=list)

    @contextmanager
    def new(self) -> Iterator[Database]:
        """A copy of the template. It is dropped at the end, even if it is still in use."""
        made = self._copy()
        try:
            yield made
        finally:
            self._drop(made)

    @contextmanager
    def emptied(self) -> Iterator[Database]:
        """A database that looks like a copy of the template. At the end, all its connections are closed."""
        lent = self._idle.pop() if self._idle else self._copy()
        try:
            yield lent
        finally:
            if self._is_empty_again(lent):
                self._idle.append(lent)
            else:
                self._drop(lent)

    def _copy(self) -> Database:
        made = Database(self.server, f"test_{next(self._numbers)}")
        self._admin.execute(f"CREATE DATABASE {made.name} TEMPLATE {_TEMPLATE}".encode())
        return made

    def _drop(self, database: Database) -> None:
        self._admin.execute(f"DROP DATABASE {database.name} WITH (FORCE)".encode())

    def _is_empty_again(self, database: Database) -> bool:
        """Empty the tables. Returns False if something else was changed, too."""
        try:
            with psycopg.connect(database.url(), autocommit=True) as connection:
                connection.execute(_END_OTHERS)
                if _shape(connection) != self._shape:
                    return False
                connection.execute(_EMPTY)
        except psycopg.Error:  # the test has dropped the database, or lets nobody in
            return False
        return True


@contextmanager
def databases() -> Iterator[Databases]:
    """A server of its own, with new data."""
    with TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # another user than root may have to go through it
        with (
            server(folder / "cluster", free_port(), FAST, folder / "log") as running,
            psycopg.connect(running.url(), autocommit=True) as admin,
        ):
            admin.execute(f"CREATE DATABASE {_TEMPLATE}")
            create_tables(running.url(database=_TEMPLATE))
            with psycopg.connect(running.url(database=_TEMPLATE)) as template:
                shape = _shape(template)
            yield Databases(running, admin, shape)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL, one for each test process."""
    with databases() as running:
        yield running


@pytest.fixture
def database(postgres: Databases) -> Iterator[Database]:
    """A database for one test."""
    with postgres.emptied() as lent:
        yield lent


def _shape(connection: psycopg.Connection) -> str:
    """What a database is made of, but for its rows."""
    (shape,) = connection.execute(_SHAPE).fetchone() or ("",)
    return str(shape)


_TEMPLATE: LiteralString = "template_app"

_EMPTY: LiteralString = "TRUNCATE analytics.page_views, analytics.order_entries, analytics.payouts"

_END_OTHERS: LiteralString = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

# PostgreSQL's own objects have oids below 16384. What ANALYZE found is a part, too: it stays after TRUNCATE,
# and changes the plans of later statements.
_SHAPE: LiteralString = """
SELECT string_agg(part, E'\\n' ORDER BY part) FROM (
    SELECT concat_ws(' ', 'relation', oid, relname, relowner, relacl, reloptions, relhastriggers)
    FROM pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, attisdropped, attacl)
    FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, conname) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'default', oid) FROM pg_attrdef
    UNION ALL SELECT concat_ws(' ', 'function', oid, proname) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'schema', oid, nspname, nspowner, nspacl) FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%'
    UNION ALL SELECT concat_ws(' ', 'statistic', starelid, staattnum) FROM pg_statistic
    WHERE starelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS parts (part)
"""
