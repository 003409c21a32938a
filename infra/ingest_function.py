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
"""What an outcome tells, in this order."""


_PASSING: Final = ("TooManyRequestsException", "ServiceException", "EC2ThrottledException")
"""Trouble of this invocation's: another may well go through. The SDK has tried it again already."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one invocation: counts, or the reason for there being none."""

    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class IngestFunction:
    """The function, with the settings that it runs with."""

    name: str
    config: Config
    client: Any
    """Lambda's."""

    def invoke(self, notification: Mapping[str, Any]) -> Result:
        """Have it ingest what a notification of S3's names; waits until it has.

        Safe to repeat, as the function is. Raises what botocore raises when none could be invoked.
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
        """The name of the queue that Lambda sends to what `ingest` failed with for good.

        Raises InfraError where there is none.
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
    """The function of a stage.

    Raises InfraError where the stage is not deployed, or has settings that the app would not take.
    """
    client = account.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=stage.ingest_function)
    except client.exceptions.ResourceNotFoundException as error:
        raise InfraError(
            f"The stage {stage.name} is not deployed in {account.region} of account {account.id}: "
            f"is AWS_DEFAULT_REGION right, or does `make deploy STAGE={stage.name}` come first?"
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
    message = payload.get("errorMessage", "it did not say why")
    return " ".join(f"{payload.get('errorType', 'Error')}: {message}".split())
