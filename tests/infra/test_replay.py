"""`python -m infra.replay`: stored objects, dead letters and failures through the app again."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from chalicelib.config import Config
from chalicelib.ingest import dead_letter_key
from devstack.postgres.fixture import Database
from infra import replay
from infra.deliveries import source_key
from infra.journal import journal
from tests.deployment import BUCKET, Deployment, forget_clients, notification
from tests.infra.functions import Functions, lambda_functions
from tests.infra.project import ROOT

CONFIG = Config(events_bucket=BUCKET)


@pytest.fixture
def functions(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """Lambda, with the app in this process as `ingest`."""
    with lambda_functions(lambda event: app.ingest(event, None)) as functions:
        monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        yield functions


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The part of the project that a replay reads: its stages, here only one."""
    (tmp_path / ".chalice").mkdir()
    config = json.loads((ROOT / ".chalice/config.json").read_text())
    del config["stages"]["prod"]
    (tmp_path / ".chalice/config.json").write_text(json.dumps(config))
    return tmp_path


def page(number: int, moment: datetime) -> bytes:
    """A page view: one of five visitors, on one of two sites."""
    time = moment.isoformat()
    event = {
        "type": "page",
        "messageId": f"view-{number}",
        "anonymousId": f"visitor-{number % 5}",
        "originalTimestamp": time,
        "timestamp": time,
        "sentAt": time,
        "receivedAt": time,
        "properties": {"affiliate_id": "alice", "url": f"https://site-{number % 2}.example/"},
    }
    return json.dumps(event).encode()


def order(number: int, moment: datetime) -> bytes:
    time = moment.isoformat()
    properties = {
        "affiliate_id": "alice",
        "order_id": f"order-{number}",
        "commission": 1.1,
        "website": "shop.example",
    }
    event = {"type": "track", "event": "Order Completed", "messageId": f"sale-{number}", "timestamp": time}
    return json.dumps({**event, "receivedAt": time, "properties": properties}).encode()


def figures(deployment: Deployment) -> dict[str, Any]:
    """All that alice can see."""
    answers = {}
    for metric in ("PageViews", "Visitors", "Commissions"):
        status, answers[metric] = deployment.get(
            affiliateId="alice", metricType=metric, timeWindow="Last90Days"
        )
        assert status == 200
    return answers


