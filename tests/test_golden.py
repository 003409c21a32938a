"""What is written to each engine and asked of it, byte for byte, for every recorded event.

Do not change the golden files of records and rows. Timestream knows a record by what is in it, and PostgreSQL
a row by its key: after a change, every event that is delivered again would be a new one, and count twice.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle, product
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.config import Config
from chalicelib.engines.postgres import dialect as postgres
from chalicelib.engines.postgres.dialect import DIALECT
from chalicelib.engines.postgres.tables import to_row
from chalicelib.engines.timestream import dialect as timestream
from chalicelib.engines.timestream.dialect import dialect
from chalicelib.engines.timestream.records import to_records
from chalicelib.errors import EventError
from chalicelib.events import Event, LeftOut
from chalicelib.figures import OF_EVERYONE, Dialect, Metric, Route, Statement
from chalicelib.figures.answers import to_query, to_statement
from chalicelib.figures.breakdowns import By
from chalicelib.figures.filters import COLUMNS
from chalicelib.figures.timerange import TimeWindow
from chalicelib.rudderstack import Rules, Source, to_event
from chalicelib.rudderstack.messages import decode_document

TESTS = Path(__file__).parent
RULES = Rules(("ref", "aff", "via"), None, websites=frozenset(), max_age_days=7)
NOW = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)
ZONES = ("UTC", "Europe/Paris", "Asia/Kathmandu", "Australia/Lord_Howe")
PAGE = b"""{"type": "page", "messageId": "v%(id)b", "anonymousId": "v",
"timestamp": "2026-11-06T09:33:04.317Z", "receivedAt": "2026-11-06T09:33:04.317Z",
"properties": {"url": "https://shop.example/%(query)b", %(more)b}}"""
TRACK = b"""{"type": "track", "event": "%(event)b", "messageId": "m-%(id)b",
"timestamp": "2026-11-06T09:47:12.900Z", "receivedAt": "2026-11-06T09:47:14Z",
"properties": {"affiliate_id": "alice", "currency": "EUR", %(more)b}}"""
LONG = b"""{"type": "page", "messageId": "%(id)b", "anonymousId": "v",
"timestamp": "2023-11-06T09:33:04.317Z", "receivedAt": "2023-11-06T09:33:04.317Z",
"properties": {"affiliate_id": "%(affiliate)b", "url": "https://shop.example/%(text)b"},
"context": {"campaign": {"source": "%(text)b", "medium": "%(text)b",
"name": "%(text)b"}, "geo": {"country": "%(text)b"}, "page": {"referrer": "https://%(text)b.example/"}}}"""
TEXTS = ("é" * 64, "x" * 129, "🎉" * 40, "a b/" * 80)


def clicks_and_money() -> list[bytes]:
    """A click with the link's name, pages after it, orders with all that they may have, and payouts."""
    link, order = b'"affiliate_link": " video-1 "', b'"order_id": "7", "commission": "7.5", '
    pages = {
        b"?ref=alice&sub=video%201": link,
        b"?via=alice": link,
        b"?ref=bob&sub=x": b'"affiliate_id": "alice", ' + link,
        b"?ref=alice": b'"affiliate_id": "alice"',
        b"": b'"affiliate_id": "alice", ' + link,
    }
    tracks = {
        b"Order Completed": order + b'"revenue": 29.99, "total": 35, "coupon": "ALICE15", ' + link,
        b"Completed Order": order + b'"total": "35", "coupon": 2026',
        b"Order Refunded": order + b'"revenue": 29.99, "refund_id": "r-1", "coupon": "ALICE15"',
        b"Order Cancelled": order + b'"revenue": "unknown", ' + link,
        b"Commission Paid": b'"amount": "120.5", "payout_id": "2026-10"',
        b"commission paid": b'"amount": 0.000001',
    }
    return [
        *(PAGE % {b"id": query, b"query": query, b"more": more} for query, more in pages.items()),
        *(TRACK % {b"id": name, b"event": name, b"more": more} for name, more in tracks.items()),
    ]


