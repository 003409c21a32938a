"""Makes, changes and deletes a CloudFormation stack, and waits until that is done."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from infra.errors import InfraError
from infra.templates import Template


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack, which may not exist yet. `client` is CloudFormation's; `tell` gets progress messages."""

    name: str
    client: Any
    tell: Callable[[str], None]
    poll: float = 2.0
    """Seconds between two checks of the status."""

    def deploy(self, template: Template, given: Mapping[str, str]) -> str:
        """Make or change the stack to match the template. Returns `created`, `changed` or `no change`.

        Switches termination protection on, so that only `delete` can delete the stack.
        A parameter that is not given keeps its value, or gets its default. If another operation on the stack
        is running, waits for it first. Raises InfraError for a parameter without a value, and with
        CloudFormation's reason if a resource cannot be made.
        """
        before = self._settled()
        parameters = self._parameters(template, given, before)
        change_set = self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"deploy-{uuid4()}",
            ChangeSetType="UPDATE" if before else "CREATE",
            TemplateBody=template.body(),
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": "app", "Value": "affiliate-analytics"}],
        )
        is_change = self._is_change(change_set["Id"])
        if is_change:
            self.client.execute_change_set(ChangeSetName=change_set["Id"])
            self._finish(change_set["StackId"], _MADE)
        self._set_protection(enabled=True)
        if not is_change:
            return "no change"
        return "changed" if before else "created"

    def check_parameters(self, template: Template, given: Mapping[str, str]) -> None:
        """Raise InfraError if `deploy` would find a parameter without a value."""
        self._parameters(template, given, self._describe(self.name))

    def outputs(self) -> dict[str, str]:
        """The outputs by name; empty if the stack does not exist."""
        stack = self._describe(self.name)
        return {each["OutputKey"]: each["OutputValue"] for each in (stack or {}).get("Outputs", [])}

    def parameter(self, name: str) -> str:
        """The value of a parameter; empty if the stack does not exist or has no such parameter."""
        parameters = (self._describe(self.name) or {}).get("Parameters", [])
        return next((each["ParameterValue"] for each in parameters if each["ParameterKey"] == name), "")

    def delete(self) -> str:
        """Delete the stack. Returns `deleted` or `not there`."""
        stack = self._settled()
        if stack is None:
            return "not there"
        self._set_protection(enabled=False)
        self.client.delete_stack(StackName=self.name)
        self._finish(stack["StackId"], _GONE)
        return "deleted"

    def resources(self) -> dict[str, str]:
        """The physical ids of the resources by logical id; empty if the stack does not exist."""
        if self._describe(self.name) is None:
            return {}
        pages = self.client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        found = (each for page in pages for each in page["StackResourceSummaries"])
        return {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in found}

    def _settled(self) -> dict[str, Any] | None:
        """Wait for running operations, and remove a failed stack.

        Returns the stack, or None if it must be created.
        """
        stack = self._describe(self.name)
        if stack and _is_under_way(stack):
            self.tell("waiting for another operation on this stack")
            stack = self._wait(stack["StackId"])
        if stack and stack["StackStatus"] in _DEAD:
            self.tell("removing the rest of a failed attempt")
            self.client.delete_stack(StackName=self.name)
            stack = self._wait(stack["StackId"])
        return None if stack is None or stack["StackStatus"] in (_REVIEW, *_GONE) else stack

    def _parameters(
        self, template: Template, given: Mapping[str, str], before: Mapping[str, Any] | None
    ) -> list[dict[str, Any]]:
        kept = {each["ParameterKey"] for each in (before or {}).get("Parameters", [])}
        parameters: list[dict[str, Any]] = []
        for name, parameter in template.parameters.items():
            if name in given:
                parameters.append({"ParameterKey": name, "ParameterValue": given[name]})
            elif name in kept:
                parameters.append({"ParameterKey": name, "UsePreviousValue": True})
            elif parameter.is_required:
                meaning = parameter.description.rstrip(".")
                raise InfraError(f"{name} is missing: add {name}=… to the command ({meaning}).")
        return parameters

    def _is_change(self, change_set: str) -> bool:
        """Wait for the change set, and return whether it has any changes."""
        while (found := self.client.describe_change_set(ChangeSetName=change_set))["Status"] in _PLANNING:
            time.sleep(self.poll)
        if found["Status"] != "FAILED":
            return True
        reason = found.get("StatusReason", "")
        self.client.delete_change_set(ChangeSetName=change_set)
        if any(words in reason for words in _NOTHING_TO_DO):
            return False
        raise InfraError(f"CloudFormation cannot change {self.name}: {reason}")

    def _set_protection(self, *, enabled: bool) -> None:
        """Switch termination protection, which a change set cannot do."""
        self.client.update_termination_protection(StackName=self.name, EnableTerminationProtection=enabled)

    def _finish(self, stack_id: str, wanted: Sequence[str]) -> None:
        stack = self._wait(stack_id)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        if status not in wanted:
            raise InfraError(f"CloudFormation failed: {self._reason(stack_id) or status}")

    def _wait(self, stack_id: str) -> dict[str, Any] | None:
        """Show events until no operation is running. Returns the stack, or None if it is gone."""
        seen = {event["EventId"] for event in self._events(stack_id)}
        while (stack := self._describe(stack_id)) and _is_under_way(stack):
            for event in reversed(self._events(stack_id)):
                if event["EventId"] not in seen:
                    self.tell(f"{event['LogicalResourceId']}: {event['ResourceStatus'].lower()}")
                    seen.add(event["EventId"])
            time.sleep(self.poll)
        return stack

    def _reason(self, stack_id: str) -> str:
        """The reason of the first failure. Later failures are only cancelled because of it."""
        for event in reversed(self._events(stack_id)):
            reason = event.get("ResourceStatusReason", "")
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
                hint = _TAKEN if "already exists" in reason else ""
                return f"{event['LogicalResourceId']}: {reason.rstrip('.')}.{hint}"
        return ""

    def _events(self, stack_id: str) -> list[dict[str, Any]]:
        """The latest events, newest first."""
        events: list[dict[str, Any]] = self.client.describe_stack_events(StackName=stack_id)["StackEvents"]
        return events

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            stack: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:  # a ValidationError like any other
                return None
            raise
        return stack


def _is_under_way(stack: Mapping[str, Any]) -> bool:
    status: str = stack["StackStatus"]
    return status.endswith("_IN_PROGRESS") and status != _REVIEW


_REVIEW: Final = "REVIEW_IN_PROGRESS"
"""The status of a new stack whose change set was never executed: it has no resources."""

_MADE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
_GONE: Final = ("DELETE_COMPLETE",)
_DEAD: Final = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
"""States in which a stack can only be deleted."""

_PLANNING: Final = ("CREATE_PENDING", "CREATE_IN_PROGRESS")
_NOTHING_TO_DO: Final = ("didn't contain changes", "No updates are to be performed")
_TAKEN: Final = (
    " The name is in use, perhaps by a resource that `make destroy` kept: choose another name, or see "
    "docs/operations.md for how to use the resource again."
)
