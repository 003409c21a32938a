"""The trigger that puts the affiliate's id into an identity token. Cognito runs it before it makes a token.

A Lambda function of its own: infra/users.yaml ships this one file, so it imports nothing of this project.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

import json
import os
from contextlib import closing
from functools import cache
from typing import Any

import boto3

CLAIM = "affiliate_id"
"""What the API reads: the parameter AffiliateClaim of infra/graphql.yaml."""

ATTRIBUTE = "custom:affiliate_id"
"""What `python -m infra.users add` writes, and what no app client may write."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Set the claim if the directory lists the user's affiliate. Otherwise, take the claim away.

    Takes and returns Cognito's event, version 1. Raises an error if the directory cannot be read: the user
    then gets no token, and can try again.
    """
    affiliate = event["request"]["userAttributes"].get(ATTRIBUTE, "")
    if affiliate and _is_listed(affiliate):
        claims = {"claimsToAddOrOverride": {CLAIM: affiliate}, "claimsToSuppress": [ATTRIBUTE]}
    else:
        claims = {"claimsToSuppress": [CLAIM, ATTRIBUTE]}
    return {**event, "response": {"claimsOverrideDetails": claims}}


def _is_listed(affiliate: str) -> bool:
    """Whether the directory has the affiliate. If there is no directory, every affiliate counts."""
    s3 = _s3()
    try:
        answer = s3.get_object(Bucket=os.environ["EVENTS_BUCKET"], Key=os.environ["DIRECTORY_KEY"])
    except s3.exceptions.NoSuchKey:
        return True
    with closing(answer["Body"]) as body:
        return lists(body.read(), affiliate)


def lists(directory: bytes, affiliate: str) -> bool:
    """Whether the directory's object names the affiliate. Raises an error if it is no directory."""
    return affiliate in [listed["id"] for listed in json.loads(directory)["affiliates"]]


@cache
def _s3() -> Any:
    return boto3.client("s3")
