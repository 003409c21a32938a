"""The deployed `ingest` function: its settings, and invocations of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.config import Config
from chalicelib.errors import SettingError
from infra.account import Account
from infra.errors import InfraError
from infra.stage import Stage

COUNTS: Final = ("documents", "written", "duplicates", "left_out", "malformed", "rejected", "bytes", "gone")
"""The counts of an outcome, in the order in which they are printed."""


_PASSING: Final = ("TooManyRequestsException", "ServiceException", "EC2ThrottledException")
"""Errors of one invocation, which the SDK has retried already. Another invocation may succeed."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one invocation: counts, or the reason why it failed."""

    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class IngestFunction:
    """The deployed function and its settings."""

    name: str
    config: Config
    client: Any
    """A client of Lambda."""

    def invoke(self, notification: Mapping[str, Any]) -> Result:
        """Ingest the objects that an S3 notification names, and wait for the result.

        Safe to repeat. Raises botocore's error if the function could not be invoked.
        """
        try:
            answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(notification))
        except ClientError as error:
            if error.response["Error"]["Code"] in _PASSING:
                return Result(error=str(error))
            raise
        except ReadTimeoutError as error:
            return Result(error=str(error))
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            return Result(error=_one_line(payload))
        return Result(_totals(payload))

    def failure_queue(self) -> str:
        """The name of the queue for notifications that `ingest` failed on after all retries.

        Raises InfraError if the function has no such queue.
        """
        missing = self.client.exceptions.ResourceNotFoundException
        try:
            found = self.client.get_function_event_invoke_config(FunctionName=self.name)
        except missing:
            found = {}
        arn: str = found.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
        if ":sqs:" not in arn:
            raise InfraError(f"{self.name} has no failure queue: `make deploy` sets it.")
        return arn.rpartition(":")[2]


def find_ingest(account: Account, stage: Stage) -> IngestFunction:
    """Find the `ingest` function of a stage.

    Raises InfraError if the stage is not deployed, or has invalid settings.
    """
    client = account.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=stage.ingest_function)
    except client.exceptions.ResourceNotFoundException as error:
        raise InfraError(
            f"The stage {stage.name} is not deployed in {account.region} of account {account.id}: "
            f"check AWS_DEFAULT_REGION, or run `make deploy STAGE={stage.name}` first."
        ) from error
    try:
        config = Config.from_environ(found.get("Environment", {}).get("Variables", {}))
    except SettingError as error:
        raise InfraError(f"{stage.ingest_function}: {error}.") from error
    return IngestFunction(stage.ingest_function, config, client)


def _totals(outcomes: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(_count(outcome.get(name, 0)) for outcome in outcomes) for name in COUNTS}


def _count(value: int | dict[str, int]) -> int:
    return sum(value.values()) if isinstance(value, dict) else value


def _one_line(payload: Mapping[str, Any]) -> str:
    message = payload.get("errorMessage", "it gave no reason")
    return " ".join(f"{payload.get('errorType', 'Error')}: {message}".split())
