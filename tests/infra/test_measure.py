"""`python -m infra.measure`, part by part: on a local S3 and PostgreSQL. Nothing here has run on AWS."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres import Postgres
from chalicelib.figures import Metric, Route
from chalicelib.figures.timerange import TimeWindow
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from devstack.postgres.fixture import Database
from devstack.sample.year import sample_year
from infra.account import Account, open_account
from infra.errors import InfraError
from infra.measure.__main__ import check_is_ours, main
from infra.measure.cluster import NAMESPACE, used_units
from infra.measure.local import Local
from infra.measure.measurement import Measurement, Patience
from infra.measure.questions import Question, differences, in_other_zones, questions
from infra.measure.removal import remove
from infra.measure.sample import SampleObject, sample_objects
from infra.measure.usage import PRICES, Invocation, costs, described, invocations
from infra.stage import Stage
from tests.answering import answers
from tests.deployment import BUCKET, forget_objects
from tests.infra.project import ROOT
from tests.scripted import Answer, Request, scripted

NOW = datetime.now(UTC)
AFFILIATES = ("O'Brien & Söhne",)
IMPATIENT = Patience(figures=0, logs=0, metrics=0, pause=0.02)


@pytest.fixture
def account(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account with an empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    forget_objects(s3_url)
    with open_account() as account:
        account.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield account


@pytest.fixture(scope="module")
def objects() -> list[SampleObject]:
    """Two days of the sample."""
    return list(sample_objects(sample_year(NOW, days=3), NOW, "events/"))


@contextmanager
def engine_of(database: Database) -> Iterator[tuple[Config, Postgres]]:
    config = Config(events_bucket=BUCKET, engine=POSTGRES, postgres_url=database.url())
    with closing(Postgres(config)) as engine:
        yield config, engine


@contextmanager
def deployed(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A REST API with the figures in a database, and an S3 that hands its objects to `ingest`."""
    stopped = Event()

    def trigger() -> None:
        seen: set[str] = set()
        with closing(boto3.client("s3")) as s3, engine_of(database) as (config, engine):
            while not stopped.wait(0.05):
                for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
                    if each["Key"] not in seen:
                        ingest_object(ObjectVersion(BUCKET, each["Key"]), s3=s3, engine=engine, config=config)
                        seen.add(each["Key"])

    def answer(request: Request) -> Answer:
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
        parameters = parse_qs(urlsplit(request.path).query)
        return Answer(
            200, answers(serving.rows, serving.dialect).answer(Route.METRICS, parameters, datetime.now(UTC))
        )

    thread = Thread(target=trigger)
    with engine_of(database) as (_, serving), scripted(answer) as gateway:
        monkeypatch.setenv("AWS_ENDPOINT_URL_EXECUTE_API", gateway.url)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


def test_a_stage_gets_the_sample_and_has_the_figures_of_this_machine(
    account: Account,
    databases: tuple[Database, Database],
    objects: list[SampleObject],
    monkeypatch: pytest.MonkeyPatch,
):
    local, remote = databases
    with engine_of(local) as (config, engine), deployed(remote, monkeypatch):
        here = Local(config, engine)
        patience = Patience(figures=60, pause=0.05)
        measurement = Measurement(account, "unused", BUCKET, here, AFFILIATES, lambda _: None, patience)
        assert here.ingest(objects) > 100
        assert len(here.seconds) == len(objects)
        assert measurement.upload(objects).endswith(f"documents in {len(objects)} objects")
        assert measurement.wait_for_figures().startswith("the last object's events were there ")
        assert measurement.compare() == f"{len(questions(AFFILIATES))} answers are the same, figure by figure"
        lines = measurement.time_requests(1)
        assert [line.partition(":")[0] for line in lines] == [f"GET /metrics, {metric}" for metric in Metric]
        assert all("ms, p95 " in line and line.endswith(" of 5") for line in lines)

        measurement.patience = IMPATIENT
        here.ingest(sample_objects(sample_year(NOW - timedelta(days=3), days=2), NOW, "events/"))
        with pytest.raises(
            InfraError, match=r"answers of the stage are not those of this machine: O'Brien & Söhne, Pag"
        ):
            measurement.wait_for_figures()


