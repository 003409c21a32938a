"""The local AppSync over HTTP: with plain requests, with popular clients, and in a browser."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXTransport

from devstack.appsync import token
from devstack.appsync.local import USERS, local_api, token_issuer
from devstack.appsync.tokens import User
from devstack.environment import PROJECT
from tests.appsync.stand import ARTICLE, VARIABLES, Stand

needs_node_modules = pytest.mark.skipif(
    not (PROJECT / "node_modules").is_dir(), reason="`npm ci` has not been run"
)


@pytest.fixture
def alice(local: Stand) -> str:
    return local.issuer.issue(User("alice"))


def expect_article(dataset: list[dict[str, Any]]) -> None:
    """Check that these are alice's figures, with only the three fields of the article."""
    assert len(dataset) == 24
    assert dataset[-1] == {"series": "alice.example", "timestamp": "2026-11-03T12:00:00+00:00", "value": 7}
    assert {point["value"] for point in dataset[:-1]} == {0}


def test_the_python_client_gql_works(local: Stand, alice: str) -> None:
    transport = HTTPXTransport(url=f"{local.url}/graphql", headers={"Authorization": alice})
    # The client first asks for the schema, and checks the query against it.
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        request = gql(ARTICLE)
        request.variable_values = VARIABLES
        answer = session.execute(request)
        expect_article(answer["getAnalyticsData"]["dataset"])

        refused = gql(
            '{ getAffiliateAnalyticsData(affiliateId: "bob", metricType: PageViews, timeWindow: Last7Days)'
            " { to } }"
        )
        with pytest.raises(TransportQueryError) as raised:
            session.execute(refused)
        assert raised.value.errors
        assert raised.value.errors[0]["errorType"] == "Unauthorized"


@needs_node_modules
def test_the_javascript_client_graphql_request_works(local: Stand, alice: str) -> None:
    expect_article(ask_with_node(local, alice)["data"]["getAnalyticsData"]["dataset"])


@needs_node_modules
def test_the_javascript_client_gets_the_error(local: Stand) -> None:
    answer = ask_with_node(local, local.issuer.issue(User(None)))
    assert (answer["data"], answer["errors"][0]["errorType"]) == ({"getAnalyticsData": None}, "Unauthorized")


def ask_with_node(local: Stand, token: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        "GRAPHQL_URL": f"{local.url}/graphql",
        "ID_TOKEN": token,
        "QUERY": ARTICLE,
        "VARIABLES": json.dumps(VARIABLES),
    }
    script = Path(__file__).with_name("ask.mjs")
    done = subprocess.run(["node", script], env=environment, capture_output=True, check=True, timeout=30)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_query_can_be_sent_with_get(local: Stand, alice: str, prefix: str) -> None:
    query = {"query": ARTICLE, "variables": json.dumps(VARIABLES), "operationName": "Figures"}
    answer = local.client.get("/graphql", params=query, headers={"Authorization": f"{prefix}{alice}"})

    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
    expect_article(answer.json()["data"]["getAnalyticsData"]["dataset"])


MALFORMED: list[tuple[bytes, str]] = [
    (b"", "Request body is empty."),
    (b"  ", "Request body is empty."),
    (b"{", "Unable to parse GraphQL query."),
    (b"[]", "Unable to parse GraphQL query."),
    (b"{}", "Unable to parse GraphQL query."),
    (b'{"query": 1}', "Unable to parse GraphQL query."),
    (b'{"query": "{ a"}', "Unable to parse GraphQL query."),
    (b'{"query": "{ __typename }", "variables": [1]}', "Unable to parse GraphQL query."),
]


@pytest.mark.parametrize(("body", "message"), MALFORMED)
def test_a_body_that_is_not_a_request_is_refused(local: Stand, alice: str, body: bytes, message: str) -> None:
    answer = local.client.post("/graphql", content=body, headers={"Authorization": alice})
    assert (answer.status_code, answer.json()) == (
        400,
        {"errors": [{"errorType": "MalformedHttpRequestException", "message": message}]},
    )


def test_a_page_of_this_machine_can_send_queries(local: Stand, alice: str) -> None:
    asking = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    assert local.client.options("/graphql", headers=asking).headers["Access-Control-Allow-Origin"] == "*"
    answer = local.client.post(
        "/graphql",
        json={"query": "{ __typename }"},
        headers={"Authorization": alice, "Origin": "http://localhost:3000"},
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json() == {"data": {"__typename": "Query"}}


@needs_node_modules
def test_graphiql_loads_nothing_from_other_servers(local: Stand) -> None:
    page = local.client.get("/", follow_redirects=True)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self' ")
    assert policy.endswith("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

    files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(files) == 6
    assert not re.search(r'(?:src|href)="https?:', page.text)
    for file in files:
        assert local.client.get(file).status_code == 200
    assert local.client.get("/graphiql/package.json").status_code == 404


def test_only_the_graphiql_page_can_read_its_tokens(local: Stand) -> None:
    tokens = {each["name"]: each["token"] for each in local.client.get("/graphiql/tokens.json").json()}
    assert list(tokens)[:2] == ["alice", "bob"]
    assert len(tokens) == len(USERS)
    expect_article(
        local.ask(ARTICLE, VARIABLES, tokens["alice"]).json()["data"]["getAnalyticsData"]["dataset"]
    )

    for origin in ("https://portal.example", "http://localhost:3000"):
        elsewhere = local.client.get("/graphiql/tokens.json", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in elsewhere.headers
    rebound = httpx.get(f"{local.url}/graphiql/tokens.json", headers={"Host": "portal.example"})
    assert rebound.status_code == 403


def test_the_token_command_prints_a_valid_token(
    running: Stand, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--state", str(tmp_path), "--affiliate", "alice", "--group", "admins", "--group", "staff"]
    assert token.main(arguments) == 0
    printed = capsys.readouterr().out.strip()

    assert token.main(["--state", str(tmp_path)]) == 0  # the same key again
    issuer = token_issuer(local_api(), tmp_path / token.KEY_NAME)
    claims = issuer.verify(printed)
    assert (claims["affiliate_id"], claims["cognito:groups"]) == ("alice", ["admins", "staff"])
    assert "affiliate_id" not in issuer.verify(capsys.readouterr().out.strip())


def test_a_file_that_is_not_a_key_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / token.KEY_NAME).write_text("nothing")
    assert token.main(["--state", str(tmp_path)]) == 1
    assert "is damaged (not a private key)" in capsys.readouterr().err


def test_the_local_urls_have_this_machines_address(local: Stand) -> None:
    assert {urlsplit(url).hostname for url in (local.url, local.gateway_url)} == {"127.0.0.1"}
