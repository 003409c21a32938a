"""`python -m infra.users`, on moto's Cognito with a pool as infra/users.yaml declares it."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest

from infra.users import __main__ as users
from infra.users.pool import ADMINS
from tests.deployment import BUCKET, forget_objects
from tests.infra.functions import lambda_functions
from tests.infra.project import ROOT
from tests.infra.storage import of_type, template

(DECLARED,) = of_type(template("users"), "Cognito::UserPool").values()
STACK = "affiliate-analytics-dev-users"
ALICE = ("alice", "--email", "alice@partner.example")
OWNER = ("--admin", "--email", "owner@shop.example")
WORKS = "The password in the e-mail works for 7 days."

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def cognito(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A pool with the group of administrators, and a deployed stage that has it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    forget_objects(s3_url)
    with closing(boto3.client("cognito-idp")) as client, lambda_functions(lambda _: None) as functions:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
        yield client


@pytest.fixture
def pool(cognito: Any) -> str:
    declared = {name: DECLARED[name] for name in ("UsernameAttributes", "UsernameConfiguration", "Schema")}
    made: str = cognito.create_user_pool(PoolName="affiliate-analytics-dev", **declared)["UserPool"]["Id"]
    cognito.create_group(UserPoolId=made, GroupName=ADMINS)
    deploy(STACK, Outputs={"UserPoolId": {"Value": made}})
    return made


def deploy(name: str, **parts: Any) -> None:
    """Make a stack that has nothing to speak of."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {}}
    body = json.dumps({"Resources": {"Topic": topic}, **parts})
    with closing(boto3.client("cloudformation")) as client:
        client.create_stack(StackName=name, TemplateBody=body)


def publish(*affiliates: str) -> None:
    """Put a directory into the bucket of the events."""
    body = json.dumps({"affiliates": [{"id": each} for each in affiliates]})
    with closing(boto3.client("s3")) as s3:
        s3.put_object(Bucket=BUCKET, Key="directory/affiliates.json", Body=body)


