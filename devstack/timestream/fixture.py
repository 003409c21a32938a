"""A pytest plugin: the fixture `timestream`, a local Amazon Timestream for each test.

In a conftest.py: `pytest_plugins = ["devstack.timestream.fixture"]`. Then

    def test_write(timestream):
        write = timestream.client("timestream-write")
        write.create_database(DatabaseName="WebAnalyticsDb")
        timestream.clock.set(datetime(2026, 11, 23, tzinfo=UTC))
        timestream.faults.set({Fault.THROTTLE: 0.1})

For code that makes its own clients, put `timestream.environment` into the environment; endpoint discovery
then takes place, as it does on AWS.

PYTEST_DONT_REWRITE: a conftest may import this module for its types before it names it as a plugin.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import boto3
import pytest

from devstack.timestream import Faults, Server

# No secrets: a signature is read for its region only.
_CREDENTIALS: dict[str, Any] = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


@cache
def _session() -> Any:
    """One session for all clients, since each session reads the service's model again.

    Typed as Any, since the stubs accept a client's name only as a literal.
    """
    return boto3.Session(**_CREDENTIALS)


class SettableClock:
    """A clock in nanoseconds since 1970. It follows the machine's until it is set, and then stands still."""

    def __init__(self) -> None:
        self._moment: int | None = None

    def __call__(self) -> int:
        """The current time."""
        return time.time_ns() if self._moment is None else self._moment

    def set(self, moment: datetime) -> None:
        """Stand still at an aware datetime."""
        self.set_nanoseconds(round(moment.timestamp() * 1_000_000) * 1000)

    def unset(self) -> None:
        """Follow the machine's clock again."""
        self._moment = None

    def set_nanoseconds(self, moment: int) -> None:
        """Stand still at a time in nanoseconds since 1970."""
        self._moment = moment


@dataclass(frozen=True, slots=True)
class Timestream:
    """A running server, as a test uses it."""

    url: str
    clock: SettableClock
    faults: Faults = field(default_factory=Faults)
    _clients: list[Any] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that make any AWS SDK talk to the server."""
        return {
            "AWS_ENDPOINT_URL_TIMESTREAM_WRITE": self.url,
            "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A boto3 client of `timestream-write` or `timestream-query`, closed with the server."""
        client = _session().client(service, region_name=region, endpoint_url=self.url)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()


@pytest.fixture
def timestream() -> Iterator[Timestream]:
    """An empty server on a free port."""
    clock, faults = SettableClock(), Faults()
    with Server(clock=clock, faults=faults) as server:
        running = Timestream(server.url, clock, faults)
        yield running
        running.close()
