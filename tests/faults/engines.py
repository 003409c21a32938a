"""The engines that schedules can run on."""

import argparse
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from chalicelib.config import POSTGRES, TIMESTREAM
from tests.faults.engine import Engine
from tests.faults.postgres.engine import postgres
from tests.faults.timestream.engine import Timestream

NAMES: Mapping[str, Callable[[], AbstractContextManager[Engine]]] = {
    TIMESTREAM: lambda: nullcontext(Timestream()),
    POSTGRES: postgres,
}


def prepared(name: str) -> AbstractContextManager[Engine]:
    """The engine of that name, with all that its schedules share."""
    return NAMES[name]()


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let the user of a command choose the engine."""
    parser.add_argument(
        "--engine",
        choices=list(NAMES),
        default=TIMESTREAM,
        help="the database that the function writes to (default: %(default)s)",
    )
