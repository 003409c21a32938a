"""Firehose's API for programs that put records on a stream themselves: `PutRecordBatch`, in AWS JSON 1.1."""

from typing import Final
from uuid import uuid4

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.firehose.buffer import MAX_RECORD_BYTES, MIB
from devstack.firehose.streams import Firehose

OPERATION: Final = "Firehose_20150804.PutRecordBatch"
MAX_RECORDS: Final = 500
MAX_BYTES: Final = 4 * MIB
"""The limits of one request: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""


def firehose_api(firehose: Firehose) -> Starlette:
    """The API as an ASGI app. It takes all records of a request, or refuses the request."""

    async def answer(request: Request) -> Response:
        try:
            batch = _batch(request.headers.get("x-amz-target", ""), await request.body(), firehose)
        except _RefusedError as refused:
            return JSONResponse({"__type": refused.code, "message": str(refused)}, 400, media_type=_MEDIA)
        for record in batch.records:
            firehose.put_record(batch.stream, record.data)
        taken = [{"RecordId": uuid4().hex} for _ in batch.records]
        return JSONResponse({"FailedPutCount": 0, "RequestResponses": taken}, media_type=_MEDIA)

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


class _Record(msgspec.Struct, frozen=True):
    data: bytes = msgspec.field(name="Data")


class _Batch(msgspec.Struct, frozen=True):
    stream: str = msgspec.field(name="DeliveryStreamName")
    records: tuple[_Record, ...] = msgspec.field(name="Records")


class _RefusedError(Exception):
    """A request is refused: one of Firehose's codes, and a reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def _batch(target: str, body: bytes, firehose: Firehose) -> _Batch:
    if target != OPERATION:
        raise _RefusedError("UnknownOperationException", f"The local Firehose has only {OPERATION}.")
    try:
        batch = msgspec.json.decode(body, type=_Batch)
    except msgspec.DecodeError as error:
        raise _RefusedError("SerializationException", str(error)) from error
    if batch.stream not in firehose.streams:
        raise _RefusedError("ResourceNotFoundException", f"There is no stream {batch.stream}.")
    sizes = [len(record.data) for record in batch.records]
    if not 1 <= len(sizes) <= MAX_RECORDS:
        raise _RefusedError("ValidationException", f"A request has 1 to {MAX_RECORDS} records.")
    if max(sizes) > MAX_RECORD_BYTES or sum(sizes) > MAX_BYTES:
        raise _RefusedError("InvalidArgumentException", "A record or the request is too large.")
    return batch


_MEDIA: Final = "application/x-amz-json-1.1"
