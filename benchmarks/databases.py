"""Starts PostgreSQL on the cores that the measured process does not use."""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.processes import on_other_cores, stand_in
from chalicelib.engines.postgres.connections import ADMIN, KeptConnection
from chalicelib.engines.postgres.migrations import make_roles, migrate
from chalicelib.engines.postgres.tokens import token
from devstack.http.ports import free_port
from devstack.postgres import FAST, Server, server
from devstack.postgres.tables import create_tables
from tests.dsql import ENDPOINT, Dsql, dsql

TUNING = replace(FAST, settings={**FAST.settings, "shared_buffers": "128MB"})
"""The default buffers, and no waiting for the disk, which is not what is measured here."""


@dataclass(frozen=True, slots=True)
class Database:
    """A running PostgreSQL with the app's tables and roles, and a stand-in for S3 beside it."""

    url: str
    """S3's."""
    settings: Mapping[str, str]
    admin: psycopg.Connection = field(repr=False)
    admin_url: str = field(repr=False)

    def records(self) -> int:
        """The number of page views that were inserted since the last call. They are deleted."""
        found = self.admin.execute("SELECT count(*) FROM analytics.page_views").fetchall()
        self.admin.execute("TRUNCATE analytics.page_views")
        return int(found[0][0])


@contextmanager
def postgres(folder: Path, role: str) -> Iterator[Database]:
    """A PostgreSQL with empty tables, and a stand-in with the objects in `folder`.

    The app connects as the database role.
    """
    with (
        stand_in(folder) as service,
        running() as started,
        psycopg.connect(started.url(), autocommit=True) as admin,
    ):
        settings = {"ENGINE": "postgres", "POSTGRES_URL": started.url(role)}
        yield Database(service.url, settings, admin, started.url())


@contextmanager
def as_dsql(database: Database) -> Iterator[Database]:
    """The same PostgreSQL in the place of Aurora DSQL: with TLS, tokens, and empty tables of its own."""
    with TemporaryDirectory() as name, on_other_cores(), dsql(database.admin_url, Path(name)) as cluster:
        with closing(KeptConnection(lambda _: _connect_to(cluster))) as admin:
            migrate(admin)
            make_roles(admin)
        yield replace(
            database, settings={"ENGINE": "postgres", "DSQL_ENDPOINT": ENDPOINT, **cluster.environment}
        )


def _connect_to(cluster: Dsql) -> psycopg.Connection:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.setdefault(name, "local")  # the stand-in does not check who signs
    return psycopg.connect(
        host=ENDPOINT,
        hostaddr="127.0.0.1",
        port=cluster.port,
        dbname="postgres",
        user=ADMIN,
        password=token(ENDPOINT, "DbConnectAdmin"),
        sslmode="verify-full",
        sslrootcert=cluster.environment["PGSSLROOTCERT"],
        autocommit=True,
    )


@contextmanager
def running() -> Iterator[Server]:
    """A PostgreSQL with empty tables."""
    with TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # another user than root may have to go through it
        with on_other_cores(), server(folder / "cluster", free_port(), TUNING, folder / "log") as started:
            create_tables(started.url())
            yield started
