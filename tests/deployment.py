"""What a test does with the app: deliver objects, ask Timestream and `GET /metrics`, read dead letters."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
from chalice.test import Client

import app
from devstack.s3.notifications import StoredObject, to_notification
from devstack.timestream.fixture import Timestream
from devstack.timestream.tables import create_tables

WIRE = Path(__file__).parent / "wire"
BUCKET = "web-analytics-events"
CREATED_AT = datetime(2023, 11, 6, 10, 35, 3, 192_000, UTC)
TABLES = ("PageViewsTable", "CommissionsTable")


def notification(*keys: str) -> dict[str, Any]:
    """What S3 sends Lambda when these objects are created."""
    return to_notification([StoredObject(BUCKET, key) for key in keys], CREATED_AT, "eu-west-1", 0)


@dataclass(frozen=True)
class Deployment:
    """The app with everything around it."""

    timestream: Timestream
    s3: Any
    query: Any

    def deliver(self, key: str, body: bytes) -> dict[str, Any]:
        """Put an object and run `ingest` on its notification; returns the outcome."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return self.notify(notification(key))[0]

    def notify(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Run `ingest` on a notification; returns an outcome for each object."""
        outcomes: list[dict[str, Any]] = app.ingest(event, None)
        return outcomes

    def dead_letters(self, key: str) -> list[dict[str, Any]]:
        """Those of one source object."""
        keys = [found["Key"] for found in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        if f"dead-letters/{key}.jsonl" not in keys:
            return []
        body = self.s3.get_object(Bucket=BUCKET, Key=f"dead-letters/{key}.jsonl")["Body"].read()
        return [json.loads(line) for line in body.splitlines()]

    def rows(self, sql: str) -> list[list[str | None]]:
        """What Timestream answers, every scalar as it is on the wire."""
        pages = self.query.get_paginator("query").paginate(QueryString=sql)
        return [[datum.get("ScalarValue") for datum in row["Data"]] for page in pages for row in page["Rows"]]

    def get(self, path: str = "/metrics", **parameters: str) -> tuple[int, Any]:
        """The answer of a route: status and JSON."""
        with Client(app.app) as client:
            response = client.http.get(f"{path}?{urlencode(parameters)}")
        return response.status_code, response.json_body


@contextmanager
def deployed(timestream: Timestream) -> Iterator[Deployment]:
    """Tables, a bucket, and the app's own clients, made anew. Afterwards there are no tables any more."""
    write = boto3.client("timestream-write")
    # Wide, so that events of any recorded date are taken.
    create_tables(write, "WebAnalyticsDb", TABLES, memory_hours=8766, magnetic_days=3650)
    s3, query = boto3.client("s3"), boto3.client("timestream-query")
    forget_objects(s3.meta.endpoint_url)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    forget_clients()
    yield Deployment(timestream, s3, query)
    app.s3_client().close()
    engine: Any = app.engine()
    engine.close()
    forget_clients()
    forget_tables(write)
    timestream.clock.unset()
    for client in (write, s3, query):
        client.close()


def forget_clients() -> None:
    """The app keeps its clients, and with them the addresses that they were made for.

    Its session it may keep: that has no address, but the services' models, which take long to read.
    """
    made: Any = (app.s3_client, app.directory, app.names, app.engine, app.answers)
    for cached in made:
        cached.cache_clear()


def forget_tables(write: Any) -> None:
    """And the databases that they are in."""
    for table in write.list_tables()["Tables"]:
        write.delete_table(DatabaseName=table["DatabaseName"], TableName=table["TableName"])
    for database in write.list_databases()["Databases"]:
        write.delete_database(DatabaseName=database["DatabaseName"])


def forget_objects(s3_url: str) -> None:
    """Moto's state is its process's: an earlier test's server may have left a bucket."""
    urllib.request.urlopen(f"{s3_url}/moto-api/reset", data=b"").close()
