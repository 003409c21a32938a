"""Every query of the schema, asked by everyone: each gets what is theirs, and an affiliate nobody else's."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

import pytest
from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, get_named_type, is_required_argument

from devstack.appsync.execution import Engine
from devstack.appsync.local import local_api
from devstack.appsync.tokens import User
from tests.appsync.artefacts import schema, selection
from tests.appsync.stand import Stand
from tests.appsync.test_local_answers import PerRoute, ask

EVERYONE: Final = "everyone"
REFUSED: Final = None
OWN: Final = "alice"


class Role(NamedTuple):
    """Who asks, and about which affiliate, where the query names one."""

    user: User | None
    asks_about: str = "bob"


ROLES: Final = {
    "affiliate": Role(User(OWN), OWN),
    "affiliate who asks about another": Role(User(OWN)),
    "user without a claim": Role(User(None)),
    "admin without a claim": Role(User(None, ("admins",))),
    "admin with a claim": Role(User(OWN, ("admins",))),
    "nobody": Role(None),
}

WHOSE: Final[dict[str, tuple[str | None, ...]]] = {
    "me": (OWN, OWN, REFUSED, REFUSED, OWN),
    "getAnalyticsData": (OWN, OWN, REFUSED, REFUSED, OWN),
    "affiliate": (REFUSED, REFUSED, REFUSED, "bob", "bob"),
    "getAffiliateAnalyticsData": (REFUSED, REFUSED, REFUSED, "bob", "bob"),
    "affiliates": (REFUSED, REFUSED, REFUSED, EVERYONE, EVERYONE),
    "balances": (REFUSED, REFUSED, REFUSED, EVERYONE, EVERYONE),
}
"""For each query, whose figures each of ROLES gets. Nobody gets any: see the test."""

SCHEMA: Final = schema()


class Asked(NamedTuple):
    """A query for one field with a resolver."""

    query: str
    """The field of the type Query."""
    field: str
    """The field of the affiliate that it returns; empty if it returns figures itself."""
    text: str


def questions(about: str) -> Iterator[Asked]:
    """Each query; of those that return an affiliate, each field of it by itself."""
    affiliate = fields("Affiliate")
    for query, declared in fields("Query").items():
        asked = f"{query}{arguments(declared, about)}"
        if returned(declared) != "Affiliate":
            yield Asked(query, "", f"{{ {asked} {selection(returned(declared))} }}")
            continue
        for name, field in affiliate.items():
            inner = "" if name == "id" else selection(returned(field))
            yield Asked(query, name, f"{{ {asked} {{ {name}{arguments(field, about)} {inner} }} }}")


def fields(type_name: str) -> dict[str, GraphQLField]:
    type_ = SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    found: dict[str, GraphQLField] = type_.fields
    return found


def returned(field: GraphQLField) -> str:
    return get_named_type(field.type).name


def arguments(field: GraphQLField, about: str) -> str:
    """Those that are required: the id, and the first word of each list of words."""
    given = []
    for name, argument in field.args.items():
        if is_required_argument(argument):
            type_ = get_named_type(argument.type)
            value = next(iter(type_.values)) if isinstance(type_, GraphQLEnumType) else f'"{about}"'
            given.append(f"{name}: {value}")
    return f"({', '.join(given)})" if given else ""


def test_every_query_and_every_resolver_is_in_the_table() -> None:
    assert fields("Query").keys() == WHOSE.keys()
    asked = {("Affiliate", each.field) for each in questions("bob") if each.field not in ("", "id")}
    assert {("Query", query) for query in WHOSE} | asked == local_api().resolvers.keys()
    assert {len(whose) for whose in WHOSE.values()} == {len(ROLES) - 1}


@pytest.mark.parametrize("number", range(len(ROLES) - 1), ids=list(ROLES)[:-1])
def test_each_caller_gets_what_is_theirs(local: Stand, number: int) -> None:
    role = list(ROLES.values())[number]
    assert role.user
    token = local.issuer.issue(role.user)
    for asked in questions(role.asks_about):
        local.rest.asked.clear()
        answer = local.ask(asked.text, {}, token).json()
        whose = WHOSE[asked.query][number]
        said = {each["errorType"] for each in answer.get("errors", [])}
        if whose is REFUSED:
            assert (answer["data"], said, local.rest.asked) == ({asked.query: None}, {"Unauthorized"}, [])
            continue
        assert (said, answer["data"][asked.query] is None) == (set(), False), asked
        if asked.field == "id":
            assert answer["data"][asked.query] == {"id": whose}
            continue
        ((path, given),) = local.rest.asked
        assert given.get("affiliateId", EVERYONE) == whose, asked
        assert (path in ("/affiliates", "/balances")) is (whose == EVERYONE), asked


def test_the_resolvers_refuse_whom_the_directives_refuse() -> None:
    """One of the two checks may get lost in an edit."""
    api = local_api()
    without = re.sub(r"@aws_cognito_user_pools\([^)]*\)", "", api.schema)
    rest = PerRoute()
    for asked in questions("bob"):
        if REFUSED in WHOSE[asked.query][:2]:
            answered = ask(Engine(replace(api, schema=without), rest), asked.text)
            assert [each["errorType"] for each in answered.errors] == ["Unauthorized"]
    assert "@" not in without
    assert not rest.asked


def test_nobody_gets_anything(local: Stand) -> None:
    for asked in questions(OWN):
        answer = local.ask(asked.text, {}, None)
        assert (answer.status_code, "data" in answer.json()) == (401, False)
    assert local.rest.asked == []
