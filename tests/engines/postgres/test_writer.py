"""Batches in a real PostgreSQL: what is stored, what is counted, and what is refused."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege

from chalicelib.config import Config
from chalicelib.engines.batches import Refusal
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.postgres.connections import KeptConnection
from chalicelib.engines.postgres.tables import EPOCH, ORDER_ENTRIES, PAGE_VIEWS, to_row
from chalicelib.engines.postgres.writer import Insert, Writer, insert_arrays, insert_values
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.objects import ObjectVersion
from chalicelib.outcomes import Fate, Origin, Rejected, Stored
from devstack.postgres.fixture import Database

VIEW = PageView(1_700_000_000_000, "amy", "a.example", "visitor", "event", path="/x", country="FR")
SALE = Commission(1_700_000_000_000, "amy", "a.example", "USD", "order", Entry.SALE, "order", 7_500_000)
NUL = "a text has the character NUL, which PostgreSQL does not store"
SURROGATE = "a text has half of a surrogate pair, which is not a character"
SOURCE = ObjectVersion("events", "events/web/1")


def view(**changes: Any) -> PageView:
    return msgspec.structs.replace(VIEW, **changes)


def sale(**changes: Any) -> Commission:
    return msgspec.structs.replace(SALE, **changes)


@pytest.fixture
def connection(database: Database) -> Iterator[KeptConnection]:
    """As the role `ingest`."""
    with closing(KeptConnection(lambda _: psycopg.connect(database.url("ingest"), autocommit=True))) as made:
        yield made


@pytest.fixture
def writer(connection: KeptConnection) -> Writer:
    return Writer(connection)


def stored(database: Database, table: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.url()) as connection:
        return connection.execute(f"SELECT * FROM analytics.{table} ORDER BY 1, 2").fetchall()


def kinds(refusals: Sequence[Refusal]) -> Counter[Rejected | None]:
    return Counter(refusal.reason for refusal in refusals)


def test_what_is_written_again_is_a_duplicate(writer: Writer, database: Database):
    views = [view(event_id=str(number)) for number in range(5)]
    assert writer.write(PageView, views) == []
    assert kinds(writer.write(PageView, [*views, view(event_id="new")])) == {None: 5}
    assert len(stored(database, "page_views")) == 6


def test_an_event_that_is_in_a_batch_twice_counts_once(writer: Writer, database: Database):
    refusals = writer.write(PageView, [VIEW, view(event_id="other"), VIEW])
    assert [(refusal.index, refusal.reason) for refusal in refusals] == [(2, None)]
    assert len(stored(database, "page_views")) == 2


def test_the_first_delivery_of_a_page_view_counts(writer: Writer, database: Database):
    writer.write(PageView, [VIEW])
    assert kinds(writer.write(PageView, [view(time=VIEW.time - 60_000, website="b.example")])) == {None: 1}
    [row] = stored(database, "page_views")
    assert row[3] == "a.example"


VERSIONS = (
    sale(time=SALE.time + 60_000, micros=1, revenue=50, link="video", coupon="B"),
    SALE,
    sale(micros=9_000_000),
    sale(time=SALE.time + 60_000, micros=2, revenue=40, coupon="A"),
    sale(time=SALE.time + 120_000, micros=2, revenue=30),
)
KEPT = sale(revenue=40, link="video", coupon="A")
"""The earliest amount, the earliest revenue, and the link and the coupon that come first in the alphabet."""


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_of_an_entry_known_at_two_times_the_earlier_is_kept(writer: Writer, database: Database, batch: int):
    orders = {str(number): order for number, order in enumerate(permutations(VERSIONS))}
    for start in range(0, len(VERSIONS), batch):
        entries = [
            msgspec.structs.replace(entry, order_id=name)
            for name, order in orders.items()
            for entry in order[start : start + batch]
        ]
        writer.write(Commission, entries)
    time = KEPT.time + 60_000
    kept = {name: msgspec.structs.replace(KEPT, order_id=name) for name in orders}
    expected = {
        name: (*to_row(entry)[:10], moment(time), *to_row(entry)[11:]) for name, entry in kept.items()
    }
    assert {row[5]: row for row in stored(database, "order_entries")} == expected


def moment(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def test_of_a_payout_known_at_two_times_the_earlier_is_kept(writer: Writer, database: Database):
    payout = Payout(SALE.time, "amy", "USD", "2026-10", 5_000_000)
    versions = [
        payout,
        msgspec.structs.replace(payout, micros=6_000_000),
        msgspec.structs.replace(payout, time=payout.time + 1, micros=1),
    ]
    payouts = [
        [msgspec.structs.replace(each, affiliate_id=str(number)) for each in order]
        for number, order in enumerate(permutations(versions))
    ]
    for one_by_one in zip(*payouts, strict=True):
        assert len(writer.write(Payout, one_by_one)) < len(payouts)
    together = [each for order in payouts for each in order]
    assert kinds(writer.write(Payout, together)) == {None: len(together)}
    rows = [to_row(msgspec.structs.replace(payout, affiliate_id=str(number))) for number in range(6)]
    assert stored(database, "payouts") == rows


def test_a_row_of_an_earlier_version_is_filled_in_when_its_event_comes_again(
    writer: Writer, database: Database
):
    """Nothing else in it changes."""
    clicked = view(click=True, link="video")
    paid = sale(revenue=30_000_000, link="video", coupon="AMY15")
    with psycopg.connect(database.url(), autocommit=True) as admin:
        for table, event, old in (
            (PAGE_VIEWS, clicked, ("click", "link")),
            (ORDER_ENTRIES, paid, ("revenue", "revenue_time", "link", "coupon")),
        ):
            row = dict(zip(table.columns, to_row(event), strict=True)) | dict.fromkeys(old)
            insert_arrays(admin, table, [tuple(row.values())])
    for known in (view(link="other"), clicked):  # the first that comes fills it in
        writer.write(PageView, [msgspec.structs.replace(known, time=VIEW.time + 1, path="/other")])
    writer.write(Commission, [paid])
    assert stored(database, "page_views") == [to_row(view(link="other"))]
    assert stored(database, "order_entries") == [to_row(paid)]


def test_what_is_filled_in_counts_as_written_once(writer: Writer):
    paid = sale(revenue=30_000_000)
    assert writer.write(Commission, [SALE]) == []
    assert writer.write(Commission, [paid]) == []
    assert kinds(writer.write(Commission, [SALE, paid])) == {None: 2}


@pytest.mark.parametrize(
    "change",
    [
        {"website": "b.example"},
        {"currency": "EUR"},
        {"order_id": "other"},
        {"entry": Entry.REVERSAL},
        {"entry_id": "refund-1"},
        {"affiliate_id": "bob"},
        {"website": "a.example,USD", "currency": ""},  # no two lists of texts are one text
    ],
)
def test_an_entry_is_known_by_all_of_its_identity(writer: Writer, database: Database, change: dict[str, Any]):
    assert writer.write(Commission, [SALE, sale(**change)]) == []
    assert len(stored(database, "order_entries")) == 2


@pytest.mark.parametrize(
    ("bad", "detail"),
    [(view(path="a\0b"), NUL), (view(website="\ud800"), SURROGATE), (view(event_id="\0"), NUL)],
)
def test_a_text_that_cannot_be_stored_is_told_and_costs_only_its_event(
    writer: Writer, database: Database, bad: PageView, detail: str
):
    views = [view(event_id="1"), bad, view(event_id="2")]
    assert writer.write(PageView, views) == [Refusal(1, Rejected.INVALID, detail)]
    assert len(stored(database, "page_views")) == 2


def test_a_good_event_is_no_duplicate_of_a_refused_one(writer: Writer, database: Database):
    assert kinds(writer.write(PageView, [view(path="\0"), VIEW])) == {Rejected.INVALID: 1}
    assert len(stored(database, "page_views")) == 1


def test_a_row_that_the_database_refuses_is_found(writer: Writer, database: Database):
    with psycopg.connect(database.url(), autocommit=True) as admin:
        admin.execute("ALTER TABLE analytics.page_views ADD CHECK (event_id NOT IN ('17', '18', '900'))")
    refusals = writer.write(PageView, [view(event_id=str(number)) for number in range(1000)])
    assert [refusal.index for refusal in refusals] == [17, 18, 900]
    assert all(refusal.detail.startswith("CheckViolation: ") for refusal in refusals)
    assert len(stored(database, "page_views")) == 997


def test_a_missing_right_is_raised(database: Database):
    with (
        closing(
            KeptConnection(lambda _: psycopg.connect(database.url("metrics"), autocommit=True))
        ) as metrics,
        pytest.raises(InsufficientPrivilege),
    ):
        Writer(metrics).write(PageView, [VIEW])


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
ids = st.sampled_from(["1", "2", "é", "a'b", 'q"', "\\N", "{}", "NULL", ","])
times = st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999)  # years 1 to 9999
views = st.builds(
    PageView, times, ids, texts, texts, ids, path=texts | st.just(""), device=texts | st.just(""),
    click=st.booleans(), link=texts | st.just(""),
)  # fmt: skip
sales = st.builds(
    Commission, times, ids, texts, st.sampled_from(["USD", "EUR"]), ids, st.sampled_from(Entry), ids,
    st.integers(-(10**15), 10**15), st.none() | st.integers(-(10**15), 10**15), texts | st.just(""),
    texts | st.just(""),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(views, min_size=1, max_size=8) | st.lists(sales, min_size=1, max_size=8)))
def test_arrays_and_values_store_the_same(
    connection: KeptConnection, database: Database, batches: list[list[Event]]
):
    found = [written(connection, database, batches, insert) for insert in (insert_arrays, insert_values)]
    assert found[0] == found[1]


def written(
    connection: KeptConnection, database: Database, batches: list[list[Event]], insert: Insert
) -> object:
    """What is refused and what is stored, beginning with empty tables."""
    with psycopg.connect(database.url(), autocommit=True) as admin:
        admin.execute("DELETE FROM analytics.page_views")
        admin.execute("DELETE FROM analytics.order_entries")
    refusals = [Writer(connection, insert).write(type(batch[0]), batch) for batch in batches]
    return refusals, stored(database, "page_views"), stored(database, "order_entries")


def test_a_sink_tells_the_fate_of_every_event(database: Database):
    config = Config("b", engine="postgres", postgres_url=database.url("ingest"))
    engine = Postgres(config)
    events = [
        view(event_id=str(number % 2_500), path="\0" if number == 7 else "/") for number in range(3_000)
    ]
    with closing(engine), engine.sink(SOURCE) as sink:
        fates: list[Fate] = []
        for number, event in enumerate(events):
            fates += sink.add(event, Origin(number, b"{}"))
        fates += sink.finish()
    assert sorted(fate.origin.offset for fate in fates) == list(range(3_000))
    counts = Counter(fate.status for fate in fates)
    assert counts == {Stored.WRITTEN: 2_500, Stored.DUPLICATE: 499, Rejected.INVALID: 1}


_NO_SESSION: Any = None
