"""`chalice local` in its own process."""

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devstack.environment import PROJECT, STAGE
from devstack.errors import DevstackError
from devstack.http.ports import HOST

_START_SECONDS = 30
_STOP_SECONDS = 5


@contextmanager
def chalice_local(port: int, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run the stage `local` of the app on `port`, and append its output to `log`.

    Raises DevstackError if it does not start.
    """
    command = [sys.executable, "-m", "devstack.apigateway.rest", "--no-autoreload", "--stage", STAGE]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--host", HOST, "--port", str(port)],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that Ctrl-C in the terminal does not reach it: _stop does
        )
    with process:
        try:
            _wait_for(port, process, log)
            yield
        finally:
            _stop(process)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(_START_SECONDS * 20):
        if _answers(port):
            return
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue  # still starting
        raise DevstackError(f"`chalice local` ended with exit code {process.returncode}. See {log}.")
    raise DevstackError(f"`chalice local` did not answer within {_START_SECONDS} seconds. See {log}.")


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        logging.getLogger("devstack.deliveries").warning("`chalice local` did not stop, and was killed")
