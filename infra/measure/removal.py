"""Deletes what `make destroy` keeps, with all that is in it: a bucket, a queue, a cluster, a user pool."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from botocore.exceptions import ClientError

from infra.account import Account
from infra.errors import to_sentence


def remove(account: Account, kept: Iterable[tuple[str, str]]) -> list[str]:
    """Delete resources, given as CloudFormation's type and physical id.

    Returns those that are kept still. One that AWS does not delete keeps no other from being deleted.
    """
    left = []
    for kind, name in kept:
        if kind not in _DELETED:
            left.append(f"{kind} {name}")
            continue
        try:
            _DELETED[kind](account, name)
        except ClientError as error:
            left.append(f"{kind} {name} ({to_sentence(error).rstrip('.')})")
    return left


def _delete_bucket(account: Account, name: str) -> None:
    s3 = account.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        if keys := [{"Key": each["Key"]} for each in page.get("Contents", [])]:
            s3.delete_objects(Bucket=name, Delete={"Objects": keys, "Quiet": True})
    s3.delete_bucket(Bucket=name)


def _delete_queue(account: Account, url: str) -> None:
    account.client("sqs").delete_queue(QueueUrl=url)


def _delete_cluster(account: Account, identifier: str) -> None:
    dsql = account.client("dsql")
    dsql.update_cluster(identifier=identifier, deletionProtectionEnabled=False)
    dsql.get_waiter("cluster_active").wait(identifier=identifier)  # not while it is updated
    dsql.delete_cluster(identifier=identifier)


def _delete_pool(account: Account, identifier: str) -> None:
    account.client("cognito-idp").delete_user_pool(UserPoolId=identifier)


def _goes_along(_account: Account, _name: str) -> None:
    """It goes with what it belongs to."""


_DELETED: Final[Mapping[str, Callable[[Account, str], None]]] = {
    "AWS::S3::Bucket": _delete_bucket,
    "AWS::S3::BucketPolicy": _goes_along,
    "AWS::SQS::Queue": _delete_queue,
    "AWS::SQS::QueuePolicy": _goes_along,
    "AWS::DSQL::Cluster": _delete_cluster,
    "AWS::Cognito::UserPool": _delete_pool,
    "AWS::Cognito::UserPoolGroup": _goes_along,
}
