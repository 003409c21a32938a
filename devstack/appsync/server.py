"""AppSync over HTTP: the endpoint /graphql, and pages beside it."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.appsync.callers import Caller
from devstack.appsync.errors import refusal
from devstack.appsync.execution import Asked, Engine, MalformedError
from devstack.appsync.tokens import Claims, TokenRefusedError

Verify = Callable[[str], Claims]
"""Returns the claims of a token, or raises TokenRefusedError."""


def appsync(engine: Engine, verify: Verify, pages: Sequence[BaseRoute] = ()) -> Starlette:
    """The API as an ASGI app, with these `pages` next to it."""
    endpoint = _Endpoint(engine, verify)
    # The CORS middleware answers OPTIONS, before the endpoint is called.
    graphql = Route(
        "/graphql", endpoint.answer, methods=["GET", "POST", "OPTIONS"], middleware=[_CORS, _COMPRESSED]
    )
    return Starlette(routes=[graphql, *pages])


class _Endpoint:
    def __init__(self, engine: Engine, verify: Verify) -> None:
        self._engine, self._verify = engine, verify

    async def answer(self, request: Request) -> Response:
        try:
            caller = Caller(self._verify(_token(request)), _source_ip(request))
            answered = await self._engine.run(_asked(await _parameters(request), request, caller))
        except TokenRefusedError as refused:
            return _refused(401, "UnauthorizedException", str(refused))
        except MalformedError as malformed:
            return _refused(400, "MalformedHttpRequestException", str(malformed))
        body: dict[str, Any] = {"data": answered.data}
        if answered.errors:
            body["errors"] = answered.errors
        return _respond(200, body, answered.headers)


def _token(request: Request) -> str:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not given:
        raise TokenRefusedError("Valid authorization header not provided.")
    return given


def _source_ip(request: Request) -> tuple[str, ...]:
    return (request.client.host,) if request.client else ()


async def _parameters(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        query = dict(request.query_params)
        return {**query, "variables": _decode(query.get("variables") or "null")}
    body = await request.body()
    if not body.strip():
        raise MalformedError("Request body is empty.")
    decoded = _decode(body)
    if not isinstance(decoded, dict):
        raise MalformedError(_UNPARSABLE)
    return decoded


def _decode(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MalformedError(_UNPARSABLE) from error


def _asked(parameters: Mapping[str, Any], request: Request, caller: Caller) -> Asked:
    query, name = parameters.get("query"), parameters.get("operationName")
    variables = parameters.get("variables") or {}
    if not (isinstance(query, str) and isinstance(name, str | None) and isinstance(variables, dict)):
        raise MalformedError(_UNPARSABLE)
    return Asked(query, variables, name or None, caller, dict(request.headers))


def _refused(status: int, error_type: str, message: str) -> Response:
    return _respond(status, refusal(error_type, message), {"x-amzn-ErrorType": error_type})


def _respond(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    response = JSONResponse(body, status, {"x-amzn-RequestId": str(uuid.uuid4()), **headers})
    response.headers["Content-Type"] = "application/json;charset=UTF-8"
    return response


_UNPARSABLE: Final = "Unable to parse GraphQL query."
_CORS: Final = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "POST"],
    allow_headers=["*"],
    expose_headers=["x-amzn-RequestId", "x-amzn-ErrorType"],
)
_COMPRESSED: Final = Middleware(GZipMiddleware, minimum_size=500)
"""As AppSync compresses its answers for clients that accept it."""
