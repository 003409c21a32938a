"""Both engines, which get the same objects and the same questions."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import boto3

import app
from chalicelib.config import Config
from chalicelib.engines import Engine
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.timestream import Timestream
from chalicelib.events import Event
from chalicelib.figures import Route
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from chalicelib.outcomes import Fate, Origin, Outcome
from devstack.postgres.fixture import Database
from devstack.timestream import fixture
from devstack.timestream.tables import create_tables
from tests.answering import answers
from tests.deployment import TABLES, forget_tables
from tests.test_ingest_story import Bucket

NOW: Final = datetime(2026, 11, 3, 12, 34, tzinfo=UTC)
"""Two days after New York's day of 25 hours."""

CONFIG: Final = Config("events", max_age_days=3650)
Question = dict[str, str]


class Delivered(NamedTuple):
    """What an engine made of an object."""

    outcome: Outcome
    dead_letters: list[bytes]


class Two(NamedTuple):
    """What each engine answers with."""

    timestream: Any
    postgres: Any


@dataclass(frozen=True, slots=True)
class Both:
    """Both engines. PostgreSQL's two connections have the roles of the two functions."""

    timestream: Timestream
    ingest: Postgres
    metrics: Postgres
    database: Database

    def deliver(self, key: str, body: bytes, config: Config = CONFIG) -> Two:
        """Ingest an object into each: two of Delivered."""
        return Two(*(deliver(engine, key, body, config) for engine in (self.timestream, self.ingest)))

    def store(self, *events: Event) -> Two:
        """Store events in each, as those of one object: two lists of fates."""
        return Two(*(store(engine, events) for engine in (self.timestream, self.ingest)))

    def answer(self, question: Question, now: datetime = NOW, route: Route = Route.METRICS) -> Two:
        """The route's answers, in bytes."""
        parameters = {name: [value] for name, value in question.items()}
        return Two(
            *(
                answers(engine.rows, engine.dialect).answer(route, parameters, now)
                for engine in (self.timestream, self.metrics)
            )
        )

    def agreed(self, question: Question, now: datetime = NOW, route: Route = Route.METRICS) -> Any:
        """The answer, after it was compared byte for byte."""
        found = self.answer(question, now, route)
        assert found.timestream == found.postgres, (route, question, now)
        return json.loads(found.timestream)

    def totals(self, question: Question, now: datetime = NOW) -> Two:
        """The sum of all totals, in each."""
        bodies = [json.loads(body) for body in self.answer(question, now)]
        return Two(*(sum(total["value"] for total in body["totals"]) for body in bodies))


def deliver(engine: Engine, key: str, body: bytes, config: Config = CONFIG) -> Delivered:
    """Ingest an object into one engine."""
    bucket: Any = Bucket(body)
    outcome = ingest_object(ObjectVersion("events", key), s3=bucket, engine=engine, config=config)
    return Delivered(outcome, bucket.kept)


def store(engine: Engine, events: Iterable[Event]) -> list[Fate]:
    """Store events in one engine, as those of one object."""
    with engine.sink(ObjectVersion("events", "events/server/o")) as sink:
        fates = [fate for event in events for fate in sink.add(event, Origin(0, b"{}"))]
        return [*fates, *sink.finish()]


def postgres(database: Database, role: str) -> Postgres:
    """The engine as the function of this name has it."""
    return Postgres(Config("events", engine="postgres", postgres_url=database.url(role)))


@contextmanager
def opened(timestream: fixture.Timestream, database: Database) -> Iterator[Both]:
    """Both engines, with empty tables. The environment must lead to Timestream."""
    timestream.clock.set(NOW)
    with ExitStack() as stack:
        write: Any = stack.enter_context(closing(boto3.client("timestream-write")))
        # Wide, so that events of any recorded date are taken.
        create_tables(write, CONFIG.timestream_database, TABLES, memory_hours=8766, magnetic_days=3650)
        stack.callback(timestream.clock.unset)
        stack.callback(forget_tables, write)
        yield Both(
            stack.enter_context(closing(Timestream(app.session(), CONFIG))),
            stack.enter_context(closing(postgres(database, "ingest"))),
            stack.enter_context(closing(postgres(database, "metrics"))),
            database,
        )
