"""The delivery streams: records in from any thread, objects out from one."""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Condition, Thread
from types import TracebackType
from typing import Self
from uuid import uuid4

from devstack.firehose.buffer import Buffer, Buffered, DeliveredObject, Hints


class Firehose:
    """Buffers each stream's records and hands them to `deliver` as objects, one object at a time.

    `prefixes` gives the S3 prefix of each stream by its name. Leaving the context delivers what is left.
    `deliver` must not raise: what becomes of an object that nobody takes is its own business.
    """

    def __init__(
        self,
        prefixes: Mapping[str, str],
        deliver: Callable[[DeliveredObject], None],
        hints: Hints | None = None,
    ) -> None:
        self._prefixes = dict(prefixes)
        self._deliver = deliver
        self._buffers = {stream: Buffer(hints or Hints()) for stream in prefixes}
        self._ready: deque[tuple[str, Buffered]] = deque()
        self._changed = Condition()
        self._is_delivering = self._is_closing = False
        self._thread = Thread(target=self._run, name="firehose", daemon=True)

    def put_record(self, stream: str, record: bytes) -> None:
        """Take one record. Raises RecordTooLargeError."""
        with self._changed:
            self._add(stream, self._buffers[stream].put(record, _now()))
            self._changed.notify_all()

    def flush(self) -> None:
        """Deliver everything taken so far, without waiting for the interval; returns when it is done."""
        with self._changed:
            for stream, buffer in self._buffers.items():
                self._add(stream, buffer.take())
            self._changed.notify_all()
            self._changed.wait_for(lambda: not (self._ready or self._is_delivering))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()

    def _add(self, stream: str, buffered: Buffered | None) -> None:
        if buffered is not None:
            self._ready.append((stream, buffered))

    def _run(self) -> None:
        while (next_object := self._next()) is not None:
            stream, buffered = next_object
            self._deliver(DeliveredObject.of(buffered, self._prefixes[stream], stream, uuid4))
            with self._changed:
                self._is_delivering = False
                self._changed.notify_all()

    def _next(self) -> tuple[str, Buffered] | None:
        """The next object's records as soon as there are some; None when closing."""
        with self._changed:
            while not self._ready and not self._is_closing:
                self._changed.wait(self._seconds_to_next_due())
                for stream, buffer in self._buffers.items():
                    self._add(stream, buffer.take_due(_now()))
            self._is_delivering = bool(self._ready)
            return self._ready.popleft() if self._ready else None

    def _seconds_to_next_due(self) -> float | None:
        dues = [due_at for buffer in self._buffers.values() if (due_at := buffer.due_at())]
        return max(0.0, (min(dues) - _now()).total_seconds()) if dues else None


def _now() -> datetime:
    return datetime.now(UTC)
