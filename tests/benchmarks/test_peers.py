"""The peers of the benchmarks do the same work as this app."""

import json
from itertools import islice

import msgspec

from benchmarks.objects import page_views
from benchmarks.peers.naive import batches
from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, to_record
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


def _our_record(event: bytes) -> dict[str, object]:
    page_view = to_event(decode_document(event), Source.WEB, RULES)
    assert isinstance(page_view, PageView)
    record: dict[str, object] = msgspec.to_builtins(to_record(page_view))
    return COMMON_ATTRIBUTES[PageView] | record


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
