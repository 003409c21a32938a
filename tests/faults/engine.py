"""What the schedules must know of an engine: its faults, and the database that has them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from random import Random
from typing import Protocol

from tests.faults.credentials import Credentials
from tests.faults.documents import Document
from tests.faults.lines import Line
from tests.faults.messages import Moment
from tests.faults.pauses import Change


class Route(Protocol):
    """The way of one environment to the database."""

    @property
    def lines(self) -> Sequence[Line]:
        """All addresses, also those that the database has left."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables with which an environment finds the database."""
        ...

    async def suffer(self, change: Change) -> None:
        """Apply a change that is the database's own."""
        ...


class Database(Protocol):
    """The database of one schedule. It starts with empty tables, and without faults that pass."""

    @property
    def happened(self) -> Counter[str]:
        """Counts of the faults that are worth a word in the summary."""
        ...

    def route(self, credentials: Credentials, happened: Counter[str]) -> Route:
        """The route of a new environment."""
        ...

    def begin(self) -> None:
        """Start the faults of the schedule."""
        ...

    def clear(self) -> None:
        """End the faults, except those of records, which are permanent."""
        ...

    def counted(self) -> list[tuple[str, int]]:
        """The event id and value of everything that is stored."""
        ...


class Plan(Protocol):
    """The engine's own part of a schedule."""

    def start(self, seed: int) -> AbstractContextManager[Database]:
        """Start the database that will have the planned faults."""
        ...


class Engine(Protocol):
    """An engine of the app. It can be sent to another process."""

    @property
    def name(self) -> str:
        """The name in the app's settings."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """The app's settings for this engine, except those of an environment."""
        ...

    @property
    def changes(self) -> Sequence[Change]:
        """The changes that may happen while an environment is frozen."""
        ...

    @property
    def moments(self) -> Sequence[Moment]:
        """The moments of a request at which the function may be stopped."""
        ...

    @property
    def requests(self) -> float:
        """Requests of an invocation after which it is stopped, on average."""
        ...

    @property
    def old(self) -> Callable[[int], Document]:
        """Makes a page view of long ago, which the engine may reject."""
        ...

    def plan(self, random: Random) -> Plan:
        """A random plan."""
        ...

    def calm(self) -> Plan:
        """A plan without faults."""
        ...
