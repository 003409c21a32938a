"""The fixture `both`: a Timestream and a PostgreSQL, each with empty tables."""

from collections.abc import Iterator

import pytest

from devstack.postgres.fixture import Database
from devstack.timestream.fixture import Timestream
from tests.both.world import Both, opened


@pytest.fixture
def both(empty_timestream: Timestream, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    for name, value in empty_timestream.environment.items():
        monkeypatch.setenv(name, value)
    with opened(empty_timestream, database) as made:
        yield made