@pytest.fixture
def databases(postgres: Any) -> Iterator[tuple[Database, Database]]:
    with postgres.new() as one, postgres.new() as other:
        yield one, other


def test_each_document_of_the_sample_is_in_one_object(objects: list[SampleObject]):
    assert sum(each.documents for each in objects) == len(sample_year(NOW, days=3))
    assert len({each.key for each in objects}) == len(objects)
    assert {each.key.rpartition("/")[0] for each in objects} <= {
        "events/web/measure",
        "events/server/measure",
    }


def test_each_question_is_asked_in_another_zone():
    asked = questions(AFFILIATES)
    assert len(asked) == 2 * len(Metric) * 5
    again = in_other_zones(asked, 26)
    assert len(set(again)) == 26 * len(asked)
    assert "UTC" not in {each.time_zone for each in again}


QUESTION = Question("alice", Metric.PAGE_VIEWS, TimeWindow.LAST_7_DAYS)


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        ({"dataset": [1, 2], "totals": [3]}, {"dataset": [1, 2], "totals": [3]}, ""),
        ({"dataset": [1, 2], "totals": [3]}, {"dataset": [1, 5], "totals": [3]}, "dataset here 2, there 5"),
        ({"dataset": [1]}, {"dataset": [1, 5]}, "dataset here None, there 5"),
        ({"dataset": [1, 2]}, {"dataset": [1]}, "dataset here 2, there None"),
        ({"interval": "Day"}, {"interval": "Hour"}, "interval here Day, there Hour"),
        ({"totals": [3]}, {}, "totals here [3], there None"),
        ({"totals": [3]}, {"totals": [3], "more": 1}, "there are also more"),
    ],
)
def test_the_first_figure_that_differs_is_told(here: Any, there: Any, told: str):
    lines = [f"alice, PageViews, Last7Days: {told}"] if told else []
    assert differences({QUESTION: here}, {QUESTION: there}) == lines


WARM = (
    "REPORT RequestId: 1b9c\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 1024 MB\t"
    "Max Memory Used: 90 MB\t\n"
)
COLD = (
    WARM.replace("12.34", "800.00")
    .replace(" 13 ", " 1250 ")
    .replace("90 MB\t", "95 MB\tInit Duration: 450.5 ms\t")
)


def test_invocations_are_read_from_what_lambda_reports():
    lines = [
        "START RequestId: 1b9c Version: $LATEST\n",
        COLD,
        '{"message": "REPORT"}',
        WARM,
        "END RequestId: 1b9c",
    ]
    found = list(invocations(lines))
    assert found == [Invocation(800.0, 1250, 1024, 95, 450.5), Invocation(12.34, 13, 1024, 90)]
    assert [each.gb_seconds for each in found] == [1.25, 0.013]
    assert described("metrics", found) == (
        "metrics: 2 invocations, p50 12 ms, p95 800 ms, 95 MB at most, 1 cold starts of up to 450 ms"
    )
    assert described("ingest", []) == "ingest: no invocation in its log"


def test_the_log_is_read_until_it_has_what_is_expected(account: Account, database: Database):
    logs = account.client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/affiliate-analytics-measure")
    logs.create_log_stream(logGroupName="/aws/lambda/affiliate-analytics-measure", logStreamName="1")
    now = round(datetime.now(UTC).timestamp() * 1000)
    logs.put_log_events(
        logGroupName="/aws/lambda/affiliate-analytics-measure",
        logStreamName="1",
        logEvents=[{"timestamp": now, "message": text} for text in (COLD, WARM)],
    )
    with engine_of(database) as (config, engine):
        measurement = Measurement(
            account, "unused", BUCKET, Local(config, engine), AFFILIATES, lambda _: None, IMPATIENT
        )
        measurement.began = NOW - timedelta(hours=1)
        assert len(measurement.reported("affiliate-analytics-measure", 2)) == 2
        assert len(measurement.reported("affiliate-analytics-measure", 3)) == 2  # and no patience is left


