"""Delivery streams: any thread can add records, and one thread delivers the objects."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from uuid import uuid4

from devstack.firehose.buffer import Buffer, Buffered, DeliveredObject, Hints
from devstack.worker import Worker

_Ready = tuple[str, Buffered]
"""The name of a stream, and the records of its next object."""


class Firehose(Worker[_Ready]):
    """Buffers each stream's records and hands them to `deliver` as objects, one object at a time.

    `prefixes` has the S3 prefix of each stream. At the end of the context, the remaining records are
    delivered. `deliver` must not raise an exception: it deals with its own failures.
    """

    def __init__(
        self,
        prefixes: Mapping[str, str],
        deliver: Callable[[DeliveredObject], None],
        hints: Hints | None = None,
    ) -> None:
        super().__init__("firehose")
        self._prefixes = dict(prefixes)
        self._deliver = deliver
        self._buffers = {stream: Buffer(hints or Hints()) for stream in prefixes}
        self._ready: deque[_Ready] = deque()

    @property
    def streams(self) -> frozenset[str]:
        """The names of the streams."""
        return frozenset(self._prefixes)

    def put_record(self, stream: str, record: bytes) -> None:
        """Add a record. Raises RecordTooLargeError."""
        with self._changed:
            self._add(stream, self._buffers[stream].put(record, _now()))
            self._changed.notify_all()

    def flush(self) -> None:
        """Deliver all records now, without waiting for the interval, and wait until that is done."""
        with self._changed:
            for stream, buffer in self._buffers.items():
                self._add(stream, buffer.take())
            self._changed.notify_all()
        self.drain()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()
        super().__exit__(kind, error, trace)

    def _add(self, stream: str, buffered: Buffered | None) -> None:
        if buffered is not None:
            self._ready.append((stream, buffered))

    def _take(self) -> _Ready | None:
        for stream, buffer in self._buffers.items():
            self._add(stream, buffer.take_due(_now()))
        return self._ready.popleft() if self._ready else None

    def _seconds_to_next(self) -> float | None:
        dues = [due_at for buffer in self._buffers.values() if (due_at := buffer.due_at())]
        return max(0.0, (min(dues) - _now()).total_seconds()) if dues else None

    def _has_more(self) -> bool:
        return bool(self._ready)

    def _do(self, one: _Ready) -> None:
        stream, buffered = one
        self._deliver(DeliveredObject.of(buffered, self._prefixes[stream], stream, uuid4))


def _now() -> datetime:
    return datetime.now(UTC)
