"""The same objects through both engines: the same answers, byte for byte, however they are delivered."""

import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.config import Config
from chalicelib.events import Commission, Entry, Event, PageView
from chalicelib.outcomes import Rejected
from devstack.postgres.fixture import Database
from devstack.rudderstack.processor import Receipt, to_delivered
from devstack.sample.world import AFFILIATES
from devstack.sample.year import Sent, sample_year
from devstack.timestream.fixture import Timestream
from tests.both.engines import QUESTIONS, Both, both, postgres, stored
from tests.deployment import WIRE

NOW = datetime(2026, 11, 3, 12, 34, tzinfo=UTC)  # two days after New York's day of 25 hours
MILLISECONDS = round(NOW.timestamp() * 1000)
DAY = 86_400_000


@pytest.fixture
def engines(
    empty_timestream: Timestream, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Both]:
    with both(empty_timestream, database, monkeypatch, NOW) as opened:
        yield opened


# What really comes


RECORDED = sorted((WIRE / "events").iterdir()) + sorted((WIRE / "objects").iterdir())
RECORDED_AT = datetime(2023, 11, 6, 10, 40, tzinfo=UTC)


def test_every_recorded_event_and_object_gives_the_same_figures(
    empty_timestream: Timestream, database: Database, monkeypatch: pytest.MonkeyPatch
):
    with both(empty_timestream, database, monkeypatch, RECORDED_AT) as engines:
        for path in RECORDED:
            for folder in ("web", "server"):
                kept = engines.deliver(f"events/{folder}/{path.name}", path.read_bytes())
                assert kept["timestream"].dead_letters == kept["postgres"].dead_letters
                assert uncounted(kept["timestream"].outcome) == uncounted(kept["postgres"].outcome)
        for number, affiliate in enumerate(("alice", "bob", "✓b c")):
            assert engines.agree(affiliate, RECORDED_AT, QUESTIONS[number::5])


def uncounted(outcome: Any) -> Any:
    """An outcome in which duplicates count as written: Timestream does not tell them apart."""
    found = msgspec.to_builtins(outcome)
    return {**found, "written": found["written"] + found["duplicates"], "duplicates": 0}


def test_a_year_of_the_sample_gives_the_same_figures(engines: Both):
    rules = Config("events", max_age_days=400)
    sent = sample_year(NOW, sessions_per_day=4)
    for seconds in (1, 1, 100):  # delivered, delivered again, and sent again
        for source, body in delivered(sent, timedelta(seconds=seconds)).items():
            kept = engines.deliver(f"events/{source}/{seconds}", body, rules)
            assert uncounted(kept["timestream"].outcome) == uncounted(kept["postgres"].outcome)
    assert kept["postgres"].outcome.written == 0
    for number, affiliate in enumerate(AFFILIATES):
        assert engines.agree(affiliate.id, NOW, QUESTIONS[number :: len(AFFILIATES)])


def delivered(sent: list[Sent], after: timedelta) -> dict[str, bytes]:
    """What Firehose stores of events that RudderStack receives some time after each happened, by source."""
    bodies: defaultdict[str, list[bytes]] = defaultdict(list)
    for one in sent:
        received = datetime.fromisoformat(one.event["timestamp"]) + after
        event = to_delivered(one.event, Receipt(received, "192.0.2.1"), lambda: str(uuid4()))
        bodies[one.source].append(json.dumps(event).encode())
    return {source: b"\n".join(each) for source, each in bodies.items()}


# Random events

