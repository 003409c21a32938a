"""Events in a local Timestream, and the route's answers worked out a second time in plain Python."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import zip_longest
from random import Random
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import boto3
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from chalicelib.config import Config
from chalicelib.engines.timestream import Timestream
from chalicelib.engines.timestream.records import COMMISSION, COMMON_ATTRIBUTES, PAGE_VIEW, to_records
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import Route, wallclock
from chalicelib.figures.queries import max_series
from chalicelib.figures.timerange import Interval, TimeRange, TimeWindow, to_time_range
from devstack.timestream.query import FirstPage
from devstack.timestream.server import Server
from devstack.timestream.tables import create_tables
from tests.answering import answers

if TYPE_CHECKING:
    from types_boto3_timestream_write import TimestreamWriteClient
    from types_boto3_timestream_write.type_defs import RecordTypeDef

Ask = Callable[[Config, dict[str, str]], dict[str, Any]]
Count = Callable[[Sequence[Any]], Decimal]
Series = tuple[str, str | None]
"""Website and currency."""

CONFIG = Config(events_bucket="events")
NOW = datetime(2026, 11, 3, 12, 34, tzinfo=UTC)  # two days after New York's day of 25 hours
EMPTY = msgspec.structs.replace(CONFIG, page_views_table="NoPageViews", commissions_table="NoCommissions")
TABLES: dict[type[Event], str] = {
    PageView: CONFIG.page_views_table,
    Commission: CONFIG.commissions_table,
}
MEASURE: dict[type[Event], str] = {PageView: PAGE_VIEW, Commission: COMMISSION}
DAY = 86_400_000


def number(views: Sequence[PageView]) -> Decimal:
    return Decimal(len(views))


def visitors(views: Sequence[PageView]) -> Decimal:
    return Decimal(len({view.visitor_id for view in views}))


def money(entries: Sequence[Commission]) -> Decimal:
    return Decimal(sum(entry.micros for entry in entries)) / 1_000_000


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


def busy_page_views() -> list[PageView]:
    """Of sixty websites, some of one size; each visitor sees several of them."""
    random = Random(13)
    return [
        PageView(
            time=milliseconds(NOW) - random.randrange(random.choice([DAY, 7 * DAY, 30 * DAY])),
            affiliate_id="busy",
            website=f"{website:02}.example",
            visitor_id=f"visitor-{random.randrange(50)}",
            event_id=f"busy-{website}-{number}",
        )
        for website in range(60)
        for number in range(1 + random.randrange(40) // 8 * 8)
    ]


def busy_commissions() -> list[Commission]:
    """Of seventy websites in three currencies: 45 in one, and two in another."""
    random = Random(17)
    return [
        Commission(
            time=milliseconds(NOW) - random.randrange(random.choice([DAY, 7 * DAY, 30 * DAY])),
            affiliate_id="busy",
            website=f"{website:02}.example",
            currency=currency,
            order_id=f"order-{website}-{currency}-{number}",
            entry=Entry.SALE,
            entry_id="1",
            micros=random.choice([1, 1_000_000, -3_000_000]),
        )
        for currency, websites in (("USD", range(45)), ("EUR", range(40, 65)), ("JPY", range(63, 65)))
        for website in websites
        for number in range(random.randrange(1, 5))
    ]


def page_views_of(websites: int) -> list[PageView]:
    """One of each website."""
    return [
        PageView(milliseconds(NOW) - DAY, f"{websites} websites", f"{website:02}.example", "visitor", "event")
        for website in range(websites)
    ]


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
        client = write_client(server.url)
        tables = (*TABLES.values(), EMPTY.page_views_table, EMPTY.commissions_table)
        create_tables(client, CONFIG.timestream_database, tables, memory_hours=8766, magnetic_days=400)
        for events in (
            page_views() + busy_page_views() + page_views_of(49) + page_views_of(50) + page_views_of(51),
            commissions() + orders_reported_twice() + busy_commissions(),
        ):
            write(client, events)
        client.close()
        yield server.url


def write_client(url: str) -> "TimestreamWriteClient":
    client: TimestreamWriteClient = boto3.client(
        "timestream-write",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    return client


@pytest.fixture
def writer(url: str) -> "Iterator[TimestreamWriteClient]":
    client = write_client(url)
    yield client
    client.close()


def write(client: "TimestreamWriteClient", events: Sequence[Event]) -> None:
    kind = type(events[0])
    for first in range(0, len(events), 100):
        client.write_records(
            DatabaseName=CONFIG.timestream_database,
            TableName=TABLES[kind],
            CommonAttributes=cast("RecordTypeDef", COMMON_ATTRIBUTES[MEASURE[kind]]),
            Records=[msgspec.to_builtins(to_records(event)[0]) for event in events[first : first + 100]],
        )


@pytest.fixture
def ask(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    environment = {
        "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    engines: dict[Config, Timestream] = {}

    def ask(config: Config, parameters: dict[str, str]) -> dict[str, Any]:
        given = {name: [value] for name, value in parameters.items()}
        engine = engines.setdefault(config, Timestream(app.session(), config))
        body = answers(engine.rows, engine.dialect).answer(Route.METRICS, given, NOW)
        decoded: dict[str, Any] = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        return decoded

    yield ask
    for engine in engines.values():
        engine.close()


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
    expect(found, time_range(window, interval, zone), views, number)


@pytest.mark.parametrize(("window", "interval", "zone"), REQUESTS)
def test_visitors_are_told_apart(ask: Ask, window: str, interval: str, zone: str) -> None:
    found = ask(CONFIG, request("Visitors", window, interval, zone))
    views = [view for view in page_views() if view.affiliate_id == "amy"]
    expect(found, time_range(window, interval, zone), views, visitors)


@pytest.mark.parametrize(("window", "interval", "zone"), REQUESTS)
def test_commissions_are_added_up_once(ask: Ask, window: str, interval: str, zone: str) -> None:
    found = ask(CONFIG, request("Commissions", window, interval, zone))
    asked = time_range(window, interval, zone)
    first: dict[object, Commission] = {}
    for entry in sorted(commissions(), key=lambda entry: entry.time):
        identity = entry.website, entry.currency, entry.order_id, entry.entry, entry.entry_id
        first.setdefault(identity, entry)
    expect(found, asked, list(first.values()), money)


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


BUSY_REQUESTS = [
    ("Last24Hours", "Hour", "Asia/Kolkata"),
    ("Last30Days", "Hour", "Pacific/Chatham"),  # 11 series
    ("Last30Days", "Day", "America/New_York"),  # 50 series
    ("Last365Days", "Day", "UTC"),  # 21 series
]
BUSY: dict[str, Callable[[], Sequence[Event]]] = {
    "PageViews": busy_page_views,
    "Visitors": busy_page_views,
    "Commissions": busy_commissions,
}
COUNTS: dict[str, Count] = {"PageViews": number, "Visitors": visitors, "Commissions": money}


@pytest.mark.parametrize(("window", "interval", "zone"), BUSY_REQUESTS)
@pytest.mark.parametrize("metric", COUNTS)
def test_the_largest_websites_have_series_and_all_others_one(
    ask: Ask, metric: str, window: str, interval: str, zone: str
) -> None:
    found = ask(CONFIG, request(metric, window, interval, zone, "busy"))
    asked, count = time_range(window, interval, zone), COUNTS[metric]
    events = BUSY[metric]()
    expect(
        found,
        asked,
        events,
        count,
        shown_as(within(asked.start, asked.end, events), count, max_series(asked)),
    )
    assert len(found["totals"]) <= max_series(asked)


@pytest.mark.parametrize(("window", "interval", "zone"), BUSY_REQUESTS)
@pytest.mark.parametrize("metric", ["PageViews", "Commissions"])
def test_what_adds_up_adds_up_to_the_same(
    ask: Ask, metric: str, window: str, interval: str, zone: str
) -> None:
    found = ask(CONFIG, request(metric, window, interval, zone, "busy"))
    asked, count = time_range(window, interval, zone), COUNTS[metric]
    events = BUSY[metric]()
    sums: dict[str | None, list[Event]] = defaultdict(list)
    for event in within(asked.start, asked.end, events):
        sums[series_of(event)[1]].append(event)
    for key in ("totals", "dataset"):
        added: dict[str | None, Decimal] = defaultdict(Decimal)
        for value in found[key]:
            added[value["currency"]] += value["value"]
        assert added == {currency: count(theirs) for currency, theirs in sums.items()}


SEEN = st.tuples(st.integers(0, 15), st.integers(0, 4), st.integers(0, 40))
"""A website's number, a visitor's, and how many hours ago."""


@given(st.sampled_from(["PageViews", "Visitors"]), st.lists(SEEN, min_size=1, max_size=80))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_many_websites_there_are_no_view_is_lost(
    ask: Ask, writer: "TimestreamWriteClient", metric: str, seen: list[tuple[int, int, int]]
) -> None:
    affiliate_id = uuid4().hex
    views = [
        PageView(
            milliseconds(NOW) - hours * DAY // 24, affiliate_id, f"{website}.example", f"v{visitor}", str(at)
        )
        for at, (website, visitor, hours) in enumerate(seen)
    ]
    write(writer, views)
    found = ask(CONFIG, request(metric, "Last30Days", "Hour", "UTC", affiliate_id))
    asked, count = time_range("Last30Days", "Hour", "UTC"), COUNTS[metric]
    assert max_series(asked) == 11
    expect(found, asked, views, count, shown_as(views, count, 11))


@pytest.mark.parametrize(("websites", "series"), [(49, 49), (50, 50), (51, 50)])
def test_fifty_websites_are_fifty_series(ask: Ask, websites: int, series: int) -> None:
    found = ask(CONFIG, request("PageViews", "Last7Days", "Day", "UTC", f"{websites} websites"))
    *_, last = (total["series"] for total in found["totals"])
    assert len(found["totals"]) == series
    assert last == ("(2 other websites)" if websites > 50 else f"{websites - 1}.example")


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


def within(start: datetime, end: datetime, events: Sequence[Event]) -> list[Event]:
    return [event for event in events if milliseconds(start) <= event.time < milliseconds(end)]


def series_of(event: Event) -> Series:
    assert not isinstance(event, Payout)
    return event.website, getattr(event, "currency", None)


def shown_as(events: Sequence[Event], count: Count, most: int) -> dict[Series, Series]:
    """The series that each website's events are in: its own if it is large, else that of all others."""
    own: dict[Series, list[Event]] = defaultdict(list)
    for event in events:
        own[series_of(event)].append(event)
    by_currency: dict[str | None, list[Series]] = defaultdict(list)
    for series in sorted(own, key=lambda each: (-abs(count(own[each])), each[0])):
        by_currency[series[1]].append(series)
    rounds = zip_longest(*(by_currency[currency] for currency in sorted(by_currency, key=str)))
    turns = [series for each in rounds for series in each if series]
    named = set(turns if len(turns) <= most else turns[: most - len(by_currency)])
    others = Counter(currency for _, currency in own.keys() - named)
    return {
        series: series if series in named else (other_websites(others[series[1]]), series[1])
        for series in own
    }


def other_websites(count: int) -> str:
    return "(1 other website)" if count == 1 else f"({count} other websites)"


def expect(
    found: dict[str, Any],
    asked: TimeRange,
    events: Sequence[Event],
    count: Count,
    shown: dict[Series, Series] | None = None,
) -> None:
    """Every series of `events` in `found`, a point for every bin, and the count of the whole range."""
    series: dict[Series, list[Event]] = defaultdict(list)
    for event in within(asked.start, asked.end, events):
        own = series_of(event)
        series[shown[own] if shown else own].append(event)
    dataset, totals = [], []
    for name, currency in sorted(series, key=lambda each: ("other website" in each[0], each)):
        theirs = series[name, currency]
        totals.append({"series": name, "value": count(theirs), "currency": currency})
        dataset += [
            {
                "series": name,
                "timestamp": bin_.start.astimezone(asked.zone).isoformat(),
                "value": count(within(bin_.start, bin_.end, theirs)),
                "partial": bin_.partial,
                "currency": currency,
            }
            for bin_ in asked.bins
        ]
    assert totals
    assert found["totals"] == totals
    assert found["dataset"] == dataset
