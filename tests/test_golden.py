"""What is written to each engine and asked of it, byte for byte, for every recorded event.

Do not change the golden files of records and rows. Timestream knows a record by what is in it, and PostgreSQL
a row by its key: after a change, every event that is delivered again would be a new one, and count twice.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.config import Config
from chalicelib.engines.postgres import dialect as postgres
from chalicelib.engines.postgres.dialect import DIALECT
from chalicelib.engines.postgres.tables import to_row
from chalicelib.engines.timestream import dialect as timestream
from chalicelib.engines.timestream.dialect import dialect
from chalicelib.engines.timestream.records import to_record
from chalicelib.errors import EventError
from chalicelib.events import Event, LeftOut
from chalicelib.figures import Dialect, Metric, MetricQuery, Statement, to_statement
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


def event(document: bytes, source: Source) -> Event | str:
    """The event of a document, or why there is none."""
    try:
        found = to_event(decode_document(document), source, RULES)
    except EventError as error:
        return str(error)
    return str(found) if isinstance(found, LeftOut) else found


def lines(to_stored: Callable[[Event], Any]) -> str:
    """What `to_stored` makes of every recorded event, a line each."""
    events = [event(document, source) for document, source in product(recorded_documents(), Source)]
    texts = [
        each if isinstance(each, str) else msgspec.json.encode(to_stored(each)).decode() for each in events
    ]
    return "\n".join([*texts, ""])


def test_the_record_of_every_recorded_event_stays_as_it_is():
    assert lines(to_record) == golden("records.txt")


def test_the_row_of_every_recorded_event_stays_as_it_is():
    assert lines(to_row) == golden("rows.txt")


def statements(dialect: Dialect, to_text: Callable[[Statement], str]) -> str:
    """The statement of every question, one after another."""
    texts = [to_text(to_statement(query(*asked), dialect)) for asked in product(Metric, TimeWindow, ZONES)]
    return "\n;\n".join([*texts, ""])


def query(metric: Metric, window: TimeWindow, zone_name: str) -> MetricQuery:
    time_range = to_time_range(window, default_interval(window), zone(zone_name), NOW)
    return MetricQuery(metric, 'al\'ice "{x}" %s', time_range)


def test_the_statement_of_every_question_to_timestream_stays_as_it_is():
    assert statements(dialect(Config(events_bucket="b")), timestream.to_sql) == golden("statements.sql")


def test_the_statement_of_every_question_to_postgres_stays_as_it_is():
    assert statements(DIALECT, lambda asked: postgres.to_sql(asked)[0]) == golden("statements-postgres.sql")


def golden(name: str) -> str:
    return (TESTS / "golden" / name).read_text(encoding="utf-8")
