"""PostgreSQL's faults: the errors that a client gets, and whether the statement is carried out."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import (
    AdminShutdown,
    CharacterNotInRepertoire,
    CheckViolation,
    DiskFull,
    OperationalError,
    ProgramLimitExceeded,
    SerializationFailure,
)

from chalicelib.config import POSTGRES
from devstack.postgres.tables import connect
from tests.faults.conftest import Stages
from tests.faults.deliveries import NOWHERE
from tests.faults.lines import HOST
from tests.faults.network import Network, running_loop
from tests.faults.postgres.database import PostgresDatabase, PostgresPlan
from tests.faults.postgres.engine import Postgres
from tests.faults.postgres.faults import CALM, ConnectFault, End, PlannedEnd, Rates, StatementFault
from tests.faults.postgres.server import REFUSED, SEED, OwnServer, copied

Client = psycopg.Connection[Any]
Connected = Callable[[Rates, PlannedEnd | None], AbstractContextManager[Client]]

REFUSED_SHARE = 0.3


@pytest.fixture(scope="module")
def server(stages: Stages) -> Iterator[OwnServer]:
    engine = stages(POSTGRES).engine
    assert isinstance(engine, Postgres)
    with copied(engine.original, {REFUSED: str(REFUSED_SHARE), SEED: "1"}) as running:
        yield running


@pytest.fixture
def connected(server: OwnServer) -> Iterator[Connected]:
    """Connects as the function does, to a database with these faults."""
    with running_loop() as loop:

        @contextmanager
        def connected(rates: Rates, end: PlannedEnd | None = None) -> Iterator[Client]:
            plan = PostgresPlan(Path(), rates, ends=(end,) if end else (), delay=0.02)
            database = PostgresDatabase(server, plan, seed=1)
            database.begin()
            with closing(Network(loop, NOWHERE, database, "any")) as network:
                url = f"postgresql://ingest@{HOST}:{network.route.environ['PGPORT']}/postgres"
                try:
                    with psycopg.connect(url, autocommit=True) as client:
                        yield client
                finally:
                    database.clear()

        yield connected


def insert(client: Client, event: str) -> None:
    client.execute("INSERT INTO analytics.payouts VALUES ('alice', 'EUR', %s, now(), 1)", [event])


def stored(server: OwnServer) -> set[str]:
    """The payouts in the database, also after the server has ended and started again."""
    with closing(connect(server.url("metrics"))) as database:
        rows = database.run(
            lambda connection: connection.execute("SELECT payout_id FROM analytics.payouts").fetchall(), 60
        )
    return {event for (event,) in rows}


@pytest.mark.parametrize(
    ("fault", "error", "is_done"),
    [
        (StatementFault.CUT_BEFORE, OperationalError, False),
        (StatementFault.CUT_WITHIN, OperationalError, False),
        (StatementFault.CUT_AFTER, OperationalError, True),
        (StatementFault.CUT_ANSWER, OperationalError, True),
        (StatementFault.CONFLICT, SerializationFailure, False),
        (StatementFault.SHUT_DOWN, AdminShutdown, False),
        (StatementFault.DISK_FULL, DiskFull, False),
    ],
)
def test_a_failed_statement_may_have_been_carried_out(connected, server, fault, error, is_done):
    with connected(Rates({fault: 1}, {})) as client, pytest.raises(error):
        insert(client, fault)
    assert (fault in stored(server)) is is_done


@pytest.mark.parametrize("fault", [StatementFault.LATE, StatementFault.LATE_ANSWER])
def test_a_late_statement_is_carried_out(connected, server, fault):
    with connected(Rates({fault: 1}, {})) as client:
        insert(client, fault)
    assert fault in stored(server)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (ConnectFault.CROWDED, "too many clients already"),
        (ConnectFault.STARTING, "the database system is starting up"),
        (ConnectFault.DROPPED, "server closed the connection|reset by peer"),
    ],
)
def test_a_connection_fails(connected, fault, text):
    with pytest.raises(OperationalError) as error, connected(Rates({}, {fault: 1})):
        pass
    assert re.search(text, str(error.value))


@pytest.mark.parametrize("end", End)
def test_what_was_committed_survives_every_end_of_the_server(connected, server, end):
    with connected(CALM, PlannedEnd(2, end, after=0)) as client:
        insert(client, f"before {end}")
        try:
            insert(client, f"at {end}")
        except OperationalError:
            assert client.closed
        with pytest.raises(OperationalError):  # noqa: PT012 - it may end only now
            while True:
                client.execute("SELECT 1")
    assert f"before {end}" in stored(server)


def test_the_same_rows_are_always_refused(connected):
    with connected(CALM) as client:
        refused = [{event for event in map(str, range(40)) if is_refused(client, event)} for _ in range(2)]
    assert refused[0] == refused[1]
    assert 4 < len(refused[0]) < 20


def is_refused(client: Client, event: str) -> bool:
    try:
        client.execute(
            "INSERT INTO analytics.page_views (affiliate_id, event_id, time, website, visitor_id) "
            "VALUES ('alice', %s, now(), 'a.example', '') ON CONFLICT DO NOTHING",
            [event],
        )
    except (ProgramLimitExceeded, CharacterNotInRepertoire, CheckViolation):
        return True
    return False
