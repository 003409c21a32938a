"""The templates, read; and the outputs of a stack made of infra/storage.yaml."""

import json
import re
from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str  # type: ignore[import-untyped]  # cfn-lint is untyped

from tests.dsql import ENDPOINT

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infra" / "storage.yaml"

_LOG_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/affiliate-analytics-dev"
_TABLE = "arn:aws:timestream:eu-west-1:123456789012:database/WebAnalyticsDb/table"

OUTPUTS = {
    "Engine": "timestream",
    "EventsBucket": "web-analytics-events",
    "EventsBucketArn": "arn:aws:s3:::web-analytics-events",
    "EventsPrefix": "events/",
    "DeadLetterPrefix": "dead-letters/",
    "DirectoryKey": "directory/affiliates.json",
    "RejectedPrefix": "timestream-rejected/",
    "TimestreamDatabase": "WebAnalyticsDb",
    "PageViewsTable": "PageViewsTable",
    "PageViewsTableArn": f"{_TABLE}/PageViewsTable",
    "CommissionsTable": "CommissionsTable",
    "CommissionsTableArn": f"{_TABLE}/CommissionsTable",
    "IngestLogGroupArn": f"{_LOG_GROUP}-ingest",
    "MetricsLogGroupArn": _LOG_GROUP,
    "FailureQueueArn": "arn:aws:sqs:eu-west-1:123456789012:failures",
    "FailureQueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/failures",
    "WebStream": "affiliate-analytics-dev-web",
    "ServerStream": "affiliate-analytics-dev-server",
    "RudderStackRoleArn": "arn:aws:iam::123456789012:role/RudderStackRole",
    "AlarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:affiliate-analytics-dev-alarms",
    "DashboardUrl": "https://eu-west-1.console.aws.amazon.com/",
}
"""Those of the stage dev on Timestream, as they would be for the tests' bucket and tables."""

_OF_TIMESTREAM = {
    "RejectedPrefix",
    "TimestreamDatabase",
    "PageViewsTable",
    "PageViewsTableArn",
    "CommissionsTable",
    "CommissionsTableArn",
}

ON_POSTGRES = {
    **{name: value for name, value in OUTPUTS.items() if name not in _OF_TIMESTREAM},
    "Engine": "postgres",
    "DsqlEndpoint": ENDPOINT,
    "ClusterArn": f"arn:aws:dsql:eu-west-1:123456789012:cluster/{ENDPOINT.partition('.')[0]}",
}
"""Those of the stage dev on PostgreSQL."""


def storage() -> dict[str, Any]:
    """infra/storage.yaml."""
    return template(TEMPLATE.stem)


def template(name: str) -> dict[str, Any]:
    """A template, with its intrinsic functions in the long form and without the parser's own types."""
    document, mistakes = decode_str(TEMPLATE.with_stem(name).read_text(encoding="utf-8"))
    assert not mistakes
    read: dict[str, Any] = json.loads(json.dumps(document))
    return read


def of_type(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The properties of the resources of a type, by logical id."""
    return {
        logical_id: resource["Properties"]
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] == f"AWS::{name}"
    }


def in_stage(value: Any, stage: str) -> Any:
    """A property as it is in a stage, where it depends on nothing else."""
    match value:
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{Stage\}", stage, text)
        case {"Ref": "Stage"}:
            return stage
        case _:
            return value


def reference(logical_id: str, attribute: str = "Arn") -> dict[str, Any]:
    """`!GetAtt`, in the long form."""
    return {"Fn::GetAtt": [logical_id, attribute]}
