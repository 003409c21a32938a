"""Reads requests to RudderStack's gateway, and refuses them with the gateway's texts."""

import base64
import zlib
from collections.abc import Mapping
from enum import Enum
from typing import Any

from starlette.requests import Request

from devstack.rudderstack import gojson

MAX_REQUEST_BYTES = 4000 * 1024
"""RudderStack's `Gateway.maxReqSizeInKB`. It is also the limit for a gzipped request after decompression."""


class Refusal(Enum):
    """The answers to requests that the gateway refuses: status and text."""

    NO_WRITE_KEY = (401, "Failed to read writeKey from header")
    NO_WRITE_KEY_IN_QUERY = (401, "Failed to read writeKey from Query Params")
    INVALID_WRITE_KEY = (401, "Invalid Write Key")
    INVALID_GZIP = (400, "gzip: invalid header")
    INVALID_JSON = (400, "Invalid JSON")
    EMPTY_BATCH = (400, "Empty batch payload")
    NOT_AN_EVENT = (400, "Event is not a valid rudder event")
    NOBODY = (400, "Request neither has anonymousId nor userId")
    TOO_LARGE = (413, "Request size exceeds max limit")


class RefusedError(Exception):
    """The gateway refuses a request."""

    def __init__(self, refusal: Refusal) -> None:
        status, text = refusal.value
        super().__init__(text)
        self.status = status


def write_key(request: Request) -> str:
    """The write key: the user name of basic authentication."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        key, colon, _ = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except ValueError:  # not base64, or not UTF-8 in it
        key = colon = ""
    if scheme.lower() != "basic" or not key or not colon:
        raise RefusedError(Refusal.NO_WRITE_KEY)
    return key


async def read_body(request: Request) -> bytes:
    """The body of a request, decompressed if it is gzipped. Refuses it with TOO_LARGE above the limit."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_REQUEST_BYTES:
            raise RefusedError(Refusal.TOO_LARGE)
    if request.headers.get("content-encoding", "").lower() == "gzip":  # mobile SDKs send this
        return _gunzip(bytes(body))
    return bytes(body)


def decode_batch(body: bytes) -> list[Any]:
    """The events under `batch`. Refuses a batch without events."""
    envelope = decode(body)
    batch = envelope.get("batch") if isinstance(envelope, dict) else None
    events = batch if isinstance(batch, list) else [] if batch is None else [batch]
    if not events:
        raise RefusedError(Refusal.EMPTY_BATCH)
    return events


def decode(body: bytes) -> gojson.JSON:
    """The JSON value of a body."""
    try:
        return gojson.decode(body)
    except ValueError as error:
        raise RefusedError(Refusal.INVALID_JSON) from error


def encode(document: Mapping[str, Any]) -> bytes:
    """The bytes of a document."""
    try:
        return gojson.encode(document)
    except ValueError as error:  # a number such as 1e999 can be read (as infinity), but not written
        raise RefusedError(Refusal.INVALID_JSON) from error


def client_ip(request: Request) -> str:
    """The first address in X-Forwarded-For, else that of the client. IPv6 is in brackets, as in Go."""
    forwarded = request.headers.get("x-forwarded-for", "").split(",")[0].replace(" ", "")
    peer = request.client.host if request.client else ""
    return forwarded or (f"[{peer}]" if ":" in peer else peer)


def _gunzip(body: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(body, MAX_REQUEST_BYTES + 1)
    except zlib.error as error:
        raise RefusedError(Refusal.INVALID_GZIP) from error
    if len(plain) > MAX_REQUEST_BYTES:
        raise RefusedError(Refusal.TOO_LARGE)
    return plain