def put_month(deployment: Deployment) -> int:
    """A month of objects, two a day, stored and not ingested; their number."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    for day in range(30):
        moment = start + timedelta(days=day)
        folder = f"{moment:%Y/%m/%d/%H}"
        views = b"".join(page(day * 10 + n, moment + timedelta(minutes=n)) for n in range(10))
        sales = order(day, moment) + b'{"broken": '
        deployment.s3.put_object(
            Bucket=BUCKET, Key=f"events/web/{folder}/a+b c.gz", Body=gzip.compress(views)
        )
        deployment.s3.put_object(Bucket=BUCKET, Key=f"events/server/{folder}/sales", Body=sales)
    return 60


def test_a_replay_moves_a_stage_to_the_other_engine_with_the_same_figures(
    deployment: Deployment,
    functions: Functions,
    project: Path,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
):
    count = put_month(deployment)
    assert replay.main(["--prefix", "events/"], project) == 0
    on_timestream = figures(deployment)

    moved = msgspec.structs.replace(app.config, engine="postgres", postgres_url=database.url())
    monkeypatch.setattr(app, "config", moved)
    app.engine().close()  # type: ignore[attr-defined]  # both engines have it
    forget_clients()
    assert not any(answer["dataset"] for answer in figures(deployment).values())
    assert replay.main(["--prefix", "events/"], project) == 0
    assert len(functions.invocations) == 2 * count
    assert figures(deployment) == on_timestream


def test_a_month_replayed_twice_changes_no_figure(
    deployment: Deployment, functions: Functions, project: Path, capfd
):
    count = put_month(deployment)
    assert replay.main(["--prefix", "events/"], project) == 0
    first = figures(deployment)
    assert {total["value"] for total in first["PageViews"]["totals"]} == {150}
    assert first["Commissions"]["totals"] == [{"series": "shop.example", "value": 33, "currency": "USD"}]
    assert len(functions.invocations) == count
    said = capfd.readouterr().out
    assert "60 invocations: documents 360, written 330, duplicates 0, left out 0, malformed 30" in said

    assert replay.main(["--prefix", "events/"], project) == 0
    assert replay.main(["--prefix", "events/web/", "--concurrency", "1"], project) == 0
    assert figures(deployment) == first
    assert len(functions.invocations) == 2 * count + count // 2


def test_a_replay_continues_where_it_stopped(
    deployment: Deployment, functions: Functions, project: Path, capfd
):
    for name in "abcd":
        deployment.s3.put_object(Bucket=BUCKET, Key=f"events/web/{name}", Body=b"")
    ingest = functions.handler

    def stopped(event: dict[str, Any]) -> Any:
        if event["Records"][0]["s3"]["object"]["key"].endswith("c"):
            raise RuntimeError("Timestream is away")
        return ingest(event)

    functions.handler = stopped
    command = ["--prefix", "events/", "--concurrency", "1"]
    assert replay.main(command, project) == 1
    said = capfd.readouterr()
    assert "events/web/c: RuntimeError: Timestream is away" in said.out
    assert said.err == "replay: 1 of 4 failed. Run the same command to try them again.\n"

    functions.handler, functions.invocations[:] = ingest, []
    assert replay.main(command, project) == 0
    assert functions.keys == ["events/web/c"]
    assert "Continuing: 3 objects are done already." in capfd.readouterr().out
    assert not list((project / ".replay").iterdir())


def test_a_journal_that_was_cut_off_is_read_to_its_last_whole_line(tmp_path: Path):
    path = tmp_path / "cut.jsonl"
    with journal(path) as kept:
        kept.add("events/web/a")
        kept.add("events/web/b\n")
    with path.open("a") as file:
        file.write('"events/we')
    with journal(path) as kept:
        assert kept.done == {"events/web/a", "events/web/b\n"}
        kept.add("events/web/c")
    with journal(path) as kept:
        assert kept.done == {"events/web/a", "events/web/b\n", "events/web/c"}


def test_dead_letters_are_replayed_from_their_source(
    deployment: Deployment, functions: Functions, project: Path, capfd
):
    now = datetime.now(UTC)
    deployment.deliver("events/web/good", page(1, now))
    deployment.deliver("events/web/mended", b"{")
    deployment.deliver("events/web/broken", b"}")
    deployment.s3.put_object(Bucket=BUCKET, Key="events/web/mended", Body=page(2, now))
    assert replay.main(["--dead-letters"], project) == 0
    assert functions.keys == ["events/web/broken", "events/web/mended"]
    assert not deployment.dead_letters("events/web/mended")
    assert len(deployment.dead_letters("events/web/broken")) == 1
    assert {total["series"]: total["value"] for total in figures(deployment)["PageViews"]["totals"]} == {
        "site-0.example": 1,
        "site-1.example": 1,
    }


@given(st.text(min_size=1))
def test_a_dead_letters_key_names_its_source(key: str):
    assert source_key(dead_letter_key(f"events/{key}", CONFIG), CONFIG) == f"events/{key}"


@pytest.fixture
def failure_queue(s3_url: str, functions: Functions) -> Iterator[Any]:
    """A client and its queue, as Lambda's destination."""
    sqs = boto3.client("sqs", endpoint_url=s3_url)
    url = sqs.create_queue(QueueName="failures")["QueueUrl"]
    functions.failure_queue_arn = "arn:aws:sqs:eu-west-1:123456789012:failures"
    yield sqs, url
    sqs.delete_queue(QueueUrl=url)
    sqs.close()


def test_failures_leave_the_queue_when_they_succeed(
    deployment: Deployment, functions: Functions, project: Path, failure_queue: Any, capfd
):
    sqs, url = failure_queue
    deployment.s3.put_object(Bucket=BUCKET, Key="events/web/here", Body=page(1, datetime.now(UTC)))
    elsewhere = notification("events/web/elsewhere")
    elsewhere["Records"][0]["s3"]["bucket"]["name"] = "no-such-bucket"
    for failed in (notification("events/web/here"), notification("events/web/gone"), elsewhere):
        record = {"version": "1.0", "requestPayload": failed, "responsePayload": {"errorType": "E"}}
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(record))

    assert replay.main(["--failures", "--dry-run"], project) == 0
    assert not functions.invocations
    assert "About 3 failures are in the queue" in capfd.readouterr().out

    assert replay.main(["--failures"], project) == 1
    assert functions.keys == ["events/web/elsewhere", "events/web/gone", "events/web/here"]
    said = capfd.readouterr()
    assert "3 invocations: documents 1, written 1" in said.out
    assert "gone 1." in said.out
    assert said.err.startswith("replay: 1 of 3 failed. These stay in the queue")
    left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    assert left["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_since_and_until_compare_with_the_time_of_storing(
    deployment: Deployment, functions: Functions, project: Path, capfd
):
    deployment.s3.put_object(Bucket=BUCKET, Key="events/web/a", Body=b"")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    span = ["--since", yesterday, "--until", tomorrow]
    assert replay.main(["--prefix", "events/", *span, "--dry-run"], project) == 0
    assert "1 objects, events/web/a to events/web/a: none replayed." in capfd.readouterr().out
    assert replay.main(["--prefix", "events/", "--since", tomorrow], project) == 1
    assert (
        "Found no objects under events/ in web-analytics-events for these options." in capfd.readouterr().err
    )
    assert not functions.invocations
