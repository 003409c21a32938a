"""`python -m infra.erase`: a visitor is gone from the objects and the database, and nobody else."""

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest

from chalicelib.config import Config
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.postgres.connections import KeptConnection
from chalicelib.events import hashed_visitor
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from devstack.postgres.fixture import Database
from infra.erase import __main__ as erase
from infra.erase.__main__ import FIREHOSE_ERRORS
from infra.erase.objects import Erasing, Stored
from infra.erase.rewriting import Scan
from infra.erase.rows import visitor_rows
from infra.erase.visitor import Visitor
from tests.deployment import BUCKET, forget_objects
from tests.infra.functions import SETTINGS, Functions, lambda_functions
from tests.infra.project import ROOT
from tests.infra.storage import of_type, storage
from tests.infra.test_rewriting import ORDER, dead_letter, firehose_error, page

ERASE = ["--stage", "dev", "--visitor", "ann", "--visitor", "device-1"]


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    forget_objects(s3_url)
    with closing(boto3.client("s3")) as client:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


@pytest.fixture
def functions(s3: Any, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """The deployed `ingest`, with PostgreSQL as its engine."""
    with lambda_functions(lambda _: None) as functions:
        functions.settings = {**SETTINGS, "ENGINE": "postgres", "POSTGRES_URL": database.url()}
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
        yield functions


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice/config.json").write_text((ROOT / ".chalice/config.json").read_text())
    return tmp_path


def ingest_all(s3: Any, functions: Functions) -> None:
    """What S3 has `ingest` do, for each object."""
    config = Config.from_environ(functions.settings)
    with closing(Postgres(config)) as engine:
        for key in keys(s3, "events/"):
            ingest_object(ObjectVersion(BUCKET, key), s3=s3, engine=engine, config=config)


def keys(s3: Any, prefix: str = "") -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def visitors(database: Database) -> dict[str, int]:
    with psycopg.connect(database.url()) as connection:
        statement = "SELECT visitor_id, count(*) FROM analytics.page_views GROUP BY 1"
        return dict(connection.execute(statement).fetchall())


def put_events(s3: Any) -> None:
    """Views and orders of ann and bob, in all kinds of objects."""
    both = page("device-1", "ann", 1) + b"\n" + page("bob", None, 2) + b"\n"
    broken = b'{"anonymousId":"ann","x' + page("bob", number=3)
    orders = json.dumps({**ORDER, "userId": "ann"}) + json.dumps({**ORDER, "userId": "bob"})
    for key, body in {
        "events/web/1.gz": gzip.compress(both),
        "events/web/2": page("ann", number=4),
        "events/web/3": broken,
        "events/web/4": page("bob", number=5),
        "events/server/1": orders.encode(),
        f"{FIREHOSE_ERRORS}web/1": firehose_error(page("ann")) + b"\n" + firehose_error(page("bob")) + b"\n",
        "dead-letters/events/web/expired.jsonl": dead_letter(page("ann").decode()) + b"\n",
    }.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body, ContentType="text/x", Metadata={"a": "b"})


def test_a_visitor_is_shown_and_then_erased(
    s3: Any, functions: Functions, database: Database, project: Path, capfd: Any
):
    put_events(s3)
    ingest_all(s3, functions)
    before = {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys(s3)}
    ann, device, bob = (hashed_visitor(each) for each in ("ann", "device-1", "bob"))
    assert visitors(database) == {ann: 1, device: 1, bob: 3}

    assert erase.main(ERASE, project) == 0
    said = capfd.readouterr().out
    assert (
        "Found 7 documents of the visitor in 7 of 8 objects of web-analytics-events, and 2 page views" in said
    )
    assert "Nothing is erased yet: add --yes." in said
    assert {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys(s3)} == before

    assert erase.main([*ERASE, "--yes"], project) == 0
    said = capfd.readouterr().out
    assert (
        "Erased 7 documents of the visitor in 7 of 8 objects of web-analytics-events, and 2 page views"
        in said
    )
    assert "hold nothing about a buyer" in said
    assert "again tomorrow" in said
    assert visitors(database) == {bob: 3}
    ingest_all(s3, functions)
    assert visitors(database) == {bob: 3}
    assert set(before) - set(keys(s3)) == {
        "events/web/2",
        "dead-letters/events/web/3.jsonl",
        "dead-letters/events/web/expired.jsonl",
    }
    kept = s3.get_object(Bucket=BUCKET, Key="events/web/1.gz")
    assert gzip.decompress(kept["Body"].read()) == page("bob", None, 2) + b"\n"
    assert (kept["ContentType"], kept["Metadata"]) == ("text/x", {"a": "b"})
    assert not list((project / ".erase").iterdir())

    assert erase.main(ERASE, project) == 0
    assert "Found 0 documents of the visitor in 0 of 5 objects" in capfd.readouterr().out


