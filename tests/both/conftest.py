"""The fixtures `both`, a Timestream and a PostgreSQL with empty tables, and `cluster`, an Aurora DSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.postgres.fixture import Database, Databases
from devstack.timestream.fixture import Timestream
from tests.both.cluster import Cluster, deploy, deployed
from tests.both.world import Both, opened


@pytest.fixture
def both(empty_timestream: Timestream, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    for name, value in empty_timestream.environment.items():
        monkeypatch.setenv(name, value)
    with opened(empty_timestream, database) as made:
        yield made


@pytest.fixture
def cluster(postgres: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    with deployed(postgres, tmp_path) as made:
        for name, value in made.dsql.environment.items():
            monkeypatch.setenv(name, value)
        deploy(made)
        yield made
