"""AWS JSON 1.0: a target and a body come in, a status and a body go out."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import msgspec

from devstack.timestream.errors import InternalServerError, TimestreamError
from devstack.timestream.validation import SerializationError, operations, validate

PREFIX: Final = "Timestream_20181101."

log = logging.getLogger(__name__)


class UnknownOperationError(TimestreamError):
    """Timestream does not have the operation, or the local Timestream does not."""

    code: ClassVar[str] = "UnknownOperationException"
    status: ClassVar[int] = 400


class RefusedError(TimestreamError):
    """The request does not come from this machine. Timestream itself has no such error."""

    code: ClassVar[str] = "AccessDeniedException"
    status: ClassVar[int] = 403


class UnsignedError(TimestreamError):
    """The request has no signature."""

    code: ClassVar[str] = "MissingAuthenticationTokenException"
    status: ClassVar[int] = 403


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request: the region it signed for, the address it used, and its SDK."""

    region: str
    host: str
    agent: str


@dataclass(frozen=True, slots=True)
class Response:
    """A status, and a body of JSON."""

    status: int
    body: bytes


Operation = Callable[[dict[str, Any], Caller], dict[str, Any]]


def respond(table: Mapping[str, Operation], target: str, body: bytes, caller: Caller) -> Response:
    """Run the operation that X-Amz-Target names. Never raises: every error is a response."""
    try:
        answer = _operation(table, target)(_request(target, body), caller)
    except TimestreamError as error:
        return error_response(error)
    except Exception:
        log.exception("%s", target)
        return error_response(InternalServerError("The local Timestream failed: its log says why."))
    return Response(200, msgspec.json.encode(answer))


def error_response(error: TimestreamError) -> Response:
    """The response for an error, in the service's format."""
    namespace = _NAMESPACES.get(error.code, "com.amazonaws.timestream.v20181101#")
    body = {"__type": f"{namespace}{error.code}", "message": error.message, **error.fields}
    return Response(error.status, msgspec.json.encode(body))


def describe_endpoints(_request: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """The address that the caller used, in the form its SDK reads.

    boto3 puts https before an address without a scheme. The SDK for JavaScript takes the address for a host
    name, and keeps the scheme and the port it has.
    """
    is_javascript = caller.agent.startswith("aws-sdk-js/")
    address = caller.host.rsplit(":", 1)[0] if is_javascript else f"http://{caller.host}"
    return {"Endpoints": [{"Address": address, "CachePeriodInMinutes": 1440}]}


def _operation(table: Mapping[str, Operation], target: str) -> Operation:
    name = target.removeprefix(PREFIX)
    if name in table and target.startswith(PREFIX):
        return table[name]
    if name in operations() and target.startswith(PREFIX):
        raise UnknownOperationError(
            f"{name} is an operation of Timestream that the local Timestream does not have."
        )
    raise UnknownOperationError(
        f"Not an operation of Timestream: {target or 'the X-Amz-Target header is missing'}"
    )


def _request(target: str, body: bytes) -> dict[str, Any]:
    try:
        request = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError as error:
        raise SerializationError(f"The body is not JSON: {error}") from None
    validate(target.removeprefix(PREFIX), request)
    given: dict[str, Any] = request
    return given


_NAMESPACES: Final = {
    "ValidationException": "com.amazon.coral.validate#",
    "SerializationException": "com.amazon.coral.service#",
    "UnknownOperationException": "com.amazon.coral.service#",
    "MissingAuthenticationTokenException": "com.amazon.coral.service#",
}
