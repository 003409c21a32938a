"""A year that the version before clicks, links and revenue stored is ingested again.

No old figure changes, and the new ones are filled in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
import psycopg

from chalicelib.engines.postgres.tables import to_row
from chalicelib.events import MICROS, Commission, Entry, Event, PageView, Payout
from chalicelib.figures import Route
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from devstack.postgres.fixture import Database
from devstack.rudderstack.processor import Receipt, to_delivered
from devstack.sample.world import AFFILIATES
from devstack.sample.year import sample_year
from tests.both.documents import Document, to_body
from tests.both.world import CONFIG, NOW, Both, Question, Two, store
from tests.test_ingest_story import Bucket, ListEngine

ASKED: Final[tuple[Question, ...]] = (
    {"metricType": "PageViews", "timeWindow": "Last365Days"},
    {"metricType": "PageViews", "timeWindow": "ThisMonth", "timeZone": "Asia/Kathmandu"},
    {"metricType": "Visitors", "timeWindow": "Last90Days", "timeZone": "America/New_York"},
    {"metricType": "Visitors", "timeWindow": "Last365Days", "interval": "Month"},
    {"metricType": "Commissions", "timeWindow": "Last365Days", "interval": "Week"},
    {"metricType": "Commissions", "timeWindow": "Last30Days", "timeZone": "America/New_York"},
    {"metricType": "Orders", "timeWindow": "Last365Days"},
)
"""What the older version knew, though it did not show orders."""

YEAR: Final = {"timeWindow": "Last365Days"}


def test_a_replay_changes_no_old_figure_and_fills_in_the_new_ones(both: Both):
    objects = year()
    events = [event for key, body in objects.items() for event in read(key, body)]
    store(both.timestream, older(events))
    insert(both.database, older(events))
    before = {affiliate.id: ask(both, affiliate.id) for affiliate in AFFILIATES[:2]}
    assert both.totals({"affiliateId": "alice", "metricType": "Clicks", **YEAR}) == (0, 0)
    for key, body in objects.items():
        both.deliver(key, body)
    for affiliate, answers in before.items():
        assert ask(both, affiliate) == answers
        check_new(both, affiliate, [event for event in events if event.affiliate_id == affiliate])


def year() -> dict[str, bytes]:
    """The sample's documents: an object of each source."""
    documents: defaultdict[str, list[Document]] = defaultdict(list)
    for sent in sample_year(NOW, sessions_per_day=2):
        received = datetime.fromisoformat(sent.event["timestamp"]) + timedelta(seconds=1)
        document = to_delivered(sent.event, Receipt(received, "192.0.2.1"), lambda: str(uuid4()))
        documents[sent.source].append(document)
    return {f"events/{source}/year": to_body(found) for source, found in documents.items()}


def read(key: str, body: bytes) -> list[Event]:
    """The events in an object."""
    bucket: Any = Bucket(body)
    engine: Any = ListEngine()
    ingest_object(ObjectVersion("events", key), s3=bucket, engine=engine, config=CONFIG)
    return list(engine.events)


def older(events: Iterable[Event]) -> list[Event]:
    """Page views and entries without what the older version did not know."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, PageView):
            found.append(msgspec.structs.replace(event, click=False, link=""))
        elif isinstance(event, Commission):
            found.append(msgspec.structs.replace(event, revenue=None, link="", coupon=""))
    return found


def insert(database: Database, events: Sequence[Event]) -> None:
    """Insert rows as the older version did."""
    with psycopg.connect(database.url()) as admin, admin.cursor() as cursor:
        for kind, statement in OLDER.items():
            rows = [to_row(event)[: statement.count("%s")] for event in events if isinstance(event, kind)]
            cursor.executemany(statement.encode(), rows)


OLDER: Final[dict[type[Event], str]] = {
    PageView: """\
INSERT INTO analytics.page_views AS known (affiliate_id, event_id, time, website, visitor_id, path, referrer,
  utm_source, utm_medium, utm_campaign, country, device)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING""",
    Commission: """\
INSERT INTO analytics.order_entries AS known (affiliate_id, entry_key, time, website, currency, order_id,
  entry, entry_id, micros)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (affiliate_id, entry_key) DO UPDATE SET time = excluded.time, micros = excluded.micros
WHERE excluded.time < known.time OR excluded.time = known.time AND excluded.micros < known.micros""",
}
"""Copied from the older version."""


def ask(both: Both, affiliate: str) -> list[Two]:
    """All answers of both engines, which agree."""
    answers = [both.answer({"affiliateId": affiliate, **question}) for question in ASKED]
    assert all(each.timestream == each.postgres for each in answers)
    return answers


def check_new(both: Both, affiliate: str, events: list[Event]) -> None:
    """Assert that what is new is what the events have, and the same in both engines."""
    views = {event.event_id: event for event in events if isinstance(event, PageView)}
    entries = {
        (each.order_id, each.entry, each.entry_id): each for each in events if isinstance(each, Commission)
    }
    clicks = sum(view.click for view in views.values())
    revenue = sum(entry.revenue or 0 for entry in entries.values())
    assert clicks > 10
    assert revenue > 0
    assert overall(both, affiliate, "Clicks") == [clicks]
    assert round(sum(overall(both, affiliate, "Revenue")) * MICROS) == revenue
    assert overall(both, affiliate, "Orders") == [sum(each.entry is Entry.SALE for each in entries.values())]
    found = both.agreed({"affiliateId": affiliate, **YEAR, "by": "Link"}, route=Route.BREAKDOWN)
    links = {view.link or None for view in views.values()} | {each.link or None for each in entries.values()}
    assert {row["name"] for row in found["rows"]} == links
    assert found["total"]["clicks"] == clicks
    listed = both.agreed({"affiliateId": affiliate, **YEAR, "limit": "500"}, route=Route.ENTRIES)["entries"]
    assert {(each["coupon"] or "") for each in listed} == {each.coupon for each in entries.values()}
    paid = {event.payout_id: event.micros for event in events if isinstance(event, Payout)}
    balances = both.agreed({"affiliateId": affiliate}, route=Route.BALANCE)["balances"]
    assert sum(balance["paid"] for balance in balances) == sum(paid.values()) / MICROS


def overall(both: Both, affiliate: str, metric: str) -> list[float]:
    """Of each currency the value, or the count."""
    answer = both.agreed({"affiliateId": affiliate, "metricType": metric, **YEAR})
    return [each["value"] for each in answer["overall"]]
