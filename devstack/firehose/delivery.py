"""Delivery of Firehose's objects: into the bucket, and then a notification to `ingest`."""

import itertools
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from devstack.environment import REGION
from devstack.firehose.buffer import DeliveredObject, RecordTooLargeError
from devstack.firehose.streams import Firehose
from devstack.s3.notifications import to_notification
from devstack.s3.storage import Storage

log = logging.getLogger("devstack.deliveries")


class Delivery:
    """Puts objects into the bucket, and submits S3's notification of each to the function."""

    def __init__(self, storage: Storage, submit: Callable[[dict[str, Any]], None], failures: Path) -> None:
        self._storage, self._submit, self._failures = storage, submit, failures
        self._sequence = itertools.count(1)
        self.failed = 0
        """The number of objects that S3 refused."""

    def __call__(self, delivered: DeliveredObject) -> None:
        """Deliver an object. If S3 refuses it, it is kept in the folder of failures."""
        try:
            stored = self._storage.put(delivered.key, delivered.body)
        except (BotoCoreError, ClientError) as error:
            self._keep(delivered, error)
            return
        now = datetime.now(UTC)
        self._submit(to_notification([stored], now, REGION, next(self._sequence)))

    def _keep(self, delivered: DeliveredObject, error: Exception) -> None:
        self.failed += 1
        self._failures.mkdir(parents=True, exist_ok=True)
        path = self._failures / delivered.key.rpartition("/")[2]
        path.write_bytes(delivered.body)
        log.error(
            "%s  S3 refused it (%s): %d documents kept in %s", delivered.key, error, delivered.documents, path
        )


def to_stream(firehose: Firehose) -> Callable[[str, bytes], None]:
    """RudderStack's Firehose destination: each document becomes a record in the stream of its source."""

    def put(source: str, document: bytes) -> None:
        try:
            firehose.put_record(source, document)
        except RecordTooLargeError as error:
            # RudderStack drops it too: it does not try again after a 400, and the sender already has its OK.
            log.error("%s  an event was dropped: %s", source, error)

    return put
