"""The same objects through both engines: the same answers, byte for byte, however they are delivered."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import msgspec
import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.timestream import Timestream
from chalicelib.events import Commission, Entry, Event, PageView
from chalicelib.figures import Metric
from chalicelib.figures.parameters import parse_metric_query
from chalicelib.figures.queries import MAX_SERIES
from devstack.rudderstack.processor import Receipt, format_time, to_delivered
from devstack.sample.world import AFFILIATES
from devstack.sample.year import sample_year
from tests.both.documents import Document, moment, order, page, to_body
from tests.both.questions import KINDS, ZONES, other_questions, questions
from tests.both.world import CONFIG, NOW, Both, Delivered, Two, deliver, postgres
from tests.deployment import WIRE

MILLISECONDS = round(NOW.timestamp() * 1000)
DAY = 86_400_000
RECORDED = [*sorted((WIRE / "events").iterdir()), *sorted((WIRE / "objects").iterdir())]
RECORDED_AT = datetime(2023, 11, 6, 10, 40, tzinfo=UTC)


def agree(both: Both, affiliate: str, every: int = 1, first: int = 0, at: datetime | None = None) -> int:
    """Compare the answers to questions. Returns how many of them have figures."""
    found = [both.agreed(question, now) for question, now in questions(affiliate, every, first, at)]
    return sum(bool(answer["totals"]) for answer in found)


def same_outcome(delivered: Two) -> bool:
    """Whether both engines took and refused the same documents. Only PostgreSQL tells all duplicates."""
    timestream, postgres = map(_without_duplicates, delivered)
    return timestream == postgres


def _without_duplicates(delivered: Delivered) -> object:
    outcome = msgspec.to_builtins(delivered.outcome)
    kept = outcome.pop("written") + outcome.pop("duplicates")
    return kept, outcome, delivered.dead_letters


# What really comes


def test_every_recorded_event_and_object_gives_the_same_figures(both: Both):
    for path in RECORDED:
        for folder in ("web", "server"):
            assert same_outcome(both.deliver(f"events/{folder}/{path.name}", path.read_bytes())), path
    for affiliate in ("alice", "bob", "✓b c"):
        assert agree(both, affiliate, every=41, at=RECORDED_AT)


def test_a_sample_year_gives_the_same_figures(both: Both):
    bodies: defaultdict[str, list[Document]] = defaultdict(list)
    for sent in sample_year(NOW, sessions_per_day=2):
        received = datetime.fromisoformat(sent.event["timestamp"]) + timedelta(seconds=1)
        event = to_delivered(sent.event, Receipt(received, "192.0.2.1"), lambda: str(uuid4()))
        bodies[sent.source].append(event)
    for source, documents in bodies.items():
        for name in ("sample", "sample again"):
            assert same_outcome(both.deliver(f"events/{source}/{name}", to_body(documents)))
    for number, affiliate in enumerate(
        AFFILIATES[:3]
    ):  # the others have no events in many of the time windows
        assert agree(both, affiliate.id, every=31, first=number)


LINKS: Final = ("", "a", "b")


def crowd(affiliate: str, websites: int) -> list[Event]:
    """Events of many websites in three currencies, some websites of one size. Visitors see several.
    A third of the events are at the first or last moment of a bin. Some entries are reported again later, and
    delivered before their first report.
    """
    random = Random(websites)
    edges = _edges(affiliate)

    def time() -> int:
        _, now = random.choice(ZONES)
        recent = round(now.timestamp() * 1000) - random.randrange(DAY)
        return random.choice([random.choice(edges), recent, MILLISECONDS - random.randrange(250 * DAY)])

    def website() -> str:
        return f"{random.randrange(websites):02}.example"

    views: list[Event] = [
        PageView(
            time(), affiliate, website(), f"v{random.randrange(40)}", f"e{number}",
            path=f"/{random.randrange(9)}", country=random.choice(["", "NO"]), click=random.random() < 0.3,
            link=random.choice(LINKS),
        )
        for number in range(1400)
    ]  # fmt: skip
    entries = [
        Commission(
            time(), affiliate, website(), random.choice(["USD", "EUR", "JPY"]), f"o{number}", Entry.SALE, "1",
            random.choice([1, 1_000_000, -3_000_000]), random.choice([None, 5_000_000]), random.choice(LINKS),
            random.choice(["", "SAVE"]),
        )
        for number in range(500)
    ]  # fmt: skip
    again = [
        msgspec.structs.replace(entry, time=entry.time + random.randrange(30 * DAY)) for entry in entries[::4]
    ]
    reports = [*entries, *(report for report in again if report.time <= MILLISECONDS)]
    return [*views, *random.sample(reports, len(reports))]


def _edges(affiliate: str) -> list[int]:
    """Milliseconds of the first and last moments of bins."""
    found = set()
    for question, now in questions(affiliate):
        asked = parse_metric_query({name: [value] for name, value in question.items()}, now)
        for bin_ in asked.time_range.bins:
            found |= {round(bin_.start.timestamp() * 1000), round(bin_.end.timestamp() * 1000) - 1}
    return sorted(each for each in found if each <= MILLISECONDS)


def test_more_websites_than_series_give_the_same_figures(both: Both):
    """Each metric with each window, and each zone with some of them."""
    both.store(*crowd("busy", websites=70))
    every = 7  # which the number of KINDS is no multiple of
    asked = questions("busy", every)
    assert len({(question["metricType"], question["timeWindow"]) for question, _ in asked}) == len(KINDS)
    assert agree(both, "busy", every) > len(asked) * 9 // 10
    year = {"affiliateId": "busy", "timeWindow": "Last365Days", "interval": "Month"}
    for metric in Metric:
        assert len(both.agreed({**year, "metricType": metric})["totals"]) == MAX_SERIES
    for route, question, now in other_questions("busy")[::2]:
        both.agreed(question, now, route)


SETTINGS: Final = {
    "timezone": "America/St_Johns",  # half an hour beside the others
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "default_transaction_isolation": "read committed",
}
"""What the owner of a PostgreSQL may have set, other than in the server of the tests."""


def test_the_settings_of_a_postgres_change_no_figure(both: Both):
    with psycopg.connect(both.database.url(), autocommit=True) as admin:
        for name, value in SETTINGS.items():
            admin.execute(f"ALTER DATABASE {both.database.name} SET {name} = '{value}'".encode())
    with psycopg.connect(both.database.url("metrics")) as connection:
        ((found,),) = connection.execute("SHOW timezone").fetchall()
        assert found == SETTINGS["timezone"]
    both.store(*crowd("elsewhere", websites=5))
    assert agree(both, "elsewhere", every=31) > len(questions("elsewhere", every=31)) * 9 // 10
    for route, question, now in other_questions("elsewhere")[::3]:
        both.agreed(question, now, route)


# However it is delivered


def resent(affiliate: str, website: str, skew: timedelta) -> Callable[[timedelta], Document]:
    """A page view of a device whose clock is wrong by `skew`, as it is delivered so much later."""
    happened = NOW - timedelta(days=3)
    event = {
        **page(affiliate, website, "v", f"message of {skew}", happened),
        "originalTimestamp": format_time(happened),
    }
    for name in ("timestamp", "receivedAt"):
        del event[name]

    def sent(later: timedelta) -> Document:
        at = happened + timedelta(milliseconds=700) + later
        receipt = Receipt(at + skew + timedelta(milliseconds=300), "192.0.2.1")
        return to_delivered({**event, "sentAt": format_time(at)}, receipt, lambda: "none")

    return sent


def test_what_a_device_sends_again_later_counts_once(both: Both):
    skews = [timedelta(), timedelta(hours=5), -timedelta(minutes=50)]
    for number, later in enumerate((0, 3, 7_200, 86_400)):
        documents = [resent("again", "a.example", skew)(timedelta(seconds=later)) for skew in skews]
        assert same_outcome(both.deliver(f"events/web/{number}", to_body(documents)))
    agree(both, "again", every=41)
    question = {"affiliateId": "again", "metricType": "PageViews", "timeWindow": "Last7Days"}
    assert both.totals(question) == (3, 3)


def test_objects_that_are_written_at_the_same_time_count_once(both: Both):
    random = Random(1)
    documents = [
        page("parallel", f"{number % 7}.example", f"v{number % 11}", f"e{number}", moment(at))
        for number, at in enumerate(random.sample(range(MILLISECONDS - 7 * DAY, MILLISECONDS), 1200))
    ]
    documents += [
        order("parallel", moment(at), order_id=str(number), commission="2.50", website="a.example")
        for number, at in enumerate(random.sample(range(MILLISECONDS - 7 * DAY, MILLISECONDS), 300))
    ]
    bodies = [to_body(random.sample(documents, len(documents))) for _ in range(4)]

    def write(made: Callable[[], Timestream | Postgres], number: int) -> Delivered:
        with closing(made()) as engine:
            return deliver(engine, f"events/server/{number}", bodies[number])

    makers = (lambda: Timestream(app.session(), CONFIG), lambda: postgres(both.database, "ingest"))
    with ThreadPoolExecutor(8) as pool:
        under_way = [pool.submit(write, made, number) for made in makers for number in range(len(bodies))]
        delivered = [each.result() for each in under_way]
    assert sum(each.outcome.written for each in delivered[4:]) == len(documents)
    agree(both, "parallel", every=41)
    views = {"affiliateId": "parallel", "metricType": "PageViews", "timeWindow": "Last30Days"}
    assert both.totals(views) == (1200, 1200)
    assert both.totals({**views, "metricType": "Commissions"}) == (750, 750)


# Random documents

hosts = st.sampled_from(["a.example", "b.example", "münchen.example", "WWW.A.example"])
shops = st.sampled_from(["a.example", "O'Brien & Söhne", 'q"', "%s", "{x}", "\\"])
times = st.integers(MILLISECONDS - 380 * DAY, MILLISECONDS).map(moment)
links = st.sampled_from(["", "a", "%20b "])
clicked = st.just("") | links.map("?ref={{}}&sub={}".format)
pages = st.builds(
    lambda query, link, *given: _address(page("?", *given), query, link),
    clicked, links, hosts, st.sampled_from("vwxyz"), st.uuids().map(str), times,
)  # fmt: skip
orders = st.builds(
    order, st.just("?"), times, st.sampled_from(["Order Completed", "Order Refunded", "Order Cancelled"]),
    order_id=st.uuids().map(str), currency=st.sampled_from(["USD", "EUR", "JPY"]), website=shops,
    commission=st.sampled_from(["0.000001", "7.50", 12, "999999999"]), affiliate_link=links,
    revenue=st.sampled_from([None, 0, "12.5", "none"]), coupon=st.sampled_from(["", "SAVE"]),
)  # fmt: skip
payouts = st.builds(
    order, st.just("?"), times, st.just("Commission Paid"), order_id=st.just(""),
    payout_id=st.uuids().map(str), currency=st.sampled_from(["USD", "EUR"]),
    amount=st.sampled_from([1, "2.5"]),
)  # fmt: skip
numbers = count()


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[Document]]:
    """Objects with documents of one affiliate, in any order, many of them several times.

    An id has one time and one amount, whatever its event: what is otherwise is in test_differences.py.
    """
    once = draw(st.lists(pages, min_size=1, max_size=20)) + draw(st.lists(orders, max_size=12))
    once += draw(st.lists(payouts, max_size=3))
    again = draw(st.lists(st.sampled_from(once), max_size=12))
    mixed = draw(st.permutations(once + again))
    cut = draw(st.integers(0, len(mixed)))
    return [mixed[:cut], mixed[cut:], mixed[::2]]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(objects=deliveries(), asked=st.integers(0, len(questions("")) - 1))
def test_random_documents_give_the_same_figures(both: Both, objects: list[list[Document]], asked: int):
    number = next(numbers)
    affiliate = f"random {number}"
    for documents in objects:
        body = to_body(_of(affiliate, documents))
        assert same_outcome(both.deliver(f"events/server/{number}", body))
    step = len(questions("")) // 2
    assert [both.agreed(question, now) for question, now in questions(affiliate, step, asked % step)]
    others = other_questions(affiliate)
    for route, question, now in (others[asked % len(others)], others[-1]):
        both.agreed(question, now, route)


def _address(document: Document, query: str, link: str) -> Document:
    properties = document["properties"]
    more = {"url": properties["url"] + query, "affiliate_link": link}
    return {**document, "properties": {**properties, **more}}


def _of(affiliate: str, documents: Iterable[Document]) -> Iterable[Document]:
    for document in documents:
        properties = {**document["properties"], "affiliate_id": affiliate}
        if "url" in properties:
            properties["url"] = properties["url"].format(quote(affiliate))
        yield {**document, "properties": properties}
