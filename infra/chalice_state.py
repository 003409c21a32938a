"""Rebuilds Chalice's state from what is deployed, so that any machine can deploy a stage.

Chalice keeps a file of what it has deployed, and knows a REST API only by that file. Without it, Chalice
would make a second REST API, with another address.
"""

from collections.abc import Iterator
from typing import Any

from infra.account import Account
from infra.errors import InfraError
from infra.stage import Stage, write_deployed


def rebuild_state(account: Account, stage: Stage) -> str:
    """Rebuild Chalice's state of the stage from what is deployed. Returns how much that is.

    Raises InfraError if there are two REST APIs.
    """
    found = [*_functions(account, stage), *_rest_apis(account, stage)]
    if not found:
        return "nothing yet"
    write_deployed(stage, found)
    return f"{len(found)} resources"


def check_place(account: Account, stage: Stage) -> None:
    """Raise InfraError if the stage was last deployed from here to another account or region."""
    for resource in stage.deployed.values():
        if arn := resource.get("lambda_arn"):
            _, _, _, region, owner, *_ = arn.split(":")
            if (region, owner) != (account.region, account.id):
                raise InfraError(
                    f"The stage {stage.name} was last deployed to {region} in account {owner}, and this is "
                    f"{account.region} in {account.id}: set AWS_DEFAULT_REGION and AWS_PROFILE, or delete "
                    f"{stage.workspace.relative_to(stage.project)} if the stage moves."
                )


def _functions(account: Account, stage: Stage) -> Iterator[dict[str, Any]]:
    """Each function with its role and, of `ingest`, its notification, as Chalice writes them down."""
    client = account.client("lambda")
    for name, function in (("ingest", stage.ingest_function), ("api_handler", stage.api_function)):
        try:
            found = client.get_function_configuration(FunctionName=function)
        except client.exceptions.ResourceNotFoundException:
            continue  # the deployment did not come that far
        arn, role = found["FunctionArn"], found["Role"]
        yield {
            "name": f"{name}_role",
            "resource_type": "iam_role",
            "role_arn": role,
            "role_name": role.rpartition("/")[2],
        }
        yield {"name": name, "resource_type": "lambda_function", "lambda_arn": arn}
        if name == "ingest":
            bucket = found["Environment"]["Variables"]["EVENTS_BUCKET"]
            yield {
                "name": "ingest-s3event",
                "resource_type": "s3_event",
                "bucket": bucket,
                "lambda_arn": arn,
            }


def _rest_apis(account: Account, stage: Stage) -> list[dict[str, Any]]:
    client = account.client("apigateway")
    pages = client.get_paginator("get_rest_apis").paginate()
    named = [api["id"] for page in pages for api in page["items"] if api["name"] == stage.app]
    ours = [api for api in named if _invokes(client, api, stage.api_function)]
    if len(ours) > 1:
        raise InfraError(
            f"{len(ours)} REST APIs belong to the stage {stage.name}, {' and '.join(ours)}: "
            "delete those that AppSync does not use."
        )
    url = f"https://{{}}.execute-api.{account.region}.amazonaws.com/{stage.api_stage}/"
    return [
        {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api, "rest_api_url": url.format(api)}
        for api in ours
    ]


def _invokes(client: Any, api: str, function: str) -> bool:
    """Whether any method of the API has this function behind it. All stages' APIs have one name."""
    resources = client.get_resources(restApiId=api, embed=["methods"])["items"]
    methods = [method for resource in resources for method in resource.get("resourceMethods", {}).values()]
    uris = [method.get("methodIntegration", {}).get("uri", "") for method in methods]
    return any(f":function:{function}/" in uri for uri in uris)
