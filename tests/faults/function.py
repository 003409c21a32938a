"""The Lambda function, each invocation in a process of its own: `python -m tests.faults.function SOCKET`.

Imports the app once and forks for each connection: a fresh process with clients of its own, in milliseconds.
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
from botocore.httpsession import URLLib3Session

import app
from chalicelib import timestream_writer
from devstack.function import Context
from tests.faults.messages import AfterSeconds, Answer, AtRequest, Invocation, Moment

HASTE = 100
"""The pauses between botocore's retries are so many times shorter than shipped; their number is the same."""


def main(path: str) -> None:
    """Serve invocations on the Unix socket until SIGTERM, or until who started it is gone."""
    vars(botocore.endpoint)["time"] = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / HASTE))
    # Reads the services' models, once for all: session.create_client alone is cheap.
    app.session().create_client("s3").close()
    timestream_writer.write_client(app.session()).close()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with _Listener(path, _Connection) as listener:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # from here on it has the app's log alone
        listener.serve_forever(poll_interval=0.05)


class _Listener(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    request_queue_size = 128
    block_on_close = False
    lambda_process = os.getppid()

    def service_actions(self) -> None:
        """Several times a second."""
        super().service_actions()
        if os.getppid() != self.lambda_process:
            sys.exit()  # who started it is gone, and did not say so


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        invocation = msgspec.json.decode(self.rfile.readline(), type=Invocation)
        self.wfile.write(msgspec.json.encode(_run(invocation)))


def _run(invocation: Invocation) -> Answer:
    os.environ |= invocation.environ
    impatient = Config(read_timeout=invocation.patience)
    vars(timestream_writer)["CONFIG"] = timestream_writer.CONFIG.merge(impatient)
    wire: Any = _Wire(invocation)  # botocore's types do not say that a handler of this event may answer
    app.session().register("request-created", wire.begin)
    app.session().register("before-send", wire.send)
    if isinstance(invocation.stop, AfterSeconds):
        signal.setitimer(signal.ITIMER_REAL, invocation.stop.seconds)  # by default, its signal ends a process
    outcomes, problem = [], ""
    try:
        outcomes = app.ingest(invocation.event, Context("ingest"))
    except Exception as error:  # noqa: BLE001  whatever a function raises is Lambda's to retry
        problem = "; ".join(map(repr, _leaves(error)))
    return Answer(outcomes, problem, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    return [error]


class _Wire:
    """Counts all requests, and stops at the one it is told to; sends those that the writer does not.

    The writer's records go over its own connections, which are under test. The rest is sent as botocore does,
    but with less patience than is shipped.
    """

    def __init__(self, invocation: Invocation) -> None:
        timeout: Any = (5, invocation.patience)  # to connect, and to read; the stubs know but one of them
        self._http = URLLib3Session(timeout=timeout)
        self._stop = invocation.stop if isinstance(invocation.stop, AtRequest) else None
        self._numbers = itertools.count(1)
        self._here = threading.local()  # a request is sent by the thread that made it

    def begin(self, **_: Any) -> None:
        self._here.number = next(self._numbers)
        self._pass(Moment.SENDING)

    def send(self, request: Any, event_name: str, **_: Any) -> Any:
        try:
            # A handler of this one event comes before a handler of all, as this is: the writer has sent it.
            return None if event_name.endswith(".WriteRecords") else self._http.send(request)
        finally:
            self._pass(Moment.ANSWERED)

    def _pass(self, moment: Moment) -> None:
        if AtRequest(self._here.number, moment) == self._stop:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
