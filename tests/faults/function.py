"""The Lambda function, with a process for each environment: `python -m tests.faults.function SOCKET`.

Imports the app once and forks for each connection, so that a new process with its own clients takes
milliseconds. The process serves one invocation after another, until it is stopped or the connection ends.
"""

import itertools
import os
import resource
import signal
import socketserver
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import msgspec
from botocore.config import Config

import app
from chalicelib.engines.timestream import writer as timestream_writer
from devstack.lambda_.function import Context
from tests.faults.disk import leave_free
from tests.faults.messages import AfterSeconds, Answer, AtRequest, Invocation, Moment, Start, Stop

HASTE = 100
"""botocore's pauses between retries are divided by this. The number of retries stays the same."""


def main(path: str) -> None:
    """Serve environments on the Unix socket until SIGTERM, or until the parent process is gone."""
    vars(botocore.endpoint)["time"] = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / HASTE))
    # Reads the services' models once; the forks then create clients quickly.
    app.session().create_client("s3").close()
    timestream_writer.write_client(app.session()).close()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with _Listener(path, _Connection) as listener:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # only the app's log is written from here on
        listener.serve_forever(poll_interval=0.05)


class _Listener(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 128
    max_children = 1000  # at 40, the default, it would wait for one of them to end
    block_on_close = False
    lambda_process = os.getppid()

    def service_actions(self) -> None:
        """Exit if the parent process is gone. Called several times a second."""
        super().service_actions()
        if os.getppid() != self.lambda_process:
            sys.exit()

    def server_close(self) -> None:
        """Kill all environments: a frozen one would not notice that its connection has ended."""
        super().server_close()
        for process in self.active_children or ():
            os.kill(process, signal.SIGKILL)


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        wire = _started(msgspec.json.decode(self.rfile.readline(), type=Start))
        for line in self.rfile:
            answer = _run(msgspec.json.decode(line, type=Invocation), wire)
            self.wfile.write(msgspec.json.encode(answer) + b"\n")


def _started(start: Start) -> "_Wire":
    """Prepare the environment for its first invocation."""
    os.environ |= start.environ
    session = app.session()
    # The session read the variables before the fork.
    session.set_credentials(
        start.environ["AWS_ACCESS_KEY_ID"],
        start.environ["AWS_SECRET_ACCESS_KEY"],
        start.environ.get("AWS_SESSION_TOKEN"),
    )
    impatient = Config(read_timeout=start.patience)
    session.set_default_client_config(impatient)
    vars(timestream_writer)["CONFIG"] = timestream_writer.CONFIG.merge(impatient)
    wire = _Wire()
    session.register("request-created", wire.begin)
    session.register("response-received", wire.end)
    return wire


def _run(invocation: Invocation, wire: "_Wire") -> Answer:
    wire.restart(invocation.stop)
    if invocation.free is not None:
        leave_free(invocation.free)
    if isinstance(invocation.stop, AfterSeconds):
        signal.setitimer(signal.ITIMER_REAL, invocation.stop.seconds)  # by default, SIGALRM ends the process
    outcomes, problem = [], ""
    try:
        outcomes = app.ingest(invocation.event, Context("ingest"))
    except Exception as error:  # noqa: BLE001  whatever a function raises is Lambda's to retry
        problem = "; ".join(map(repr, _leaves(error)))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return Answer(outcomes, problem, os.getpid(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


class _Wire:
    """Counts the requests of an invocation, and kills the process at the planned one."""

    def __init__(self) -> None:
        self._here = threading.local()  # a request is sent by the thread that made it

    def restart(self, stop: Stop | None) -> None:
        self._stop = stop if isinstance(stop, AtRequest) else None
        self._numbers = itertools.count(1)

    def begin(self, **_: Any) -> None:
        self._here.number = next(self._numbers)
        self._pass(Moment.SENDING)

    def end(self, **_: Any) -> None:
        self._pass(Moment.ANSWERED)

    def _pass(self, moment: Moment) -> None:
        if AtRequest(self._here.number, moment) == self._stop:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
