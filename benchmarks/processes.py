"""Starts each measured process on one core, and the stand-in on the other cores."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from devstack.environment import local_environment

SETTINGS = {"EVENTS_BUCKET": "events", "NO_PROXY": "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in (stand_in.py)."""

    url: str
    ask: IO[str]
    hear: IO[str]

    def records(self) -> int:
        """The number of records that were written to the stand-in since the last call."""
        self.ask.write("\n")
        self.ask.flush()
        return int(self.hear.readline())


@contextmanager
def stand_in(folder: Path, latency: float = 0) -> Iterator[StandIn]:
    """A stand-in with the objects in `folder`. `latency` is Timestream's, in milliseconds."""
    command = [sys.executable, "-m", "benchmarks.stand_in", str(folder), str(latency)]
    with _on(_other_cores()):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both are pipes")
        port = process.stdout.readline().strip()
        yield StandIn(f"http://127.0.0.1:{port}", process.stdin, process.stdout)
        # Leaving closes the stand-in's standard input, which ends the stand-in.


def run(module: str, *arguments: str, url: str) -> Mapping[str, Any]:
    """Run a module of this package in a new process on one core, like a Lambda function of one vCPU.

    Returns the JSON object that the module prints on its last line, after the app's log lines.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    environment = local_environment(os.environ, SETTINGS, timestream_url=url, s3_url=url)
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


def _core() -> int:
    return max(os.sched_getaffinity(0))


def _other_cores() -> set[int]:
    return os.sched_getaffinity(0) - {_core()} or {_core()}


@contextmanager
def _on(cores: set[int]) -> Iterator[None]:
    """Run what is started within this context on the given cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
