"""The functions' policies against the calls that the functions really make: enough, and no more."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import OperationModel

import app
from chalicelib.figures.queries import Metric
from chalicelib.objects.dead_letters import PART
from infra.errors import InfraError
from infra.policies import FUNCTIONS, policy_file, read_policy, write_policies
from infra.stage import PROJECT, Stage
from tests.deployment import BUCKET, WIRE, Deployment, notification
from tests.infra.iam import Access, grants
from tests.infra.storage import ON_POSTGRES, OUTPUTS
from tests.linter import mistakes_in_policy

POLICIES = {function: read_policy(PROJECT / ".chalice", function, OUTPUTS) for function in FUNCTIONS}
GRANTED = {function: set(grants(policy)) for function, policy in POLICIES.items()}

LOGS = {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}
BY_AWS = {
    "ingest": {
        *(access for access in GRANTED["ingest"] if access.action in LOGS),
        # Lambda sends failures with the function's role.
        # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
        Access("sqs:SendMessage", OUTPUTS["FailureQueueArn"]),
        # Timestream reports rejections with the writer's role.
        # https://docs.aws.amazon.com/timestream/latest/developerguide/writes.html
        Access("s3:PutObject", f"{OUTPUTS['EventsBucketArn']}/{OUTPUTS['RejectedPrefix']}*"),
    },
    "metrics": {access for access in GRANTED["metrics"] if access.action in LOGS},
}
"""What is granted for calls that AWS makes as the function, which no test of the function can see."""

NOW = datetime(2023, 11, 6, 10, 40, tzinfo=UTC)
PAGE = (WIRE / "events/01_page_js_v3_affiliate_landing.json").read_bytes().strip()
SALE = (WIRE / "events/08_track_order_completed_server.json").read_bytes().strip()
JUNK = b'"%s"\n' % (b"x" * 1_000_000)
MUCH_JUNK = JUNK * (2 * PART // len(JUNK))
"""More than one part of an upload."""


# From calls to permissions. S3:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html


def s3_object(action: str) -> Callable[[dict[str, Any]], Iterator[Access]]:
    def accesses(parameters: dict[str, Any]) -> Iterator[Access]:
        yield Access(action, f"arn:aws:s3:::{parameters['Bucket']}/{parameters['Key']}")

    return accesses


def read_object(parameters: dict[str, Any]) -> Iterator[Access]:
    version = "Version" if "VersionId" in parameters else ""
    yield from s3_object(f"s3:GetObject{version}")(parameters)
    # S3 says that an object is not there to those who may list its key, and to others "Access Denied":
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    # The key is the prefix then: https://github.com/ceph/ceph/pull/68577
    yield Access("s3:ListBucket", f"arn:aws:s3:::{parameters['Bucket']}", prefix=parameters["Key"])


def table(database: str, name: str) -> str:
    return f"arn:aws:timestream:eu-west-1:123456789012:database/{database}/table/{name}"


def write_records(parameters: dict[str, Any]) -> Iterator[Access]:
    yield Access("timestream:WriteRecords", table(parameters["DatabaseName"], parameters["TableName"]))


def query(parameters: dict[str, Any]) -> Iterator[Access]:
    for database, name in re.findall(r'"([^"]+)"\."([^"]+)"', parameters["QueryString"]):
        yield Access("timestream:Select", table(database, name))


def describe_endpoints(parameters: dict[str, Any]) -> Iterator[Access]:
    yield Access("timestream:DescribeEndpoints", "*")


ACCESSES: dict[tuple[str, str], Callable[[dict[str, Any]], Iterator[Access]]] = {
    ("s3", "GetObject"): read_object,
    ("s3", "PutObject"): s3_object("s3:PutObject"),
    ("s3", "DeleteObject"): s3_object("s3:DeleteObject"),
    ("s3", "CreateMultipartUpload"): s3_object("s3:PutObject"),
    ("s3", "UploadPart"): s3_object("s3:PutObject"),
    ("s3", "CompleteMultipartUpload"): s3_object("s3:PutObject"),
    ("s3", "AbortMultipartUpload"): s3_object("s3:AbortMultipartUpload"),
    ("timestream-write", "WriteRecords"): write_records,
    ("timestream-write", "DescribeEndpoints"): describe_endpoints,
    ("timestream-query", "Query"): query,
    ("timestream-query", "DescribeEndpoints"): describe_endpoints,
}
"""A call that is not here fails the test: look up what it needs."""


@contextmanager
def recorded() -> Iterator[dict[tuple[str, str], set[Access]]]:
    """The calls of all clients that the app makes from now on, each with what it needs."""
    calls: dict[tuple[str, str], set[Access]] = {}

    def record(params: dict[str, Any], model: OperationModel, **_: object) -> None:
        call = (model.service_model.service_name, model.name)
        calls.setdefault(call, set()).update(ACCESSES[call](params))

    session: Any = app.session()
    session.register("provide-client-params", record)
    yield calls


# Every call that each function ever makes


def ingest_everything(deployment: Deployment) -> None:
    deployment.deliver(
        "events/server/good.gz", gzip.compress(PAGE + SALE)
    )  # and no dead letters, which it deletes
    deployment.deliver("events/web/some bad", PAGE + b"x")
    deployment.deliver("events/web/much bad", MUCH_JUNK)
    ingest_a_version(deployment)
    fail_with_dead_letters_under_way(deployment)


def ingest_a_version(deployment: Deployment) -> None:
    deployment.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    stored = deployment.s3.put_object(Bucket=BUCKET, Key="events/web/versioned", Body=PAGE)
    event = notification("events/web/versioned")
    event["Records"][0]["s3"]["object"]["versionId"] = stored["VersionId"]
    deployment.notify(event)


def fail_with_dead_letters_under_way(deployment: Deployment) -> None:
    write = deployment.timestream.client("timestream-write")
    write.delete_table(DatabaseName="WebAnalyticsDb", TableName="PageViewsTable")
    with pytest.raises(ExceptionGroup):
        deployment.deliver("events/web/fails", MUCH_JUNK + PAGE)


def ask_everything(deployment: Deployment) -> None:
    for metric in Metric:
        status, _ = deployment.get(affiliateId="alice", metricType=metric, timeWindow="Last7Days")
        assert status == 200
    for path in ("/affiliates", "/balances"):  # with names out of the directory
        status, _ = deployment.get(path, **({"timeWindow": "Last7Days"} if path == "/affiliates" else {}))
        assert status == 200


STORIES = {"ingest": ingest_everything, "metrics": ask_everything}
CALLS = {
    "ingest": ACCESSES.keys() - {("timestream-query", "Query"), ("timestream-query", "DescribeEndpoints")},
    "metrics": {
        ("timestream-query", "Query"),
        ("timestream-query", "DescribeEndpoints"),
        ("s3", "GetObject"),
    },
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_exactly_the_calls_that_are_made_are_allowed(deployment, function):
    deployment.timestream.clock.set(NOW)
    with recorded() as calls:
        STORIES[function](deployment)
    assert calls.keys() == CALLS[function]
    needed = set().union(*calls.values())
    granted = GRANTED[function] - BY_AWS[function]
    assert {access for access in needed if not any(grant.covers(access) for grant in granted)} == set()
    assert {grant for grant in granted if not any(grant.covers(access) for access in needed)} == set()


# What is in the policies


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_aws_does_as_the_function_is_granted(function):
    assert BY_AWS[function] <= GRANTED[function]
    assert {access.action for access in BY_AWS[function]} >= LOGS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_wildcards_are_only_those_that_aws_requires(function):
    for grant in GRANTED[function]:
        assert "*" not in grant.action
        assert "?" not in grant.resource
        if grant.resource == "*":
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontimestream.html
            assert grant.action == "timestream:DescribeEndpoints"
        else:  # objects of a folder, streams of a log group
            assert re.fullmatch(r"[^*]+([/:]\*)?", grant.resource)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_policies_pass_cfn_lint(function):
    assert mistakes_in_policy(POLICIES[function]) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_on_postgres_a_function_may_connect_to_the_cluster_and_all_else_that_it_may_on_timestream(function):
    granted = set(grants(read_policy(PROJECT / ".chalice", f"{function}-postgres", ON_POSTGRES)))
    connect = Access("dsql:DbConnect", ON_POSTGRES["ClusterArn"])
    of_timestream = {
        access
        for access in GRANTED[function]
        if "timestream" in access.action or OUTPUTS["RejectedPrefix"] in access.resource
    }
    assert of_timestream
    assert granted == GRANTED[function] - of_timestream | {connect}


def test_policies_are_written_where_chalice_reads_them(tmp_path):
    stage = copy_of_the_policies(tmp_path)
    write_policies(stage, OUTPUTS)
    config = json.loads((stage.workspace / ".chalice/config.json").read_text())
    named = config["stages"]["dev"]["lambda_functions"]
    for function, chalice_name in FUNCTIONS.items():
        assert named[chalice_name] == {"iam_policy_file": policy_file("dev", function)}
        written = stage.workspace / ".chalice" / policy_file("dev", function)
        assert json.loads(written.read_text()) == POLICIES[function]


def test_a_missing_output_of_the_stack_is_reported(tmp_path):
    incomplete = {name: value for name, value in OUTPUTS.items() if name != "FailureQueueArn"}
    with pytest.raises(InfraError, match="no output FailureQueueArn"):
        write_policies(copy_of_the_policies(tmp_path), incomplete)


def copy_of_the_policies(folder: Any) -> Stage:
    (folder / ".chalice").mkdir()
    for name in ("config.json", *(f"policy-{function}.json" for function in FUNCTIONS)):
        (folder / ".chalice" / name).write_text((PROJECT / ".chalice" / name).read_text())
    stage = Stage(folder, "affiliate-analytics", "dev")
    (stage.workspace / ".chalice").mkdir(parents=True)
    (stage.workspace / ".chalice/config.json").write_text((folder / ".chalice/config.json").read_text())
    return stage


@pytest.mark.parametrize(
    ("grant", "asked", "covered"),
    [
        (
            ("s3:GetObject", "arn:aws:s3:::b/events/*"),
            ("s3:GetObject", "arn:aws:s3:::b/events/web/a/b"),
            True,
        ),
        (("s3:GetObject", "arn:aws:s3:::b/events/*"), ("s3:GetObject", "arn:aws:s3:::b/other/a"), False),
        (
            ("s3:GetObject", "arn:aws:s3:::b/events/*"),
            ("s3:GetObjectVersion", "arn:aws:s3:::b/events/a"),
            False,
        ),
        (("S3:getobject", "*"), ("s3:GetObject", "arn:aws:s3:::b/a"), True),
        (("s3:GetObject", "arn:aws:s3:::b/[ab]"), ("s3:GetObject", "arn:aws:s3:::b/a"), False),
        (("s3:GetObject", "arn:aws:s3:::b/[ab]"), ("s3:GetObject", "arn:aws:s3:::b/[ab]"), True),
        (("s3:GetObject", "arn:aws:s3:::B/*"), ("s3:GetObject", "arn:aws:s3:::b/a"), False),
        (("s3:ListBucket", "arn:aws:s3:::b"), ("s3:ListBucket", "arn:aws:s3:::b", "a"), True),
        (("s3:ListBucket", "arn:aws:s3:::b", "a/*"), ("s3:ListBucket", "arn:aws:s3:::b", "a/b/c"), True),
        (("s3:ListBucket", "arn:aws:s3:::b", "a/*"), ("s3:ListBucket", "arn:aws:s3:::b", "b/a/c"), False),
        (("s3:ListBucket", "arn:aws:s3:::b", "a/*"), ("s3:ListBucket", "arn:aws:s3:::b"), False),
    ],
)
def test_the_simulation_follows_iams_rules(grant, asked, covered):
    assert Access(*grant).covers(Access(*asked)) is covered
