"""Where events are stored and read: one package for each database.

What `ingest` and `figures` need of a database is here. An engine knows nothing of RudderStack, and an event
knows nothing of how it is stored.
"""

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:  # one of the two functions has no use for the other's modules
    from collections.abc import Iterable, Iterator

    from chalicelib.events import Event
    from chalicelib.figures import Dialect, R, Statement
    from chalicelib.objects import ObjectVersion
    from chalicelib.outcomes import Fate, Origin


class Sink(Protocol):
    """The way of one object's events into an engine. A context manager: on leaving, no call is under way.

    Batches, threads and retries are the engine's own matter. Every event that is added has exactly one fate.
    Both methods raise what the engine raises when it takes nothing more; what was written stays written.
    """

    def add(self, event: "Event", origin: "Origin") -> "Iterable[Fate]":
        """Store an event, now or later. Returns the fates of those events whose fates are known by now."""
        ...

    def finish(self) -> "Iterable[Fate]":
        """The fates of all the other events."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Engine(Protocol):
    """A database that stores events, and answers the statements that `figures` writes in its dialect."""

    @property
    def dialect(self) -> "Dialect":
        """How this database's SQL differs from others'."""
        ...

    def sink(self, source: "ObjectVersion") -> Sink:
        """A sink for the events of one object."""
        ...

    def rows(self, statement: "Statement[R]") -> "Iterator[R]":
        """The rows that answer a statement.

        Raises UnavailableError if the same statement may well be answered later.
        """
        ...