def recorded_documents() -> list[bytes]:
    """Every recorded event, events whose texts are longer than their budgets, and `clicks_and_money`."""
    recorded = [path.read_bytes() for path in sorted((TESTS / "wire/events").iterdir())]
    texts = [text.encode() for text in TEXTS]
    long = [LONG % {b"id": text, b"affiliate": text[:128], b"text": text} for text in texts]
    return recorded + long + clicks_and_money()


def event(document: bytes, source: Source) -> Event | str:
    """The event of a document, or why there is none."""
    try:
        found = to_event(decode_document(document), source, RULES)
    except EventError as error:
        return str(error)
    return str(found) if isinstance(found, LeftOut) else found


def lines(to_stored: Callable[[Event], Sequence[Any]]) -> str:
    """What `to_stored` makes of every recorded event, a line each."""
    texts: list[str] = []
    for document, source in product(recorded_documents(), Source):
        found = event(document, source)
        stored = [found] if isinstance(found, str) else map(encoded, to_stored(found))
        texts += stored
    return "\n".join([*texts, ""])


def encoded(stored: object) -> str:
    """As JSON."""
    return msgspec.json.encode(stored).decode()


def test_the_record_of_every_recorded_event_stays_as_it_is():
    assert lines(to_records) == golden("records.txt")


def test_the_row_of_every_recorded_event_stays_as_it_is():
    assert lines(lambda event: [to_row(event)]) == golden("rows.txt")


ASKED_WINDOWS = [
    TimeWindow(f"{name}") for name in ("Last24Hours", "Last365Days", "Yesterday", "ThisMonth", "Custom")
]
NAME = 'al\'ice "{x}" %s'
"""An affiliate, a page and so on, with characters that a statement might take for its own."""


def questions() -> Iterator[tuple[Route, dict[str, str]]]:
    """Each metric and window, in zones that take turns, some with a comparison or a filter; each breakdown,
    with and without a filter; entries; the balance; and the owner's questions.
    """
    zones = cycle(ZONES)
    others: cycle[dict[str, str]]
    others = cycle([{}, {"compareTo": "PreviousPeriod"}, {"link": NAME}, {"website": ""}, {}])
    for metric, window in product(Metric, ASKED_WINDOWS):
        dates = {"from": "2025-12-01", "to": "2026-02-28"} if window is TimeWindow.CUSTOM else {}
        asked = {"metricType": metric, "timeWindow": window, "timeZone": next(zones), **dates}
        yield Route.METRICS, {**asked, **next(others)}
    for by, parameter in zip(By, cycle(COLUMNS), strict=False):
        yield Route.BREAKDOWN, {"by": by, "timeWindow": "ThisYear"}
        yield Route.BREAKDOWN, {"by": by, "timeWindow": "LastMonth", "timeZone": next(zones), parameter: NAME}
    yield Route.ENTRIES, {"timeWindow": "LastMonth", "website": NAME}
    yield Route.ENTRIES, {"timeWindow": "LastMonth", "nextToken": "1790000000000-1"}
    yield Route.BALANCE, {}
    yield Route.AFFILIATES, {"timeWindow": "LastMonth", "timeZone": next(zones)}
    yield Route.BALANCES, {"limit": "5"}


def statements(dialect: Dialect, to_text: Callable[[Statement[Any]], str]) -> str:
    """The statement of every question, one after another."""
    texts = []
    for route, asked in questions():
        whose = {} if route in OF_EVERYONE else {"affiliateId": NAME}
        parameters = {name: [value] for name, value in {**whose, **asked}.items()}
        query = to_query(route, parameters, NOW, hold_days=30)
        texts.append(to_text(to_statement(route, query, dialect)))
    return "\n;\n".join([*texts, ""])


def test_the_statement_of_every_question_to_timestream_stays_as_it_is():
    assert statements(dialect(Config(events_bucket="b")), timestream.to_sql) == golden("statements.sql")


def test_the_statement_of_every_question_to_postgres_stays_as_it_is():
    assert statements(DIALECT, lambda asked: postgres.to_sql(asked)[0]) == golden("statements-postgres.sql")


def golden(name: str) -> str:
    return (TESTS / "golden" / name).read_text(encoding="utf-8")
