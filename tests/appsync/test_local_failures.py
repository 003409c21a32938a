"""Failures of the REST API, as a client of the local AppSync sees them."""

import asyncio
import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from chalicelib.figures.answers import MAX_BYTES
from devstack.appsync.http_source import MOST_ANSWER_BYTES
from devstack.appsync.tokens import User
from devstack.http.ports import listen
from tests.appsync.samples import ANSWERS
from tests.appsync.stand import ARTICLE, VARIABLES, Stand, stand

INNARDS = "arn:aws:iam::123456789012:role/innards"
GOOD = ANSWERS["metrics"]
(POINT,) = GOOD["dataset"]


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


FAILURES = [
    (
        "a request that cannot be",
        400,
        {"Code": "BadRequestError", "Message": "timeZone: is wrong"},
        "BadRequest",
    ),
    ("API Gateway's own 400", 400, {"message": INNARDS}, "UpstreamError"),
    (
        "a 400 of the wrong shape",
        400,
        {"Code": "BadRequestError", "Message": {"a": INNARDS}},
        "UpstreamError",
    ),
    ("not allowed by IAM", 403, {"Message": f"User: {INNARDS} is not authorized"}, "UpstreamError"),
    ("an unknown route", 403, {"message": "Missing Authentication Token"}, "UpstreamError"),
    ("not found", 404, {"Code": "NotFoundError", "Message": INNARDS}, "UpstreamError"),
    ("a wrong content type", 415, {"Code": "UnsupportedMediaType", "Message": INNARDS}, "UpstreamError"),
    ("throttled", 429, {"message": "Too Many Requests"}, "Throttled"),
    ("an error of the app", 500, {"Code": "InternalServerError", "Message": INNARDS}, "Unavailable"),
    ("a crash of the function", 502, {"message": "Internal server error"}, "Unavailable"),
    ("a proxy's page", 502, f"<html>{INNARDS}</html>", "Unavailable"),
    ("overloaded", 503, {"message": INNARDS}, "Unavailable"),
    ("an integration's timeout", 504, {"message": "Endpoint request timed out"}, "Unavailable"),
    ("a page with 200", 200, f"<html>{INNARDS}</html>", "UpstreamError"),
    ("nothing with 200", 200, "", "UpstreamError"),
    ("a text with 200", 200, json.dumps(INNARDS), "UpstreamError"),
    ("a list with 200", 200, [GOOD], "UpstreamError"),
    ("null with 200", 200, None, "UpstreamError"),
    ("half an answer", 200, json.dumps(GOOD)[:-9], "UpstreamError"),
    # JSON.parse throws an error here, which APPSYNC_JS cannot catch.
    ("half an answer that ends as a whole one", 200, '{"dataset": [{}', "Code"),
    ("no dataset", 200, without("dataset"), "UpstreamError"),
    ("a dataset that is null", 200, {**GOOD, "dataset": None}, "UpstreamError"),
    ("a data point that is null", 200, {**GOOD, "dataset": [None]}, "UpstreamError"),
    ("a series that is null", 200, {**GOOD, "dataset": [{**POINT, "series": None}]}, "UpstreamError"),
    ("a timestamp that is null", 200, {**GOOD, "dataset": [{**POINT, "timestamp": None}]}, "UpstreamError"),
    ("a value that is null", 200, {**GOOD, "dataset": [{**POINT, "value": None}]}, "UpstreamError"),
    ("a value that is text", 200, {**GOOD, "dataset": [{**POINT, "value": "1"}]}, "UpstreamError"),
    ("no totals", 200, without("totals"), "UpstreamError"),
    ("a total that is null", 200, {**GOOD, "totals": [None]}, "UpstreamError"),
    ("no start", 200, without("from"), "UpstreamError"),
    ("no value of all websites", 200, without("overall"), "UpstreamError"),
]


