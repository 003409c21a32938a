"""The affiliate portal on this machine: the page as it is, with settings and headers of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from devstack.appsync.graphiql import label
from devstack.appsync.tokens import User
from devstack.environment import PROJECT

FOLDER: Final = PROJECT / "portal"
REFRESH_SECONDS: Final = 2
"""One sends an event, and looks."""

Issue = Callable[[User], str]
"""An ID token for a user."""


def portal(
    graphql_url: str, users: Sequence[User], issue: Issue, refresh_seconds: float = REFRESH_SECONDS
) -> Starlette:
    """The portal for the API at `graphql_url`, where one signs in as any of `users`."""
    sign_in = {"kind": "chooser", "identitiesUrl": "identities.json"}
    settings = {"graphqlUrl": graphql_url, "refreshSeconds": refresh_seconds, "signIn": sign_in}

    async def identities(_request: Request) -> Response:
        return JSONResponse([{"name": label(user), "token": issue(user)} for user in users])

    return configured_portal(settings, [graphql_url], [Route("/identities.json", identities)])


def configured_portal(
    settings: Mapping[str, Any], reached: Sequence[str], routes: Sequence[Route] = ()
) -> Starlette:
    """The page with these `settings` for its config.json, which may talk to the addresses `reached`."""

    async def config(_request: Request) -> Response:
        return JSONResponse(settings)

    files = Mount("/", _Files({**_HEADERS, "Content-Security-Policy": content_policy(reached)}))
    return Starlette(routes=[Route("/config.json", config), *routes, files])


def content_policy(reached: Sequence[str]) -> str:
    """The Content-Security-Policy of a portal that talks to the addresses `reached`, and to its own."""
    return "; ".join((*_POLICY, " ".join(("connect-src 'self'", *reached))))


class _Files(StaticFiles):
    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(directory=FOLDER, html=True)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response


_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
