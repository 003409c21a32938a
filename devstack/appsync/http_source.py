"""AppSync's HTTP data source: it sends the request that one handler returns, for the next handler."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from botocore.credentials import Credentials

from devstack.apigateway.sigv4 import HttpRequest, Scope, sign
from devstack.appsync.declaration import HttpSource
from devstack.appsync.errors import FieldError

MOST_ANSWER_BYTES: Final = 1_000_000
"""The longest body of an answer that AppSync certainly takes.

AWS documents no limit for HTTP data sources. Its support named 1 MB (aws-mobile-appsync-sdk-js issue 124).
"""


class SourceError(Exception):
    """There was no answer. A response handler gets this error as `ctx.error`."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.type = error_type


class HttpSources:
    """Calls data sources on this machine.

    `endpoints` has the local URL for the host of each data source. Other hosts are never called.
    """

    def __init__(self, endpoints: Mapping[str, str], credentials: Credentials) -> None:
        self._endpoints, self._credentials = endpoints, credentials
        # Connections are not reused, because there is no good moment to close them.
        self._transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def call(self, source: HttpSource, asked: Any, seconds: float) -> dict[str, Any]:
        """Send a request to `source`. Returns `ctx.result`: {statusCode, headers, body}, for any status.

        `asked` is what the request handler returned. Raises SourceError if it is not an HTTP request, if the
        endpoint cannot be reached, or if the answer is not complete within `seconds`. Raises FieldError if
        the answer is too large: no handler sees that.
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
        if len(body) > MOST_ANSWER_BYTES:
            raise FieldError("MappingTemplate", "Transformation too large")
        # If a header is sent twice, the last value stays, because this form has room for one.
        return {
            "statusCode": answer.status_code,
            "headers": dict(answer.headers.items()),
            "body": body.decode(errors="replace"),
        }

    def _to_request(self, source: HttpSource, asked: Any) -> httpx.Request:
        if not isinstance(asked, dict) or asked.get("method") not in _METHODS or "resourcePath" not in asked:
            raise SourceError(
                "MappingTemplate", "A request to an HTTP data source needs a method and a resourcePath."
            )
        params = asked.get("params") or {}
        host = urlsplit(source.endpoint).netloc
        if host not in self._endpoints:
            raise SourceError(_TRANSPORT_ERROR, f"This machine has no local endpoint for {host}.")
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
    # SigV4 signs a space as %20, not as +, so it must be sent like that.
    pairs = "&".join(
        f"{quote(name, safe='')}={quote(_text(value), safe='')}" for name, value in query.items()
    )
    return f"?{pairs}" if pairs else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_TRANSPORT_ERROR: Final = "com.amazonaws.deepdish.http.HttpRequestException"
"""The type in AppSync's logs (aws-appsync-community issue 79). AWS does not document it."""
