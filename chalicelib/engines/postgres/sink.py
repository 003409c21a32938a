"""Events → batches of rows, one on its way to PostgreSQL while the next is read."""

from chalicelib.engines.batches import BatchSink, Sizes
from chalicelib.engines.postgres.writer import BATCH, Writer
from chalicelib.events import Event

SIZES = Sizes(BATCH, together=BATCH, in_flight=3, threads=1)
"""One thread, since there is one connection."""


def sink(writer: Writer) -> BatchSink[Event]:
    """A sink that writes batches of rows, one after another."""
    return BatchSink(_as_it_is, writer.write, SIZES)


def _as_it_is(event: Event) -> Event:
    return event
