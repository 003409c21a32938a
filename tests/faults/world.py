"""What the function talks to, Timestream and S3, and what is in them."""

import json
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from devstack.environment import REGION
from devstack.s3.notifications import StoredObject, to_notification
from devstack.s3.storage import s3_client
from devstack.timestream.faults import Faults
from devstack.timestream.fixture import SettableClock, Timestream
from devstack.timestream.server import Server
from devstack.timestream.tables import create_tables
from tests.faults.audit import Letters
from tests.faults.documents import NOW
from tests.faults.network import Network, running_loop
from tests.faults.schedule import DELAY, Schedule
from tests.faults.storage import FaultyStorage, serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_s3 import S3Client

DATABASE = "WebAnalyticsDb"
EVENT_IDS = {"PageViewsTable": "event_id", "CommissionsTable": "order_id"}
"""The tables, each with the dimension by which this harness knows its events."""

_DEAD_LETTERS = "dead-letters/"


@dataclass(frozen=True, slots=True)
class World:
    """The services of one schedule, from its making on with its objects and without faults."""

    timestream: Timestream
    storage: FaultyStorage
    s3: "S3Client"
    s3_url: str
    loop: AbstractEventLoop
    schedule: Schedule

    def network(self) -> Network:
        """What a new environment finds the services by."""
        return Network(self.loop, self.timestream.url, self.s3_url, f"token-{uuid4()}")

    @property
    def bucket(self) -> str:
        """The bucket of this schedule alone: moto's state is its process's."""
        return f"schedule-{self.schedule.seed}"

    def begin(self) -> None:
        """From now on things go wrong as scheduled."""
        self.timestream.faults.set({**self.schedule.timestream, **self.schedule.records})
        self.storage.reads, self.storage.writes = self.schedule.reads, self.schedule.writes

    def clear(self) -> None:
        """End the outage. What is wrong with a record is so for ever."""
        self.timestream.faults.set(self.schedule.records)
        self.storage.reads = self.storage.writes = {}

    def event(self, keys: "Sequence[str]") -> dict[str, Any]:
        """The notification of these objects' creation."""
        stored = [StoredObject(self.bucket, key, 1, "etag") for key in keys]
        each = [to_notification(one, NOW, REGION, number) for number, one in enumerate(stored)]
        return {"Records": [record for notification in each for record in notification["Records"]]}

    def counted(self) -> list[tuple[str, int]]:
        """Every event in Timestream, as often as it is there, with its value."""
        query = self.timestream.client("timestream-query")

        def rows(sql: str) -> list[list[str]]:
            pages = query.get_paginator("query").paginate(QueryString=sql)
            return [[datum["ScalarValue"] for datum in row["Data"]] for page in pages for row in page["Rows"]]

        found = []
        for table, event_id in EVENT_IDS.items():
            name = f'"{DATABASE}"."{table}"'
            if event_id in {column for column, *_ in rows(f"DESCRIBE {name}")}:  # else nothing was written
                found += rows(f"SELECT {event_id}, measure_value::bigint FROM {name}")
        return [(event, int(value)) for event, value in found]

    def letters(self) -> Letters:
        """The dead letters of each object."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=_DEAD_LETTERS)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return {
            key.removeprefix(_DEAD_LETTERS).removesuffix(".jsonl"): [
                json.loads(line) for line in self._body(key).splitlines()
            ]
            for key in keys
        }

    def _body(self, key: str) -> bytes:
        with closing(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]) as body:
            return body.read()

    def create(self) -> None:
        """Make tables and bucket, and put the objects in it."""
        write = self.timestream.client("timestream-write")
        create_tables(write, DATABASE, EVENT_IDS, memory_hours=24, magnetic_days=730)
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        for each in self.schedule.objects:
            self.s3.put_object(Bucket=self.bucket, Key=each.key, Body=each.body)

    def forget(self) -> None:
        """Empty moto's part of this process."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for found in page.get("Contents", []):
                self.s3.delete_object(Bucket=self.bucket, Key=found["Key"])
        self.s3.delete_bucket(Bucket=self.bucket)


@contextmanager
def world(schedule: Schedule) -> Iterator[World]:
    """The services of a schedule."""
    clock, faults = SettableClock(), Faults(seed=schedule.seed, delay=DELAY)
    clock.set(NOW)
    storage = FaultyStorage(schedule.seed, DELAY)
    with Server(clock=clock, faults=faults) as server, serving(storage) as s3_url, running_loop() as loop:
        timestream = Timestream(server.url, clock, faults)
        with closing(timestream), closing(s3_client(s3_url)) as s3:
            made = World(timestream, storage, s3, s3_url, loop, schedule)
            made.create()
            try:
                yield made
            finally:
                made.clear()
                made.forget()
