"""The account and the project that deployments are tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader

from chalicelib.sessions import DataFiles
from devstack.timestream.fixture import Timestream
from tests.infra.aws import Aws, forget_everything, rest_api
from tests.infra.project import copy_project, make_empty_wheels, make_wheels


@pytest.fixture(scope="module", autouse=True)
def models_are_decoded_fast() -> Iterator[None]:
    """Have botocore read its models as the app does.

    Each command makes a session of its own, and botocore's own decoder takes a fifth of a second for each.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: DataFiles().load_file(path))
        yield


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Chalice's packager installs from, instead of the network."""
    return make_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def empty_wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What it installs from for AWS, where no function runs."""
    return make_empty_wheels(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def aws(
    s3_url: str, timestream: Timestream, empty_wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Aws]:
    """An empty account in the environment, and a project to deploy to it."""
    # Not above: it imports a second's worth of moto, for one test in one process.
    from tests.infra.moto_repairs import repair_moto

    repair_moto(monkeypatch)
    forget_everything(s3_url)
    with rest_api(s3_url) as api_url:
        for name, value in {
            **timestream.environment,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": s3_url,
            "AWS_ENDPOINT_URL_EXECUTE_API": api_url,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(empty_wheels),
        }.items():
            monkeypatch.setenv(name, value)
        yield Aws(s3_url, timestream, copy_project(tmp_path))
    forget_everything(s3_url)
