"""Events → batches of records, several on their way to Timestream at once."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeAlias

from msgspec.structs import replace

from chalicelib.config import Config
from chalicelib.engines.batches import BatchSink, Refusal, Sizes
from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, MEASURES, PAGE_VIEW, Record, to_records
from chalicelib.engines.timestream.writer import BATCH, IN_FLIGHT, Table, Writer
from chalicelib.events import Event

TOGETHER = 8 * BATCH
"""Records sent together. A call's code and what reads documents put each other out of the processor's caches:
taking turns for every batch costs up to a third more."""

SIZES = Sizes(BATCH, TOGETHER, IN_FLIGHT, threads=IN_FLIGHT)

Records: TypeAlias = tuple[Record, ...]
"""Those of one event: see MEASURES."""

Tables: TypeAlias = dict[str, Table]


def tables(config: Config) -> Tables:
    """Where the records of each measure go. Money is in one table."""
    return {
        measure: Table(
            config.timestream_database,
            config.page_views_table if measure == PAGE_VIEW else config.commissions_table,
            common,
        )
        for measure, common in COMMON_ATTRIBUTES.items()
    }


def sink(writer: Writer, tables: Tables) -> BatchSink[Records]:
    """A sink that writes batches of records, several at once."""

    def write(kind: type[Event], batch: Sequence[Records]) -> list[Refusal]:
        return write_records(writer, tables, kind, batch)

    return BatchSink(to_records, write, SIZES)


def write_records(
    writer: Writer, tables: Tables, kind: type[Event], batch: Sequence[Records]
) -> list[Refusal]:
    """Write the records of up to 100 events, a call for each measure. Returns the events that were not taken.

    An event is refused if one of its records is, and was there already if all of them were.
    """
    refusals: dict[int, list[Refusal]] = defaultdict(list)
    for measure, records in zip(MEASURES[kind], zip_longest(*batch), strict=False):
        given = {index: record for index, record in enumerate(records) if record}
        for refusal in writer.write(tables[measure], list(given.values())):
            index = list(given)[refusal.index]
            refusals[index].append(replace(refusal, index=index))
    return [
        min(found, key=_was_there)
        for index, found in refusals.items()
        if len(found) == len(batch[index]) or not all(map(_was_there, found))
    ]


def _was_there(refusal: Refusal) -> bool:
    return refusal.reason is None
