"""What Chalice cannot set: retries and failures of `ingest`, how long logs are kept, the API's throttle."""

import time
from contextlib import suppress
from typing import Any, Final

from infra.account import Account
from infra.stage import Stage

RETRIES: Final = 2
"""Times that Lambda runs a failed notification again."""

MAX_AGE: Final = 6 * 60 * 60
"""Seconds that Lambda keeps a notification which it is not given the concurrency for: its most."""

LOG_DAYS: Final = 30

REQUESTS_PER_SECOND: Final = 50
BURST: Final = 100
"""Of `GET /metrics`. Some dashboards' worth at once, and a bound to what a runaway client can cost."""


def set_retries(account: Account, stage: Stage, failure_queue_arn: str, pause: float = 3.0) -> str:
    """Have what `ingest` fails with end in the failure queue, after `RETRIES` or `MAX_AGE`.

    A role that was made a moment ago may not be allowed yet what it is: waits for that, at most ten times
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
    """Have both functions' logs kept for `LOG_DAYS`, from the first line on."""
    client = account.client("logs")
    for name in log_groups(stage):
        # It is there from an earlier deployment, or from the function's first line.
        with suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_group(logGroupName=name)
        client.put_retention_policy(logGroupName=name, retentionInDays=LOG_DAYS)
    return f"{LOG_DAYS} days"


def log_groups(stage: Stage) -> list[str]:
    """The names of the functions' log groups, as Lambda gives them."""
    return [f"/aws/lambda/{name}" for name in (stage.api_function, stage.ingest_function)]


def set_throttle(account: Account, rest_api_id: str, api_stage: str) -> str:
    """Bound the requests to the API, of all methods together."""
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
