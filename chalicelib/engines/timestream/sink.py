"""Events → batches of records, several on their way to Timestream at once."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeAlias

from chalicelib.config import Config
from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, Record, to_record
from chalicelib.engines.timestream.writer import BATCH, IN_FLIGHT, Refusal, Table, Writer
from chalicelib.events import Commission, Event, PageView
from chalicelib.outcomes import Fate, Origin, Stored

TOGETHER = 8 * BATCH
"""Records sent together. A call's code and what reads documents put each other out of the processor's caches:
taking turns for every batch costs up to a third more."""

HELD = 16 * 1024 * 1024
"""Bytes of documents that wait for an answer or to be sent, at most. Usual ones take half of it: this is for
those that are as large as Firehose takes them."""

Tables: TypeAlias = dict[type[Event], Table]
_Batch: TypeAlias = list[tuple[Record, Origin]]


def tables(config: Config) -> Tables:
    """Where the records of each kind of event go."""
    names = {PageView: config.page_views_table, Commission: config.commissions_table}
    return {
        kind: Table(config.timestream_database, names[kind], common)
        for kind, common in COMMON_ATTRIBUTES.items()
    }


class TimestreamSink:
    """One object's events on their way. Only one thread may use a sink; its own threads only write batches.

    The first batches go alone, until Timestream has taken a record: while it takes nothing, no other batch
    should try as long.
    """

    def __init__(self, writer: Writer, tables: Tables) -> None:
        self._writer, self._tables = writer, tables
        self._waiting: dict[type[Event], _Batch] = {kind: [] for kind in tables}
        self._in_flight: deque[tuple[_Batch, Future[list[Refusal]]]] = deque()
        self._held = 0  # bytes of the documents that wait or are in flight
        self._has_taken = False
        self._pool = ThreadPoolExecutor(IN_FLIGHT)

    def add(self, event: Event, origin: Origin) -> list[Fate]:
        """Have an event wait for its batch. Raises what `Writer.write` raises of earlier batches."""
        kind = type(event)
        waiting = self._waiting[kind]
        waiting.append((to_record(event), origin))
        self._held += len(origin.document)
        if len(waiting) < TOGETHER and self._held <= HELD:
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
        self._pool.shutdown()

    def _make_room(self, kind: type[Event]) -> Iterator[Fate]:
        if len(self._waiting[kind]) == TOGETHER:
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
        for start in range(0, len(waiting), BATCH):
            yield from self._send(kind, waiting[start : start + BATCH])

    def _send(self, kind: type[Event], batch: _Batch) -> Iterator[Fate]:
        """Send a batch on its way. With enough under way, wait for the oldest first."""
        if len(self._in_flight) == IN_FLIGHT:
            yield from self._settle()
        records = [record for record, _ in batch]
        self._in_flight.append((batch, self._pool.submit(self._writer.write, self._tables[kind], records)))
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
