"""Whose figures each caller can get from the local AppSync, for all identities and fields."""

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest

from devstack.appsync.declaration import UserPool
from devstack.appsync.tokens import TokenIssuer, User, signing_key
from tests.appsync.stand import ARTICLE, VARIABLES, Stand

ADMIN = """
query ($affiliateId: ID!, $metricType: MetricType!, $timeWindow: TimeWindow!) {
  getAffiliateAnalyticsData(affiliateId: $affiliateId, metricType: $metricType, timeWindow: $timeWindow) {
    dataset { series timestamp value }
  }
}
"""
FIELDS = {"getAnalyticsData": ARTICLE, "getAffiliateAnalyticsData": ADMIN}
FIGURES = {
    "/metrics": "analyticsData(metricType: Clicks, timeWindow: Today) { to }",
    "/breakdown": "breakdown(by: Website, timeWindow: Today) { more }",
    "/entries": "entries(timeWindow: Today) { nextToken }",
    "/balance": "balance { due }",
}
"""A field of an affiliate for each route of the REST API."""
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def tokens(running: Stand, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """A token for each kind of caller."""
    issuer = running.issuer
    another_key = signing_key(tmp_path_factory.mktemp("another") / "key.pem")
    another_pool = replace(issuer, pool=UserPool("eu-west-1_other", "eu-west-1", "ALLOW"))
    alice, admin = User("alice"), User(None, ("admins",))
    return {
        "alice": issuer.issue(alice),
        "alice, as a Bearer": f"Bearer {issuer.issue(alice)}",
        "bob": issuer.issue(User("bob")),
        "awkward": issuer.issue(User("O'Brien & Söhne/?#%+")),
        "no claim": issuer.issue(User(None)),
        "empty claim": with_claims(issuer, affiliate_id=""),
        "list claim": with_claims(issuer, affiliate_id=["alice"]),
        "access token": with_claims(issuer, token_use="access", username="alice", affiliate_id=None),
        "member of another group": issuer.issue(User("bob", ("accountants",))),
        "admin": issuer.issue(admin),
        "admin with a claim": issuer.issue(User("alice", ("admins",))),
        "expired": replace(issuer, clock=lambda: time.time() - DAY - 1).issue(alice),
        "another key": replace(issuer, key=another_key).issue(alice),
        "another pool": another_pool.issue(alice),
        "another use": with_claims(issuer, token_use="refresh"),
        "no signature": jwt.encode({"sub": "a", "iss": issuer.pool.issuer}, "", "none"),
        "no expiry": with_claims(issuer, exp=None),
        "no token": "alice",
        "none": None,
    }


def with_claims(issuer: TokenIssuer, **claims: Any) -> str:
    """Alice's token with other claims. None removes a claim."""
    usual = jwt.decode(issuer.issue(User("alice")), options={"verify_signature": False})
    changed = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return jwt.encode(changed, issuer.key, "RS256")


NOBODY = "Not Authorized to access {field} on type Query"
UNPARSABLE, REFUSED = "Unable to parse JWT token.", "You are not authorized to make this call."

# A caller, and whose figures they get as their own, and as those of bob.
ANSWERED = [
    ("alice", "alice", None),
    ("alice, as a Bearer", "alice", None),
    ("bob", "bob", None),
    ("awkward", "O'Brien & Söhne/?#%+", None),
    ("no claim", None, None),
    ("empty claim", None, None),
    ("list claim", None, None),
    ("access token", None, None),
    ("member of another group", "bob", None),
    ("admin", None, "bob"),
    ("admin with a claim", "alice", "bob"),
]
TURNED_AWAY = [
    ("expired", "Token has expired."),
    ("another key", REFUSED),
    ("another pool", REFUSED),
    ("another use", REFUSED),
    ("no signature", REFUSED),
    ("no expiry", REFUSED),
    ("no token", UNPARSABLE),
    ("none", "Valid authorization header not provided."),
]


@pytest.mark.parametrize(("who", "own", "named"), ANSWERED)
def test_each_caller_gets_only_the_figures_they_may_see(
    local: Stand, tokens: dict[str, str | None], who: str, own: str | None, named: str | None
) -> None:
    for field, whose in (("getAnalyticsData", own), ("getAffiliateAnalyticsData", named)):
        answer = local.ask(FIELDS[field], {**VARIABLES, "affiliateId": "bob"}, tokens[who])
        assert answer.status_code == 200
        if whose is None:
            assert answer.json()["data"] == {field: None}
            assert [(error["errorType"], error["message"]) for error in answer.json()["errors"]] == [
                ("Unauthorized", NOBODY.format(field=field))
            ]
        else:
            assert "errors" not in answer.json()
            dataset = answer.json()["data"][field]["dataset"]
            assert {point["series"] for point in dataset} == {f"{whose}.example"}
            assert sum(point["value"] for point in dataset) == 7


@pytest.mark.parametrize(("who", "own", "named"), ANSWERED)
@pytest.mark.parametrize("route", FIGURES)
def test_each_caller_gets_only_the_affiliates_they_may_see(
    local: Stand, tokens: dict[str, str | None], who: str, own: str | None, named: str | None, route: str
) -> None:
    query = f'{{ me {{ id f: {FIGURES[route]} }} affiliate(id: "bob") {{ id f: {FIGURES[route]} }} }}'
    answer = local.ask(query, {}, tokens[who]).json()

    expected = {"me": own, "affiliate": named}
    data = answer["data"]
    assert {name: data[name] and data[name]["id"] for name in expected} == expected
    assert all(data[name]["f"] is not None for name, whose in expected.items() if whose)
    asked = Counter((path, given["affiliateId"]) for path, given in local.rest.asked)
    assert asked == Counter((route, whose) for whose in expected.values() if whose)
    assert {error["message"]: error["errorType"] for error in answer.get("errors", [])} == {
        NOBODY.format(field=name): "Unauthorized" for name, whose in expected.items() if not whose
    }


@pytest.mark.parametrize("who", ["alice", "no claim", "admin"])
def test_an_affiliate_without_an_id_is_refused_and_nobody_is_asked(
    local: Stand, tokens: dict[str, str | None], who: str
) -> None:
    queries = {
        "affiliate": '{ affiliate(id: "") { id balance { due } } }',
        "getAffiliateAnalyticsData": (
            '{ getAffiliateAnalyticsData(affiliateId: "", metricType: Orders, timeWindow: Today) { to } }'
        ),
    }
    for field, query in queries.items():
        answer = local.ask(query, {}, tokens[who]).json()
        assert answer["data"] == {field: None}
        (error,) = answer["errors"]
        assert error["errorType"] == ("BadRequest" if who == "admin" else "Unauthorized")
    assert local.rest.asked == []


@pytest.mark.parametrize(("who", "message"), TURNED_AWAY)
@pytest.mark.parametrize("query", [ARTICLE, ADMIN, "{ me { id } }"])
def test_an_invalid_token_is_refused(
    local: Stand, tokens: dict[str, str | None], query: str, who: str, message: str
) -> None:
    answer = local.ask(query, {**VARIABLES, "affiliateId": "bob"}, tokens[who])

    assert local.rest.asked == []
    assert (answer.status_code, answer.json()) == (
        401,
        {"errors": [{"errorType": "UnauthorizedException", "message": message}]},
    )
    assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"


@pytest.mark.parametrize("who", ["alice", "no claim", "access token"])
def test_no_error_reveals_whether_an_affiliate_exists(
    local: Stand, tokens: dict[str, str | None], who: str
) -> None:
    answers = {
        local.ask(ADMIN, {**VARIABLES, "affiliateId": name}, tokens[who]).text
        for name in ("alice", "bob", "nobody", "")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("argument", ["affiliateId", "affiliate_id", "sub"])
def test_an_affiliate_cannot_name_another(local: Stand, tokens: dict[str, str | None], argument: str) -> None:
    query = (
        '{ getAnalyticsData(metricType: PageViews, timeWindow: Last7Days, %s: "bob") { dataset { value } } }'
    )
    answer = local.ask(query % argument, {}, tokens["alice"]).json()

    assert answer["data"] is None
    assert [error["message"] for error in answer["errors"]] == [
        f"Validation error of type UnknownArgument: Unknown field argument {argument} @ 'getAnalyticsData'"
    ]


def test_one_request_can_have_both_fields(local: Stand, tokens: dict[str, str | None]) -> None:
    query = """{
      own: getAnalyticsData(metricType: PageViews, timeWindow: Last24Hours) { totals { series } }
      bobs: getAffiliateAnalyticsData(affiliateId: "bob", metricType: PageViews, timeWindow: Last24Hours) {
        totals { series }
      }
    }"""
    answer = local.ask(query, {}, tokens["alice"]).json()

    assert answer["data"] == {"own": {"totals": [{"series": "alice.example"}]}, "bobs": None}
    assert [error["path"] for error in answer["errors"]] == [["bobs"]]


def test_a_token_is_valid_after_a_restart(running: Stand, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key.pem"
    token = replace(running.issuer, key=signing_key(path)).issue(User("alice"))

    again = replace(running.issuer, key=signing_key(path))
    assert again.verify(token)["affiliate_id"] == "alice"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_token_has_the_claims_of_cognito(running: Stand) -> None:
    claims = running.issuer.verify(running.issuer.issue(User("alice", ("admins",))))

    assert claims["iss"] == "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_local"
    assert (claims["token_use"], claims["cognito:username"], claims["cognito:groups"]) == (
        "id",
        "alice",
        ["admins"],
    )
    assert claims["exp"] - claims["iat"] == DAY
    assert claims.keys() >= {"sub", "aud", "auth_time", "jti"}
