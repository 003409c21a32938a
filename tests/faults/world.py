"""The database and S3 as the function uses them, and their contents."""

import json
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devstack.environment import REGION
from devstack.s3.notifications import StoredObject, to_notification
from devstack.s3.storage import s3_client
from tests.faults.audit import Letters
from tests.faults.documents import NOW
from tests.faults.engine import Database
from tests.faults.network import Network, running_loop
from tests.faults.schedule import DELAY, Schedule
from tests.faults.storage import FaultyStorage, serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from types_boto3_s3 import S3Client

_DEAD_LETTERS = "dead-letters/"


@dataclass(frozen=True, slots=True)
class World:
    """The services of one schedule. They start with its objects, and without faults."""

    database: Database
    storage: FaultyStorage
    s3: "S3Client"
    s3_url: str
    loop: AbstractEventLoop
    schedule: Schedule

    def network(self) -> Network:
        """The network of a new environment."""
        return Network(self.loop, self.s3_url, self.database, self.bucket)

    @property
    def bucket(self) -> str:
        """This schedule's own bucket: all schedules of a process share moto's state."""
        return f"schedule-{self.schedule.seed}"

    def begin(self) -> None:
        """Start the faults of the schedule."""
        self.database.begin()
        self.storage.reads, self.storage.writes = self.schedule.reads, self.schedule.writes

    def clear(self) -> None:
        """End the faults, except those of records, which are permanent."""
        self.database.clear()
        self.storage.reads = self.storage.writes = {}

    def event(self, keys: "Sequence[str]") -> dict[str, Any]:
        """The notification that these objects were created."""
        return to_notification([StoredObject(self.bucket, key) for key in keys], NOW, REGION, 0)

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
        """Create the bucket, and put the objects into it."""
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
    storage = FaultyStorage(schedule.seed, DELAY)
    with (
        schedule.plan.start(schedule.seed) as database,
        serving(storage) as s3_url,
        running_loop() as loop,
        closing(s3_client(s3_url)) as s3,
    ):
        made = World(database, storage, s3, s3_url, loop, schedule)
        made.create()
        try:
            yield made
        finally:
            made.clear()
            made.forget()