@pytest.mark.parametrize(
    ("status", "body", "error_type"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES]
)
def test_a_failure_has_its_error_type(local: Stand, status: int, body: Any, error_type: str) -> None:
    content = body if isinstance(body, str) else json.dumps(body)

    async def answer(_request: Request) -> Response:
        return Response(content, status, media_type="application/json")

    local.rest.answer = answer
    found = expect_error(local, error_type)
    if error_type == "BadRequest":
        assert found["message"] == "timeZone: is wrong"


def test_the_client_gets_the_apps_message_about_a_bad_request(local: Stand) -> None:
    query = """query ($zone: String) {
      getAnalyticsData(metricType: PageViews, timeWindow: Last24Hours, timeZone: $zone) { timeZone }
    }"""
    token = local.issuer.issue(User("alice"))
    answers = [
        local.ask(query, {"zone": zone}, token).json() for zone in ("Mars/Olympus", "Asia/Tokyo", None)
    ]

    assert [(answers[0]["errors"][0][name]) for name in ("errorType", "message")] == [
        "BadRequest",
        "timeZone: must be a name of the IANA time zone database, such as Europe/Paris",
    ]
    assert [answer["data"]["getAnalyticsData"]["timeZone"] for answer in answers[1:]] == ["Asia/Tokyo", "UTC"]


@pytest.mark.parametrize(("more", "error_type"), [(0, None), (1, "MappingTemplate")])
def test_an_answer_that_is_too_large_for_appsync_is_an_error_of_appsyncs(
    local: Stand, more: int, error_type: str | None
) -> None:
    content = json.dumps(GOOD)
    content = content.replace("{", "{" + " " * (MOST_ANSWER_BYTES + more - len(content)), 1)

    async def answer(_request: Request) -> Response:
        return Response(content, media_type="application/json")

    local.rest.answer = answer
    if error_type:
        assert expect_error(local, error_type)["message"] == "Transformation too large"
    else:
        assert "errors" not in local.ask(ARTICLE, VARIABLES, local.issuer.issue(User("alice"))).json()


def test_the_rest_api_refuses_to_send_what_appsync_may_refuse() -> None:
    assert MAX_BYTES <= MOST_ANSWER_BYTES


def test_the_largest_answer_is_checked_in_time(local: Stand) -> None:
    content = json.dumps({**GOOD, "dataset": [POINT] * 8_000})
    assert len(content) > 900_000

    async def answer(_request: Request) -> Response:
        return Response(content, media_type="application/json")

    local.rest.answer = answer
    answered = local.ask(ARTICLE, VARIABLES, local.issuer.issue(User("alice"))).json()
    assert len(answered["data"]["getAnalyticsData"]["dataset"]) == 8_000


def test_a_refused_connection_is_unavailable(tmp_path: Path) -> None:
    with listen(0) as listener:
        port = listener.getsockname()[1]
    with stand(tmp_path, gateway_url=f"http://127.0.0.1:{port}") as local:
        expect_error(local, "Unavailable")


def test_a_missing_answer_is_unavailable(tmp_path: Path) -> None:
    asked, answered = Event(), Event()

    async def answer(_request: Request) -> Response:
        asked.set()
        await asyncio.to_thread(answered.wait)
        return Response()

    with stand(tmp_path, seconds=0.3) as local:
        local.rest.answer = answer
        try:
            expect_error(local, "Unavailable")
            assert asked.is_set()
        finally:
            answered.set()


def expect_error(local: Stand, error_type: str) -> dict[str, Any]:
    """Check that there is one error of this type, without any text from the REST API."""
    answer = local.ask(ARTICLE, VARIABLES, local.issuer.issue(User("alice")))

    assert answer.status_code == 200
    assert answer.json()["data"] == {"getAnalyticsData": None}
    assert INNARDS not in answer.text
    (error,) = answer.json()["errors"]
    assert (error["path"], error["errorType"]) == (["getAnalyticsData"], error_type)
    assert list(error) == ["path", "data", "errorType", "errorInfo", "locations", "message"]
    assert error["locations"] == [{"line": 3, "column": 3, "sourceName": None}]
    found: dict[str, Any] = error
    return found
