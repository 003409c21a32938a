"""Events → batches on their way to a database: what the engines' sinks have in common."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

import msgspec

from chalicelib.events import Event
from chalicelib.outcomes import Fate, Origin, Rejected, Stored

HELD = 16 * 1024 * 1024
"""Bytes of documents that wait for an answer or to be sent, at most. Usual ones take half of it: this is for
those that are as large as Firehose takes them."""

R = TypeVar("R")
"""What an engine makes of an event."""


class Refusal(msgspec.Struct, frozen=True):
    """One record that was not taken. If `reason` is None, it was there already."""

    index: int
    reason: Rejected | None
    detail: str


Write = Callable[[type[Event], Sequence[R]], list[Refusal]]
"""Writes a batch of records of one kind of event. Returns those that were not taken; all others were."""


class Sizes(msgspec.Struct, frozen=True):
    """How large batches are, and how many are under way."""

    batch: int
    """Records in one batch, at most."""
    together: int
    """Records that are collected before they are sent, a batch at a time."""
    in_flight: int
    """Batches under way at once."""
    threads: int
    """Batches that are written at once. Others that are under way wait for a thread."""


class BatchSink(Generic[R]):
    """One object's events on their way. Only one thread may use a sink; its own threads only write batches.

    The first batches go alone, until the database has taken a record: while it takes nothing, no other batch
    should try as long.
    """

    def __init__(self, to_record: Callable[[Event], R], write: Write[R], sizes: Sizes) -> None:
        self._to_record, self._write, self._sizes = to_record, write, sizes
        self._waiting: dict[type[Event], list[tuple[R, Origin]]] = defaultdict(list)
        self._in_flight: deque[tuple[list[tuple[R, Origin]], Future[list[Refusal]]]] = deque()
        self._held = 0  # bytes of the documents that wait or are in flight
        self._has_taken = False
        self._pool = ThreadPoolExecutor(sizes.threads)

    def add(self, event: Event, origin: Origin) -> list[Fate]:
        """Have an event wait for its batch. Raises what writing earlier batches raised."""
        kind = type(event)
        waiting = self._waiting[kind]
        waiting.append((self._to_record(event), origin))
        self._held += len(origin.document)
        if len(waiting) < self._sizes.together and self._held <= HELD:
            return []
        return list(self._make_room(kind))

    def finish(self) -> Iterator[Fate]:
        """Write what waits, and wait for every answer."""
        yield from self._send_everything()
        while self._in_flight:
            yield from self._settle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)  # those that wait behind one that failed

    def _make_room(self, kind: type[Event]) -> Iterator[Fate]:
        if len(self._waiting[kind]) == self._sizes.together:
            yield from self._send_all(kind)
        if self._held > HELD:
            yield from self._send_everything()
            while self._held > HELD // 2:  # with less under way, others need not wait for the slowest
                yield from self._settle()

    def _send_everything(self) -> Iterator[Fate]:
        for kind in self._waiting:
            yield from self._send_all(kind)

    def _send_all(self, kind: type[Event]) -> Iterator[Fate]:
        waiting, self._waiting[kind] = self._waiting[kind], []
        for start in range(0, len(waiting), self._sizes.batch):
            yield from self._send(kind, waiting[start : start + self._sizes.batch])

    def _send(self, kind: type[Event], batch: list[tuple[R, Origin]]) -> Iterator[Fate]:
        """Send a batch on its way. With enough under way, wait for the oldest first."""
        if len(self._in_flight) == self._sizes.in_flight:
            yield from self._settle()
        records = [record for record, _ in batch]
        self._in_flight.append((batch, self._pool.submit(self._write, kind, records)))
        if not self._has_taken:
            yield from self._settle()

    def _settle(self) -> Iterator[Fate]:
        """Wait for the oldest batch: the fate of each of its events."""
        batch, written = self._in_flight.popleft()
        self._held -= sum(len(origin.document) for _, origin in batch)
        refusals = {refusal.index: refusal for refusal in written.result()}
        for index, (_, origin) in enumerate(batch):
            fate = _fate(origin, refusals.get(index))
            self._has_taken = self._has_taken or isinstance(fate.status, Stored)
            yield fate


def _fate(origin: Origin, refusal: Refusal | None) -> Fate:
    if refusal is None:
        return Fate(origin, Stored.WRITTEN)
    if refusal.reason is None:
        return Fate(origin, Stored.DUPLICATE)
    return Fate(origin, refusal.reason, refusal.detail)
