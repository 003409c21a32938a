"""What is written to Timestream and asked of it, byte for byte, for every recorded event.

Do not change the golden files. Timestream knows a record by what is in it: after a change, every event that
is delivered again would be a new record, and count twice.
"""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import msgspec

from chalicelib.config import Config
from chalicelib.engines.timestream.dialect import dialect, to_sql
from chalicelib.engines.timestream.records import to_record
from chalicelib.errors import EventError
from chalicelib.events import LeftOut
from chalicelib.figures import Metric, MetricQuery, to_statement
from chalicelib.figures.timerange import TimeWindow, default_interval, to_time_range
from chalicelib.figures.wallclock import zone
from chalicelib.rudderstack import Rules, Source, to_event
from chalicelib.rudderstack.messages import decode_document

TESTS = Path(__file__).parent
RULES = Rules(("ref", "aff", "via"), None, websites=frozenset(), max_age_days=7)
NOW = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)
ZONES = ("UTC", "Europe/Paris", "Asia/Kathmandu", "Australia/Lord_Howe")
LONG = b"""{"type": "page", "messageId": "%(id)b", "anonymousId": "v",
"timestamp": "2023-11-06T09:33:04.317Z", "receivedAt": "2023-11-06T09:33:04.317Z",
"properties": {"affiliate_id": "%(affiliate)b", "url": "https://shop.example/%(text)b"},
"context": {"campaign": {"source": "%(text)b", "medium": "%(text)b",
"name": "%(text)b"}, "geo": {"country": "%(text)b"}, "page": {"referrer": "https://%(text)b.example/"}}}"""
TEXTS = ("é" * 64, "x" * 129, "🎉" * 40, "a b/" * 80)


def recorded_documents() -> list[bytes]:
    """Every recorded event, then events whose texts are longer than their budgets."""
    recorded = [path.read_bytes() for path in sorted((TESTS / "wire/events").iterdir())]
    texts = [text.encode() for text in TEXTS]
    return recorded + [LONG % {b"id": text, b"affiliate": text[:128], b"text": text} for text in texts]


def record(document: bytes, source: Source) -> str:
    try:
        event = to_event(decode_document(document), source, RULES)
    except EventError as error:
        return str(error)
    return event if isinstance(event, LeftOut) else msgspec.json.encode(to_record(event)).decode()


def test_the_record_of_every_recorded_event_stays_as_it_is():
    lines = [record(document, source) for document, source in product(recorded_documents(), Source)]
    assert "\n".join([*lines, ""]) == (TESTS / "golden/records.txt").read_text(encoding="utf-8")


def statement(metric: Metric, window: TimeWindow, zone_name: str) -> str:
    time_range = to_time_range(window, default_interval(window), zone(zone_name), NOW)
    return sql(MetricQuery(metric, 'al\'ice "{x}" %s', time_range))


def sql(query: MetricQuery) -> str:
    return to_sql(to_statement(query, dialect(Config(events_bucket="b"))))


def test_the_statement_of_every_question_stays_as_it_is():
    statements = [statement(*asked) for asked in product(Metric, TimeWindow, ZONES)]
    assert "\n;\n".join([*statements, ""]) == (TESTS / "golden/statements.sql").read_text(encoding="utf-8")
