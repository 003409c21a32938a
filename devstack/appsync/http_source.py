"""AppSync's HTTP data source: from what a request handler returns to what its response handler gets."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from botocore.credentials import Credentials

from devstack.apigateway.sigv4 import HttpRequest, Scope, sign
from devstack.appsync.declaration import HttpSource


class SourceError(Exception):
    """What a response handler gets as `ctx.error`: there was no answer."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.type = error_type


class HttpSources:
    """Calls data sources on this machine.

    `endpoints` names, for the host of a data source, the URL that stands in for it. No other host is called.
    """

    def __init__(self, endpoints: Mapping[str, str], credentials: Credentials) -> None:
        self._endpoints, self._credentials = endpoints, credentials
        # No connection is kept, so that none is left open: there is no moment to close it at.
        self._transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def call(self, source: HttpSource, asked: Any, seconds: float) -> dict[str, Any]:
        """The `ctx.result` of asking `source`: {statusCode, headers, body}, whatever the status.

        `asked` is what the request handler returned. Raises SourceError where that is no HTTP request, the
        endpoint cannot be reached, or there is no whole answer within `seconds`.
        """
        request = self._to_request(source, asked)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._transport.handle_async_request(request)
                body = await answer.aread()
        except TimeoutError as error:
            raise SourceError("ExecutionTimeout", "Execution timed out.") from error
        except httpx.TransportError as error:
            raise SourceError(_TRANSPORT_ERROR, f"{source.name} cannot be reached.") from error
        # Of a header sent twice, the last: the shape has room for one.
        return {
            "statusCode": answer.status_code,
            "headers": dict(answer.headers.items()),
            "body": body.decode(errors="replace"),
        }

    def _to_request(self, source: HttpSource, asked: Any) -> httpx.Request:
        if not isinstance(asked, dict) or asked.get("method") not in _METHODS or "resourcePath" not in asked:
            raise SourceError("MappingTemplate", "A request to an HTTP data source has a method and a path.")
        params = asked.get("params") or {}
        host = urlsplit(source.endpoint).netloc
        if host not in self._endpoints:
            raise SourceError(_TRANSPORT_ERROR, f"Nothing stands in for {host} on this machine.")
        query = _query(params.get("query") or {})
        url = f"{self._endpoints[host]}{asked['resourcePath']}{query}"
        body = params.get("body", b"")
        content = body if isinstance(body, bytes) else _text(body).encode()
        headers = {name: _text(value) for name, value in (params.get("headers") or {}).items()}
        if source.signing:
            scope = Scope(source.signing.region, source.signing.service)
            headers = sign(HttpRequest(asked["method"], url, headers, content), self._credentials, scope)
        return httpx.Request(asked["method"], url, headers=headers, content=content)


def _query(query: Mapping[str, Any]) -> str:
    # As SigV4 wants it: %20 and never +. What is signed must be what is sent.
    pairs = "&".join(
        f"{quote(name, safe='')}={quote(_text(value), safe='')}" for name, value in query.items()
    )
    return f"?{pairs}" if pairs else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_TRANSPORT_ERROR: Final = "com.amazonaws.deepdish.http.HttpRequestException"
"""The type that AppSync's logs show (aws-appsync-community issue 79); no documentation names it."""
