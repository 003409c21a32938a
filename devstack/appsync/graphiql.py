"""The GraphiQL page. All its files are served from this machine."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from devstack.appsync.tokens import User

Issue = Callable[[User], str]


def graphiql_routes(users: Sequence[User], issue: Issue, node_modules: Path) -> list[Route]:
    """The page, its files, and a token for each of `users`. The page has a list to choose a user from."""
    files = {name: node_modules / path for name, path in _PACKAGED.items()}
    files |= {name: _PAGES / name for name in ("page.css", "page.js")}

    async def page(_request: Request) -> Response:
        if not all(path.is_file() for path in files.values()):
            return PlainTextResponse("GraphiQL is not installed. Run `make setup`.\n", 503)
        return FileResponse(_PAGES / "graphiql.html", headers={"Content-Security-Policy": _POLICY})

    async def file(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        return FileResponse(path) if path and path.is_file() else PlainTextResponse("Not found\n", 404)

    async def tokens(_request: Request) -> Response:
        return JSONResponse([{"name": label(user), "token": issue(user)} for user in users])

    async def home(_request: Request) -> Response:
        return RedirectResponse("/graphiql")

    return [
        Route("/", home),
        Route("/graphiql", page),
        Route("/graphiql/tokens.json", tokens),
        Route("/graphiql/{name}", file),
    ]


def label(user: User) -> str:
    """The name of a user in the page's list."""
    groups = f" ({', '.join(user.groups)})" if user.groups else ""
    return f"{user.username}{groups}"


_PAGES: Final = Path(__file__).with_name("pages")
_PACKAGED: Final[Mapping[str, str]] = {
    "react.js": "react/umd/react.production.min.js",
    "react-dom.js": "react-dom/umd/react-dom.production.min.js",
    "graphiql.js": "graphiql/graphiql.min.js",
    "graphiql.css": "graphiql/graphiql.min.css",
}
_POLICY: Final = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing is loaded from other servers, and no other page can embed this one."""
