"""A running local AppSync for each module of tests."""

from collections.abc import Iterator

import pytest

from tests.appsync.stand import Stand, figures, stand


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The stand that the tests of a module share."""
    with stand(tmp_path_factory.mktemp("appsync")) as started:
        yield started


@pytest.fixture
def local(running: Stand) -> Stand:
    """The stand with a REST API that answers like the app."""
    running.rest.answer = figures
    running.rest.asked.clear()
    return running
