"""Timestream's sink: one event is one or two records, and has one fate."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec.structs import astuple

import app
from chalicelib.config import Config
from chalicelib.engines.batches import Refusal
from chalicelib.engines.timestream.records import Record, to_records
from chalicelib.engines.timestream.sink import Tables, sink, tables, write_records
from chalicelib.engines.timestream.writer import BATCH, Table, Writer, write_client
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.outcomes import Origin, Rejected, Stored
from tests.deployment import BUCKET

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000)
TABLES: Tables = tables(Config(BUCKET))
SALE = Commission(MILLISECONDS, "alice", "a.example", "USD", "0", Entry.SALE, "0", 5_000_000, 20_000_000)
KNOWN, REJECTED = (None, "was there"), (Rejected.OTHER, "why")


def sale(number: int, **changes: Any) -> Commission:
    return msgspec.structs.replace(SALE, order_id=str(number), entry_id=str(number), **changes)


class Answering:
    """A writer that refuses what it is told to, by measure name and order."""

    def __init__(self, refused: dict[tuple[str, str], tuple[Rejected | None, str]] | None = None) -> None:
        self._refused = refused or {}
        self.calls: list[tuple[str, str, int]] = []

    def write(self, table: Table, records: Sequence[Record]) -> list[Refusal]:
        measure = table.common_attributes["MeasureName"]
        self.calls.append((table.name, measure, len(records)))
        asked = [(measure, dict(map(astuple, record.dimensions)).get("order_id", "")) for record in records]
        return [
            Refusal(index, *self._refused[key]) for index, key in enumerate(asked) if key in self._refused
        ]


def written(writer: Any, *events: Event) -> list[Refusal]:
    return write_records(writer, TABLES, type(events[0]), [to_records(event) for event in events])


@pytest.mark.parametrize(
    ("commission", "revenue", "refusals"),
    [
        (None, None, []),
        (KNOWN, None, []),
        (None, KNOWN, []),
        (KNOWN, KNOWN, [Refusal(1, *KNOWN)]),
        (REJECTED, None, [Refusal(1, *REJECTED)]),
        (None, REJECTED, [Refusal(1, *REJECTED)]),
        (KNOWN, REJECTED, [Refusal(1, *REJECTED)]),
        (REJECTED, KNOWN, [Refusal(1, *REJECTED)]),
        (REJECTED, (Rejected.INVALID, "second"), [Refusal(1, *REJECTED)]),
    ],
)
def test_an_order_with_revenue_has_one_fate(commission, revenue, refusals):
    given = {("commission", "1"): commission, ("revenue", "1"): revenue}
    writer = Answering({key: refused for key, refused in given.items() if refused})
    assert written(writer, sale(0), sale(1), sale(2, revenue=None)) == refusals


def test_a_refused_record_is_told_by_its_event_although_not_every_order_has_revenue():
    writer = Answering({("revenue", "2"): REJECTED, ("commission", "1"): KNOWN})
    events = [sale(0, revenue=None), sale(1, revenue=None), sale(2)]
    assert {refusal.index: refusal.reason for refusal in written(writer, *events)} == {
        1: None,
        2: Rejected.OTHER,
    }


def test_each_measure_is_a_call_to_its_table_with_at_most_as_many_records_as_timestream_takes():
    writer: Any = Answering()
    events: list[Event] = [sale(number, **({"revenue": None} if number % 2 else {})) for number in range(150)]
    events += [PageView(MILLISECONDS, "alice", "a.example", "v", "1")]
    events += [Payout(MILLISECONDS, "alice", "USD", "2026-10", 5_000_000)] * 2
    with sink(writer, TABLES) as opened:
        fates = [fate for event in events for fate in opened.add(event, Origin(0, b"{}"))]
        fates += opened.finish()
    assert [fate.status for fate in fates] == [Stored.WRITTEN] * len(events)
    assert sorted(writer.calls) == [
        ("CommissionsTable", "commission", 50),
        ("CommissionsTable", "commission", BATCH),
        ("CommissionsTable", "payout", 2),
        ("CommissionsTable", "revenue", 25),
        ("CommissionsTable", "revenue", 50),
        ("PageViewsTable", "page_view", 1),
    ]


def test_what_is_written_is_in_timestream_with_its_measure(deployment):
    deployment.timestream.clock.set(NOW)
    client = write_client(app.session())
    writer = Writer(client)
    order = sale(1, link="video", coupon="ALICE15")
    assert written(writer, order) == []
    assert written(writer, Payout(MILLISECONDS, "alice", "USD", "2026-10", 5_000_000)) == []
    assert (
        written(writer, PageView(MILLISECONDS, "alice", "a.example", "v", "1", click=True, link="video"))
        == []
    )
    assert [refusal.reason for refusal in written(writer, order, order)] == [None]  # twice in a batch
    client.close()
    money = deployment.rows(
        "SELECT measure_name, affiliate_id, order_id, link, coupon, payout_id, measure_value::bigint "
        'FROM "WebAnalyticsDb"."CommissionsTable" ORDER BY measure_name'
    )
    assert money == [
        ["commission", "alice", "1", "video", "ALICE15", None, "5000000"],
        ["payout", "alice", None, None, None, "2026-10", "5000000"],
        ["revenue", "alice", "1", "video", "ALICE15", None, "20000000"],
    ]
    views = deployment.rows('SELECT click, link FROM "WebAnalyticsDb"."PageViewsTable"')
    assert views == [["true", "video"]]
