"""A stand-in for Cognito's hosted UI: the pages and endpoints that sign-in with PKCE needs.

https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from threading import Event
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from devstack.appsync.tokens import TokenIssuer, User

CLIENT_ID: Final = "portal-client"
ALICE: Final = User("alice")


@dataclass(slots=True)
class HostedUi:
    """A user pool with one user, alice. It refuses what Cognito refuses, and records it in `refusals`."""

    issuer: TokenIssuer
    """Issues the next tokens. A test may change its clock."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    """The query parameters that each unused code was requested with."""
    refresh_tokens: set[str] = field(default_factory=set)
    grants: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    revoked: Event = field(default_factory=Event)
    """Set when a refresh token is revoked."""

    @property
    def app(self) -> Starlette:
        """The server behind the pool's domain."""
        routes = [
            Route("/oauth2/authorize", self._authorize),
            Route("/oauth2/token", self._token, methods=["POST"]),
            Route("/oauth2/revoke", self._revoke, methods=["POST"]),
            Route("/logout", self._logout),
        ]
        return Starlette(routes=routes, middleware=[Middleware(CORSMiddleware, allow_origins=["*"])])

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked["client_id"] != CLIENT_ID or asked["response_type"] != "code":
            return self._refuse("unauthorized_client")
        if asked["code_challenge_method"] != "S256" or "openid" not in asked["scope"].split():
            return self._refuse("invalid_request")
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back, state = asked["redirect_uri"], asked["state"]
        links = {
            "Continue as alice": {"code": code, "state": state},
            "Not now": {"error": "access_denied", "error_description": "You said no.", "state": state},
            "Forged": {"code": code, "state": "another"},
        }
        return HTMLResponse(
            '<link rel="icon" href="data:,">'
            + " ".join(f'<a href="{escape(back)}?{urlencode(to)}">{name}</a>' for name, to in links.items())
        )

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        self.grants.append(form["grant_type"])
        return _GRANTS[self.grants[-1]](self, form)

    def _by_code(self, form: Mapping[str, str]) -> Response:
        asked = self.codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
            return self._refuse("invalid_grant")
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return self._refuse("invalid_grant")
        refresh_token = secrets.token_urlsafe()
        self.refresh_tokens.add(refresh_token)
        return self._grant(refresh_token=refresh_token)

    def _by_refresh_token(self, form: Mapping[str, str]) -> Response:
        known = form["refresh_token"] in self.refresh_tokens and form["client_id"] == CLIENT_ID
        return self._grant() if known else self._refuse("invalid_grant")

    def _grant(self, **more: Any) -> Response:
        token = self.issuer.issue(ALICE)
        return JSONResponse({"id_token": token, "access_token": "-", "token_type": "Bearer", **more})

    def _refuse(self, error: str) -> Response:
        self.refusals.append(error)
        return JSONResponse({"error": error}, 400)

    async def _revoke(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if form["client_id"] != CLIENT_ID:
            return self._refuse("invalid_client")
        # An unknown token gets the same answer: RFC 7009, 2.2.
        self.refresh_tokens.discard(form["token"])
        self.revoked.set()
        return Response()

    async def _logout(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["logout_uri"])


_GRANTS: Final = {
    "authorization_code": HostedUi._by_code,
    "refresh_token": HostedUi._by_refresh_token,
}
