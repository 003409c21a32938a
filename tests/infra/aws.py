"""AWS as a deployment sees it: moto's server, the local Timestream, and the API that Chalice deployed."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config as ClientConfig

import app
from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres import Postgres
from chalicelib.engines.timestream.engine import Timestream as Engine
from chalicelib.figures import Route
from devstack.timestream.fixture import Timestream
from devstack.timestream.tables import create_tables
from tests.answering import answers
from tests.deployment import TABLES, forget_objects
from tests.infra.calls import OUTSIDE
from tests.scripted import Answer, Request, as_json, scripted

_LOOKS = ClientConfig(user_agent_extra=OUTSIDE)

ACCOUNT = "123456789012"
"""moto's."""


@dataclass(frozen=True)
class Aws:
    """One account, with nothing in it."""

    url: str
    timestream: Timestream
    project: Path

    def client(self, service: Any) -> Any:
        """A client of any service but Timestream, for the test to look with."""
        return boto3.client(service, endpoint_url=self.url, config=_LOOKS)

    def create_tables(self, stage: str) -> None:
        """What the storage stack makes on AWS, and moto does not."""
        write = self.timestream.client("timestream-write")
        create_tables(write, f"WebAnalyticsDb_{stage}", TABLES)


def forget_everything(url: str) -> None:
    """Have moto begin anew, and run no function: it would ask for Docker."""
    forget_objects(url)
    settings = json.dumps({"lambda": {"use_docker": False}}).encode()
    asked = urllib.request.Request(f"{url}/moto-api/config", settings, {"Content-Type": "application/json"})
    urllib.request.urlopen(asked).close()


@contextmanager
def rest_api(url: str) -> Iterator[str]:
    """An API Gateway that takes what is signed, before `metrics` with the settings it is deployed with.

    Yields its address. moto runs no function, so the body of this one is here.
    """

    def answer(request: Request) -> Answer:
        if "AWS4-HMAC-SHA256" not in request.headers.get("Authorization", ""):
            return as_json({"message": "Missing Authentication Token"}, 403)
        with closing(boto3.client("lambda", endpoint_url=url, config=_LOOKS)) as functions:
            deployed = functions.get_function_configuration(FunctionName="affiliate-analytics-dev")
        config = Config.from_environ(deployed["Environment"]["Variables"])
        kind = Postgres(config) if config.engine == POSTGRES else Engine(app.session(), config)
        with closing(kind) as engine:
            asked = urlsplit(request.path)
            route = Route(asked.path.rpartition("/")[2])
            body = answers(engine.rows, engine.dialect).answer(
                route, parse_qs(asked.query), datetime.now(UTC)
            )
            return Answer(200, body)

    with scripted(answer) as gateway:
        yield gateway.url
