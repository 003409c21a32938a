"""AWS as a deployment sees it: moto's server, the local Timestream, and the API that Chalice deployed."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
from botocore.config import Config as ClientConfig

import app
from chalicelib.config import Config
from chalicelib.engines.timestream.engine import Timestream as Engine
from chalicelib.figures import Answers, Cache, weigh
from devstack.timestream.fixture import Timestream
from tests.deployment import PARTITION_KEY
from tests.infra.calls import OUTSIDE

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
        write.create_database(DatabaseName=f"WebAnalyticsDb_{stage}")
        for table in ("PageViewsTable", "CommissionsTable"):
            write.create_table(
                DatabaseName=f"WebAnalyticsDb_{stage}",
                TableName=table,
                Schema={"CompositePartitionKey": PARTITION_KEY},
            )


def forget_everything(url: str) -> None:
    """Have moto begin anew, and run no function: it would ask for Docker."""
    httpx.post(f"{url}/moto-api/reset").raise_for_status()
    httpx.post(f"{url}/moto-api/config", json={"lambda": {"use_docker": False}}).raise_for_status()


@contextmanager
def rest_api(url: str) -> Iterator[str]:
    """An API Gateway that takes what is signed, before `metrics` with the settings it is deployed with.

    Yields its address. moto runs no function, so the body of this one is here.
    """

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "AWS4-HMAC-SHA256" not in self.headers.get("Authorization", ""):
                self._answer(403, b'{"message": "Missing Authentication Token"}')
                return
            with closing(boto3.client("lambda", endpoint_url=url, config=_LOOKS)) as functions:
                deployed = functions.get_function_configuration(FunctionName="affiliate-analytics-dev")
            config = Config.from_environ(deployed["Environment"]["Variables"])
            with closing(Engine(app.session(), config)) as engine:
                answers = Answers(engine, Cache(0, 0, weigh, monotonic))
                self._answer(200, answers.answer(parse_qs(urlsplit(self.path).query), datetime.now(UTC)))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            """Say nothing."""

    with serving(Gateway) as address:
        yield address


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on a free port; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
