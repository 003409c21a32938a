"""A pytest plugin: the fixture `database`, a PostgreSQL database of its own for each test.

In a conftest.py: `pytest_plugins = ["devstack.postgres.fixture"]`. Then

    def test_insert(database):
        with psycopg.connect(database.url("ingest"), autocommit=True) as connection:
            ...

One server runs for the whole session. Each database is a copy of a template, in which the migrations have
made the tables and the users. A copy takes some 20 ms.

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
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def new(self) -> Iterator[Database]:
        """A copy of the template. It is dropped at the end, even if it is still in use."""
        made = Database(self.server, f"test_{next(self._numbers)}")
        self._admin.execute(f"CREATE DATABASE {made.name} TEMPLATE {_TEMPLATE}".encode())
        try:
            yield made
        finally:
            self._admin.execute(f"DROP DATABASE {made.name} WITH (FORCE)".encode())


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
            yield Databases(running, admin)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """A PostgreSQL, one for each test process."""
    with databases() as running:
        yield running


@pytest.fixture
def database(postgres: Databases) -> Iterator[Database]:
    """A database for one test."""
    with postgres.new() as made:
        yield made


_TEMPLATE: LiteralString = "template_app"
