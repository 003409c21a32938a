"""The peers of the benchmarks do the same work as this app."""

import json
from itertools import islice

import msgspec

from benchmarks.objects import page_views
from benchmarks.peers import rows
from benchmarks.peers.naive import batches
from chalicelib.engines.postgres.tables import PAGE_VIEWS, to_row
from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, PAGE_VIEW, to_records
from chalicelib.events import PageView, hashed_visitor
from chalicelib.rudderstack import Rules, Source, to_event
from chalicelib.rudderstack.messages import decode_document

RULES = Rules(("ref", "aff", "via"), commission_rate=None, websites=frozenset(), max_age_days=7)


def test_the_naive_writer_writes_the_same_records_except_that_it_does_not_hash_visitors() -> None:
    sample = list(islice(page_views(), 250))
    (*full, rest) = batches(json.loads(event) for event in sample)
    assert [len(batch) for batch in full] == [100, 100]
    theirs = [_in_order(_with_hash(dict(record))) for batch in [*full, rest] for record in batch]
    assert theirs == [_in_order(_our_record(event)) for event in sample]


def test_the_writers_of_rows_write_the_same_rows_except_that_they_do_not_hash_visitors() -> None:
    sample = list(islice(page_views(), rows.SIZE + 250))
    full, rest = rows.batches(json.loads(event) for event in sample)
    assert len(full) == rows.SIZE
    visitor = rows.COLUMNS.index("visitor_id")
    theirs = [(*row[:visitor], hashed_visitor(row[visitor]), *row[visitor + 1 :]) for row in [*full, *rest]]
    assert theirs == [to_row(_page_view(event)) for event in sample]
    assert tuple(PAGE_VIEWS.columns) == rows.COLUMNS


def _our_record(event: bytes) -> dict[str, object]:
    record: dict[str, object] = msgspec.to_builtins(to_records(_page_view(event))[0])
    return COMMON_ATTRIBUTES[PAGE_VIEW] | record


def _page_view(event: bytes) -> PageView:
    page_view = to_event(decode_document(event), Source.WEB, RULES)
    assert isinstance(page_view, PageView)
    return page_view


def _with_hash(record: dict[str, object]) -> dict[str, object]:
    dimensions = record["Dimensions"]
    assert isinstance(dimensions, list)
    for dimension in dimensions:
        if dimension["Name"] == "visitor_id":
            dimension["Value"] = hashed_visitor(dimension["Value"])
    return record


def _in_order(record: dict[str, object]) -> dict[str, object]:
    dimensions = record["Dimensions"]
    assert isinstance(dimensions, list | tuple)
    return record | {"Dimensions": sorted(dimensions, key=lambda dimension: str(dimension["Name"]))}
