"""The tables in PostgreSQL, made by the app's own migrations, as at a deployment."""

from contextlib import closing

from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres.connections import KeptConnection, connector
from chalicelib.engines.postgres.migrations import make_roles, migrate


def create_tables(url: str) -> None:
    """Create or complete the tables, and the users `ingest` and `metrics` with their rights."""
    with closing(connect(url)) as database:
        migrate(database)
        make_roles(database)


def connect(url: str) -> KeptConnection:
    """A connection to a database, as the app makes it when it is first used.

    Raises SettingError for a URL that cannot be read.
    """
    config = Config(events_bucket="none", engine=POSTGRES, postgres_url=url)
    return KeptConnection(connector(config, "unused: the URL names the user"))
