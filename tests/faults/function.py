"""The Lambda function, with a process for each environment: `python -m tests.faults.function SOCKET`.

Imports the app once and forks for each connection, so that a new process with its own clients takes
milliseconds. The process serves one invocation after another, until it is stopped or the connection ends.
"""

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
from botocore.config import Config as ClientConfig
from botocore.session import Session

import app
from chalicelib.config import POSTGRES, TIMESTREAM, Config
from devstack.lambda_.function import Context
from tests.faults.disk import leave_free
from tests.faults.messages import AfterSeconds, Answer, Invocation, Moment, Start
from tests.faults.postgres import limits as postgres
from tests.faults.timestream import limits as timestream
from tests.faults.wire import Wire

HASTE = 100
"""botocore's pauses between retries are divided by this. The number of retries stays the same."""

_LIMITS = {TIMESTREAM: timestream, POSTGRES: postgres}[app.config.engine]


def main(path: str) -> None:
    """Serve environments on the Unix socket until SIGTERM, or until the parent process is gone."""
    vars(botocore.endpoint)["time"] = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / HASTE))
    # Reads the services' models once; the forks then create clients quickly.
    app.session().create_client("s3").close()
    _LIMITS.prepare(app.session())
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


def _started(start: Start) -> Wire:
    """Prepare the environment for its first invocation."""
    os.environ |= start.environ
    app.config = Config.from_environ(os.environ)  # the app was imported before the fork
    session = app.session()
    # The session read the variables before the fork.
    session.set_credentials(
        start.environ["AWS_ACCESS_KEY_ID"],
        start.environ["AWS_SECRET_ACCESS_KEY"],
        start.environ.get("AWS_SESSION_TOKEN"),
    )
    session.set_default_client_config(ClientConfig(read_timeout=start.patience))
    wire = Wire()
    _tell_of_requests(session, wire)
    _LIMITS.shorten(start.patience, wire)
    return wire


def _tell_of_requests(session: Session, wire: Wire) -> None:
    """Have the session tell the wire of each request of its clients."""
    here = threading.local()  # a request is sent by the thread that made it

    def begin(**_: Any) -> None:
        here.number = wire.begin()

    def end(**_: Any) -> None:
        wire.reach(here.number, Moment.ANSWERED)

    session.register("request-created", begin)
    session.register("response-received", end)


def _run(invocation: Invocation, wire: Wire) -> Answer:
    wire.restart(invocation.stop)
    if invocation.free is not None:
        leave_free(invocation.free)
    if isinstance(invocation.stop, AfterSeconds):
        signal.setitimer(signal.ITIMER_REAL, invocation.stop.seconds)  # by default, SIGALRM ends the process
    outcomes, problem = [], ""
    try:
        outcomes = app.ingest(invocation.event, Context("ingest"))
    except Exception as error:  # noqa: BLE001  whatever a function raises is Lambda's to retry
        problem = "; ".join(map(_told, _leaves(error)))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return Answer(outcomes, problem, os.getpid(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _told(error: BaseException) -> str:
    """The error, and those that it came after: an upload that cannot be aborted must not hide a time-out."""
    before = error.__context__
    return f"{error!r} after {_told(before)}" if before else repr(error)


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


if __name__ == "__main__":
    main(sys.argv[1])
