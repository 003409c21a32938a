"""Chalice's own commands in a fresh checkout, without `make`: `chalice local` and `chalice deploy`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from chalicelib.command_line import LOCAL_POSTGRES, complete, what_to_start
from chalicelib.errors import UnavailableError
from chalicelib.figures import Route
from devstack.http.ports import Ports, free_port
from devstack.postgres import url as postgres_url
from devstack.postgres.fixture import Database, Databases
from devstack.timestream.fixture import Timestream
from devstack.timestream.tables import create_tables
from infra.stage import PROJECT
from tests.deployment import TABLES
from tests.infra.aws import Aws
from tests.infra.project import copy_project

CHALICE = [sys.executable, "-W", "ignore::UserWarning", "-c", "from chalice.cli import main; main()"]
QUESTION = {"affiliateId": "alice", "metricType": "PageViews", "timeWindow": "Last7Days"}
SENTENCE = (
    "chalice: EVENTS_BUCKET is not set: write the stage's settings into .chalice/config.json, as "
    "docs/deploy.md says, or run `make deploy`, which makes all that the app needs and writes them for you.\n"
)


def bare_environment() -> dict[str, str]:
    """Without settings, credentials, region or endpoint: a machine that has never seen AWS."""
    settings = ("AWS_", "EVENTS_", "CACHE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def chalice(project: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*CHALICE, *arguments],
        cwd=project,
        env={**bare_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass
class LocalApi:
    """A running `chalice local`."""

    client: httpx.Client
    said: str = ""
    """All that it has printed, once it has ended."""


@contextmanager
def local_api(project: Path, *arguments: str, **environment: str) -> Iterator[LocalApi]:
    """`chalice local` as a user starts it, until it is left."""
    port = free_port()
    process = subprocess.Popen(
        [*CHALICE, "local", "--no-autoreload", "--port", str(port), *arguments],
        cwd=project,
        env={**bare_environment(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        assert process.stdout
        api = LocalApi(client)
        try:
            assert process.stdout.readline().startswith("Serving on")
            yield api
        finally:
            process.terminate()
            api.said = process.stdout.read()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


@pytest.mark.parametrize("stage", [[], ["--stage", "local"]], ids=["bare", "local"])
def test_chalice_local_answers_from_the_local_timestream(
    project: Path, timestream: Timestream, stage: list[str]
):
    write = timestream.client("timestream-write")
    create_tables(write, "WebAnalyticsDb", TABLES)
    # As `python -m devstack.timestream --port …` says to.
    with local_api(project, *stage, AWS_ENDPOINT_URL_TIMESTREAM_QUERY=timestream.url) as api:
        answer = api.client.get("/metrics", params=QUESTION)
    assert (answer.status_code, answer.json()["dataset"]) == (200, [])


@pytest.mark.parametrize("stage", [[], ["--stage", "local"]], ids=["bare", "local"])
def test_chalice_local_says_what_to_start(project: Path, stage: list[str]):
    nothing = f"http://127.0.0.1:{free_port()}"
    with local_api(project, *stage, AWS_ENDPOINT_URL_TIMESTREAM_QUERY=nothing) as api:
        answer = api.client.get("/metrics", params=QUESTION)
    assert answer.status_code == 503
    assert f"Timestream gives no figures at {nothing} (" in api.said
    assert "start one that has the tables with `make run ARGS=--rest-port=0`." in api.said
    assert "Traceback" not in api.said


def test_chalice_local_says_that_the_tables_are_missing(project: Path, timestream: Timestream):
    """As in a Timestream that was started by itself, and is empty."""
    with local_api(project, AWS_ENDPOINT_URL_TIMESTREAM_QUERY=timestream.url) as api:
        answer = api.client.get("/metrics", params=QUESTION)
    assert answer.status_code == 503
    assert f"Timestream gives no figures at {timestream.url} (" in api.said
    assert "WebAnalyticsDb" in api.said
    assert "start one that has the tables with `make run ARGS=--rest-port=0`." in api.said
    assert "Traceback" not in api.said


def test_chalice_local_answers_from_postgres(project: Path, database: Database):
    with local_api(project, ENGINE="postgres", POSTGRES_URL=database.url("metrics")) as api:
        answer = api.client.get("/metrics", params=QUESTION)
    assert (answer.status_code, answer.json()["dataset"]) == (200, [])


def test_chalice_local_says_that_the_tables_are_missing_in_postgres(project: Path, postgres: Databases):
    with local_api(project, ENGINE="postgres", POSTGRES_URL=postgres.server.url()) as api:
        answer = api.client.get("/metrics", params=QUESTION)
    assert answer.status_code == 503
    assert "PostgreSQL gives no figures (relation " in api.said
    assert "does not exist): correct POSTGRES_URL, or make the tables there with `make run " in api.said
    assert "Traceback" not in api.said


def test_chalice_local_without_a_region(project: Path):
    fill_in(project, "dev", {"EVENTS_BUCKET": "events-of-mine"})
    with local_api(project) as api:
        assert api.client.get("/metrics", params=QUESTION).status_code == 503
    assert "Timestream gives no figures: You must specify a region." in api.said
    assert "Traceback" not in api.said


@pytest.mark.parametrize(
    "command", [["deploy"], ["deploy", "--stage", "prod"], ["package", "out"], ["dev", "plan"]], ids=" ".join
)
def test_a_command_that_deploys_says_what_is_missing(project: Path, command: list[str]):
    done = chalice(project, *command, AWS_DEFAULT_REGION="eu-west-1")
    assert (done.returncode, done.stderr) == (1, SENTENCE)


def test_a_wrong_setting_is_one_sentence(project: Path):
    fill_in(project, "dev", {"EVENTS_BUCKET": "events-of-mine", "CACHE_SECONDS": "soon"})
    done = chalice(project, "deploy", AWS_DEFAULT_REGION="eu-west-1")
    said = (
        "chalice: In .chalice/config.json, CACHE_SECONDS must be whole seconds from 0 to 300, not 'soon'.\n"
    )
    assert (done.returncode, done.stderr) == (1, said)


def test_models_are_generated_without_settings(project: Path):
    done = chalice(project, "generate-models")
    assert list(json.loads(done.stdout)["paths"]) == [f"/{route}" for route in Route]


def test_chalice_deploy_with_settings_filled_in_by_hand(aws: Aws):
    """A bucket of one's own, and nothing else: the policies are those by name."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="events-of-mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    fill_in(aws.project, "dev", {"EVENTS_BUCKET": "events-of-mine"})
    amazon = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    done = chalice(aws.project, "deploy", **amazon)
    assert done.returncode == 0, done.stderr
    assert "Rest API URL: " in done.stdout
    found = {each["FunctionName"]: each for each in aws.client("lambda").list_functions()["Functions"]}
    assert found.keys() == {"affiliate-analytics-dev", "affiliate-analytics-dev-ingest"}
    for each in found.values():
        assert each["Environment"]["Variables"] == {"EVENTS_BUCKET": "events-of-mine"}
    (trigger,) = s3.get_bucket_notification_configuration(Bucket="events-of-mine")[
        "LambdaFunctionConfigurations"
    ]
    assert trigger["LambdaFunctionArn"].endswith(":affiliate-analytics-dev-ingest")
    role = found["affiliate-analytics-dev-ingest"]["Role"].rpartition("/")[2]
    (policy,) = aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    granted = aws.client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    assert granted == json.loads((PROJECT / ".chalice/policy-ingest-by-name.json").read_text())


