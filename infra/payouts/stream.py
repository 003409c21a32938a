"""The Firehose stream that payouts are put on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from infra.errors import InfraError

MOST: Final = 500
"""Records in a request: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""

WAITS: Final = (0.2, 1.0, 3.0)
"""Seconds before Firehose is asked again to take records that it refused."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream. `client` is Firehose's."""

    client: Any
    name: str
    wait: Callable[[float], None] = time.sleep

    def put(self, documents: Sequence[bytes]) -> None:
        """Put documents on the stream. Raises InfraError if it does not exist, or not take all."""
        for start in range(0, len(documents), MOST):
            self._put(documents[start : start + MOST])

    def _put(self, documents: Sequence[bytes]) -> None:
        reason = ""
        for seconds in (0, *WAITS):
            self.wait(seconds)
            documents, reason = self._refused(documents)
            if not documents:
                return
        raise InfraError(
            f"Firehose did not take {len(documents):,} payouts ({reason}). They are pending: run the same "
            "command again. Nothing counts twice."
        )

    def _refused(self, documents: Sequence[bytes]) -> tuple[list[bytes], str]:
        """Put documents. Returns those that Firehose did not take, and its reason for the last of them."""
        records = [{"Data": document} for document in documents]
        try:
            answer = self.client.put_record_batch(DeliveryStreamName=self.name, Records=records)
        except self.client.exceptions.ResourceNotFoundException as error:
            raise InfraError(f"There is no stream {self.name}: check the name, and the region.") from error
        results = zip(documents, answer["RequestResponses"], strict=True)
        refused = [(document, result["ErrorCode"]) for document, result in results if "ErrorCode" in result]
        return [document for document, _ in refused], refused[-1][1] if refused else ""
