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
    """Eighty entries; a third of them come again, later and as another website's."""
    random = Random(11)
    once = [
        Commission(
            time=milliseconds(NOW) - random.randrange(DAY, 9 * DAY),
            affiliate_id="amy",
            website=random.choice(["a.example", "(none)"]),
            currency=random.choice(["USD", "EUR"]),
            order_id=f"order-{number % 50}",
            entry=random.choice(list(Entry)),
            entry_id=f"entry-{number}",
            micros=random.choice([7_500_000, 10_000_000, 1, -1, 1_234_567_890_123_456]),
        )
        for number in range(80)
    ]
    again = [
        msgspec.structs.replace(entry, time=entry.time + random.randrange(1, DAY), website="z.example")
        for entry in once[::3]
    ]
    return once + again


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
        for events in (page_views(), commissions()):
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
    for entry in sorted(within(asked.start, asked.end, commissions()), key=lambda entry: entry.time):
        first.setdefault((entry.currency, entry.order_id, entry.entry, entry.entry_id), entry)
    expect(
        found,
        asked,
        list(first.values()),
        lambda some: Decimal(sum(entry.micros for entry in some)) / 1_000_000,
    )


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
