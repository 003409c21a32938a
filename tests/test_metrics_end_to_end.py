"""Events in a local Timestream, and the route's answers worked out a second time in plain Python."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar, cast

import boto3
import msgspec
import pytest

import app
from chalicelib import wallclock
from chalicelib.config import Config
from chalicelib.events import Commission, Entry, Event, PageView
from chalicelib.metrics import answer
from chalicelib.records import COMMON_ATTRIBUTES, to_record
from chalicelib.timerange import Interval, TimeRange, TimeWindow, to_time_range
from chalicelib.timestream_reader import query_client, rows
from devstack.timestream.query import FirstPage
from devstack.timestream.server import Server

if TYPE_CHECKING:
    from types_boto3_timestream_write import TimestreamWriteClient
    from types_boto3_timestream_write.type_defs import RecordTypeDef

Some = TypeVar("Some", PageView, Commission)
Ask = Callable[[Config, dict[str, str]], dict[str, Any]]

CONFIG = Config(events_bucket="events")
NOW = datetime(2026, 11, 3, 12, 34, tzinfo=UTC)  # two days after New York's day of 25 hours
EMPTY = msgspec.structs.replace(CONFIG, page_views_table="NoPageViews", commissions_table="NoCommissions")
TABLES: dict[type[Event], str] = {
    PageView: CONFIG.page_views_table,
    Commission: CONFIG.commissions_table,
}
DAY = 86_400_000


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def page_views() -> list[PageView]:
    random = Random(7)
    return [
        PageView(
            time=milliseconds(NOW) - random.randrange(10 * DAY),
            affiliate_id=random.choice(["amy", "amy", "o'hara"]),
            website=random.choice(["a.example", "b.example"]),
            visitor_id=f"visitor-{random.randrange(12)}",
            event_id=f"event-{number}",
        )
        for number in range(600)
    ]


def commissions() -> list[Commission]:
    """Entries over sixty days, and some of them again: at another website, later, or a month later."""
    random = Random(11)
    once = [
        Commission(
            time=milliseconds(NOW) - random.randrange(random.choice([DAY, 9 * DAY, 60 * DAY])),
            affiliate_id="amy",
            website=random.choice(["a.example", "(none)"]),
            currency=random.choice(["USD", "EUR"]),
            order_id=f"order-{number % 50}",
            entry=random.choice(list(Entry)),
            entry_id=f"entry-{number}",
            micros=random.choice([7_500_000, 10_000_000, 1, -1, 1_234_567_890_123_456]),
        )
        for number in range(160)
    ]
    elsewhere = [msgspec.structs.replace(entry, website="z.example") for entry in once[::3]]
    later = [
        msgspec.structs.replace(entry, time=time)
        for entry in once + elsewhere[::2]
        if (time := entry.time + random.choice([0, 1, DAY, 6 * DAY, 30 * DAY])) < milliseconds(NOW)
    ]
    return once + elsewhere + later


def reported(affiliate_id: str, *, days_ago: int = 2, website: str = "a.example") -> Commission:
    """The sale of the order `1`, as a shop reported it."""
    return Commission(
        time=milliseconds(NOW) - days_ago * DAY,
        affiliate_id=affiliate_id,
        website=website,
        currency="USD",
        order_id="1",
        entry=Entry.SALE,
        entry_id="1",
        micros=1_000_000,
    )


def orders_reported_twice() -> list[Commission]:
    sale = reported("two refunds")
    refund = msgspec.structs.replace(sale, entry=Entry.REVERSAL, entry_id="refund-1", micros=-1_000_000)
    return [
        reported("two shops"),
        reported("two shops", website="b.example"),
        refund,
        msgspec.structs.replace(refund, website="b.example"),
        reported("again after 18 days", days_ago=20),
        reported("again after 18 days", days_ago=2),
        reported("again after 40 days", days_ago=42),
        reported("again after 40 days", days_ago=2),
    ]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A local Timestream with the events above, and two tables without any."""
    with Server(clock=lambda: milliseconds(NOW) * 1_000_000, first_page=FirstPage.EMPTY) as server:
        client: TimestreamWriteClient = boto3.client(
            "timestream-write",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        client.create_database(DatabaseName=CONFIG.timestream_database)
        for table in (*TABLES.values(), EMPTY.page_views_table, EMPTY.commissions_table):
            client.create_table(
                DatabaseName=CONFIG.timestream_database,
                TableName=table,
                RetentionProperties={
                    "MemoryStoreRetentionPeriodInHours": 8766,
                    "MagneticStoreRetentionPeriodInDays": 400,
                },
            )
        for events in (page_views(), commissions(), orders_reported_twice()):
            write(client, events)
        client.close()
        yield server.url


def write(client: "TimestreamWriteClient", events: Sequence[Event]) -> None:
    kind = type(events[0])
    for first in range(0, len(events), 100):
        client.write_records(
            DatabaseName=CONFIG.timestream_database,
            TableName=TABLES[kind],
            CommonAttributes=cast("RecordTypeDef", COMMON_ATTRIBUTES[kind]),
            Records=[msgspec.to_builtins(to_record(event)) for event in events[first : first + 100]],
        )


@pytest.fixture
def ask(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    settings = {
        "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    client = query_client(app.session())

    def ask(config: Config, parameters: dict[str, str]) -> dict[str, Any]:
        given = {name: [value] for name, value in parameters.items()}
        body = answer(given, config=config, rows=partial(rows, client), now=NOW)
        decoded: dict[str, Any] = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        return decoded

    yield ask
    client.close()


REQUESTS = [
    ("Last7Days", "Day", "UTC"),
    ("Last7Days", "Hour", "America/New_York"),
    ("Last7Days", "Day", "America/New_York"),
    ("Last7Days", "Week", "Pacific/Auckland"),
    ("Last24Hours", "Hour", "Asia/Kolkata"),
    ("Last30Days", "Hour", "Pacific/Chatham"),
    ("Last30Days", "Month", "Australia/Lord_Howe"),
]


@pytest.mark.parametrize(("window", "interval", "zone"), REQUESTS)
@pytest.mark.parametrize("affiliate_id", ["amy", "o'hara"])
def test_page_views_are_counted(ask: Ask, window: str, interval: str, zone: str, affiliate_id: str) -> None:
    found = ask(CONFIG, request("PageViews", window, interval, zone, affiliate_id))
    views = [view for view in page_views() if view.affiliate_id == affiliate_id]
    expect(found, time_range(window, interval, zone), views, len)


@pytest.mark.parametrize(("window", "interval", "zone"), REQUESTS)
def test_visitors_are_told_apart(ask: Ask, window: str, interval: str, zone: str) -> None:
    found = ask(CONFIG, request("Visitors", window, interval, zone))
    views = [view for view in page_views() if view.affiliate_id == "amy"]
    expect(
        found, time_range(window, interval, zone), views, lambda some: len({view.visitor_id for view in some})
    )


@pytest.mark.parametrize(("window", "interval", "zone"), REQUESTS)
def test_commissions_are_added_up_once(ask: Ask, window: str, interval: str, zone: str) -> None:
    found = ask(CONFIG, request("Commissions", window, interval, zone))
    asked = time_range(window, interval, zone)
    first: dict[object, Commission] = {}
    for entry in sorted(commissions(), key=lambda entry: entry.time):
        identity = entry.website, entry.currency, entry.order_id, entry.entry, entry.entry_id
        first.setdefault(identity, entry)
    expect(
        found,
        asked,
        list(first.values()),
        lambda some: Decimal(sum(entry.micros for entry in some)) / 1_000_000,
    )


@pytest.mark.parametrize(
    ("affiliate_id", "window", "totals"),
    [
        ("two shops", "Last7Days", {"a.example": 1, "b.example": 1}),
        ("two refunds", "Last7Days", {"a.example": -1, "b.example": -1}),
        ("again after 18 days", "Last7Days", {}),
        ("again after 18 days", "Last30Days", {"a.example": 1}),
        # A report is looked for in the 31 days before the window, and no further.
        ("again after 40 days", "Last7Days", {"a.example": 1}),
        ("again after 40 days", "Last90Days", {"a.example": 1}),
    ],
)
def test_an_entry_is_known_by_its_website_and_counts_when_it_was_first_reported(
    ask: Ask, affiliate_id: str, window: str, totals: dict[str, int]
) -> None:
    found = ask(CONFIG, request("Commissions", window, "Day", "UTC", affiliate_id))
    assert {total["series"]: total["value"] for total in found["totals"]} == totals


@pytest.mark.parametrize("window", ["Last30Days", "Last90Days", "Last365Days"])
def test_a_day_that_two_windows_have_is_the_same_in_both(ask: Ask, window: str) -> None:
    week, longer = (ask(CONFIG, request("Commissions", each, "Day", "UTC")) for each in ("Last7Days", window))
    days = {point["timestamp"] for point in week["dataset"]}
    assert [point for point in longer["dataset"] if point["timestamp"] in days and point["value"]] == [
        point for point in week["dataset"] if point["value"]
    ]


@pytest.mark.parametrize("metric", ["PageViews", "Visitors", "Commissions"])
def test_a_table_that_was_never_written_to_is_empty(ask: Ask, metric: str) -> None:
    found = ask(EMPTY, request(metric, "Last7Days", "Day", "UTC"))
    assert (found["dataset"], found["totals"]) == ([], [])


@pytest.mark.parametrize("metric", ["PageViews", "Visitors", "Commissions"])
def test_an_affiliate_without_events_has_none(ask: Ask, metric: str) -> None:
    found = ask(CONFIG, request(metric, "Last7Days", "Day", "UTC", "' OR ''='"))
    assert (found["dataset"], found["totals"]) == ([], [])


def request(metric: str, window: str, interval: str, zone: str, affiliate_id: str = "amy") -> dict[str, str]:
    return {
        "affiliateId": affiliate_id,
        "metricType": metric,
        "timeWindow": window,
        "interval": interval,
        "timeZone": zone,
    }


def time_range(window: str, interval: str, zone: str) -> TimeRange:
    return to_time_range(TimeWindow(window), Interval(interval), wallclock.zone(zone), NOW)


def within(start: datetime, end: datetime, events: Sequence[Some]) -> list[Some]:
    return [event for event in events if milliseconds(start) <= event.time < milliseconds(end)]


def expect(
    found: dict[str, Any],
    asked: TimeRange,
    events: Sequence[Some],
    count: Callable[[list[Some]], int | Decimal],
) -> None:
    """Every series of `events` in `found`, a point for every bin, and the count of the whole range."""
    dataset, totals = [], []
    ours = within(asked.start, asked.end, events)
    for website, currency in sorted({(event.website, getattr(event, "currency", None)) for event in ours}):
        own = [
            event
            for event in ours
            if (event.website, getattr(event, "currency", None)) == (website, currency)
        ]
        totals.append({"series": website, "value": count(own), "currency": currency})
        dataset += [
            {
                "series": website,
                "timestamp": bin_.start.astimezone(asked.zone).isoformat(),
                "value": count(within(bin_.start, bin_.end, own)),
                "partial": bin_.partial,
                "currency": currency,
            }
            for bin_ in asked.bins
        ]
    assert totals
    assert found["totals"] == totals
    assert found["dataset"] == dataset
