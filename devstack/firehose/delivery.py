"""From Firehose's hands into the bucket, and from there to `ingest`."""

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
    """Puts objects into the bucket and submits S3's notification of each."""

    def __init__(self, storage: Storage, submit: Callable[[dict[str, Any]], None], failures: Path) -> None:
        self._storage, self._submit, self._failures = storage, submit, failures
        self._sequence = itertools.count(1)
        self.failed = 0
        """Objects that S3 did not take."""

    def __call__(self, delivered: DeliveredObject) -> None:
        """Deliver one object; one that S3 refuses is kept among the failures."""
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
    """RudderStack's Firehose destination: one record for each document, into its source's stream."""

    def put(source: str, document: bytes) -> None:
        try:
            firehose.put_record(source, document)
        except RecordTooLargeError as error:
            # So does RudderStack: Firehose's 400 is final, and the sender has long been told OK.
            log.error("%s  an event was dropped: %s", source, error)

    return put
