"""Aurora DSQL's limits: the widest batches stay below them, and what is refused or conflicts counts once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final

import msgspec
import psycopg
import pytest
from psycopg.errors import ProgramLimitExceeded

from chalicelib.engines.postgres.connections import KeptConnection
from chalicelib.engines.postgres.tables import PAGE_VIEWS, TABLES, to_row
from chalicelib.engines.postgres.writer import BATCH, Insert, Writer, insert_arrays, insert_values
from chalicelib.events import (
    MAX_AFFILIATE_ID,
    MAX_ID,
    MAX_TEXT,
    Commission,
    Entry,
    Event,
    PageView,
    is_affiliate_id,
)
from chalicelib.outcomes import Rejected
from devstack.postgres.fixture import Database
from tests.both.cluster import Cluster
from tests.both.dsql_limits import (
    MAX_BYTES,
    MAX_KEY,
    MAX_ROWS,
    conflict,
    conflicts,
    limit_rows,
    refuse_bytes,
)
from tests.both.world import postgres, store

VIEW = PageView(1_700_000_000_000, "amy", "a.example", "visitor", "event")
SALE = Commission(1_700_000_000_000, "amy", "a.example", "USD", "order", Entry.SALE, "order", 7_500_000)
INSERTS: Final[list[Insert]] = [insert_arrays, insert_values]


def views(number: int) -> list[Event]:
    return [msgspec.structs.replace(VIEW, event_id=f"{each:04}") for each in range(number)]


def sales(number: int) -> list[Event]:
    return [msgspec.structs.replace(SALE, order_id=f"{each:04}") for each in range(number)]


@pytest.fixture
def connection(database: Database) -> Iterator[KeptConnection]:
    """As the role `ingest`."""
    with closing(KeptConnection(lambda _: psycopg.connect(database.url("ingest"), autocommit=True))) as made:
        yield made


def stored(database: Database, kind: type[Event]) -> list[tuple[Any, ...]]:
    table = TABLES[kind]
    with psycopg.connect(database.url()) as admin:
        text = f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY 1, 2"
        return admin.execute(text.encode()).fetchall()


# Rows in a transaction


def test_dsql_takes_three_thousand_rows_and_no_more(connection: KeptConnection, database: Database):
    limit_rows(database)
    rows = [to_row(view) for view in views(MAX_ROWS + 1)]
    with pytest.raises(ProgramLimitExceeded, match="row limit"):
        connection.run(lambda opened: insert_arrays(opened, PAGE_VIEWS, rows), 5)
    assert connection.run(lambda opened: insert_arrays(opened, PAGE_VIEWS, rows[1:]), 5) == MAX_ROWS


def test_batches_of_an_object_stay_below_the_limit(database: Database):
    limit_rows(database, BATCH)
    with closing(postgres(database, "ingest")) as engine:
        fates = store(engine, [*views(BATCH + 1), *sales(BATCH + 1)])
    assert Counter(fate.status for fate in fates) == {"written": 2 * BATCH + 2}


@pytest.mark.parametrize("insert", INSERTS)
@pytest.mark.parametrize("rows", [1, 2, 7])
def test_a_batch_that_is_too_large_is_halved_until_it_is_taken(
    connection: KeptConnection, database: Database, insert: Insert, rows: int
):
    limit_rows(database, rows)
    for events in (views(30), sales(30)):
        assert Writer(connection, insert).write(type(events[0]), events) == []
        assert len(stored(database, type(events[0]))) == 30


def test_a_row_that_is_too_large_alone_is_refused_and_costs_no_other(
    connection: KeptConnection, database: Database
):
    """DSQL says so when the transaction commits."""
    events = views(40)
    events[17] = msgspec.structs.replace(VIEW, event_id="wide", path="/" + "x" * 250)
    refuse_bytes(database, 300)
    [refusal] = Writer(connection).write(PageView, events)
    assert (refusal.index, refusal.reason) == (17, Rejected.INVALID)
    assert refusal.detail.startswith("ProgramLimitExceeded: transaction size limit")
    assert len(stored(database, PageView)) == 39


# Bytes

EMOJI: Final = "\U0001f389"
"""Four bytes, which is the longest a character can be."""

WIDE: Final = EMOJI * 400


def widest() -> list[list[Event]]:
    """A batch of each kind of event, every text as long as it can be."""
    affiliate = EMOJI * MAX_AFFILIATE_ID
    assert is_affiliate_id(affiliate)
    ids = [f"{each:x<{MAX_ID}}" for each in range(BATCH)]
    return [
        [_with_texts(PageView(VIEW.time, affiliate, WIDE, ids[0], id_, click=True)) for id_ in ids],
        [
            _with_texts(
                Commission(
                    VIEW.time, affiliate, WIDE, "USD", id_, Entry.REVERSAL, ids[0], -(10**15), -(10**15)
                )
            )
            for id_ in ids
        ],
    ]


def _with_texts(event: Event) -> Event:
    """With every descriptive text as long as it can be."""
    texts = [name for name in MAX_TEXT if name in event.__struct_fields__]
    return msgspec.structs.replace(event, **dict.fromkeys(texts, WIDE))


@pytest.mark.parametrize("insert", INSERTS)
def test_the_widest_batches_are_far_smaller_than_dsql_allows(cluster: Cluster, insert: Insert):
    with closing(cluster.as_role("ingest")) as connection:
        for events in widest():
            assert Writer(connection, insert).write(type(events[0]), events) == []
    assert 1_000_000 < cluster.dsql.largest < MAX_BYTES / 2
    for table, columns in INDEXED.items():
        of_rows, of_entries = sizes(cluster, table, columns)
        assert of_rows + of_entries + _COST * 2 * BATCH < MAX_BYTES / 2


_COST: Final = 100
"""Bytes that a row or an index entry may cost beside its values. DSQL's own number is not documented."""