names = st.sampled_from(["a.example", "b.example", "(none)", "é.example", "a'b", 'q"', "%s", "{x}"])
times = st.integers(min_value=MILLISECONDS - 400 * DAY, max_value=MILLISECONDS)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events of one affiliate, some of them again. One id has one time and, of an entry, one amount: what is
    otherwise is among the differences below.
    """
    views = draw(
        st.lists(
            st.builds(
                PageView, times, st.just(""), names, st.sampled_from("vwxyz"), st.uuids().map(str),
                path=st.sampled_from(["", "/x"]),
            ),
            max_size=25,
        )
    )  # fmt: skip
    entries = draw(
        st.lists(
            st.builds(
                Commission, times, st.just(""), names, st.sampled_from(["USD", "EUR", "JPY"]),
                st.sampled_from("123"), st.sampled_from(Entry), st.uuids().map(str),
                st.sampled_from([1, -1, 7_500_000, 999_999_999_000_000]),
            ),
            max_size=15,
        )
    )  # fmt: skip
    once: list[Event] = [*views, *entries]
    again = draw(st.lists(st.sampled_from(once), max_size=10)) if once else []
    return draw(st.permutations(once + again))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=histories(),
    questions=st.lists(st.sampled_from(QUESTIONS), min_size=3, max_size=3, unique_by=str),
    cut=st.integers(0, 60),
)
def test_random_events_in_any_order_give_the_same_figures(
    engines: Both, history: list[Event], questions: list[dict[str, str]], cut: int
):
    affiliate = f"random-{next(numbers)}"
    events = [msgspec.structs.replace(event, affiliate_id=affiliate) for event in history]
    for part in (events[:cut], events[cut:], events[::2]):
        engines.store(part)
    engines.agree(affiliate, NOW, questions)


numbers = count()


def test_events_that_are_written_in_parallel_count_once(engines: Both, database: Database):
    events = busy_events(websites=9, views=300)
    engines.store(events)
    orders = [Random(seed).sample(events, len(events)) for seed in range(6)]

    def write(order: list[Event]) -> None:
        with closing(postgres(database, "ingest")) as engine:
            stored(engine, order)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, orders))
    assert engines.agree("busy", NOW, QUESTIONS[::5])


def test_websites_beyond_the_largest_give_the_same_figures(engines: Both):
    engines.store(busy_events(websites=70, views=900))
    questions = QUESTIONS[::4]
    assert engines.agree("busy", NOW, questions) == len(questions)


def busy_events(websites: int, views: int) -> list[Event]:
    """Events of many websites, some of them of one size. Visitors see several of them."""
    random = Random(views)

    def time() -> int:
        return MILLISECONDS - random.randrange(random.choice([DAY, 7 * DAY, 30 * DAY, 360 * DAY]))

    seen = [
        PageView(
            time(), "busy", f"{random.randrange(websites):02}.example", f"v{random.randrange(40)}", f"e{n}"
        )
        for n in range(views)
    ]
    sold = [
        Commission(
            time(), "busy", f"{random.randrange(websites):02}.example", random.choice(["USD", "EUR", "JPY"]),
            f"o{n}", Entry.SALE, "1", random.choice([1, 1_000_000, -3_000_000]),
        )
        for n in range(views // 3)
    ]  # fmt: skip
    return [*seen, *sold]


# The differences that are meant: docs/architecture.md has the same table

VIEW = PageView(MILLISECONDS - 3 * DAY, "d", "a.example", "v", "1")
SALE = Commission(MILLISECONDS - 2 * DAY, "d", "a.example", "USD", "1", Entry.SALE, "1", 2_000_000)
later = msgspec.structs.replace

DIFFERENCES: dict[str, tuple[list[Event], str, str, float, float]] = {
    # What is delivered, one after another; what is asked; the totals in Timestream and in PostgreSQL.
    "a page view with another time": (
        [VIEW, later(VIEW, time=VIEW.time + DAY)],
        "PageViews",
        "Last7Days",
        2,
        1,
    ),
    "an entry reported again after more than 31 days": (
        [later(SALE, time=SALE.time - 40 * DAY), SALE],
        "Commissions",
        "Last7Days",
        2,
        0,
    ),
    "an entry with two amounts at one time": (
        [SALE, later(SALE, micros=1_000_000)],
        "Commissions",
        "Last7Days",
        2,
        1,
    ),
    "a text with NUL": ([later(VIEW, path="/\0")], "PageViews", "Last7Days", 1, 0),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_the_engines_differ_where_the_documentation_says_so(engines: Both, name: str):
    events, metric, window, timestream, postgres = DIFFERENCES[name]
    for event in events:
        engines.store([event])
    question = {"metricType": metric, "timeWindow": window}
    found = {
        engine: sum(total["value"] for total in json.loads(answer)["totals"])
        for engine, answer in engines.answers(question, "d", NOW).items()
    }
    assert found == {"timestream": timestream, "postgres": postgres}


def test_only_timestream_has_a_retention(engines: Both):
    old = later(VIEW, time=MILLISECONDS - 20 * 365 * DAY)
    found = {name: [fate.status for fate in fates] for name, fates in engines.store([old]).items()}
    assert found == {"timestream": [Rejected.OUT_OF_RETENTION], "postgres": ["written"]}


def test_only_postgres_tells_duplicates_of_what_is_written(engines: Both):
    engines.store([VIEW])
    found = {name: [fate.status for fate in fates] for name, fates in engines.store([VIEW]).items()}
    assert found == {"timestream": ["written"], "postgres": ["duplicate"]}
