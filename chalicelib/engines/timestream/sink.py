"""Events → batches of records, several on their way to Timestream at once."""

from collections.abc import Sequence
from typing import TypeAlias

from chalicelib.config import Config
from chalicelib.engines.batches import BatchSink, Refusal, Sizes
from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, Record, to_record
from chalicelib.engines.timestream.writer import BATCH, IN_FLIGHT, Table, Writer
from chalicelib.events import Commission, Event, PageView

TOGETHER = 8 * BATCH
"""Records sent together. A call's code and what reads documents put each other out of the processor's caches:
taking turns for every batch costs up to a third more."""

SIZES = Sizes(BATCH, TOGETHER, IN_FLIGHT, threads=IN_FLIGHT)

Tables: TypeAlias = dict[type[Event], Table]


def tables(config: Config) -> Tables:
    """Where the records of each kind of event go."""
    names = {PageView: config.page_views_table, Commission: config.commissions_table}
    return {
        kind: Table(config.timestream_database, names[kind], common)
        for kind, common in COMMON_ATTRIBUTES.items()
    }


def sink(writer: Writer, tables: Tables) -> BatchSink[Record]:
    """A sink that writes batches of records, several at once."""

    def write(kind: type[Event], records: Sequence[Record]) -> list[Refusal]:
        return writer.write(tables[kind], records)

    return BatchSink(to_record, write, SIZES)
