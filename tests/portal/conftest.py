"""The portal in a browser."""

from collections.abc import Iterator

import pytest

from tests.browser import browser
from tests.portal.stage import Stage, stage

__all__ = ["browser"]


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The portal that these tests share."""
    with stage(tmp_path_factory.mktemp("portal")) as started:
        yield started


@pytest.fixture
def portal(running: Stage) -> Stage:
    """The portal, with an API that answers as at the beginning."""
    running.reset()
    return running