@pytest.fixture
def run(cognito: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; its exit code, and what it says."""
    monkeypatch.setenv("COLUMNS", "200")
    with closing(boto3.client("s3")) as s3:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def run(*arguments: str) -> tuple[int, str]:
        code = users.main([*arguments, "--stage", "dev"], ROOT)
        said = capsys.readouterr()
        return code, (said.out + said.err).rstrip()

    return run


def test_users_are_invited_listed_and_removed(run: Run, pool: str, cognito: Any):
    assert run("list") == (0, "dev has no users yet: invite some with users add.")
    said = f"alice@partner.example is invited as the affiliate alice. {WORKS}"
    assert run("add", *ALICE) == (0, said)  # no directory: every affiliate counts
    assert run("add", *OWNER) == (0, f"owner@shop.example is invited as an administrator. {WORKS}")
    publish("O'Brien & Söhne")
    both = ("O'Brien & Söhne", "--admin", "--email", "max@obrien.example")
    assert run("add", *both)[1].startswith(
        "max@obrien.example is invited as the affiliate O'Brien & Söhne and an"
    )

    found = cognito.admin_get_user(UserPoolId=pool, Username="alice@partner.example")
    attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
    assert attributes["custom:affiliate_id"] == "alice"
    assert attributes["email_verified"] == "true"
    cognito.admin_set_user_password(
        UserPoolId=pool, Username="alice@partner.example", Password="Correct-horse-1", Permanent=True
    )
    cognito.admin_disable_user(UserPoolId=pool, Username="owner@shop.example")
    code, table = run("list")
    assert code == 0
    assert [line.split("  ")[0].strip() for line in table.splitlines()] == [
        "e-mail",
        "alice@partner.example",
        "max@obrien.example",
        "owner@shop.example",
    ]
    assert [" ".join(line.split()[1:]) for line in table.splitlines()] == [
        "affiliate administrator state",
        "alice (not in the directory) active",
        "O'Brien & Söhne yes invited",
        "yes disabled",
    ]

    again = f"max@obrien.example is invited again. {WORKS.replace('the e-mail', 'the new e-mail')}"
    assert run("invite", "max@obrien.example") == (0, again)
    code, said = run("remove", "Alice@Partner.example")
    assert code == 0
    assert said.startswith("alice@partner.example is removed. Who is still signed in as the affiliate alice")
    assert "alice" not in run("list")[1]


def test_a_user_becomes_an_administrator_and_nothing_else_changes(run: Run, pool: str):
    run("add", *ALICE)
    promoted = (
        "alice@partner.example was a user already, and is an administrator now, from the next sign-in on."
    )
    assert run("add", "--admin", "--email", "ALICE@partner.example") == (0, promoted)
    for arguments in (ALICE, (*ALICE, "--admin"), ("bob", *ALICE[1:])):
        code, said = run("add", *arguments)
        assert code == 1
        assert said.startswith(
            "users: alice@partner.example is a user already, as the affiliate alice and an"
        )


MISTAKES = [
    (("add", "--email", "a@b.example"), "Say who that is: the id of an affiliate, --admin, or both."),
    (
        ("add", "alice", "--email", "alice"),
        "'alice' is not an e-mail address, such as alice@partner.example.",
    ),
    (("add", "alice", "--email", "a@b c.example"), "'a@b c.example' is not an e-mail address"),
    (
        ("add", "alice", "--email", "a@bücher.example"),
        "a@bücher.example was not accepted: Username should be",
    ),
    (("add", "a/", "--email", "a@b.example"), "'a/' cannot be an affiliate's id: see docs/directory.md."),
    (
        ("add", "alcie", "--email", "a@b.example"),
        "The directory has no affiliate 'alcie': did you mean alice?",
    ),
    (("add", "zoe", "--email", "a@b.example"), "The directory has no affiliate 'zoe'. To add one, publish"),
    (("remove", "bob@b.example"), "There is no user bob@b.example: did you mean bob@bob.example?"),
    (("invite", "zz@zz.test"), "There is no user zz@zz.test."),
    (("remove", '" or email ^= "@b.example'), """'" or email ^= "@b.example' is not an e-mail address"""),
]


def test_what_is_wrong_is_said(run: Run, pool: str, cognito: Any):
    publish("alice", "bob")
    cognito.admin_create_user(UserPoolId=pool, Username="bob@bob.example")
    for arguments, said in MISTAKES:
        code, error = run(*arguments)
        assert (code, error[: len(said) + 7]) == (1, f"users: {said}")
    assert len(cognito.list_users(UserPoolId=pool)["Users"]) == 1


def test_an_active_user_is_not_invited_again(run: Run, pool: str, cognito: Any):
    run("add", *OWNER)
    cognito.admin_set_user_password(
        UserPoolId=pool, Username="owner@shop.example", Password="Correct-horse-1", Permanent=True
    )
    said = "users: owner@shop.example is active: the sign-in page has a link for a forgotten password."
    assert run("invite", "owner@shop.example") == (1, said)


def test_with_a_broken_directory_nobody_is_invited_as_an_affiliate(run: Run, pool: str):
    publish("alice", "alice")
    code, said = run("add", *ALICE)
    assert (code, said) == (
        1,
        "users: The directory is broken, so nobody can be looked up: the affiliate 'alice' is there twice.",
    )
    assert run("add", *OWNER)[0] == 0


def test_a_stage_without_a_pool_of_its_own_says_where_its_users_are(run: Run):
    code, said = run("list")
    assert code == 1
    assert said.startswith(
        "users: dev has no user pool in eu-west-1 of account 123456789012: check AWS_DEFAULT"
    )
    given = {"UserPoolId": {"Type": "String", "Default": "eu-west-1_AbCdEf123"}}
    deploy("affiliate-analytics-dev-graphql", Parameters=given)
    said = "users: The users of dev are in eu-west-1_AbCdEf123, a pool of your own: see docs/appsync.md."
    assert run("list") == (1, said)
