"""The local API Gateway accepts only requests that the local AppSync has signed."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.apigateway.gateway import RestApi, apigateway
from devstack.apigateway.sigv4 import HttpRequest, Scope, SignatureRefusedError, sign, verify
from devstack.http.ports import listen
from tests.appsync.stand import served

OURS = Credentials("local", "local")
SCOPE = Scope("eu-west-1", "execute-api")
QUERY = "affiliateId=O%27Brien%20%26%20S%C3%B6hne%2F%3F%2B&metricType=PageViews"
MISMATCH = "The request signature we calculated does not match the signature you provided."


async def echo(request: Request) -> Response:
    # The number of requests, and what they have: all that the caller sent, except the parts for API Gateway.
    kept = {name: value for name, value in request.headers.items() if name in {"authorization", "x-own"}}
    return JSONResponse({"path": request.url.path, "query": request.url.query, "headers": kept}, 418)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    routes = [Route("/metrics", echo), Route("/balance", echo)]
    with served(Starlette(routes=routes)) as upstream, gateway(upstream) as started:
        yield started


def gateway(upstream: str, seconds: float = 29, clock: Any = lambda: datetime.now(UTC)) -> Any:
    api = RestApi(upstream, "api", {("GET", "/metrics"), ("GET", "/balance")}, SCOPE.region, OURS)
    return served(apigateway(api, clock, seconds))


def signed(
    url: str, credentials: Credentials = OURS, scope: Scope = SCOPE, method: str = "GET"
) -> dict[str, str]:
    return sign(HttpRequest(method, url, {"x-own": "value"}, b""), credentials, scope)


@given(value=st.text(st.characters(codec="utf-8")))
def test_a_request_with_any_value_can_be_signed(value: str) -> None:
    host = "local.execute-api.eu-west-1.amazonaws.com"
    url = f"https://{host}/api/metrics?affiliateId={quote(value, safe='')}&metricType=PageViews"
    headers = {**signed(url), "host": host}
    now = datetime.now(UTC)

    verify(HttpRequest("GET", url, headers, b""), OURS, SCOPE, now)
    with pytest.raises(SignatureRefusedError, match=MISMATCH):
        verify(HttpRequest("GET", url.replace("&", "a&"), headers, b""), OURS, SCOPE, now)


@pytest.mark.parametrize("path", ["/metrics", "/balance"])
def test_a_signed_request_is_passed_on_without_the_stage(url: str, path: str) -> None:
    asked = f"{url}/api{path}?{QUERY}"
    answer = httpx.get(asked, headers=signed(asked))

    assert (answer.status_code, answer.json()) == (
        418,
        {"path": path, "query": QUERY, "headers": {"x-own": "value"}},
    )


REFUSED = [
    ("not signed", {"headers": {}}, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    (
        "an unknown key",
        {"credentials": Credentials("other", "local")},
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    ("a wrong secret", {"credentials": Credentials("local", "other")}, "InvalidSignatureException", MISMATCH),
    (
        "another region",
        {"scope": Scope("us-east-1", "execute-api")},
        "InvalidSignatureException",
        "Credential should be scoped to correct region: 'eu-west-1'.",
    ),
    (
        "another service",
        {"scope": Scope("eu-west-1", "appsync")},
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'execute-api'.",
    ),
    ("another method", {"method": "POST"}, "InvalidSignatureException", MISMATCH),
    (
        "a basic authorization",
        {"headers": {"Authorization": "Basic YTpi"}},
        "IncompleteSignatureException",
        "Authorization header requires 'Credential' parameter.",
    ),
    (
        "no signature in it",
        {"headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b"}},
        "IncompleteSignatureException",
        "Authorization header requires 'Signature' parameter.",
    ),
    (
        "a key alone",
        {
            "headers": {
                "Authorization": "AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=a",
                "X-Amz-Date": "20261103T123400Z",
            }
        },
        "IncompleteSignatureException",
        "Credential must have 5 parts.",
    ),
    (
        "no date",
        {
            "headers": {
                "Authorization": "AWS4-HMAC-SHA256 Credential=local/a, SignedHeaders=host, Signature=a"
            }
        },
        "IncompleteSignatureException",
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ),
]


@pytest.mark.parametrize(
    ("given", "error_type", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_bad_signature_is_refused(url: str, given: dict[str, Any], error_type: str, message: str) -> None:
    asked = f"{url}/api/metrics?{QUERY}"
    answer = httpx.get(
        asked, headers=given.get("headers") or (signed(asked, **given) if "headers" not in given else {})
    )
    expect_refusal(answer, error_type, message)


def expect_refusal(answer: httpx.Response, error_type: str, message: str) -> None:
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (403, error_type)
    assert answer.json().keys() == {"message"}
    assert answer.json()["message"].startswith(message)


def test_a_request_that_was_changed_after_signing_is_refused(url: str) -> None:
    headers = signed(f"{url}/api/metrics?{QUERY}")
    for query in ("affiliateId=bob&metricType=PageViews", f"{QUERY}&timeWindow=a", ""):
        answer = httpx.get(f"{url}/api/metrics?{query}", headers=headers)
        expect_refusal(answer, "InvalidSignatureException", MISMATCH)
    changed = {**headers, "x-own": "other"}
    answer = httpx.get(f"{url}/api/metrics?{QUERY}", headers=changed)
    expect_refusal(answer, "InvalidSignatureException", MISMATCH)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/metrics"),
        ("GET", "/api"),
        ("GET", "/api/metrics/"),
        ("GET", "/apimetrics"),
        ("GET", "/api/entries"),
        ("GET", "/api/api/metrics"),
        ("GET", "/dev/metrics"),
        ("POST", "/api/metrics"),
    ],
)
def test_other_routes_do_not_exist(url: str, method: str, path: str) -> None:
    headers = signed(f"{url}{path}", method=method)
    answer = httpx.request(method, f"{url}{path}", headers=headers)
    expect_refusal(answer, "MissingAuthenticationTokenException", "Missing Authentication Token")


@pytest.mark.parametrize(
    ("minutes", "message"), [(6, "Signature expired: "), (-6, "Signature not yet current: ")]
)
def test_a_signature_is_valid_for_five_minutes(minutes: int, message: str) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=minutes)

    with gateway("http://127.0.0.1:1", clock=clock) as url:
        asked = f"{url}/api/metrics"
        expect_refusal(httpx.get(asked, headers=signed(asked)), "InvalidSignatureException", message)


def test_an_unreachable_integration_is_a_502() -> None:
    with listen(0) as listener:
        port = listener.getsockname()[1]
    with gateway(f"http://127.0.0.1:{port}") as url:
        answer = httpx.get(f"{url}/api/metrics", headers=signed(f"{url}/api/metrics"))
    assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})


def test_an_integration_without_an_answer_is_a_504() -> None:
    answered = Event()

    async def wait(_request: Request) -> Response:
        await asyncio.to_thread(answered.wait)
        return Response()

    with served(Starlette(routes=[Route("/metrics", wait)])) as upstream, gateway(upstream, 0.2) as url:
        try:
            answer = httpx.get(f"{url}/api/metrics", headers=signed(f"{url}/api/metrics"))
        finally:
            answered.set()
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})
