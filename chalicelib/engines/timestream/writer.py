"""Writes batches of records to Timestream: retries, rejections, and requests that are refused whole."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import msgspec
from botocore.config import Config as ClientConfig
from botocore.exceptions import ClientError
from msgspec.structs import replace

from chalicelib.engines.batches import Refusal
from chalicelib.engines.timestream.records import Record
from chalicelib.errors import WriteError
from chalicelib.outcomes import Rejected

if TYPE_CHECKING:  # the stubs are not shipped
    from botocore.session import Session
    from types_boto3_timestream_write import TimestreamWriteClient

BATCH = 100
"""Records in one WriteRecords, at most (Timestream's limit)."""

IN_FLIGHT = 32
"""Calls under way at once. Threads only hide the latency of the service. A batch takes some 2 ms of CPU, so
32 of them hide 50 ms of latency on one vCPU."""

CONFIG = ClientConfig(
    # Never `adaptive`: it slows the client down, where Timestream asks to keep sending until it has scaled.
    # A call whose every attempt times out ends within three minutes, waits included; the function has five.
    retries={"mode": "standard", "total_max_attempts": 6},
    connect_timeout=5,
    read_timeout=20,
    max_pool_connections=IN_FLIGHT,
    parameter_validation=False,  # the body is finished
    user_agent="affiliate-analytics",  # botocore would put its own together twice for every call
)
"""How long the client tries, and how many connections it keeps."""

_ALREADY_THERE = (
    "A higher version is required to update the measure value",
    "A higher record version must be specified in order to update the measure value",
)
_OUT_OF_RETENTION = "The record timestamp is outside the time range"
_BODY = "EncodedBody"


class Table(msgspec.Struct, frozen=True):
    """A table of a database, and what all of its records share (as in WriteRecords' CommonAttributes)."""

    database: str
    name: str
    common_attributes: dict[str, Any]


def write_client(session: "Session") -> "TimestreamWriteClient":
    """A client from `session`, with retries and connections to suit a Writer."""
    return cast("TimestreamWriteClient", session.create_client("timestream-write", config=CONFIG))


class Writer:
    """Writes batches. Threads may share it.

    It hands botocore the finished body of each request. botocore itself would go through every record twice,
    to check it and to serialize it, and that is most of what a call costs. Signing, retries, endpoint
    discovery and errors are still botocore's. The event that makes this possible is emitted for botocore's
    own use: a test makes sure that it works.
    """

    def __init__(self, client: "TimestreamWriteClient") -> None:
        self._client = client
        self._first = Lock()
        self._discovered = False
        events = client.meta.events
        events.register(
            "before-parameter-build.timestream-write.WriteRecords", _take_body, unique_id="take-body"
        )
        events.register("before-call.timestream-write.WriteRecords", _give_body, unique_id="give-body")

    def write(self, table: Table, records: Sequence[Record]) -> list[Refusal]:
        """Write up to 100 records. Returns the records that were not taken; Timestream has taken all others.

        Raises what botocore raises if Timestream takes nothing: throttling and failures that outlast the
        retries, a missing table, a missing permission. Raises WriteError if its answer does not say what
        became of every record.
        """
        refusals = []
        firsts: dict[tuple[object, ...], int] = {}
        for index, record in enumerate(records):
            if firsts.setdefault((record.time, record.dimensions), index) != index:
                # What Timestream does with one key twice in one request is not documented.
                refusals.append(Refusal(index, None, "the same record is in the batch twice"))
        kept = list(firsts.values())
        sent = self._write(table, [records[index] for index in kept])
        return refusals + [replace(refusal, index=kept[refusal.index]) for refusal in sent]

    def _write(self, table: Table, records: Sequence[Record]) -> list[Refusal]:
        try:
            answer = self._send(table, records)
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "RejectedRecordsException":
                    return _to_refusals({**error.response}.get("RejectedRecords"), len(records))
                case "ValidationException":
                    return self._write_halves(table, records, str(error))
                case _:
                    raise
        _check_ingested(answer, len(records))
        return []

    def _write_halves(self, table: Table, records: Sequence[Record], problem: str) -> list[Refusal]:
        """The records of a request that was refused whole, without saying for which of them."""
        if len(records) == 1:
            return [Refusal(0, Rejected.INVALID, problem)]
        half = len(records) // 2
        late = self._write(table, records[half:])
        return self._write(table, records[:half]) + [replace(late, index=late.index + half) for late in late]

    def _send(self, table: Table, records: Sequence[Record]) -> Mapping[str, Any]:
        body = msgspec.json.encode(
            {
                "DatabaseName": table.database,
                "TableName": table.name,
                "CommonAttributes": table.common_attributes,
                "Records": records,
            }
        )
        if self._discovered:
            return self._call(table, body)
        with self._first:  # botocore does not lock endpoint discovery: each thread would ask for it
            answer = self._call(table, body)
            self._discovered = True
        return answer

    def _call(self, table: Table, body: bytes) -> Mapping[str, Any]:
        parameters: Any = {_BODY: body}  # the names are for who listens to botocore's events
        try:
            return self._client.write_records(DatabaseName=table.database, TableName=table.name, **parameters)
        except (AttributeError, TypeError, UnicodeDecodeError) as error:  # botocore checks no answer's types
            raise WriteError("Timestream's answer is not of the form that WriteRecords has") from error


def _take_body(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_BODY] = params.pop(_BODY)


def _give_body(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = context[_BODY]


def _check_ingested(answer: Mapping[str, Any], sent: int) -> None:
    total = (answer.get("RecordsIngested") or {}).get("Total")  # a proxy's page has no such field
    if not isinstance(total, int) or total < sent:
        raise WriteError(f"Timestream was sent {sent} records, and says that it ingested {total!r:.40}")


def _to_refusals(rejected: object, sent: int) -> list[Refusal]:
    if not isinstance(rejected, list) or not rejected:
        raise WriteError("Timestream rejected records, and does not say which")
    refusals: dict[int, Refusal] = {}
    for one in rejected:
        index = (one or {}).get("RecordIndex")
        if not isinstance(index, int) or index not in range(sent):
            raise WriteError(f"Timestream rejected record {index!r:.40} of {sent}, which was not sent")
        refusals.setdefault(index, _to_refusal(index, one.get("Reason") or ""))
    return list(refusals.values())


def _to_refusal(index: int, detail: str) -> Refusal:
    if any(text in detail for text in _ALREADY_THERE):
        return Refusal(index, None, detail)
    outside = _OUT_OF_RETENTION in detail
    return Refusal(index, Rejected.OUT_OF_RETENTION if outside else Rejected.OTHER, detail)