def test_other_ids_of_the_visitor_are_told(s3: Any, functions: Functions, project: Path, capfd: Any):
    s3.put_object(Bucket=BUCKET, Key="events/web/1", Body=page("device 1", "ann") + page("device-2", "bob"))
    assert erase.main(["--stage", "dev", "--visitor", "ann"], project) == 0
    assert "If they are the same person's, add: --visitor 'device 1'\n" in capfd.readouterr().out


def test_on_timestream_the_objects_are_erased(s3: Any, functions: Functions, project: Path, capfd: Any):
    functions.settings = SETTINGS
    s3.put_object(Bucket=BUCKET, Key="events/web/1", Body=page("ann") + page("bob"))
    assert erase.main(["--stage", "dev", "--visitor", "ann", "--yes"], project) == 0
    said = capfd.readouterr().out
    assert "Timestream deletes no single record: the visitor's page views stay there, under the " in said
    assert hashed_visitor("ann") in said
    assert s3.get_object(Bucket=BUCKET, Key="events/web/1")["Body"].read() == page("bob")


def test_old_versions_and_damaged_objects_are_told(s3: Any, functions: Functions, project: Path, capfd: Any):
    functions.settings = SETTINGS
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=BUCKET, Key="events/web/cut", Body=gzip.compress(page("ann") + page("bob"))[:-9])
    assert erase.main(["--stage", "dev", "--visitor", "ann"], project) == 0
    said = capfd.readouterr().out
    assert "1 objects are damaged, and may hold more of the visitor than can be read: events/web/cut." in said
    assert "The bucket keeps old versions" in said


def test_an_object_that_changes_meanwhile_is_read_again(s3: Any, monkeypatch: pytest.MonkeyPatch):
    s3.put_object(Bucket=BUCKET, Key="events/web/1", Body=page("ann") + page("bob"))

    class Racing(Erasing):
        """Another process writes the object between the reading and the writing, once."""

        raced = False

        def _settle(self, key: str, answer: dict[str, Any], found: Scan) -> None:
            if not self.raced:
                self.raced = True
                s3.put_object(Bucket=BUCKET, Key=key, Body=page("ann") + page("cid"))
            super()._settle(key, answer, found)

    found = Racing(s3, BUCKET, Visitor(frozenset({"ann"}))).visit(Stored("events/web/1", ""))
    assert isinstance(found, Scan)
    assert s3.get_object(Bucket=BUCKET, Key="events/web/1")["Body"].read() == page("cid")


def test_an_object_that_was_deleted_meanwhile_has_nothing(s3: Any):
    assert Erasing(s3, BUCKET, Visitor(frozenset({"ann"}))).visit(Stored("events/web/1", "")) == Scan()


def test_all_page_views_are_read_in_parts(database: Database):
    hashes = [hashed_visitor("ann"), hashed_visitor("device-1")]
    rows = [
        (f"affiliate-{number % 3}", f"event-{number:03}", hashes[number % 2] if number % 5 == 0 else "x")
        for number in range(100)
    ]
    with psycopg.connect(database.url(), autocommit=True) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO analytics.page_views (affiliate_id, event_id, visitor_id, time, website) "
            "VALUES (%s, %s, %s, now(), 'a.example')",
            rows,
        )
        parts = list(visitor_rows(KeptConnection(lambda _: connection), hashes, page=7))
    assert sum(count for _, count, _ in parts) == 100
    found = {(affiliate, event) for affiliate, _, events in parts for event in events}
    assert found == {(affiliate, event) for affiliate, event, visitor in rows if visitor != "x"}


def test_a_user_who_may_not_delete_erases_nothing(
    s3: Any, functions: Functions, database: Database, project: Path, capfd: Any
):
    functions.settings = {**functions.settings, "POSTGRES_URL": database.url("metrics")}
    s3.put_object(Bucket=BUCKET, Key="events/web/1", Body=page("ann"))
    assert erase.main([*ERASE, "--yes"], project) == 1
    said = capfd.readouterr().err
    assert said.startswith("erase: The user of 127.0.0.1/test_")
    assert "set POSTGRES_URL to the URL of the owner of the database and its tables." in said
    assert keys(s3) == ["events/web/1"]


def test_firehoses_errors_are_where_the_template_puts_them():
    for stream in of_type(storage(), "KinesisFirehose::DeliveryStream").values():
        prefix = stream["ExtendedS3DestinationConfiguration"]["ErrorOutputPrefix"]
        assert prefix.startswith(FIREHOSE_ERRORS)
