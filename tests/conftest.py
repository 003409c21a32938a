"""The shipped app against a local Timestream and a local S3, over real sockets."""

import os

# Before `app` is imported: Chalice's decorators read the bucket then, and no test may find anyone's account.
os.environ |= {
    "EVENTS_BUCKET": "web-analytics-events",
    "CACHE_SECONDS": "0",  # what is written must be seen
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings
from moto.server import ThreadedMotoServer

from devstack.timestream.fixture import SettableClock, Timestream
from devstack.timestream.server import Server
from tests.deployment import Deployment, deployed

FOLDER: Final = Path(__file__).parent
DEAR: Final = (
    "devstack/test_whole_system.py",
    "infra/test_deploy.py",
    "portal/test_portal_states.py",
    "portal/test_portal_owner.py",
    "faults/test_schedules.py",
    "portal/test_portal_sign_in.py",
    "portal/test_portal_figures.py",
    "test_ingest.py",
    "infra/test_replay.py",
    "portal/test_portal_quality.py",
    "faults/test_environments.py",
    "devstack/test_state.py",
    "both/test_figures.py",
    "portal/test_portal_charts.py",
    "timestream/test_ts_faults.py",
    "site/test_site_visits.py",
    "portal/test_portal_sales.py",
    "infra/test_mistakes.py",
    "portal/test_portal_zones.py",
    "infra/test_chalice_commands.py",
    "site/test_site_affiliate.py",
    "both/test_edges.py",
    "faults/test_commands.py",
    "infra/test_users.py",
    "infra/test_measure.py",
    "test_foreign_inputs.py",
    "infra/test_payouts.py",
    "infra/test_alarms.py",
    "portal/test_portal_links.py",
    "both/test_limits.py",
    "test_metrics_end_to_end.py",
    "both/test_injection.py",
    "infra/test_after_deploy.py",
    "engines/test_writer.py",
    "both/test_everyone.py",
    "infra/test_directory.py",
    "infra/test_package.py",
    "appsync/test_local_answers.py",
    "objects/test_documents.py",
    "infra/test_deploy_requirements.py",
    "timestream/test_ts_server.py",
    "timestream/test_ts_control.py",
    "devstack/test_postgres_server.py",
    "timestream/test_ts_write.py",
    "timestream/test_ts_cli.py",
    "both/test_model.py",
    "devstack/test_makefile.py",
    "test_architecture.py",
)
"""The files that take longest. First, since last, one process would work on one while the others wait; and a
browser's by turns with others, since it is several processes itself."""

pytest_plugins = ["devstack.timestream.fixture", "devstack.postgres.fixture"]

# Machines differ in speed by far more than a deadline could allow for; and a failure should be repeatable.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a test that waits for a browser or a server leaves one idle."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The dear files' tests first."""
    places = {FOLDER / name: place for place, name in enumerate(DEAR)}
    items.sort(key=lambda item: places.get(item.path, len(DEAR)))


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """A local S3, one for each test process."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def empty_timestream() -> Iterator[Timestream]:
    """A local Timestream, one for each test process: who makes tables in it deletes them."""
    clock = SettableClock()
    with Server(clock=clock) as server, closing(Timestream(server.url, clock)) as running:
        yield running


@pytest.fixture
def deployment(
    empty_timestream: Timestream, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    """The app, deployed on empty tables and an empty bucket."""
    for name, value in {**empty_timestream.environment, "AWS_ENDPOINT_URL_S3": s3_url}.items():
        monkeypatch.setenv(name, value)
    with deployed(empty_timestream) as deployment:
        yield deployment
