"""Timestream and S3 as the function uses them, and their contents."""

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
"""Each table, with the dimension that identifies its events here."""

_DEAD_LETTERS = "dead-letters/"


@dataclass(frozen=True, slots=True)
class World:
    """The services of one schedule. They start with its objects, and without faults."""

    timestream: Timestream
    storage: FaultyStorage
    s3: "S3Client"
    s3_url: str
    loop: AbstractEventLoop
    schedule: Schedule

    def network(self) -> Network:
        """The network of a new environment."""
        return Network(self.loop, self.timestream.url, self.s3_url, f"token-{uuid4()}")

    @property
    def bucket(self) -> str:
        """This schedule's own bucket: all schedules of a process share moto's state."""
        return f"schedule-{self.schedule.seed}"

    def begin(self) -> None:
        """Start the faults of the schedule."""
        self.timestream.faults.set({**self.schedule.timestream, **self.schedule.records})
        self.storage.reads, self.storage.writes = self.schedule.reads, self.schedule.writes

    def clear(self) -> None:
        """End the faults, except those of records, which are permanent."""
        self.timestream.faults.set(self.schedule.records)
        self.storage.reads = self.storage.writes = {}

    def event(self, keys: "Sequence[str]") -> dict[str, Any]:
        """The notification that these objects were created."""
        return to_notification([StoredObject(self.bucket, key) for key in keys], NOW, REGION, 0)

    def counted(self) -> list[tuple[str, int]]:
        """The event id and value of every record in Timestream."""
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
        """The dead letters of each object, by its key."""
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
        """Create the tables and the bucket, and put the objects into it."""
        write = self.timestream.client("timestream-write")
        create_tables(write, DATABASE, EVENT_IDS, memory_hours=24, magnetic_days=730)
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        for each in self.schedule.objects:
            self.s3.put_object(Bucket=self.bucket, Key=each.key, Body=each.body)

    def forget(self) -> None:
        """Delete the bucket from moto, which keeps its state for the whole process."""
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
