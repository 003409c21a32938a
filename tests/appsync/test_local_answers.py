"""Answers of the REST API, right and wrong, as a client of the local AppSync sees them."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from graphql import execute_sync, parse

from devstack.appsync.callers import Caller
from devstack.appsync.completion import StrictExecutor
from devstack.appsync.declaration import Function, Resolver
from devstack.appsync.execution import Answered, Asked, Engine
from devstack.appsync.local import local_api
from devstack.appsync.sandbox import Handler, Kind, run
from devstack.appsync.syntax import parse_code
from tests.appsync.artefacts import schema, selection
from tests.appsync.samples import ANSWERS

API = local_api()
ALICE = {"sub": "s", "iss": API.user_pool.issuer, "affiliate_id": "alice"}
SCHEMA = schema()
(FUNCTION,) = {
    function.code for resolver in API.resolvers.values() for function in resolver.functions if function.source
}
OTHERS: list[Any] = [None, "text", 1.5, 2**31, True, [None], {}]
ROUTES = {"analyticsData": "metrics", "breakdown": "breakdown", "entries": "entries", "balance": "balance"}
FIELDS = {
    "metrics": f"analyticsData(metricType: Clicks, timeWindow: Today) {selection('AnalyticsData')}",
    "breakdown": f"breakdown(by: Link, timeWindow: Today) {selection('Breakdown')}",
    "entries": f"entries(timeWindow: Today) {selection('EntryPage')}",
    "balance": f"balance {selection('Balance')}",
}
OWNERS = {
    "affiliates": f"affiliates(timeWindow: Today) {selection('AffiliatePage')}",
    "balances": f"balances {selection('BalancePage')}",
}
QUERIES = {route: f"{{ me {{ f: {field} }} }}" for route, field in FIELDS.items()} | {
    route: f"{{ f: {field} }}" for route, field in OWNERS.items()
}
"""For each route, a query with all fields of its answer."""
ADMIN = {**ALICE, "cognito:groups": ["admins"]}


@dataclass(slots=True)
class Rest:
    """A REST API that always answers with `body`, and keeps the requests."""

    body: str
    asked: list[Any] = field(default_factory=list)

    async def call(self, source: Any, asked: Any, seconds: float) -> dict[str, Any]:
        self.asked.append(asked)
        return {"statusCode": 200, "headers": {}, "body": self.body}


class PerRoute:
    """A REST API that answers with its samples, and counts the requests of each route."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    async def call(self, source: Any, asked: Any, seconds: float) -> dict[str, Any]:
        route = asked["resourcePath"].removeprefix("/api/")
        self.asked[route] += 1
        return {"statusCode": 200, "headers": {}, "body": json.dumps(ANSWERS[route])}


def ask(engine: Engine, query: str, claims: Mapping[str, Any] = ALICE) -> Answered:
    return asyncio.run(engine.run(Asked(query, {}, None, Caller(claims, ()), {})))


