"""The affiliate portal on this machine: the deployed page, with local settings and headers."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from devstack.appsync.tokens import User
from devstack.environment import PROJECT
from devstack.sample.world import WEBSITES

FOLDER: Final = PROJECT / "portal"
REFRESH_SECONDS: Final = 2
"""Short, because developers send an event and want to see it counted."""

Issue = Callable[[User], str]
"""Returns an ID token for a user."""


def portal(
    graphql_url: str,
    users: Sequence[User],
    issue: Issue,
    refresh_seconds: float = REFRESH_SECONDS,
    folder: Path = FOLDER,
    site_url: str = "",
) -> Starlette:
    """The portal for the API at `graphql_url`, with the files in `folder`.

    Its visitor chooses one of `users` to sign in as. It builds links to the demo site at `site_url`, if there
    is one, and to the websites of the sample.
    """
    settings = {
        "graphqlUrl": graphql_url,
        "refreshSeconds": refresh_seconds,
        "signIn": {"kind": "chooser", "identitiesUrl": "identities.json"},
        "sites": _sites(site_url),
        "linkParameters": {"affiliate": "ref", "link": "sub"},
    }

    async def identities(_request: Request) -> Response:
        return JSONResponse([_identity(user, issue) for user in users])

    return configured_portal(settings, [graphql_url], [Route("/identities.json", identities)], folder)


def configured_portal(
    settings: Mapping[str, Any], reached: Sequence[str], routes: Sequence[Route] = (), folder: Path = FOLDER
) -> Starlette:
    """The page with `settings` as its config.json. It can send requests to the addresses `reached`."""

    async def config(_request: Request) -> Response:
        return JSONResponse(settings)

    headers = {**_HEADERS, "Content-Security-Policy": content_policy(reached)}
    files = Mount("/", _Files(headers, folder))
    return Starlette(routes=[Route("/config.json", config), *routes, files], middleware=[_COMPRESSED])


def small_portal(folder: Path) -> Path:
    """The folder with the portal's files: a copy in `folder` with fewer and smaller files, as it is deployed.

    If esbuild is not installed, these are the files themselves. They do the same, but load more slowly.
    """
    if not (PROJECT / "node_modules" / "esbuild").is_dir():
        return FOLDER
    subprocess.run(["node", PROJECT / "infra" / "portal.mjs", folder], check=True)
    return folder


def content_policy(reached: Sequence[str]) -> str:
    """The Content-Security-Policy for a portal that sends requests to its own server and to `reached`."""
    return "; ".join((*_POLICY, " ".join(("connect-src 'self'", *reached))))


def _identity(user: User, issue: Issue) -> dict[str, str]:
    group = "Affiliates" if user.affiliate_id else "The owner" if user.groups else "Somebody else"
    return {"name": user.username, "about": user.about, "group": group, "token": issue(user)}


def _sites(site_url: str) -> list[dict[str, Any]]:
    """The websites, as the portal's settings have them. The first is the only one that can be opened."""
    addresses = {f"https://{website.host}/": website for website in WEBSITES}
    here = {f"{site_url}/": WEBSITES[0]} if site_url else {}
    return [
        {
            "name": f"{website.name} (on this machine)" if address in here else website.name,
            "url": address,
            "pages": website.paths,
        }
        for address, website in {**here, **addresses}.items()
    ]


class _Files(StaticFiles):
    def __init__(self, headers: Mapping[str, str], folder: Path) -> None:
        super().__init__(directory=folder, html=True)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response


_COMPRESSED: Final = Middleware(GZipMiddleware, minimum_size=500)
"""As CloudFront compresses it."""

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
