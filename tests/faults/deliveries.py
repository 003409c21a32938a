"""Lambda's delivery of notifications: up to three tries, then the failure queue."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from devstack.environment import local_environment
from tests.faults.engine import Engine
from tests.faults.environments import Environment
from tests.faults.messages import Answer, Stop
from tests.faults.network import Network
from tests.faults.pauses import Change, Pause

TRIES = 3
"""Tries of an asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
"""The address of the services until an environment has its own."""

_LATE_ERRORS = ("Timeout", "QueryCanceled")
"""Errors because a service answered late. The second is PostgreSQL's."""

_LATE = 20
"""Invocations of an environment that may fail because the machine is busy."""


@contextmanager
def function(engine: Engine) -> Iterator[str]:
    """Start the function with an engine. Yields the path of the socket on which it is invoked."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "function"))
        command = [sys.executable, "-m", "tests.faults.function", path]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=local_environment(
                os.environ,
                {"EVENTS_BUCKET": "any", "ENGINE": engine.name, **engine.settings},
                timestream_url=NOWHERE,
                s3_url=NOWHERE,
            ),
            stdout=subprocess.PIPE,
        ) as process:
            if process.stdout is None:
                raise AssertionError("standard output is a pipe")
            if not process.stdout.readline():
                raise RuntimeError("the function did not start: see above")
            try:
                yield path
            finally:
                process.terminate()


@dataclass(frozen=True, slots=True)
class Try:
    """The plan of one try of a delivery.

    A warm try takes an idle environment, if there is one, after the change in `pause`. Unless `keeps`, Lambda
    ends the environment after the try.
    """

    stop: Stop | None = None
    is_warm: bool = False
    pause: Pause | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a try: no answer if it was stopped. `change` is the one that really happened, if any."""

    answer: Answer | None
    is_warm: bool
    change: Change | None

    @property
    def succeeded(self) -> bool:
        return self.answer is not None and not self.answer.error


@dataclass(frozen=True, slots=True)
class Delivered:
    """All tries of one notification, in order."""

    event: dict[str, Any]
    tries: tuple[Tried, ...]

    @property
    def succeeded(self) -> bool:
        """Whether a try succeeded. Otherwise the notification is in the failure queue."""
        return self.tries[-1].succeeded


def until_success(environment: Environment, event: dict[str, Any], most_failed: int) -> list[Answer | None]:
    """The answers of one environment until it succeeds, or more than `most_failed` have failed.

    Leaves out failures because the services answered late: these only show that the machine is busy.
    """
    answers: list[Answer | None] = []
    for _ in range(most_failed + _LATE):
        swallowed = environment.network.swallowed
        answer = environment.invoke(event)
        if (
            answer
            and any(late in answer.error for late in _LATE_ERRORS)
            and environment.network.swallowed <= swallowed
        ):
            continue
        answers.append(answer)
        if len(answers) > most_failed or (answer and not answer.error):
            break
    return answers


class Lambda:
    """Invokes the function as Lambda does for S3's notifications, without its minutes of waiting.

    An environment survives an error that the function raises, but not a time-out.
    """

    def __init__(self, path: str, network: Callable[[], Network], patience: float) -> None:
        self._path, self._network, self._patience = path, network, patience
        self._idle: deque[Environment] = deque()

    def deliver(self, event: dict[str, Any], tries: Sequence[Try] = ()) -> Delivered:
        """Try until it succeeds, three times at most."""
        tried: list[Tried] = []
        for number in range(TRIES):
            tried.append(self._try(event, tries[number] if number < len(tries) else Try()))
            if tried[-1].succeeded:
                break
        return Delivered(event, tuple(tried))

    def wake(self, event: dict[str, Any], pause: Pause, most_failed: int) -> Iterator[Delivered]:
        """Deliver to each idle environment after a pause, as `until_success` does.

        Leaves out environments after a lasting change.
        """
        for environment in self._idle:
            if not environment.is_spent:
                environment.suffer(pause)
                answers = until_success(environment, event, most_failed)
                changes = [pause.change, *[None] * most_failed]
                tries = (
                    Tried(answer, True, change) for answer, change in zip(answers, changes, strict=False)
                )
                yield Delivered(event, tuple(tries))

    def close(self) -> None:
        """End all environments."""
        while self._idle:
            self._idle.pop().close()

    def _try(self, event: dict[str, Any], plan: Try) -> Tried:
        kept = self._take() if plan.is_warm else None
        if kept and plan.pause:
            kept.suffer(plan.pause)
        environment = kept or Environment(self._path, self._network(), self._patience)
        answer = environment.invoke(event, plan.stop)
        if answer and plan.keeps:
            self._idle.append(environment)
        else:
            environment.close()
        return Tried(answer, kept is not None, plan.pause.change if kept and plan.pause else None)

    def _take(self) -> Environment | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None
