"""PostgreSQL's faults: those of statements and connections, and the ends of the server."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar
from zlib import crc32

F = TypeVar("F", bound=StrEnum)


class StatementFault(StrEnum):
    """A fault of a statement."""

    CUT_BEFORE = "cut before"
    """The connection is reset, and the server does not get the statement."""
    CUT_WITHIN = "cut within"
    """The connection is reset when the server has a part of the statement."""
    CUT_AFTER = "cut after"
    """The statement is carried out, but the connection is reset before the answer."""
    CUT_ANSWER = "cut answer"
    """The statement is carried out, but the connection is closed in the middle of the answer."""
    CONFLICT = "conflict"
    """Another transaction was first, and the statement is not carried out."""
    SHUT_DOWN = "shut down"
    """The server ends the connection and says so. The statement is not carried out."""
    DISK_FULL = "disk full"
    """The server has no space left, and the statement is not carried out."""
    LATE = "late"
    """The server gets the statement late, perhaps when the client has given it up. It is carried out."""
    LATE_ANSWER = "late answer"
    """The statement is carried out, but the answer comes late."""


class ConnectFault(StrEnum):
    """A fault while a connection is made."""

    CROWDED = "too many connections"
    STARTING = "server starting"
    DROPPED = "connection dropped"
    MUTE = "no answer to a connection"
    """The client waits two seconds for it: libpq knows no shorter limit."""


class End(StrEnum):
    """How the server ends. It starts again at once."""

    KILLED = "server killed"
    """All at once: kill -9."""
    IMMEDIATE = "server stopped immediately"
    """As `pg_ctl stop -m immediate` does it: connections are cut, and nothing is saved."""
    FAST = "server stopped"
    """As `pg_ctl stop` does it: statements are broken off, and everything is saved."""
    PROCESS = "process killed"
    """Only the process of one connection: kill -9. The server then ends all other connections by itself."""


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """An end of the server, `after` seconds after the schedule's n-th statement was passed on to it."""

    statement: int
    end: End
    after: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of statements and of connections with each fault, and the share of rows that are refused."""

    statements: Mapping[StatementFault, float]
    connections: Mapping[ConnectFault, float]


CALM = Rates({}, {})


class Faults:
    """Tells the fault of each statement and each connection.

    The fault of a statement depends on the seed, the statement, and how often it came before. It does not
    depend on the order of the processes. `happened` counts the faults.
    """

    def __init__(self, seed: int, delay: float) -> None:
        self.rates = CALM
        self.ends: Sequence[PlannedEnd] = ()
        self.happened: Counter[str] = Counter()
        self._seed, self._delay = seed, delay
        self._asked: Counter[object] = Counter()
        self._passed = 0

    def of_statement(self, statement: bytes) -> StatementFault | None:
        """The fault of a statement that a client has sent."""
        return self._drawn(self.rates.statements, crc32(statement))

    def of_connection(self) -> ConnectFault | None:
        """The fault of a connection that a client begins."""
        return self._drawn(self.rates.connections, "connection")

    def delay(self) -> float:
        """Seconds by which something late is late."""
        return Random(f"{self._seed} delay {self.happened.total()}").uniform(0.5, 1.5) * self._delay

    def passed_on(self) -> list[PlannedEnd]:
        """A statement is passed on. Returns the ends of the server that begin with it."""
        self._passed += 1
        return [planned for planned in self.ends if planned.statement == self._passed]

    def _drawn(self, rates: Mapping[F, float], about: object) -> F | None:
        self._asked[about] += 1
        draw = Random(f"{self._seed} {about} {self._asked[about]}").random()
        for fault, rate in rates.items():
            draw -= rate
            if draw < 0:
                self.happened[fault.value] += 1
                return fault
        return None
