"""`make deploy` and `make destroy` from end to end, on moto's AWS and the local Timestream."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.figures import Route
from devstack.postgres.fixture import Databases
from infra import deploy, destroy
from infra.function_settings import LOG_DAYS
from infra.statements import QUESTIONS
from tests.dsql import ENDPOINT, Dsql, dsql
from tests.infra.aws import ACCOUNT, Aws
from tests.infra.calls import record_calls
from tests.infra.deployer import uncovered
from tests.infra.project import change_config, commit

PARAMETERS = ["UserPoolId=eu-west-1_AbCdEf123", "RudderStackWorkspaceId=workspace"]
ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:affiliate-analytics-dev"


def functions(aws: Aws) -> dict[str, Any]:
    return {each["FunctionName"]: each for each in aws.client("lambda").list_functions()["Functions"]}


def rest_apis(aws: Aws) -> list[str]:
    return [each["id"] for each in aws.client("apigateway").get_rest_apis()["items"]]


def buckets(aws: Aws) -> list[str]:
    return [each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]]


def steps(said: str) -> dict[str, str]:
    """What each step said, by its title."""
    return dict(re.findall(r"^ *\d+/\d+  (.+?): (.*)  \d+ s$", said, re.MULTILINE))


def test_a_stage_is_deployed_changed_and_destroyed_from_two_clones(
    aws: Aws, capfd, monkeypatch: pytest.MonkeyPatch
):
    commit(aws.project)
    calls = record_calls(monkeypatch)

    # The first attempt ends where Timestream's tables are not there.
    assert deploy.main(["dev", *PARAMETERS], aws.project) == 1
    error = capfd.readouterr().err
    assert "Timestream refuses the statement for metrics, PageViews, Last24Hours: Requested database" in error
    assert "Traceback" not in error
    assert len(functions(aws)) == 2
    (rest_api,) = rest_apis(aws)

    # The same command goes on from there.
    aws.create_tables("dev")
    assert deploy.main(["dev", *PARAMETERS], aws.project) == 0
    said = capfd.readouterr().out
    assert steps(said)["Storage"] == "no change"
    assert steps(said)["GraphQL API"] == "created"
    assert steps(said)["Columns of the tables"] == "known now"
    assert "arn:aws:iam::123456789012:role/affiliate-analytics-dev-storage-RudderStackRole-" in said
    check_functions(aws)
    check_trigger(aws)
    check_rest_api(aws, rest_api)

    # Once more, from another clone, without the parameters and with the other variable for the region:
    # nothing changes.
    before = functions(aws)
    clone = cloned(aws.project)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert deploy.main(["dev"], clone) == 0
    said = capfd.readouterr().out
    assert [steps(said)[name] for name in ("Storage", "GraphQL API")] == ["no change"] * 2
    assert steps(said)["What is deployed"] == "6 resources"
    assert steps(said)["Columns of the tables"] == "known already"
    assert rest_apis(aws) == [rest_api]
    assert {name: each["CodeSha256"] for name, each in functions(aws).items()} == {
        name: each["CodeSha256"] for name, each in before.items()
    }
    assert changed_files(aws.project) == changed_files(clone) == ""

    # A changed setting arrives.
    change_config(aws.project, environment_variables={"COMMISSION_RATE": "0.5"})
    assert deploy.main(["dev", "AffiliateClaim=custom:affiliate_id"], aws.project) == 0
    said = capfd.readouterr().out
    assert steps(said)["GraphQL API"] == "changed"
    assert rest_apis(aws) == [rest_api]
    assert {each["Environment"]["Variables"]["COMMISSION_RATE"] for each in functions(aws).values()} == {
        "0.5"
    }

    # All goes but what holds data.
    bucket = buckets(aws)
    check_protection(aws)
    assert destroy.main(["dev", "--yes"], clone) == 0
    assert changed_files(clone) == ""
    said = capfd.readouterr().out
    assert not functions(aws)
    assert not rest_apis(aws)
    assert not aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    assert buckets(aws) == bucket
    kept = [line.split() for line in said.partition("Kept")[2].splitlines()[1:]]
    assert ["AWS::S3::Bucket", *bucket] in kept
    assert ["AWS::Timestream::Table", "PageViewsTable"] in kept
    stacks = aws.client("cloudformation").list_stacks()["StackSummaries"]
    assert {stack["StackStatus"] for stack in stacks} == {"DELETE_COMPLETE"}

    # And once more, there is nothing to do.
    assert destroy.main(["dev", "--yes"], aws.project) == 0
    assert steps(capfd.readouterr().out)["GraphQL API"] == "not there"

    # What was kept is not silently left aside.
    assert deploy.main(["dev", *PARAMETERS], aws.project) == 1
    assert "The database WebAnalyticsDb_dev exists already, kept by `make destroy`" in capfd.readouterr().err

    # A deployer who is allowed what the documentation says could have done all of this.
    assert len({access.action for access in calls}) > 20
    assert uncovered(calls, "timestream") == set()


@pytest.fixture
def cluster(postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dsql]:
    """The cluster that the storage stack makes, without tables. Timestream is nowhere."""
    with dsql(postgres.server.url(), tmp_path) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        for service in ("WRITE", "QUERY"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_TIMESTREAM_{service}", "http://127.0.0.1:9")
        yield running


def test_a_stage_is_deployed_and_destroyed_on_postgres(
    aws: Aws, cluster: Dsql, capfd, monkeypatch: pytest.MonkeyPatch
):
    calls = record_calls(monkeypatch)
    given = ["RudderStackWorkspaceId=workspace", "MultiFactor=ON"]
    assert deploy.main(["dev", "Engine=postgres", *given], aws.project) == 0
    out = capfd.readouterr().out
    check_portal(aws, out)
    said = steps(out)
    assert said["Tables and indexes"] == "are there"
    assert said["Roles in the database"] == "ingest, metrics"
    assert said["Statements"] == f"{len(QUESTIONS)} are right"
    assert said["Smoke test"] == "11 answers, as expected"
    assert set(cluster.connected) == {"admin", "metrics"}  # the smoke test asks as the function does

    found = functions(aws)
    for name, role in (("affiliate-analytics-dev-ingest", "ingest"), ("affiliate-analytics-dev", "metrics")):
        settings = found[name]["Environment"]["Variables"]
        assert (settings["ENGINE"], settings["DSQL_ENDPOINT"]) == ("postgres", ENDPOINT)
        assert not [setting for setting in settings if "TABLE" in setting or "TIMESTREAM" in setting]
        check_policies(aws, {found[name]["Role"]: role})

    # Once more, without the engine and the pool: they are kept, and nothing changes.
    assert deploy.main(["dev"], aws.project) == 0
    said = steps(capfd.readouterr().out)
    assert [said[name] for name in ("Storage", "Users", "GraphQL API", "Portal")] == ["no change"] * 4

    # Another pool would leave its users aside.
    assert deploy.main(["dev", "UserPoolId=eu-west-1_AbCdEf123"], aws.project) == 1
    assert "dev has a user pool of its own, affiliate-analytics-dev, which" in capfd.readouterr().err

    assert destroy.main(["dev", "--yes"], aws.project) == 0
    out = capfd.readouterr().out
    assert steps(out)["Files of the portal"].endswith(" deleted")
    assert not [bucket for bucket in buckets(aws) if "portal" in bucket]
    assert not functions(aws)
    kept = out.partition("Kept")[2]
    assert re.search(r"^  AWS::Cognito::UserPool \S+$", kept, re.MULTILINE)
    assert "aws cognito-idp delete-user-pool --user-pool-id " in kept
    assert re.search(r"^  AWS::DSQL::Cluster \S+$", kept, re.MULTILINE)
    assert "aws dsql update-cluster --no-deletion-protection-enabled --identifier " in kept
    assert "Timestream" not in kept
    assert uncovered(calls, "postgres") == set()


def check_portal(aws: Aws, said: str) -> None:
    """The portal has its files, and its settings lead to what the stage has."""
    (bucket,) = [each for each in buckets(aws) if "portal" in each]
    s3 = aws.client("s3")
    keys = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert keys >= {"index.html", "config.json", "portal.css", "js/main.js"}
    stacks = {each["StackName"]: each for each in aws.client("cloudformation").describe_stacks()["Stacks"]}
    outputs, parameters = (
        {
            name: {each[f"{kind}Key"]: each[f"{kind}Value"] for each in stack.get(f"{kind}s", ())}
            for name, stack in stacks.items()
        }
        for kind in ("Output", "Parameter")
    )
    settings = json.loads(s3.get_object(Bucket=bucket, Key="config.json")["Body"].read())
    assert settings["signIn"] == {
        "kind": "cognito",
        "domain": f"https://affiliate-analytics-dev-{ACCOUNT}.auth.eu-west-1.amazoncognito.com",
        "clientId": outputs["affiliate-analytics-dev-portal"]["ClientId"],
        "scopes": ["openid", "email"],
    }
    assert settings["linkParameters"] == {"affiliate": "ref", "link": "sub"}
    api = outputs["affiliate-analytics-dev-graphql"]["GraphQLUrl"]
    assert settings["graphqlUrl"] == parameters["affiliate-analytics-dev-portal"]["GraphQLUrl"] == api
    users = parameters["affiliate-analytics-dev-users"]
    assert users["PortalUrl"] == "https://d111111abcdef8.cloudfront.net/"
    assert users["MultiFactor"] == "ON"
    assert users["DirectoryKey"] == "directory/affiliates.json"
    pool = outputs["affiliate-analytics-dev-users"]["UserPoolId"]
    assert parameters["affiliate-analytics-dev-graphql"]["UserPoolId"] == pool
    claim = functions(aws)["affiliate-analytics-dev-claim"]
    assert claim["Environment"]["Variables"]["EVENTS_BUCKET"] == users["EventsBucket"]
    assert f"The portal is at {users['PortalUrl']}\n" in said
    assert "python -m infra.users add --stage dev alice --email alice@partner.example" in said


def cloned(project: Path) -> Path:
    """A fresh clone of a project."""
    clone = project.parent / "clone"
    subprocess.run(["git", "clone", "--quiet", project, clone], check=True)
    return clone


def changed_files(project: Path) -> str:
    """What `git status` says of a checkout; empty if nothing has changed."""
    asked = ["git", "-C", str(project), "status", "--porcelain"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


def check_protection(aws: Aws) -> None:
    client = aws.client("cloudformation")
    stacks = client.describe_stacks()["Stacks"]
    assert {each["StackName"] for each in stacks} == {
        "affiliate-analytics-dev-storage",
        "affiliate-analytics-dev-graphql",
    }
    for each in stacks:
        assert each["EnableTerminationProtection"] is True
        with pytest.raises(client.exceptions.ClientError, match="TerminationProtection is enabled"):
            client.delete_stack(StackName=each["StackName"])


def check_functions(aws: Aws) -> None:
    found = functions(aws)
    ingest, metrics = found["affiliate-analytics-dev-ingest"], found["affiliate-analytics-dev"]
    assert [(each["Handler"], each["Timeout"]) for each in (ingest, metrics)] == [
        ("app.ingest", 300),
        ("app.app", 29),
    ]
    settings = {
        "EVENTS_BUCKET": buckets(aws)[0],
        "EVENTS_PREFIX": "events/",
        "DEAD_LETTER_PREFIX": "dead-letters/",
        "DIRECTORY_KEY": "directory/affiliates.json",
        "TIMESTREAM_DATABASE": "WebAnalyticsDb_dev",
        "PAGE_VIEWS_TABLE": "PageViewsTable",
        "COMMISSIONS_TABLE": "CommissionsTable",
    }
    for each in (ingest, metrics):
        assert each["Environment"]["Variables"] == settings
    check_policies(aws, {ingest["Role"]: "ingest", metrics["Role"]: "metrics"})

    retries = aws.client("lambda").get_function_event_invoke_config(
        FunctionName="affiliate-analytics-dev-ingest"
    )
    assert (retries["MaximumRetryAttempts"], retries["MaximumEventAgeInSeconds"]) == (2, 21600)
    queue = retries["DestinationConfig"]["OnFailure"]["Destination"]
    assert queue.startswith(f"arn:aws:sqs:eu-west-1:{ACCOUNT}:affiliate-analytics-dev-storage-FailureQueue")
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == {
        "/aws/lambda/affiliate-analytics-dev": LOG_DAYS,
        "/aws/lambda/affiliate-analytics-dev-ingest": LOG_DAYS,
    }


def check_policies(aws: Aws, functions_by_role: dict[str, str]) -> None:
    """Each role has the one policy that stands in `.chalice/`, with the storage stack's names in it."""
    iam = aws.client("iam")
    for role, function in functions_by_role.items():
        name = role.rpartition("/")[2]
        (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        assert document == json.loads(
            (aws.project / f".deploy/dev/.chalice/policy-dev-{function}.json").read_text()
        )
        assert "${" not in json.dumps(document)


def check_trigger(aws: Aws) -> None:
    (bucket,) = buckets(aws)
    configuration = aws.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    (trigger,) = configuration["LambdaFunctionConfigurations"]
    assert trigger["LambdaFunctionArn"] == f"{ARN}-ingest"
    assert trigger["Events"] == ["s3:ObjectCreated:*"]
    assert trigger["Filter"]["Key"]["FilterRules"] == [{"Name": "prefix", "Value": "events/"}]


def check_rest_api(aws: Aws, rest_api: str) -> None:
    client = aws.client("apigateway")
    resources = client.get_resources(restApiId=rest_api, embed=["methods"])["items"]
    methods = {each["path"]: each["resourceMethods"] for each in resources if "resourceMethods" in each}
    assert set(methods) == {f"/{route}" for route in Route}
    for method in methods.values():
        assert list(method) == ["GET"]
        assert method["GET"]["authorizationType"] == "AWS_IAM"
        assert ":function:affiliate-analytics-dev/" in method["GET"]["methodIntegration"]["uri"]
    settings = client.get_stage(restApiId=rest_api, stageName="dev")["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (50, 100)
