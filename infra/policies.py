"""What the storage stack tells the app: its settings, and what its functions may do.

Chalice reads a policy from a file, and knows no variables in it. So `policy-ingest.json` and
`policy-metrics.json`, in `.chalice/`, are templates, whose `${Names}` are the stack's outputs. For PostgreSQL
they are `policy-ingest-postgres.json` and `policy-metrics-postgres.json`. A stage that is deployed without
the stack has `policy-ingest-by-name.json` and `policy-metrics-by-name.json`: Timestream's, with `BY_NAME` as
outputs.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

from chalicelib.config import POSTGRES, TIMESTREAM
from infra.errors import InfraError
from infra.stage import Stage

FUNCTIONS: Final = {"ingest": "ingest", "metrics": "api_handler"}
"""Our functions, with Chalice's names for them."""

BY_NAME: Final = {
    "EventsBucketArn": "arn:aws:s3:::*",
    "EventsPrefix": "events/",
    "DeadLetterPrefix": "dead-letters/",
    "DirectoryKey": "directory/affiliates.json",
    "RejectedPrefix": "timestream-rejected/",
    "PageViewsTableArn": "arn:aws:timestream:*:*:database/*/table/PageViewsTable",
    "CommissionsTableArn": "arn:aws:timestream:*:*:database/*/table/CommissionsTable",
    "IngestLogGroupArn": "arn:aws:logs:*:*:log-group:/aws/lambda/affiliate-analytics-*-ingest",
    "MetricsLogGroupArn": "arn:aws:logs:*:*:log-group:/aws/lambda/affiliate-analytics-*",
    "FailureQueueArn": "arn:aws:sqs:*:*:affiliate-analytics-*",
}
"""Values for the outputs if there is no stack: any account, region and bucket, but only our own names."""

_SETTINGS: Final = {
    "EVENTS_BUCKET": "EventsBucket",
    "EVENTS_PREFIX": "EventsPrefix",
    "DEAD_LETTER_PREFIX": "DeadLetterPrefix",
    "DIRECTORY_KEY": "DirectoryKey",
}
"""The settings that the stack decides on, and its outputs that they are."""

_DATABASE_SETTINGS: Final = {
    TIMESTREAM: {
        "TIMESTREAM_DATABASE": "TimestreamDatabase",
        "PAGE_VIEWS_TABLE": "PageViewsTable",
        "COMMISSIONS_TABLE": "CommissionsTable",
    },
    POSTGRES: {"ENGINE": "Engine", "DSQL_ENDPOINT": "DsqlEndpoint"},
}
"""The same, of each engine."""

_ENDINGS: Final = {TIMESTREAM: "", POSTGRES: "-postgres"}
"""What the names of the policies' templates end in for each engine."""


def stage_settings(outputs: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that the stack decides on.

    Raises InfraError for an output that is missing.
    """
    settings = {**_SETTINGS, **_DATABASE_SETTINGS[_output(outputs, "Engine")]}
    return {setting: _output(outputs, name) for setting, name in settings.items()}


def write_policies(stage: Stage, outputs: Mapping[str, str]) -> None:
    """Write the stage's policies into its workspace, and name them in the configuration there.

    Raises InfraError for an output that is missing.
    """
    ending = _ENDINGS[_output(outputs, "Engine")]
    for function in FUNCTIONS:
        policy = read_policy(stage.project / ".chalice", f"{function}{ending}", outputs)
        path = stage.workspace / ".chalice" / policy_file(stage.name, function)
        path.write_text(json.dumps(policy, indent=2) + "\n", encoding="utf-8")
    stage.use_policies(
        {chalice_name: policy_file(stage.name, name) for name, chalice_name in FUNCTIONS.items()}
    )


def policy_file(stage: str, function: str) -> str:
    """The name of the file, in `.chalice/`, that a function's policy in a stage is written to."""
    return f"policy-{stage}-{function}.json"


def read_policy(folder: Path, name: str, outputs: Mapping[str, str]) -> dict[str, Any]:
    """A policy, such as `ingest-postgres`, with the stack's outputs in it; `folder` is `.chalice/`.

    Raises InfraError for an output that is missing.
    """
    template = Template((folder / f"policy-{name}.json").read_text(encoding="utf-8"))
    values = {each: _output(outputs, each) for each in template.get_identifiers()}
    policy: dict[str, Any] = json.loads(template.substitute(values))
    return policy


def _output(outputs: Mapping[str, str], name: str) -> str:
    try:
        return outputs[name]
    except KeyError:
        raise InfraError(f"The storage stack has no output {name}: deploy it first.") from None
