"""Sends the sample through the system, as a shop imports its history into RudderStack."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import httpx

from devstack.errors import DevstackError
from devstack.firehose.buffer import DeliveredObject
from devstack.rudderstack.gateway import utc_now
from devstack.rudderstack.processor import format_time
from devstack.rudderstack.requests import MAX_REQUEST_BYTES
from devstack.sample.damage import damaged_object, split
from devstack.sample.year import Event, Sent

EVENTS_PER_BATCH = 1000
RESEND_EVERY = 9
"""Each ninth batch is sent twice, as by an SDK that did not get the answer."""

RECENT = timedelta(days=6)
"""The greatest age of a page view from a browser: a day less than the setting MAX_AGE_DAYS."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The events of one request. They are from one source."""

    source: str
    events: tuple[Event, ...]

    def to_request(self, sent_at: datetime) -> bytes:
        """The body of `POST /v1/batch`, with the time of sending in each event."""
        stamped = [{**event, "sentAt": format_time(sent_at)} for event in self.events]
        return json.dumps({"batch": stamped}).encode()


@dataclass(frozen=True, slots=True)
class Destination:
    """The place that the sample is sent to."""

    url: str
    write_keys: dict[str, str]
    """Write keys by source."""
    prefix: str
    """The prefix of the keys of the web stream's objects."""
    stream: str
    deliver: Callable[[DeliveredObject], None]
    """Puts an object directly into the bucket, and notifies `ingest`."""
    flush: Callable[[], None]
    """Waits until all that was sent is ingested."""


def feed(
    sent: Sequence[Sent], to: Destination, advance: Callable[[int], None], is_stopped: Callable[[], bool]
) -> bool:
    """Send all events. Returns False if it was stopped before the end.

    After each request, `advance` is called with its number of events. Sending the sample again changes no
    figure, because each event has its id and its time. Raises DevstackError if RudderStack refuses a request.
    """
    ordinary, damaged = split(sent)
    with httpx.Client(base_url=to.url, timeout=60) as client:
        for number, batch in enumerate(batches(ordinary, utc_now())):
            for _ in range(2 if number % RESEND_EVERY == RESEND_EVERY - 1 else 1):
                _post(client, batch, to.write_keys[batch.source])
            to.flush()
            advance(len(batch.events))
            if is_stopped():
                return False
    if damaged:
        to.deliver(damaged_object(damaged, to.prefix, to.stream))
        to.flush()
        advance(len(damaged))
    return True


def batches(sent: Sequence[Sent], now: datetime) -> Iterator[Batch]:
    """The events of `sent` as requests. Each request has one source."""

    def source_of(one: Sent) -> str:
        return "server" if _is_history(one.event, now) else one.source

    for source, group in groupby(sorted(sent, key=source_of), key=source_of):
        events = [one.event for one in group]
        for start in range(0, len(events), EVENTS_PER_BATCH):
            yield Batch(source, tuple(events[start : start + EVENTS_PER_BATCH]))


def _is_history(event: Event, now: datetime) -> bool:
    """Whether a page view is so old that `ingest` counts it only from a server-side source."""
    return event["type"] == "page" and datetime.fromisoformat(event["timestamp"]) < now - RECENT


def _post(client: httpx.Client, batch: Batch, write_key: str) -> None:
    body = batch.to_request(utc_now())
    if len(body) > MAX_REQUEST_BYTES:
        raise DevstackError(
            f"A batch of the sample has {len(body):,} bytes, which is more than RudderStack accepts."
        )
    answer = client.post("/v1/batch", content=body, auth=(write_key, ""))
    if not answer.is_success:
        raise DevstackError(f"RudderStack refused the sample: {answer.status_code} {answer.text.strip()}.")
