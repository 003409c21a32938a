"""What the sinks of both engines have in common."""

from collections.abc import Sequence
from threading import Event as Signal

import pytest

from chalicelib.engines.batches import BatchSink, Refusal, Sizes
from chalicelib.events import Event, PageView
from chalicelib.outcomes import Origin

WAITING = 10
"""Seconds for a batch to be cancelled: it takes none."""


def test_batches_that_wait_behind_a_failed_one_are_not_written():
    """Each might be tried for a minute, and the function has five."""
    written: list[int] = []
    is_full, is_cancelled = Signal(), Signal()

    def write(_: type[Event], events: Sequence[Event]) -> list[Refusal]:
        written.extend(event.time for event in events)
        if events[0].time == 1:
            is_full.wait(WAITING)
            raise ConnectionError("the database is gone")
        if events[0].time == 2:  # it has begun, so it ends: but not before those behind it are cancelled
            last = sink._in_flight[-1][1]
            last.add_done_callback(lambda _: is_cancelled.set())
            is_cancelled.wait(WAITING)
        return []

    def fill() -> None:
        with sink:
            for number in range(6):
                if number == 5:  # four are under way
                    is_full.set()
                sink.add(PageView(number, "amy", "a.example", "v", str(number)), Origin(0, b"{}"))

    sink = BatchSink(lambda event: event, write, Sizes(1, 1, in_flight=4, threads=1))
    with pytest.raises(ConnectionError):
        fill()
    assert written in ([0, 1], [0, 1, 2])
