"""The demo site with the whole system behind it, and a browser."""

from collections.abc import Iterator
from dataclasses import fields

import pytest

import app
from chalicelib.config import TIMESTREAM
from devstack.databases import LocalTimestream
from devstack.firehose.buffer import Hints
from devstack.http.ports import Ports
from devstack.stack import stack
from devstack.state import state
from tests.browser import browser as browser  # the fixture, for the tests of this folder
from tests.deployment import forget_clients
from tests.site.system import Calendar, System


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system without data."""
    calendar = Calendar()
    ports = Ports(**dict.fromkeys((field.name for field in fields(Ports)), 0)).checked()
    forget_clients()
    with (
        state(tmp_path_factory.mktemp("state"), TIMESTREAM) as opened,
        stack(
            opened, LocalTimestream(ports.timestream, ()), ports, Hints(seconds=900), calendar.now
        ) as running,
    ):
        yield System(running, calendar)
    app.s3_client().close()
    forget_clients()


@pytest.fixture
def system(started: System) -> System:
    """The whole system with its clocks at the present."""
    started.calendar.unset()
    return started
