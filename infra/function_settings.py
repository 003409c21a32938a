"""Settings that Chalice has no option for: retries of `ingest`, log retention, and the API's throttle."""

import time
from contextlib import suppress
from typing import Any, Final

from infra.account import Account
from infra.stage import Stage

RETRIES: Final = 2
"""How often Lambda runs a failed notification again."""

MAX_AGE: Final = 6 * 60 * 60
"""Seconds that a notification may wait for a free function: the longest that Lambda allows."""

LOG_DAYS: Final = 30

REQUESTS_PER_SECOND: Final = 50
BURST: Final = 100
"""Limits of the REST API: enough for several dashboards, and a bound to the cost of a faulty client."""


def set_retries(account: Account, stage: Stage, failure_queue_arn: str, pause: float = 3.0) -> str:
    """Send the notifications that `ingest` fails on to the failure queue, after `RETRIES` or `MAX_AGE`.

    The permissions of a new role take a few seconds to apply. This function waits for them, at most ten times
    `pause` seconds.
    """
    client = account.client("lambda")
    for attempt in range(11):
        try:
            client.put_function_event_invoke_config(
                FunctionName=stage.ingest_function,
                MaximumRetryAttempts=RETRIES,
                MaximumEventAgeInSeconds=MAX_AGE,
                DestinationConfig={"OnFailure": {"Destination": failure_queue_arn}},
            )
            break
        except client.exceptions.InvalidParameterValueException as error:
            if attempt == 10 or _NOT_ALLOWED_YET not in error.response["Error"]["Message"]:
                raise
            time.sleep(pause)
    return f"{RETRIES} retries, then the failure queue"


def set_log_retention(account: Account, stage: Stage) -> str:
    """Keep the logs of both functions for `LOG_DAYS`."""
    client = account.client("logs")
    for name in log_groups(stage):
        # An earlier deployment or the function itself may have made the group.
        with suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(logGroupName=name)
        client.put_retention_policy(logGroupName=name, retentionInDays=LOG_DAYS)
    return f"{LOG_DAYS} days"


def log_groups(stage: Stage) -> list[str]:
    """The names that Lambda gives to the functions' log groups."""
    return [f"/aws/lambda/{name}" for name in (stage.api_function, stage.ingest_function)]


def set_throttle(account: Account, rest_api_id: str, api_stage: str) -> str:
    """Limit the requests to the API, all methods together."""
    limits = {"rateLimit": REQUESTS_PER_SECOND, "burstLimit": BURST}
    operations: list[dict[str, Any]] = [
        {"op": "replace", "path": f"/*/*/throttling/{name}", "value": str(value)}
        for name, value in limits.items()
    ]
    account.client("apigateway").update_stage(
        restApiId=rest_api_id, stageName=api_stage, patchOperations=operations
    )
    return f"{REQUESTS_PER_SECOND} requests a second"


_NOT_ALLOWED_YET: Final = "execution role does not have permissions"
