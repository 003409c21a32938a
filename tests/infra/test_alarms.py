"""The alarms and the dashboard of the storage template: they watch existing resources, and are explained."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.objects.notifications import ObjectVersion
from chalicelib.outcomes import Outcome
from infra import deploy
from infra.account import open_account
from infra.deployment import Deployment
from infra.errors import InfraError
from infra.stage import PROJECT, Stage, open_stage, write_deployed
from infra.workspace import prepare
from tests.infra.aws import Aws
from tests.infra.project import change_config
from tests.infra.storage import in_stage, of_type, reference, storage, template

DOCUMENT = storage()
ALARMS = of_type(DOCUMENT, "CloudWatch::Alarm")
ENGINES = ("timestream", "postgres")
COMPOSITES = of_type(DOCUMENT, "CloudWatch::CompositeAlarm")
PARTS = {
    part for each in COMPOSITES.values() for part in re.findall(r"\$\{(\w+)\}", each["AlarmRule"]["Fn::Sub"])
}
"""Alarms that send no notification by themselves."""
TOLD = [name for name in DOCUMENT["Resources"] if name in (ALARMS.keys() - PARTS) | COMPOSITES.keys()]
STAGE = Stage(PROJECT, "affiliate-analytics", "dev")
OURS = "AffiliateAnalytics"
"""The namespace of the metrics that app.py sends."""


def metrics(alarm: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """What an alarm watches: namespace, name and dimensions in the stage dev."""
    watched = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return [
        (
            metric["Namespace"],
            metric["MetricName"],
            {each["Name"]: in_stage(each["Value"], "dev") for each in metric["Dimensions"]},
        )
        for metric in watched or ([alarm] if "MetricName" in alarm else [])
    ]


WATCHED = [(alarm, *metric) for alarm, properties in ALARMS.items() for metric in metrics(properties)]


def test_every_alarm_sends_a_notification():
    told = {name: alarm for name, alarm in (ALARMS | COMPOSITES).items() if "AlarmActions" in alarm}
    assert told.keys() == set(TOLD)
    for alarm in told.values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_missing_data_do_not_ring():
    # An affiliate site may well have no visitor for an hour.
    assert {ALARMS[name]["TreatMissingData"] for name in TOLD if name in ALARMS} == {"notBreaching"}


def test_the_documentation_explains_exactly_the_alarms():
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.split("\n## Alarms\n")[1], flags=re.MULTILINE)[0]
    explained = re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)
    of_others = ("graphql-", "users-")
    assert [name for name in explained if not name.startswith(of_others)] == [
        in_stage((ALARMS | COMPOSITES)[name]["AlarmName"], "{}").removeprefix("affiliate-analytics-{}-")
        for name in DOCUMENT["Resources"]
        if name in ALARMS | COMPOSITES
    ]
    assert [name for name in explained if name.startswith(of_others)] == [
        alarm["AlarmName"]["Fn::Sub"].replace("${AWS::StackName}", stack)
        for stack in ("graphql", "users")
        for alarm in of_type(template(stack), "CloudWatch::Alarm").values()
    ]
    assert STAGE.graphql_stack == "affiliate-analytics-dev-graphql"
    assert STAGE.users_stack == "affiliate-analytics-dev-users"


@pytest.mark.parametrize(
    "name",
    [
        "failures-queued",
        "page-views-stopped",
        "objects-gone",
        "server-malformed",
        "server-rejected",
        "web-malformed",
        "web-rejected",
        "ingest-throttles",
        "ingest-lag",
        "api-errors",
        "magnetic-rejects",
        "query-bytes",
        "query-compute",
    ],
)
def test_the_alarm_exists(name):
    assert f"affiliate-analytics-dev-{name}" in {
        in_stage(alarm["AlarmName"], "dev") for alarm in (ALARMS | COMPOSITES).values()
    }


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        ("AWS/Lambda", [{"FunctionName": STAGE.ingest_function}]),
        ("AWS/ApiGateway", [{"ApiName": STAGE.app, "Stage": {"Ref": "ApiStage"}}]),
        ("AWS/SQS", [{"QueueName": reference("FailureQueue", "QueueName")}]),
        (
            "AWS/Firehose",
            [{"DeliveryStreamName": {"Ref": "WebStream"}}, {"DeliveryStreamName": {"Ref": "ServerStream"}}],
        ),
        # Its errors and metered bytes have no dimension but the operation.
        # https://docs.aws.amazon.com/timestream/latest/developerguide/metrics-dimensions.html
        ("AWS/Timestream", [{"Operation": "WriteRecords"}, {"Operation": "Query"}]),
        (
            "AWS/Usage",
            [{"Service": "Timestream", "Resource": "QueryTCU", "Type": "Resource", "Class": "OnDemand"}],
        ),
    ],
)
def test_alarms_watch_the_resources_of_the_stage(namespace, expected):
    found = [dimensions for _, space, _, dimensions in WATCHED if space == namespace]
    assert found
    assert all(dimensions in expected for dimensions in found)
    assert all(dimensions in found for dimensions in expected)


@pytest.mark.parametrize(
    ("changes", "api_stage"), [({"api_gateway_stage": "live"}, "live"), ({"api_gateway_stage": None}, "api")]
)
def test_the_alarm_of_the_api_watches_api_gateways_stage(aws: Aws, changes, api_stage):
    config = json.loads((aws.project / ".chalice/config.json").read_text())
    dev = {**config["stages"]["dev"], **changes}
    config["stages"]["dev"] = {name: value for name, value in dev.items() if value is not None}
    change_config(aws.project, stages=config["stages"])
    run_steps(aws, "Storage")
    assert parameters(aws, STAGE.storage_stack)["ApiStage"] == api_stage


def test_the_alarms_of_appsync_use_the_topic_of_the_others(aws: Aws):
    stage = open_stage(aws.project, "dev")
    prepare(stage)
    write_deployed(stage, [{"name": "rest_api", "rest_api_id": "abcdef"}])
    run_steps(aws, "Storage", "GraphQL API")
    (topic,) = aws.client("sns").list_topics()["Topics"]
    assert parameters(aws, STAGE.graphql_stack)["AlarmTopicArn"] == topic["TopicArn"]


def test_a_stage_that_changes_its_engine_is_told_what_to_do(aws: Aws):
    given = {"RudderStackWorkspaceId": "workspace"}
    with open_account() as account:
        moves = [
            Deployment(open_stage(aws.project, "dev"), account, {**given, "Engine": engine}, print).move
            for engine in ENGINES
        ]
        assert [move() for move in moves] == [None, None]
        run_steps(aws, "Storage")
        stays, goes = (move() for move in moves)
    assert stays is None
    assert goes
    assert "dev has moved from timestream to postgres" in goes.report
    assert 'make replay STAGE=dev ARGS="--prefix events/"' in goes.report


def test_a_stage_changes_its_engine_only_if_that_is_confirmed(aws: Aws, capfd, monkeypatch):
    run_steps(aws, "Storage")
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        given = ["Engine=postgres", "UserPoolId=eu-west-1_AbCdEf123"]
        assert deploy.main(["dev", *given], aws.project) == 1
    said = capfd.readouterr()
    assert "This moves dev from timestream to postgres, " in said.out
    assert "To confirm that you mean dev, use a terminal or add --yes" in said.err
    assert parameters(aws, STAGE.storage_stack)["Engine"] == "timestream"


def test_a_move_back_stops_before_the_database_that_was_kept(aws: Aws):
    aws.create_tables("dev")
    run_steps(aws, "Storage", Engine="postgres")
    with pytest.raises(
        InfraError, match=r"WebAnalyticsDb_dev exists already, kept by .* a move to PostgreSQL"
    ):
        run_steps(aws, "Storage", Engine="timestream")


def test_a_setting_that_the_functions_would_refuse_ends_the_deployment(aws: Aws):
    run_steps(aws, "Storage")
    change_config(aws.project, environment_variables={"COMMISSION_RATE": "2"})
    with pytest.raises(InfraError, match=r"^A setting in \.chalice/config\.json is wrong\. COMMISSION_RATE"):
        run_steps(aws, "Settings and policies")


def run_steps(aws: Aws, *titles: str, **parameters: str) -> None:
    """Run these steps of a deployment with some parameters, which nothing has made yet."""
    given = {"RudderStackWorkspaceId": "workspace", "UserPoolId": "eu-west-1_AbCdEf123", **parameters}
    with open_account() as account:
        deployment = Deployment(open_stage(aws.project, "dev"), account, given, print)
        steps = {step.title: step for step in deployment.steps()}
        assert [steps[title].run() for title in titles] == ["created"] * len(titles)


def parameters(aws: Aws, stack: str) -> dict[str, str]:
    """The parameters of an existing stack."""
    (found,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}


def emitted(capsys: pytest.CaptureFixture[str], key: str) -> dict[str, Any]:
    """What app.py really sends CloudWatch of the object at `key`."""
    app.report(ObjectVersion("bucket", key), Outcome(gone=1))
    (line,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    return {
        "namespace": directive["Namespace"],
        "values": {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]},
        "dimensions": {name: line[name] for names in directive["Dimensions"] for name in names},
    }


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("events/web/2026/11/27/06/o.gz", "web"),
        ("events/server/2026/11/27/06/o.gz", "server"),
        ("events/backfill.gz", "web"),  # its source is unknown
    ],
)
def test_each_source_has_metrics_of_its_own(capsys, monkeypatch, key, source):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", STAGE.ingest_function)
    sent = emitted(capsys, key)
    assert sent["dimensions"] == {"service": STAGE.ingest_function, "source": source}
    assert sent["values"]["Gone"] == [1.0]


def test_alarms_and_dashboard_watch_metrics_that_the_app_sends(capsys, monkeypatch):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", STAGE.ingest_function)
    sent = {
        (source, name, each["dimensions"]["service"])
        for source in ("web", "server")
        for each in [emitted(capsys, f"events/{source}/o")]
        for name in each["values"]
    }
    watched = {
        (dimensions["source"], name, dimensions["service"])
        for _, space, name, dimensions in WATCHED
        if space == OURS
    }
    assert {name for _, name, _ in watched} == {"Malformed", "Rejected", "Gone", "Written"}
    assert watched <= sent
    drawn = [each for widget in widgets() for each in widget.get("metrics", []) if each[0] == OURS]
    assert {each[2::2] for each in map(tuple, drawn)} == {("service", "source")}
    assert {
        (source, name, service.replace("${Stage}", "dev")) for _, name, _, service, _, source in drawn
    } <= sent


@pytest.mark.parametrize(
    ("alarm", "in_an_hour", "rings"),
    [
        ("server-malformed", 1, True),
        ("server-rejected", 1, True),
        ("web-malformed", 100, False),
        ("web-malformed", 101, True),
        ("web-rejected", 100, False),
        ("web-rejected", 101, True),
    ],
)
def test_one_document_rings_for_servers_but_not_for_browsers(alarm, in_an_hour, rings):
    found = named(alarm)
    assert (found["Statistic"], found["Period"], found["EvaluationPeriods"]) == ("Sum", 3600, 1)
    assert found["ComparisonOperator"] == "GreaterThanThreshold"
    threshold = DOCUMENT["Parameters"][found["Threshold"]["Ref"]]["Default"]
    assert (in_an_hour > threshold) is rings


def test_each_object_that_is_gone_rings():
    gone = named("objects-gone")
    assert [query.get("Expression") for query in gone["Metrics"]] == ["SUM([web, server])", None, None]
    assert {query["MetricStat"]["Stat"] for query in gone["Metrics"][1:]} == {"Sum"}
    assert (gone["Threshold"], gone["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def named(name: str) -> Any:
    """The alarm of this name."""
    (found,) = (
        alarm
        for alarm in ALARMS.values()
        if in_stage(alarm["AlarmName"], "dev") == f"affiliate-analytics-dev-{name}"
    )
    return found


def test_metrics_insights_queries_read_timestreams_metrics():
    expressions = [
        query["Expression"]
        for alarm in ALARMS.values()
        for query in alarm.get("Metrics", [])
        if query.get("Expression", "").startswith("SELECT")
    ]
    assert expressions
    for expression in expressions:
        assert re.fullmatch(r'SELECT SUM\(\w+\) FROM "AWS/Timestream"', expression)


def test_the_topic_accepts_only_alarms_of_this_account():
    (policy,) = of_type(DOCUMENT, "SNS::TopicPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


# The dashboard


def widgets(engine: str = "timestream") -> list[dict[str, Any]]:
    """The properties of each widget on the dashboard of a stage."""
    (dashboard,) = of_type(DOCUMENT, "CloudWatch::Dashboard").values()
    text, parts = dashboard["DashboardBody"]["Fn::Sub"]
    for name, part in parts.items():
        chosen = part["Fn::If"][ENGINES.index(engine) + 1]
        text = text.replace(f"${{{name}}}", chosen["Fn::Sub"] if isinstance(chosen, dict) else chosen)
    return [widget["properties"] for widget in json.loads(text)["widgets"]]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_dashboard_shows_every_alarm_that_notifies(engine: str):
    (shown,) = (widget["alarms"] for widget in widgets(engine) if "alarms" in widget)
    other = {"timestream": "OnPostgres", "postgres": "OnTimestream"}[engine]
    told = [name for name in TOLD if DOCUMENT["Resources"][name].get("Condition") != other]
    assert sorted(shown) == sorted(f"${{{alarm}.Arn}}" for alarm in told)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_dashboard_draws_the_engine(engine: str):
    (database,) = (widget for widget in widgets(engine) if widget["title"] == "Database")
    spaces = {"timestream": {"AWS/Timestream", "AWS/Usage"}, "postgres": {"AWS/AuroraDSQL"}}
    assert {metric[0] for metric in database["metrics"]} == spaces[engine]