INDEXED: Final = {
    "page_views": ("affiliate_id", "time", "website", "visitor_id", "click", "link", "event_id"),
    "order_entries": (
        *("affiliate_id", "time", "website", "currency", "micros", "revenue", "link", "entry", "entry_key"),
    ),
}
"""What an entry of the second index holds, the primary key included."""


def sizes(cluster: Cluster, table: str, columns: Sequence[str]) -> tuple[int, int]:
    """Bytes of all rows and of all entries of the second index."""
    whole = f"SELECT sum(octet_length(t::text)) FROM analytics.{table} AS t"
    entries = f"SELECT sum({_length(columns)}) FROM analytics.{table}"
    ((of_rows,),) = cluster.admin.run(lambda opened: opened.execute(whole.encode()).fetchall(), 10)
    ((of_entries,),) = cluster.admin.run(lambda opened: opened.execute(entries.encode()).fetchall(), 10)
    return int(of_rows), int(of_entries)


def _length(columns: Sequence[str]) -> str:
    """Bytes of the values of some columns. As texts, moments and large amounts are longer than as values."""
    return " + ".join(f"octet_length({column}::text)" for column in columns)


def test_no_key_is_longer_than_dsql_allows(cluster: Cluster):
    """Locally, long keys are compressed before they are measured. DSQL measures them as they are."""
    with closing(cluster.as_role("ingest")) as connection:
        for events in widest():
            Writer(connection).write(type(events[0]), events[:1])
    payout = "INSERT INTO analytics.payouts VALUES (%s, 'USD', %s, now(), 1)"
    wide = (EMOJI * MAX_AFFILIATE_ID, "x" * MAX_ID)
    cluster.admin.run(lambda opened: opened.execute(payout, wide), 10)
    found = {name: longest(cluster, table, columns) for name, table, columns in keys(cluster)}
    assert found.keys() >= {
        "page_views_pkey",
        "page_views_clicks",
        "order_entries_pkey",
        "order_entries_revenue",
    }
    assert all(512 < each <= MAX_KEY for each in found.values()), found


def keys(cluster: Cluster) -> list[tuple[str, str, list[str]]]:
    """Each index with its table and the columns of its key, as the database has them."""
    return cluster.admin.run(lambda opened: opened.execute(_KEYS).fetchall(), 10)


def longest(cluster: Cluster, table: str, columns: Sequence[str]) -> int:
    """Bytes of the longest key."""
    text = f"SELECT max({_length(columns)}) FROM analytics.{table}"
    ((found,),) = cluster.admin.run(lambda opened: opened.execute(text.encode()).fetchall(), 10)
    return int(found)


_KEYS: Final = """\
SELECT x.relname::text, c.relname::text, array_agg(a.attname::text)
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_class AS c ON c.oid = i.indrelid
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1])
WHERE c.relnamespace = 'analytics'::regnamespace
GROUP BY 1, 2"""


# Conflicts


@pytest.mark.parametrize("insert", INSERTS)
def test_a_conflict_at_the_commit_is_tried_again_and_nothing_counts_twice(
    connection: KeptConnection, database: Database, insert: Insert
):
    conflict(database, times=4)
    writer = Writer(connection, insert)
    for events in (views(20), sales(20)):
        kind = type(events[0])
        assert writer.write(kind, events) == []
        assert [refusal.reason for refusal in writer.write(kind, events)] == [None] * 20
        assert stored(database, kind) == sorted(to_row(event) for event in events)
    assert conflicts(database) == 4 + 2 * 20


def test_a_conflict_while_an_entry_is_replaced_is_tried_again(connection: KeptConnection, database: Database):
    writer = Writer(connection)
    writer.write(Commission, [SALE])
    conflict(database, times=3)
    earlier = msgspec.structs.replace(SALE, time=SALE.time - 1, micros=1)
    assert writer.write(Commission, [earlier]) == []
    assert stored(database, Commission) == [to_row(earlier)]
    assert conflicts(database) == 4


# The two forms of an insert


@pytest.mark.parametrize("paths", [[""], ["", ""], ["/x"], ["", "/x"], ["/x", ""], ["", "", "NULL"]], ids=str)
def test_both_forms_of_an_insert_store_columns_without_values(
    connection: KeptConnection, database: Database, paths: list[str]
):
    """Of an array in which all are null, nothing but the statement tells the type. Random events are in
    tests/engines/postgres/test_writer.py.
    """
    for number, insert in enumerate(INSERTS):
        events: list[Event] = [
            msgspec.structs.replace(VIEW, affiliate_id=str(number), event_id=str(place), path=path)
            for place, path in enumerate(paths)
        ]
        assert Writer(connection, insert).write(PageView, events) == []
    rows = [row[1:] for row in stored(database, PageView)]
    assert rows[: len(paths)] == rows[len(paths) :]
    assert [row[4] for row in rows[: len(paths)]] == [path or None for path in paths]
