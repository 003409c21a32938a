"""PostgreSQL's faults, drawn at random."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import ClassVar

from chalicelib.config import POSTGRES
from tests.faults import documents as make
from tests.faults.messages import Moment
from tests.faults.pauses import Change
from tests.faults.postgres.database import PostgresPlan
from tests.faults.postgres.faults import ConnectFault, End, PlannedEnd, Rates, StatementFault
from tests.faults.postgres.server import original
from tests.faults.schedule import MOST_LATE, OUTAGE, rates_of

_ENDING = 0.3
"""Share of schedules in which the server ends."""

_BATCHES = (30, 100, 1000)
"""Rows in one statement: with fewer than in the shipped function, an object has several statements."""

_MUTE = 0.03
"""Share of schedules in which connections may have no answer. Each of them costs two seconds."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL, as `tests.faults.engine.Engine` says."""

    original: Path
    name: ClassVar = POSTGRES
    settings: ClassVar[Mapping[str, str]] = {"POSTGRES_URL": "postgresql:///"}
    changes: ClassVar = (
        Change.RESET,
        Change.CLOSED,
        Change.SILENT,
        Change.ENDED,
        Change.EXPIRED,
        Change.FULL,
    )
    moments: ClassVar = (Moment.SENDING, Moment.SENT, Moment.ANSWERED)
    requests: ClassVar = 4.0
    old: ClassVar = staticmethod(make.long_ago)

    def plan(self, random: Random) -> PostgresPlan:
        """A random plan."""
        return PostgresPlan(
            self.original,
            _rates(random),
            refused=random.choice((0, 0, 0.01, 0.05)),
            ends=_ends(random),
            batch=random.choice(_BATCHES),
        )

    def calm(self) -> PostgresPlan:
        """A plan without faults."""
        return PostgresPlan(self.original)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """The engine, with a server to copy."""
    with original() as folder:
        yield Postgres(folder)


def _rates(random: Random) -> Rates:
    weather = random.choice(((0,), (0, 0.05, 0.2), (0, 0.3, 0.9)))
    statements = rates_of(tuple(StatementFault), weather, random.choice((0.5, 0.95)), random)
    connections = rates_of(tuple(ConnectFault), weather, 0.8, random)
    for late in (StatementFault.LATE, StatementFault.LATE_ANSWER):
        statements[late] = min(statements[late], MOST_LATE)
    connections[ConnectFault.MUTE] = 0.1 if random.random() < _MUTE else 0
    if random.random() < OUTAGE:
        lasting, share = random.choice(_LASTING), random.uniform(0.7, 1)
        statements = {fault: share if fault is lasting else 0 for fault in StatementFault}
        connections = {fault: share if fault is lasting else 0 for fault in ConnectFault}
    return Rates(statements, connections)


_LASTING = (
    StatementFault.CUT_BEFORE,
    StatementFault.CUT_WITHIN,
    StatementFault.CUT_AFTER,
    StatementFault.CUT_ANSWER,
    StatementFault.CONFLICT,
    StatementFault.SHUT_DOWN,
    StatementFault.DISK_FULL,
    ConnectFault.CROWDED,
    ConnectFault.STARTING,
    ConnectFault.DROPPED,
)
"""Faults that may outlast all tries."""


def _ends(random: Random) -> tuple[PlannedEnd, ...]:
    if random.random() > _ENDING:
        return ()
    return tuple(
        PlannedEnd(
            random.randint(1, 20), random.choice(list(End)), random.choice((0, random.uniform(0, 0.02)))
        )
        for _ in range(random.randint(1, 4))
    )
