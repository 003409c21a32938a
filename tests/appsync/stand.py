"""The local AppSync and API Gateway on real sockets, in front of a REST API with scripted answers."""

import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from chalicelib.errors import RequestError
from chalicelib.figures import Route, Row
from devstack.apigateway.gateway import RestApi, apigateway
from devstack.appsync.execution import OPERATION_SECONDS
from devstack.appsync.local import CREDENTIALS, ROUTES, STAGE, local_appsync
from devstack.appsync.tokens import TokenIssuer
from devstack.environment import REGION
from devstack.http.ports import listen
from devstack.http.serving import serving
from tests.answering import answers

NOW = datetime(2026, 11, 3, 12, 34, tzinfo=UTC)
ARTICLE = """
query Figures($metricType: MetricType!, $timeWindow: TimeWindow!) {
  getAnalyticsData(metricType: $metricType, timeWindow: $timeWindow) {
    dataset { series timestamp value }
  }
}
"""
VARIABLES = {"metricType": "PageViews", "timeWindow": "Last24Hours"}

Answer = Callable[[Request], Awaitable[Response]]


async def figures(request: Request) -> Response:
    """The app's answer if each affiliate has seven views this hour, on a website with their name.

    Other routes than `/metrics` do not know of them.
    """
    route = Route(request.url.path.removeprefix("/"))
    parameters = {name: request.query_params.getlist(name) for name in request.query_params}
    website = f"{request.query_params.get('affiliateId')}.example"
    rows = [Row(website, 7, datetime(2026, 11, 3, 12))] if route is Route.METRICS else []  # noqa: DTZ001
    try:
        body = answers(lambda _: rows).answer(route, parameters, NOW)
    except RequestError as error:
        return JSONResponse({"Code": "BadRequestError", "Message": str(error)}, 400)
    return Response(body, media_type="application/json")


@dataclass(slots=True)
class Rest:
    """The REST API behind API Gateway. A test sets `answer`."""

    answer: Answer = figures
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The path and the parameters of each request."""

    async def __call__(self, request: Request) -> Response:
        self.asked.append((request.url.path, dict(request.query_params)))
        return await self.answer(request)


@dataclass(frozen=True, slots=True)
class Stand:
    """The running local AppSync and the REST API behind it."""

    url: str
    gateway_url: str
    issuer: TokenIssuer
    rest: Rest
    client: httpx.Client

    def ask(self, query: str, variables: Mapping[str, Any], token: str | None) -> httpx.Response:
        """Send a POST as a client does. Returns the response."""
        headers = {} if token is None else {"Authorization": token}
        body = {"query": query, "variables": variables}
        return self.client.post("/graphql", json=body, headers=headers)


@contextmanager
def stand(
    folder: Path, *, seconds: float = OPERATION_SECONDS, gateway_url: str | None = None
) -> Iterator[Stand]:
    """A stand with its signing key in `folder`. `gateway_url` replaces its own API Gateway."""
    rest = Rest()
    with ExitStack() as opened:

        async def endpoint(request: Request) -> Response:
            return await rest(request)

        routes = [HttpRoute(path, endpoint, methods=[method]) for method, path in ROUTES]
        upstream = opened.enter_context(served(Starlette(routes=routes)))
        api = RestApi(upstream, STAGE, ROUTES, REGION, CREDENTIALS)
        gateway = opened.enter_context(served(apigateway(api)))
        local = local_appsync(gateway_url or gateway, folder / "key.pem", seconds=seconds)
        url = opened.enter_context(served(local.app))
        client = opened.enter_context(httpx.Client(base_url=url))
        yield Stand(url, gateway, local.issuer, rest, client)


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve `app` on a free port, and yield its URL."""
    listener = listen(0)
    # Accepted connections inherit this. Without it, answers on a reused connection are delayed by 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with serving(app, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
