"""Fixtures: the portal in a browser."""

from collections.abc import Iterator

import pytest

from tests.browser import browser
from tests.portal.stage import Stage, stage

__all__ = ["browser"]


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running portal for all tests of this package."""
    with stage(tmp_path_factory.mktemp("portal")) as started:
        yield started


@pytest.fixture
def portal(running: Stage) -> Stage:
    """The running portal, with its API reset."""
    running.reset()
    return running
