"""RudderStack's HTTP API: it receives events and passes them on as documents."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from devstack.rudderstack.processor import Receipt, format_time, is_identifiable, to_delivered
from devstack.rudderstack.requests import (
    Refusal,
    RefusedError,
    client_ip,
    decode,
    decode_batch,
    encode,
    read_body,
    write_key,
)

EVENT_TYPES = ("page", "track", "identify", "screen", "group", "alias")


Destination = Callable[[str, bytes], None]
"""Takes the name of a source and a document of it. It is called in the order of arrival."""
Clock = Callable[[], datetime]
"""Returns the current time, with a time zone."""


def utc_now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def gateway(sources: Mapping[str, str], deliver: Destination, clock: Clock = utc_now) -> Starlette:
    """The HTTP API as an ASGI app. `sources` has the name of the source for each write key.

    Events are passed on at once. They are not stored, and duplicates are kept, which is the default of the
    open-source RudderStack.
    """
    api = _Api(sources, deliver, clock)
    return Starlette(
        routes=[
            *(Route(f"/v1/{kind}", api.one(kind), methods=["POST"]) for kind in EVENT_TYPES),
            Route("/v1/batch", api.batch, methods=["POST"]),
            Route("/beacon/v1/batch", api.beacon, methods=["POST"]),
            *(Route(f"/pixel/v1/{kind}", api.pixel(kind), methods=["GET"]) for kind in ("page", "track")),
            Route("/sourceConfig/", api.source_config, methods=["GET"]),
            Route("/health", _health, methods=["GET"]),
            Route("/", _health, methods=["GET"]),
        ],
        middleware=[_CORS],
        exception_handlers={RefusedError: _refused},
    )


class _Api:
    def __init__(self, sources: Mapping[str, str], deliver: Destination, clock: Clock) -> None:
        self._sources, self._deliver, self._clock = sources, deliver, clock

    def one(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            source = self._source(write_key(request))
            event = decode(await read_body(request))
            if not isinstance(event, dict):
                raise RefusedError(Refusal.NOT_AN_EVENT)
            return self._take(source, [{**event, "type": kind}], request)

        return endpoint

    async def batch(self, request: Request) -> Response:
        return self._take(self._source(write_key(request)), decode_batch(await read_body(request)), request)

    async def beacon(self, request: Request) -> Response:
        """Take a batch from a page that is being closed: `navigator.sendBeacon` cannot set a header."""
        key = request.query_params.get("writeKey", "")
        if not key:
            raise RefusedError(Refusal.NO_WRITE_KEY_IN_QUERY)
        return self._take(self._source(key), decode_batch(await read_body(request)), request)

    def pixel(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                source = self._source(request.query_params.get("writeKey", ""))
                event = _pixel_event(kind, dict(request.query_params), format_time(self._clock()))
                self._take(source, [event], request)
            except RefusedError as refused:
                return _gif({"X-Refused": str(refused)})  # an <img> can only show an image
            return _gif({})

        return endpoint

    async def source_config(self, request: Request) -> Response:
        """Answer as the control plane. The SDK also sends HEAD, to detect an ad blocker."""
        if request.method == "HEAD":
            return Response()
        key = request.query_params.get("writeKey", "")
        return JSONResponse(_source_config(self._source(key), key))

    def _source(self, key: str) -> str:
        if key not in self._sources:
            raise RefusedError(Refusal.INVALID_WRITE_KEY)
        return self._sources[key]

    def _take(self, source: str, events: list[Any], request: Request) -> Response:
        if not all(isinstance(event, dict) for event in events):
            raise RefusedError(Refusal.NOT_AN_EVENT)
        if not all(map(is_identifiable, events)):
            raise RefusedError(Refusal.NOBODY)
        receipt = Receipt(self._clock(), client_ip(request))
        # All events are encoded before the first one is delivered, so that no request is accepted in part.
        for document in [encode(to_delivered(event, receipt, lambda: str(uuid4()))) for event in events]:
            self._deliver(source, document)
        return PlainTextResponse("OK")


async def _health(_request: Request) -> Response:
    return JSONResponse(
        {"server": "UP", "acceptingEvents": "TRUE", "routingEvents": "TRUE", "mode": "NORMAL"}
    )


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, RefusedError) else 500
    return PlainTextResponse(f"{error}\n", status)  # Go's http.Error ends the line


def _gif(headers: dict[str, str]) -> Response:
    return Response(_GIF, media_type="image/gif", headers=headers)


def _pixel_event(kind: str, query: Mapping[str, str], now: str) -> dict[str, Any]:
    """The event in the query of an image's address. A dot in a name separates the steps of a path.

    `now` is the server's time. It stands in for the client's, which an address does not have.
    """
    event: dict[str, Any] = {
        "channel": "web",
        "integrations": {"All": True},
        "originalTimestamp": now,
        "sentAt": now,
    }
    for name, value in query.items():
        if name != "writeKey":
            _set(event, name.split("."), value)
    if kind == "page" and event.get("name") == "":
        event["name"] = "Unknown Page"
    return {**event, "anonymousId": str(event.get("anonymousId", "")).strip('"'), "type": kind}


def _set(event: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for parent in parents:
        child = event.setdefault(parent, {})
        if not isinstance(child, dict):
            return  # `a=1&a.b=2` names both a value and a part of it: the first one stays
        event = child
    event[last] = value


def _source_config(source: str, write_key: str) -> dict[str, Any]:
    """The answer of RudderStack's control plane to its JavaScript SDK: the source is enabled.

    It lists no destinations for the browser, and tells the SDK to report neither errors nor metrics.
    """
    return {
        "source": {
            "id": source,
            "name": source,
            "writeKey": write_key,
            "enabled": True,
            "workspaceId": "local",
            "destinations": [],
            "config": {
                "statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}},
            },
        },
    }


_GIF = bytes.fromhex("4749463839610100010080000000000000000021f90401000000002c00000000010001000002024401003b")
"""The smallest transparent image, 1 by 1."""
_CORS = Middleware(
    CORSMiddleware,
    allow_origin_regex=".*",
    allow_credentials=True,
    allow_methods=["GET", "POST", "HEAD"],
    allow_headers=["*"],
    max_age=900,
)