def test_a_stage_is_added_by_one_line(aws: Aws):
    bucket = {"LocationConstraint": "eu-west-1"}
    aws.client("s3").create_bucket(Bucket="events-of-mine", CreateBucketConfiguration=bucket)
    path = aws.project / ".chalice" / "config.json"
    config = json.loads(path.read_text())
    config["stages"]["staging"] = {"api_gateway_stage": "staging"}
    path.write_text(json.dumps(config))
    fill_in(aws.project, "staging", {"EVENTS_BUCKET": "events-of-mine"})
    amazon = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    done = chalice(aws.project, "deploy", "--stage", "staging", **amazon)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("/staging/")


def fill_in(project: Path, stage: str, settings: dict[str, str]) -> None:
    """Write settings into the configuration, as a person would."""
    path = project / ".chalice" / "config.json"
    config = json.loads(path.read_text())
    config["stages"][stage]["environment_variables"] = settings
    path.write_text(json.dumps(config))


def test_what_is_exported_wins_over_the_local_settings():
    environ = {"AWS_DEFAULT_REGION": "us-east-1", "CACHE_SECONDS": " "}
    complete(environ, ["local"], PROJECT)
    assert environ["AWS_DEFAULT_REGION"] == "us-east-1"
    assert environ["CACHE_SECONDS"] == "1"
    assert environ["EVENTS_BUCKET"] == "web-analytics-events"


def test_a_region_is_taken_from_either_variable():
    environ = {"EVENTS_BUCKET": "events-of-mine", "AWS_REGION": "eu-central-1"}
    complete(environ, ["local"], PROJECT)
    assert environ["AWS_DEFAULT_REGION"] == "eu-central-1"


def test_a_stage_with_settings_is_left_alone():
    environ = {"EVENTS_BUCKET": "events-of-mine"}
    complete(environ, ["local"], PROJECT)
    complete(environ, ["deploy"], PROJECT)
    assert environ == {"EVENTS_BUCKET": "events-of-mine"}


def test_the_local_stage_on_postgres_asks_that_of_the_local_system():
    environ = {"ENGINE": "postgres"}
    complete(environ, ["local"], PROJECT)
    assert environ["POSTGRES_URL"] == postgres_url(Ports().postgres, "metrics")


def test_a_stage_with_settings_is_not_given_a_postgres(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        complete({"EVENTS_BUCKET": "events-of-mine", "ENGINE": "postgres"}, ["local"], PROJECT)
    assert "DSQL_ENDPOINT or POSTGRES_URL must be set" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        ({"POSTGRES_URL": LOCAL_POSTGRES}, "start one that has the tables with `make run "),
        ({"POSTGRES_URL": "postgresql://u:secret@h/d"}, "correct POSTGRES_URL, or make the tables there "),
        ({"DSQL_ENDPOINT": "abc.dsql.eu-west-1.on.aws"}, "`make deploy` makes the cluster of DSQL_ENDPOINT"),
    ],
)
def test_what_to_start_for_postgres(settings: dict[str, str], advice: str):
    said = what_to_start({"ENGINE": "postgres", **settings}, UnavailableError("refused\nIs it running?"))
    assert said.startswith(f"PostgreSQL gives no figures (refused): {advice}")
    assert "secret" not in said


def test_what_to_start_without_a_local_endpoint():
    error = UnavailableError("Unable to locate credentials")
    assert what_to_start({}, error) == "Timestream gives no figures: Unable to locate credentials"
