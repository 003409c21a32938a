"""Where what is said goes: deliveries and failures, the function's own output, and the stand-ins' chatter."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path

from rich.console import Console

DELIVERIES = logging.getLogger("devstack.deliveries")


@contextmanager
def logs(folder: Path, console: Console) -> Iterator[None]:
    """Sends everything but `console`'s own output to files in `folder`; failures go to the screen, too.

    `deliveries.log` has a line for each object, `ingest.log` what the function printed (its logs and
    CloudWatch metrics), `stand-ins.log` the rest.
    """
    with ExitStack() as opened:
        output = opened.enter_context((folder / "ingest.log").open("a", encoding="utf-8", buffering=1))
        opened.enter_context(redirect_stdout(output))
        opened.enter_context(_attached(logging.getLogger(), _file(folder / "stand-ins.log")))
        opened.enter_context(_attached(DELIVERIES, _file(folder / "deliveries.log")))
        opened.enter_context(_attached(DELIVERIES, _Screen(console, logging.WARNING)))
        DELIVERIES.setLevel(logging.INFO)
        DELIVERIES.propagate = False
        yield


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Every delivery on the screen, too."""
    screen = _Screen(console, logging.INFO)
    screen.addFilter(lambda record: record.levelno < logging.WARNING)  # those are there already
    with _attached(DELIVERIES, screen):
        yield


@contextmanager
def _attached(logger: logging.Logger, handler: logging.Handler) -> Iterator[None]:
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _file(path: Path) -> logging.Handler:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    return handler


class _Screen(logging.Handler):
    """One line on the screen for each record; what went wrong, in red."""

    def __init__(self, console: Console, level: int) -> None:
        super().__init__(level)
        self.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        style = "red" if record.levelno >= logging.WARNING else ""
        self._console.print(self.format(record), style=style)
