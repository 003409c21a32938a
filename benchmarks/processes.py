"""Starts each measured process on one core, and the stand-in on the other cores."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from devstack.environment import local_environment

SETTINGS = {"EVENTS_BUCKET": "events", "NO_PROXY": "127.0.0.1"}


class Target(Protocol):
    """Where a measured process reads objects, and writes and reads page views."""

    @property
    def url(self) -> str:
        """The URL of S3, and of Timestream."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """The app's settings that say where page views go, if that is not Timestream."""
        ...

    def records(self) -> int:
        """The number of page views that were written since the last call."""
        ...


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in (stand_in.py)."""

    url: str
    ask: IO[str]
    hear: IO[str]
    settings: Mapping[str, str] = field(default_factory=dict)

    def records(self) -> int:
        """The number of page views that were written since the last call."""
        self.ask.write("\n")
        self.ask.flush()
        return int(self.hear.readline())


@contextmanager
def stand_in(folder: Path, latency: float = 0) -> Iterator[StandIn]:
    """A stand-in with the objects in `folder`. `latency` is Timestream's, in milliseconds."""
    command = [sys.executable, "-m", "benchmarks.stand_in", str(folder), str(latency)]
    with on_other_cores():
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        port = process.stdout.readline().strip()
        yield StandIn(f"http://127.0.0.1:{port}", process.stdin, process.stdout)
        # Leaving closes the stand-in's standard input, which ends the stand-in.


def run(module: str, *arguments: str, target: Target) -> Mapping[str, Any]:
    """Run a module of this package in a new process on one core, like a Lambda function of one vCPU.

    Returns the JSON object that the module prints on its last line, after the app's log lines.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    settings = {**SETTINGS, **target.settings}
    environment = local_environment(os.environ, settings, timestream_url=target.url, s3_url=target.url)
    with _on({_core()}):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    return result


def peak_rss() -> float:
    """Peak memory of this process, in MB. (getrusage would include the peak of the parent process.)"""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("Linux always has this line")


@contextmanager
def on_other_cores() -> Iterator[None]:
    """Run what is started within this context on the cores that `run` does not use."""
    with _on(os.sched_getaffinity(0) - {_core()} or {_core()}):
        yield


def _core() -> int:
    return max(os.sched_getaffinity(0))


@contextmanager
def _on(cores: set[int]) -> Iterator[None]:
    """Run what is started within this context on the given cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
