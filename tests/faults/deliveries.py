"""Lambda, for a function whose invocations may fail or be stopped: tries, then the failure queue."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from devstack.environment import local_environment
from tests.faults.messages import Answer, Invocation, Stop

TRIES = 3
"""Of an asynchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
"""Until an invocation says where."""


@contextmanager
def function() -> Iterator[str]:
    """The function, ready to be invoked on the socket whose path this is."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "function"))
        command = [sys.executable, "-m", "tests.faults.function", path]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=local_environment(
                os.environ, {"EVENTS_BUCKET": "any"}, timestream_url=NOWHERE, s3_url=NOWHERE
            ),
            stdout=subprocess.PIPE,
        ) as process:
            if process.stdout is None:
                raise AssertionError("it is a pipe")
            if not process.stdout.readline():
                raise RuntimeError("the function did not start: see above")
            try:
                yield path
            finally:
                process.terminate()


def invoke(path: str, invocation: Invocation) -> Answer | None:
    """What the function answers; None where it was stopped before it could."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(msgspec.json.encode(invocation) + b"\n")
        with connection.makefile("rb") as stream:
            answer = stream.read()
    return msgspec.json.decode(answer, type=Answer) if answer else None


@dataclass(frozen=True, slots=True)
class Delivered:
    """All invocations for one notification, in order. None: it was stopped."""

    event: dict[str, Any]
    answers: tuple[Answer | None, ...]

    @property
    def succeeded(self) -> bool:
        """Whether Lambda is done with the notification; else it is in the failure queue."""
        last = self.answers[-1]
        return last is not None and not last.error


@dataclass(frozen=True, slots=True)
class Lambda:
    """Invokes the function as Lambda does for S3's notifications, without its minutes of waiting."""

    path: str
    environ: dict[str, str]
    patience: float

    def deliver(self, event: dict[str, Any], stops: Sequence[Stop | None] = ()) -> Delivered:
        """Try until it succeeds, three times at most; `stops` are those of each try."""
        answers: list[Answer | None] = []
        for number in range(TRIES):
            stop = stops[number] if number < len(stops) else None
            answers.append(invoke(self.path, Invocation(event, self.environ, self.patience, stop)))
            if (answer := answers[-1]) is not None and not answer.error:
                break
        return Delivered(event, tuple(answers))
