"""The stand-in for Aurora DSQL with the app's tables, which keeps what it is sent."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.config import Config
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.postgres.connections import ADMIN, KeptConnection, connect_to_dsql
from chalicelib.engines.postgres.migrations import grant_iam, make_roles, migrate
from devstack.postgres.fixture import Databases
from tests.dsql import ENDPOINT, Dsql, dsql

ARNS = {"ingest": "arn:aws:iam::1:role/it's ingest", "metrics": "arn:aws:iam::1:role/metrics"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster after a deployment."""

    dsql: Dsql
    engine: Postgres
    admin: KeptConnection

    def as_role(self, role: str) -> KeptConnection:
        """A connection of a function."""
        return KeptConnection(lambda seconds: connect_to_dsql(ENDPOINT, role, seconds))


@contextmanager
def deployed(postgres: Databases, folder: Path) -> Iterator[Cluster]:
    """A new cluster. The environment must lead to it, with the variables of `Dsql.environment`."""
    config = Config("events", engine="postgres", dsql_endpoint=ENDPOINT)
    with ExitStack() as stack:
        running = stack.enter_context(dsql(postgres.server.url(), folder))
        engine = stack.enter_context(closing(Postgres(config)))
        admin = KeptConnection(lambda seconds: connect_to_dsql(ENDPOINT, ADMIN, seconds))
        yield Cluster(running, engine, stack.enter_context(closing(admin)))


def deploy(cluster: Cluster) -> None:
    """What a deployment does, and the next one again."""
    for _ in range(2):
        migrate(cluster.admin)
        make_roles(cluster.admin)
        grant_iam(cluster.admin, ARNS)
