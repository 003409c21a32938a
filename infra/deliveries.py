"""What can be replayed: stored objects, objects that have dead letters, and failures in the queue."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote_plus

from chalicelib.config import Config
from infra.errors import InfraError

_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A time range, `[since, until)`."""

    since: datetime = _FIRST
    until: datetime = _LAST

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class Delivery:
    """One invocation of `ingest` to make."""

    name: str
    """Unique: an object's key, or a message's id."""
    notification: Mapping[str, Any]
    receipt: str = ""
    """The receipt handle that deletes a message from the queue; empty for an object."""


def objects(s3: Any, bucket: str, prefix: str, span: Span) -> Iterator[dict[str, Any]]:
    """What S3 lists of each object under `prefix` that was stored in `span`, by key."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for stored in page.get("Contents", []):
            if stored["LastModified"] in span:
                yield stored


def stored_objects(s3: Any, config: Config, prefix: str, span: Span) -> Iterator[Delivery]:
    """Each object under `prefix` that was stored in `span`, by key."""
    for stored in objects(s3, config.events_bucket, prefix, span):
        yield _delivery(config, stored["Key"])


def dead_letter_sources(s3: Any, config: Config, prefix: str, span: Span) -> Iterator[Delivery]:
    """Each object under `prefix` whose dead letters were written in `span`, by key.

    Ingesting the object again replaces its dead letters, or deletes them if none are left.
    """
    for stored in objects(s3, config.events_bucket, config.dead_letter_prefix + prefix, span):
        if stored["Key"].endswith(_JSON_LINES):
            yield _delivery(config, source_key(stored["Key"], config))


def source_key(dead_letter_key: str, config: Config) -> str:
    """The key of the object whose dead letters are at this key: the reverse of `ingest.dead_letter_key`."""
    return dead_letter_key.removeprefix(config.dead_letter_prefix).removesuffix(_JSON_LINES)


def queued_failures(sqs: Any, queue_url: str) -> Iterator[Delivery]:
    """Each failure in the queue, once; hidden from other receivers for as long as an invocation may take.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    seen: set[str] = set()
    while messages := _receive(sqs, queue_url):
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            return  # every message that is left was tried in this run
        seen |= {message["MessageId"] for message in fresh}
        for message in fresh:
            yield _failed_delivery(message)


def queue_length(sqs: Any, queue_url: str) -> int:
    """The approximate number of failures in the queue. SQS gives no exact number."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


_JSON_LINES: Final = ".jsonl"

_HIDDEN: Final = 900
"""Seconds until a received failure can be received again: an invocation's 300, and its retries."""


def _delivery(config: Config, key: str) -> Delivery:
    """The notification that S3 would send for this object. S3 form-encodes keys."""
    stored = {"bucket": {"name": config.events_bucket}, "object": {"key": quote_plus(key, safe="/")}}
    return Delivery(key, {"Records": [{"eventName": "ObjectCreated:Put", "s3": stored}]})


def _failed_delivery(message: Mapping[str, Any]) -> Delivery:
    try:
        notification = json.loads(message["Body"])["requestPayload"]
    except (ValueError, TypeError, KeyError) as error:
        raise InfraError(
            f"The message {message['MessageId']} in the failure queue was not sent by Lambda: delete it."
        ) from error
    return Delivery(message["MessageId"], notification, message["ReceiptHandle"])


def _receive(sqs: Any, queue_url: str) -> list[dict[str, Any]]:
    answer = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN, WaitTimeSeconds=1
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages
