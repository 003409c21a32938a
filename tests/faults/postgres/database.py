"""A PostgreSQL with planned faults, and the address at which an environment finds it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.engines.postgres import writer
from devstack.postgres.tables import connect
from tests.faults.credentials import Credentials
from tests.faults.lines import HOST
from tests.faults.pauses import Change
from tests.faults.postgres.faults import CALM, Faults, PlannedEnd, Rates
from tests.faults.postgres.limits import BATCH, GRACE
from tests.faults.postgres.line import PostgresLine
from tests.faults.postgres.server import REFUSED, SEED, OwnServer, copied
from tests.faults.schedule import PATIENCE


@dataclass(frozen=True, slots=True)
class PostgresPlan:
    """Faults, the share of rows that are refused, the ends of the server, and the rows in one statement.

    `original` is the folder of the server that is copied. `delay` is by how many seconds something late is
    late, on average.
    """

    original: Path
    rates: Rates = CALM
    refused: float = 0
    ends: tuple[PlannedEnd, ...] = ()
    batch: int = writer.BATCH
    delay: float = 1.5 * PATIENCE + GRACE

    @contextmanager
    def start(self, seed: int) -> Iterator["PostgresDatabase"]:
        """A server of its own."""
        with copied(self.original, {REFUSED: str(self.refused), SEED: str(seed)}) as server:
            yield PostgresDatabase(server, self, seed)


class PostgresDatabase:
    """A PostgreSQL, as `tests.faults.engine.Database` says."""

    def __init__(self, server: OwnServer, plan: PostgresPlan, seed: int) -> None:
        self._server, self._plan = server, plan
        self._faults = Faults(seed, plan.delay)

    @property
    def happened(self) -> Counter[str]:
        """Counts of the faults of statements, of connections, and of the server."""
        return self._faults.happened + self._server.happened

    def route(self, credentials: Credentials, happened: Counter[str]) -> "PostgresRoute":
        """The route of a new environment."""
        line = PostgresLine(self._server, self._faults, credentials, happened)
        return PostgresRoute(line, self._plan.batch)

    def begin(self) -> None:
        """Start the faults."""
        self._faults.rates, self._faults.ends = self._plan.rates, self._plan.ends
        self._server.may_end = True

    def clear(self) -> None:
        """End the faults, except those of rows, which are permanent."""
        self._faults.rates = CALM
        self._server.may_end = False
        self._server.wait()

    def counted(self) -> list[tuple[str, int]]:
        """The event id and value of every row."""
        with closing(connect(self._server.url("metrics"))) as database:
            return database.run(lambda connection: connection.execute(_COUNTED).fetchall(), 60)


class PostgresRoute:
    """The one address of PostgreSQL for an environment."""

    def __init__(self, line: PostgresLine, batch: int) -> None:
        self._line, self._batch = line, batch
        self.lines = [line]

    @property
    def environ(self) -> dict[str, str]:
        """libpq's own variables, since the URL in the settings names nothing; and the size of a batch."""
        return {
            "PGHOST": HOST,
            "PGPORT": str(self._line.port),
            "PGUSER": "ingest",
            "PGDATABASE": "postgres",
            BATCH: str(self._batch),
        }

    async def suffer(self, change: Change) -> None:
        """End the connections."""
        await self._line.end_connections(change)


_COUNTED = """\
SELECT event_id, 1 FROM analytics.page_views
UNION ALL SELECT order_id, micros FROM analytics.order_entries"""
