"""The trigger before a token: whose claim a user gets, by the directory in a real S3."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory import parse_directory
from infra import affiliate_claim
from infra.affiliate_claim import handler
from tests.deployment import BUCKET, forget_objects
from tests.infra.project import ROOT
from tests.test_architecture import imports

KEY = "directory/affiliates.json"
NO_CLAIM = {"claimsToSuppress": ["affiliate_id", "custom:affiliate_id"]}


def event(source: str = "TokenGeneration_HostedAuth", **attributes: str) -> dict[str, Any]:
    """What Cognito sends, version 1.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
    """
    return {
        "version": "1",
        "triggerSource": source,
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_AbCdEf123",
        "userName": "02c50484-0091-7015-98b3-53c74ad4e2e5",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example23456789"},
        "request": {
            "userAttributes": {
                "sub": "02c50484-0091-7015-98b3-53c74ad4e2e5",
                "cognito:user_status": "CONFIRMED",
                "email_verified": "true",
                "email": "alice@partner.example",
                **attributes,
            },
            "groupConfiguration": {
                "groupsToOverride": ["admins"],
                "iamRolesToOverride": [],
                "preferredRole": None,
            },
        },
        "response": {"claimsOverrideDetails": None},
    }


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, which the trigger's settings name."""
    for name, value in {"AWS_ENDPOINT_URL": s3_url, "EVENTS_BUCKET": BUCKET, "DIRECTORY_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    forget_objects(s3_url)
    affiliate_claim._s3.cache_clear()
    with closing(boto3.client("s3")) as client:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client
    affiliate_claim._s3().close()
    affiliate_claim._s3.cache_clear()


def claims(affiliate: str | None) -> dict[str, Any]:
    """The trigger's answer for a user with this attribute."""
    asked = event(**({} if affiliate is None else {"custom:affiliate_id": affiliate}))
    answer = handler(asked, None)
    assert {**answer, "response": asked["response"]} == asked
    answered: dict[str, Any] = answer["response"]["claimsOverrideDetails"]
    return answered


def test_an_affiliate_has_the_claim_while_the_directory_lists_it(s3: Any):
    the_claim = {
        "claimsToAddOrOverride": {"affiliate_id": "O'Brien & Söhne"},
        "claimsToSuppress": ["custom:affiliate_id"],
    }
    assert claims("O'Brien & Söhne") == the_claim  # no directory: every affiliate counts
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=(ROOT / "tests/infra/directory.json").read_bytes())
    assert claims("O'Brien & Söhne") == the_claim
    for other in ("bob", "O'BRIEN & SÖHNE", "O'Brien & Söhne ", "", None):
        assert claims(other) == NO_CLAIM
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b'{"affiliates": []}')
    assert claims("O'Brien & Söhne") == NO_CLAIM


def test_the_groups_stay_as_they_are(s3: Any):
    """An administrator needs no directory, and so can sign in when it is broken."""
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"broken")
    assert claims(None) == NO_CLAIM
    assert "groupOverrideDetails" not in NO_CLAIM


@pytest.mark.parametrize("body", [b"broken", b"{}", b'{"affiliates": [{"name": "Alice"}]}', b"[]"])
def test_with_a_broken_directory_an_affiliate_gets_no_token(s3: Any, body: bytes):
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=body)
    with pytest.raises((ValueError, KeyError, TypeError)):
        claims("alice")


def test_without_the_bucket_an_affiliate_gets_no_token(s3: Any):
    s3.delete_bucket(Bucket=BUCKET)
    with pytest.raises(s3.exceptions.NoSuchBucket):
        claims("alice")


IDS = st.sampled_from(["alice", "bob", "O'Brien & Söhne", "\U0001f600"])


@given(st.sets(IDS), IDS)
def test_the_trigger_and_ingest_read_a_directory_in_the_same_way(ids: set[str], asked: str):
    body = json.dumps({"affiliates": [{"id": each, "codes": [each]} for each in sorted(ids)]}).encode()
    assert affiliate_claim.lists(body, asked) == (asked in parse_directory(body).affiliates)


def test_the_trigger_imports_only_what_lambda_has():
    tops = {module.partition(".")[0] for module in imports(Path(affiliate_claim.__file__))}
    assert tops <= sys.stdlib_module_names | {"boto3"}
