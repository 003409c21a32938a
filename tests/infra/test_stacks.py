"""What moto's CloudFormation never does: stacks under way, stacks that failed, change sets that wait."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from infra.errors import InfraError
from infra.stacks import Stack
from infra.templates import MAX_BODY, Template
from tests.infra.project import ROOT
from tests.infra.storage import storage

TEMPLATE = """
Parameters:
  Name: {Type: String, Description: The name of the topic.}
  Size: {Type: Number, Default: 1}
Resources:
  Topic: {Type: AWS::SNS::Topic, DeletionPolicy: Retain, Properties: {TopicName: !Ref Name}}
"""
PROTECTED = {"StackName": "s", "EnableTerminationProtection": True}
ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1"
MISSING = {"service_error_code": "ValidationError", "service_message": "Stack with id s does not exist"}


@pytest.fixture
def template(tmp_path: Path) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return Template(path)


@pytest.fixture
def cloudformation() -> Iterator[tuple[Stubber, Stack, list[str]]]:
    """A scripted CloudFormation, a stack in it, and what it told."""
    told: list[str] = []
    client = boto3.client("cloudformation", region_name="eu-west-1")
    with Stubber(client) as stubber:
        yield stubber, Stack("s", client, told.append, poll=0), told
        stubber.assert_no_pending_responses()
    client.close()


def stack(status: str, **fields: Any) -> dict[str, Any]:
    return {"Stacks": [{"StackName": "s", "StackId": ID, "CreationTime": 0, "StackStatus": status, **fields}]}


def events(*said: tuple[str, str, str]) -> dict[str, Any]:
    """Of (logical id, status, reason), in time's order; CloudFormation gives the newest first."""
    return {
        "StackEvents": [
            {
                "StackId": ID,
                "StackName": "s",
                "EventId": f"{name}-{status}",
                "Timestamp": 0,
                "LogicalResourceId": name,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
            for name, status, reason in reversed(said)
        ]
    }


def test_deploy_waits_for_a_running_operation(cloudformation: Any, template: Template):
    stubber, made, told = cloudformation
    creating = events(("Topic", "CREATE_IN_PROGRESS", ""))
    stubber.add_response("describe_stacks", stack("CREATE_IN_PROGRESS"))
    stubber.add_response("describe_stack_events", events())
    stubber.add_response("describe_stacks", stack("CREATE_IN_PROGRESS"))
    stubber.add_response("describe_stack_events", creating)
    kept = [{"ParameterKey": "Name", "ParameterValue": "n"}, {"ParameterKey": "Size", "ParameterValue": "2"}]
    stubber.add_response("describe_stacks", stack("CREATE_COMPLETE", Parameters=kept))
    stubber.add_response(
        "create_change_set",
        {"Id": "change-set", "StackId": ID},
        {
            "StackName": "s",
            "ChangeSetName": ANY,
            "ChangeSetType": "UPDATE",
            "TemplateBody": template.body(),
            "Parameters": [
                {"ParameterKey": "Name", "UsePreviousValue": True},
                {"ParameterKey": "Size", "ParameterValue": "3"},
            ],
            "Capabilities": ANY,
            "Tags": ANY,
        },
    )
    stubber.add_response("describe_change_set", {"Status": "CREATE_IN_PROGRESS"})
    nothing = "The submitted information didn't contain changes. Submit different information."
    stubber.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": nothing})
    stubber.add_response("delete_change_set", {})
    stubber.add_response("update_termination_protection", {}, PROTECTED)
    assert made.deploy(template, {"Size": "3"}) == "no change"
    assert told == ["waiting for another operation on this stack", "Topic: create_in_progress"]


def test_a_failed_attempt_is_removed_and_the_next_one_says_why_it_failed(
    cloudformation: Any, template: Template
):
    stubber, made, told = cloudformation
    stubber.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    stubber.add_response("delete_stack", {})
    stubber.add_response("describe_stack_events", events())
    stubber.add_response("describe_stacks", stack("DELETE_COMPLETE"))
    stubber.add_response("create_change_set", {"Id": "change-set", "StackId": ID})
    stubber.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
    stubber.add_response("execute_change_set", {})
    stubber.add_response("describe_stack_events", events())
    stubber.add_response("describe_stacks", stack("ROLLBACK_COMPLETE"))
    stubber.add_response(
        "describe_stack_events",
        events(
            ("Topic", "CREATE_FAILED", "n already exists in stack other."),
            ("Queue", "CREATE_FAILED", "Resource creation cancelled"),
            ("s", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Topic, Queue]."),
        ),
    )
    with pytest.raises(InfraError) as failed:
        made.deploy(template, {"Name": "n"})
    assert str(failed.value).startswith(
        "CloudFormation failed: Topic: n already exists in stack other. The name is in use, perhaps"
    )
    assert told == ["removing the rest of a failed attempt"]


def test_a_change_set_that_fails_is_reported_with_its_reason(cloudformation: Any, template: Template):
    stubber, made, _ = cloudformation
    stubber.add_client_error("describe_stacks", **MISSING)
    stubber.add_response("create_change_set", {"Id": "change-set", "StackId": ID})
    stubber.add_response("describe_change_set", {"Status": "FAILED", "StatusReason": "Template error: no"})
    stubber.add_response("delete_change_set", {})
    with pytest.raises(InfraError, match="CloudFormation cannot change s: Template error: no"):
        made.deploy(template, {"Name": "n"})


def test_a_stack_that_was_never_executed_is_created(cloudformation: Any, template: Template):
    stubber, made, _ = cloudformation
    stubber.add_response("describe_stacks", stack("REVIEW_IN_PROGRESS"))
    stubber.add_response("create_change_set", {"Id": "change-set", "StackId": ID})
    stubber.add_response("describe_change_set", {"Status": "CREATE_COMPLETE"})
    stubber.add_response("execute_change_set", {})
    stubber.add_response("describe_stack_events", events())
    stubber.add_response("describe_stacks", stack("CREATE_COMPLETE"))
    stubber.add_response("update_termination_protection", {}, PROTECTED)
    assert made.deploy(template, {"Name": "n"}) == "created"


def test_protection_ends_just_before_a_stack_is_deleted(cloudformation: Any):
    stubber, made, _ = cloudformation
    stubber.add_response("describe_stacks", stack("UPDATE_COMPLETE"))
    stubber.add_response(
        "update_termination_protection", {}, {"StackName": "s", "EnableTerminationProtection": False}
    )
    stubber.add_response("delete_stack", {}, {"StackName": "s"})
    stubber.add_response("describe_stack_events", events())
    stubber.add_response("describe_stacks", stack("DELETE_COMPLETE"))
    assert made.delete() == "deleted"


def test_the_graphql_template_is_sent_with_its_files_in_it():
    body = Template(ROOT / "infra/graphql.yaml").body()
    assert "S3Location" not in json.dumps(json.loads(body)["Resources"])
    assert "type Query" in body
    assert len(body.encode()) < MAX_BODY


def test_a_template_is_sent_as_cfn_lint_reads_it():
    assert json.loads(Template(ROOT / "infra/storage.yaml").body()) == storage()


def test_resources_that_hold_data_are_listed_as_retained(template: Template):
    assert template.retained == {"Topic": "AWS::SNS::Topic"}
    assert set(Template(ROOT / "infra/storage.yaml").retained.values()) >= {
        "AWS::S3::Bucket",
        "AWS::Timestream::Database",
        "AWS::Timestream::Table",
        "AWS::SQS::Queue",
    }