def changes(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Each place in `value`, with each value that could be there instead."""
    if path:
        yield from ((path, other) for other in OTHERS)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from changes(inner, (*path, key))


def changed(value: Any, path: Sequence[str | int], other: Any) -> Any:
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], other)
    return copy


def shown(route: str, answer: Any, field: str = "f") -> Any:
    """The data that a client gets of the answer of a route."""
    if route in OWNERS:
        return {field: answer}
    return {"me": {field: answer["balances"] if route == "balance" else answer}}


@pytest.mark.parametrize("route", QUERIES)
def test_a_complete_answer_is_passed_on_as_it_is(route: str) -> None:
    rest = Rest(json.dumps(ANSWERS[route]))
    answered = ask(Engine(API, rest), QUERIES[route], ADMIN)
    assert (answered.errors, answered.data) == ([], shown(route, ANSWERS[route]))
    assert ("affiliateId" in rest.asked[0]["params"]["query"]) is (route not in OWNERS)


@pytest.mark.parametrize("route", QUERIES)
def test_a_wrong_value_is_an_upstream_error_unless_it_fits_the_schema(route: str) -> None:
    document = parse(QUERIES[route].replace("f: ", ""))
    name = next((name for name, value in ROUTES.items() if value == route), route)
    refused = 0
    for path, other in changes(ANSWERS[route]):
        answer = changed(ANSWERS[route], path, other)
        result = {"statusCode": 200, "body": json.dumps(answer)}
        outcome = run(FUNCTION, Handler.RESPONSE, {"stash": {"route": route}, "result": result})
        if outcome.kind is Kind.ERROR:
            assert outcome.value["errorType"] == "UpstreamError"
            refused += 1
            continue
        root = shown(route, outcome.value, name)
        completed = execute_sync(SCHEMA, document, root, executor_class=StrictExecutor)
        assert (completed.errors, completed.data) == (None, shown(route, answer, name)), path
    assert refused > 10


EVERYTHING = """
metricType: Orders, timeWindow: Custom, timeZone: "Europe/Paris", interval: Week, from: "2026-01-01",
to: "2026-01-31", compareTo: PreviousYear, filter: {website: "a.example", link: "", page: null}
"""
REQUESTS = [
    (
        f"analyticsData({EVERYTHING}) {{ to }}",
        "metrics",
        {
            "metricType": "Orders",
            "timeWindow": "Custom",
            "timeZone": "Europe/Paris",
            "interval": "Week",
            "from": "2026-01-01",
            "to": "2026-01-31",
            "compareTo": "PreviousYear",
            "website": "a.example",
            "link": "",
        },
    ),
    (
        "analyticsData(metricType: Clicks, timeWindow: Today, interval: null, filter: null) { to }",
        "metrics",
        {"metricType": "Clicks", "timeWindow": "Today"},
    ),
    (
        "breakdown(by: LandingPage, timeWindow: LastMonth, limit: 500, filter: {}) { more }",
        "breakdown",
        {"by": "LandingPage", "timeWindow": "LastMonth", "limit": "500"},
    ),
    (
        'entries(timeWindow: Yesterday, limit: -1, nextToken: "5-1") { nextToken }',
        "entries",
        {"timeWindow": "Yesterday", "limit": "-1", "nextToken": "5-1"},
    ),
    ("balance { due }", "balance", {}),
]


@pytest.mark.parametrize(("field", "route", "query"), REQUESTS)
def test_arguments_are_sent_as_texts(field: str, route: str, query: dict[str, str]) -> None:
    rest = Rest(json.dumps(ANSWERS[route]))
    assert ask(Engine(API, rest), f"{{ me {{ {field} }} }}").errors == []
    assert rest.asked == [
        {
            "method": "GET",
            "resourcePath": f"/api/{route}",
            "params": {
                "query": {**query, "affiliateId": "alice"},
                "headers": {"Content-Type": "application/json"},
            },
        }
    ]


# An id that a resolver returns by mistake, the caller's claims, and whether the caller gets figures.
SOURCES = [
    ("alice", {"affiliate_id": "alice"}, True),
    ("bob", {"affiliate_id": "alice"}, False),
    ("bob", {"affiliate_id": ["bob"]}, False),
    ("bob", {"sub": "bob", "cognito:username": "bob"}, False),
    ("bob", {"cognito:groups": ["accountants"]}, False),
    ("bob", {"cognito:groups": ["admins"]}, True),
    ("bob", {"affiliate_id": "alice", "cognito:groups": ["admins"]}, True),
    ("", {"affiliate_id": ""}, False),
    ("", {"cognito:groups": ["admins"]}, False),
    (None, {}, False),
    (None, {"cognito:groups": ["admins"]}, False),
    (["bob"], {"cognito:groups": ["admins"]}, False),
    (5, {"affiliate_id": 5}, False),
]


@pytest.mark.parametrize(("source", "claims", "allowed"), SOURCES)
def test_the_fields_of_an_affiliate_check_again_who_asks(
    source: Any, claims: dict[str, Any], allowed: bool
) -> None:
    careless = parse_code(
        "careless.js",
        f"export function request() {{ return {{ payload: {{ id: {json.dumps(source)} }} }}; }}"
        "export function response(ctx) { return ctx.result; }",
    )
    resolver = Resolver((Function(careless, None),), None)
    for name, route in ROUTES.items():
        rest = Rest(json.dumps(ANSWERS[route]))
        engine = Engine(replace(API, resolvers={**API.resolvers, ("Query", "me"): resolver}), rest)
        answered = ask(engine, f"{{ me {{ {FIELDS[route]} }} }}", {"sub": "s", "iss": "i", **claims})
        if allowed:
            assert answered.errors == []
            assert [asked["params"]["query"]["affiliateId"] for asked in rest.asked] == [source]
        else:
            assert answered.data == {"me": {name: None}}
            assert [error["errorType"] for error in answered.errors] == ["Unauthorized"]
            assert rest.asked == []


PAGE = """{ me {
  %s
  a: breakdown(by: Link, timeWindow: Today) { more } b: breakdown(by: Page, timeWindow: Today) { more }
  c: breakdown(by: Country, timeWindow: Today) { more }
  %s
} }"""


def test_a_page_can_ask_for_everything_at_once() -> None:
    rest = PerRoute()
    metrics = " ".join(f"m{number}: {FIELDS['metrics']}" for number in range(8))
    answered = ask(Engine(API, rest), PAGE % (metrics, f"{FIELDS['entries']} {FIELDS['balance']}"))
    assert answered.errors == []
    assert rest.asked == {"metrics": 8, "breakdown": 3, "entries": 1, "balance": 1}


def test_a_request_can_have_20_resolvers() -> None:
    balances = " ".join(f"b{number}: balance {{ due }}" for number in range(20))
    rest = PerRoute()
    answered = ask(Engine(API, rest), f"{{ me {{ {balances} }} }}")
    assert [(error["errorType"], error["path"]) for error in answered.errors] == [
        ("ResolverExecutionLimitReached", ["me", "b19"])
    ]
    assert rest.asked == {"balance": 19}
