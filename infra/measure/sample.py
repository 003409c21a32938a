"""The sample year as objects, as Firehose would deliver them."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from devstack.rudderstack import gojson
from devstack.rudderstack.processor import Receipt, format_time, to_delivered
from devstack.sample.feed import Batch, batches
from devstack.sample.year import Sent

FOLDER = "measure/"
"""In the folder of each source. A bucket with other objects is not one of this command's."""


@dataclass(frozen=True, slots=True)
class SampleObject:
    """An object to put into the bucket."""

    key: str
    body: bytes
    documents: int


def sample_objects(sent: Sequence[Sent], now: datetime, prefix: str) -> Iterator[SampleObject]:
    """The events that were sent until `now`, up to 1,000 in an object. `prefix` is the folder of events."""
    for number, batch in enumerate(batches(sent, now)):
        body = b"".join(_documents(batch, now))
        key = f"{prefix}{batch.source}/{FOLDER}{number:05}.gz"
        yield SampleObject(key, gzip.compress(body, mtime=0), len(batch.events))


def _documents(batch: Batch, now: datetime) -> Iterator[bytes]:
    receipt = Receipt(now, "192.0.2.1")
    for event in batch.events:
        stamped = {**event, "sentAt": format_time(now)}
        yield gojson.encode(to_delivered(stamped, receipt, lambda: ""))