def test_costs_are_amounts_times_prices():
    assert costs({"Aurora DSQL": 2_000_000, "S3": 100}) == [
        "Aurora DSQL: 2,000,000.0 DPU, $16.0000",
        "S3: 100.0 objects put, $0.0005",
        "sum: $16.0005",
    ]
    assert costs(dict.fromkeys(PRICES, 0.0))[-1] == "sum: $0.0000"
    with pytest.raises(KeyError):
        costs({"Aurora": 1})


def test_the_units_of_one_cluster_are_added_up(account: Account):
    cloudwatch = account.client("cloudwatch")
    minute = NOW.replace(second=0, microsecond=0)
    for cluster, name, moment, value in (
        ("mine", "TotalDPU", minute - timedelta(minutes=3), 5.0),
        ("mine", "TotalDPU", minute, 2.5),
        ("mine", "WriteDPU", minute, 1.5),
        ("mine", "TotalDPU", minute - timedelta(minutes=30), 100.0),
        ("another", "TotalDPU", minute, 1000.0),
    ):
        dimensions = [{"Name": "ClusterId", "Value": cluster}]
        datum = {"MetricName": name, "Dimensions": dimensions, "Timestamp": moment, "Value": value}
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
    since = minute - timedelta(minutes=5)
    assert used_units(cloudwatch, "mine", since, minute, patience=0) == {"TotalDPU": 7.5, "WriteDPU": 1.5}
    assert used_units(cloudwatch, "none", since, minute, patience=0) == {}


STACK = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"EventsBucket": {"Value": BUCKET}},
}


def test_a_stage_with_events_of_its_own_is_not_measured(account: Account):
    stage = Stage(ROOT, "affiliate-analytics", "measure")
    check_is_ours(account, stage)  # there is no such stage
    account.client("cloudformation").create_stack(
        StackName=stage.storage_stack, TemplateBody=json.dumps(STACK)
    )
    s3 = account.client("s3")
    for key in ("events/web/measure/00001.gz", "dead-letters/events/web/measure/00001.gz.jsonl"):
        s3.put_object(Bucket=BUCKET, Key=key)
    check_is_ours(account, stage)
    s3.put_object(Bucket=BUCKET, Key="events/web/2026/11/01/00/x.gz")
    with pytest.raises(
        InfraError, match=r"measure is in use, and this command would delete it: .* has events/web/2026/"
    ):
        check_is_ours(account, stage)


def test_production_is_not_measured(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    assert main(["--stage", "prod", "--yes"], ROOT) == 1
    assert capfd.readouterr().err == (
        "measure: prod is not a stage to throw away: add one of its own, such as measure.\n"
    )


def test_what_is_kept_is_removed(account: Account, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")  # moto knows a DSQL there
    with open_account() as elsewhere:
        check_removal(elsewhere)


def check_removal(account: Account) -> None:
    s3, sqs, dsql = (account.client(name) for name in ("s3", "sqs", "dsql"))
    s3.put_object(Bucket=BUCKET, Key="events/web/measure/00001.gz")
    queue = sqs.create_queue(QueueName="failures")["QueueUrl"]
    cluster = dsql.create_cluster(deletionProtectionEnabled=True)["identifier"]
    cognito = account.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="affiliate-analytics-measure")["UserPool"]["Id"]
    kept = [
        ("AWS::S3::Bucket", BUCKET),
        ("AWS::S3::BucketPolicy", BUCKET),  # CloudFormation gives it the bucket's name
        ("AWS::SQS::Queue", queue),
        ("AWS::DSQL::Cluster", cluster),
        ("AWS::Timestream::Database", "WebAnalyticsDb"),
        ("AWS::S3::Bucket", "no-such-bucket"),
        ("AWS::Cognito::UserPool", pool),
        ("AWS::Cognito::UserPoolGroup", f"{pool}|admins"),
    ]
    database, bucket = remove(account, kept)
    assert database == "AWS::Timestream::Database WebAnalyticsDb"
    assert bucket.startswith("AWS::S3::Bucket no-such-bucket (AWS refused ListObjectsV2 (NoSuchBucket): ")
    assert BUCKET not in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    assert "QueueUrls" not in sqs.list_queues()
    assert cognito.list_user_pools(MaxResults=1)["UserPools"] == []
    with pytest.raises(dsql.exceptions.ResourceNotFoundException):
        dsql.get_cluster(identifier=cluster)
