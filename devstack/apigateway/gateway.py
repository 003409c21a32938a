"""A local API Gateway. It adds what `chalice local` does not have: a stage, and checks of signatures."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
from botocore.credentials import Credentials
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.apigateway.sigv4 import HttpRequest, Scope, SignatureRefusedError, verify

INTEGRATION_SECONDS: Final = 29
"""API Gateway's default integration timeout."""


@dataclass(frozen=True, slots=True)
class RestApi:
    """The API that Chalice deploys, as a caller sees it."""

    upstream: str
    """The URL of `chalice local`, without the stage."""
    stage: str
    routes: Collection[tuple[str, str]]
    """Each with its method and path, such as `("GET", "/metrics")`."""
    region: str
    credentials: Credentials
    """The only caller that is allowed to invoke the API."""


def apigateway(
    api: RestApi,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    seconds: float = INTEGRATION_SECONDS,
) -> Starlette:
    """`api` as an ASGI app, for requests with a valid signature.

    A request fails if `chalice local` does not answer within `seconds`.
    """
    endpoint = _Endpoint(api, clock, seconds)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/{path:path}", endpoint.answer, methods=methods)])


class _Endpoint:
    def __init__(self, api: RestApi, clock: Callable[[], datetime], seconds: float) -> None:
        self._api, self._clock = api, clock
        self._timeout = httpx.Timeout(seconds).as_dict()
        # Connections are not reused: on a reused one, `chalice local` sends an answer in two packets, and the
        # second one is delayed by 40 ms (Nagle's algorithm).
        self._transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def answer(self, request: Request) -> Response:
        stage, path = f"/{self._api.stage}", request.scope["raw_path"].decode()
        route = (request.method, path.removeprefix(stage))
        # API Gateway gives the same answer for a route that does not exist as for a caller without a token.
        if not path.startswith(stage) or route not in self._api.routes:
            return _refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        try:
            self._verify(request, await request.body())
        except SignatureRefusedError as refused:
            return _refusal(refused.error_type, str(refused))
        return await self._integrate(request, route[1], await request.body())

    def _verify(self, request: Request, body: bytes) -> None:
        received = HttpRequest(request.method, str(request.url), request.headers, body)
        scope = Scope(self._api.region, "execute-api")
        verify(received, self._api.credentials, scope, self._clock())

    async def _integrate(self, request: Request, path: str, body: bytes) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        forwarded = httpx.Request(
            request.method,
            f"{self._api.upstream}{path}{query}",
            headers=[(name, value) for name, value in request.headers.items() if name not in _KEPT_BACK],
            content=body,
            extensions={"timeout": self._timeout},
        )
        try:
            answer = await self._transport.handle_async_request(forwarded)
            content = await answer.aread()
        except httpx.TimeoutException:
            return JSONResponse({"message": "Endpoint request timed out"}, 504)
        except httpx.TransportError:
            return JSONResponse({"message": "Internal server error"}, 502)
        kind = answer.headers.get("Content-Type", "application/json")
        return Response(content, answer.status_code, media_type=kind)


def _refusal(error_type: str, message: str) -> Response:
    return JSONResponse({"message": message}, 403, {"x-amzn-ErrorType": error_type})


_KEPT_BACK: Final = frozenset(
    {"authorization", "connection", "content-length", "host", "transfer-encoding", "x-amz-date"}
)
