"""The shipped function with each engine, started once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import pytest

from tests.faults.deliveries import function
from tests.faults.engine import Engine
from tests.faults.engines import prepared


@dataclass(frozen=True, slots=True)
class Stage:
    """An engine, and the path of the socket on which the function with this engine is invoked."""

    engine: Engine
    path: str


Stages = Callable[[str], Stage]
"""The stage of the engine with this name."""


@pytest.fixture(scope="session")
def stages() -> Iterator[Stages]:
    """Each stage is started when it is first asked for."""
    with ExitStack() as stack:

        @cache
        def stage(name: str) -> Stage:
            engine = stack.enter_context(prepared(name))
            return Stage(engine, stack.enter_context(function(engine)))

        yield stage
