"""Both engines, which are given the same events and asked the same questions."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final

import boto3
import pytest

import app
from chalicelib.config import Config
from chalicelib.engines import Engine
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.timestream import Timestream
from chalicelib.events import Event
from chalicelib.figures import Metric
from chalicelib.figures.timerange import TimeWindow, allowed_intervals
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from chalicelib.outcomes import Fate, Origin, Outcome
from devstack.postgres.fixture import Database
from devstack.timestream import fixture
from devstack.timestream.tables import create_tables
from tests.answering import answers
from tests.deployment import TABLES, forget_tables
from tests.test_ingest_story import Bucket

ZONES: Final = (
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "CET",
)
QUESTIONS: Final = [
    {"metricType": metric, "timeWindow": window, "interval": interval, "timeZone": zone}
    for metric, window, zone in product(Metric, TimeWindow, ZONES)
    for interval in allowed_intervals(window)
]
"""Every metric, window and interval, in six zones."""

CONFIG: Final = Config("events")
_ORIGIN = Origin(0, b"")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the engines made of an object."""

    outcome: Outcome
    dead_letters: list[bytes]


@dataclass(frozen=True, slots=True)
class Both:
    """Both engines, by name. Each of PostgreSQL's two connections has its function's role."""

    writers: dict[str, Engine]
    readers: dict[str, Engine]

    def deliver(self, key: str, body: bytes, config: Config = CONFIG) -> dict[str, Kept]:
        """Ingest an object into both."""
        return {name: _delivered(engine, key, body, config) for name, engine in self.writers.items()}

    def store(self, events: Iterable[Event]) -> dict[str, list[Fate]]:
        """Store events in both, as of one object."""
        kept = list(events)
        return {name: stored(engine, kept) for name, engine in self.writers.items()}

    def answers(self, question: dict[str, str], affiliate: str, now: datetime) -> dict[str, str]:
        """What the route answers on each engine."""
        parameters = {name: [value] for name, value in {**question, "affiliateId": affiliate}.items()}
        return {
            name: answers(engine.rows, engine.dialect).answer(parameters, now).decode()
            for name, engine in self.readers.items()
        }

    def agree(self, affiliate: str, now: datetime, questions: Sequence[dict[str, str]] = QUESTIONS) -> int:
        """Assert that all answers are equal, byte for byte. Returns how many have data."""
        with_data = 0
        for question in questions:
            timestream, postgres = self.answers(question, affiliate, now).values()
            assert timestream == postgres, question
            with_data += '"totals":[]' not in timestream
        return with_data


def stored(engine: Engine, events: Iterable[Event]) -> list[Fate]:
    """The fates of events that are stored as those of one object."""
    fates: list[Fate] = []
    with engine.sink(ObjectVersion("events", "events/server/1")) as sink:
        for event in events:
            fates += sink.add(event, _ORIGIN)
        fates += sink.finish()
    return fates


@contextmanager
def both(
    timestream: fixture.Timestream, database: Database, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> Iterator[Both]:
    """Both engines without events, at `now`."""
    for name, value in timestream.environment.items():
        monkeypatch.setenv(name, value)
    timestream.clock.set(now)
    with ExitStack() as opened:
        write: Any = opened.enter_context(closing(boto3.client("timestream-write")))
        create_tables(write, CONFIG.timestream_database, TABLES, memory_hours=8766, magnetic_days=3650)
        opened.callback(timestream.clock.unset)
        opened.callback(forget_tables, write)
        one = opened.enter_context(closing(Timestream(app.session(), CONFIG)))
        roles = {
            role: opened.enter_context(closing(postgres(database, role))) for role in ("ingest", "metrics")
        }
        yield Both(
            writers={"timestream": one, "postgres": roles["ingest"]},
            readers={"timestream": one, "postgres": roles["metrics"]},
        )


def postgres(database: Database, role: str) -> Postgres:
    """The engine of a function."""
    config = Config("events", engine="postgres", postgres_url=database.url(role))
    return Postgres(app.session(), config)


def _delivered(engine: Engine, key: str, body: bytes, config: Config) -> Kept:
    bucket: Any = Bucket(body)
    outcome = ingest_object(ObjectVersion("events", key), s3=bucket, engine=engine, config=config)
    return Kept(outcome, bucket.kept)
