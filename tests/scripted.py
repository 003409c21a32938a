"""An HTTP server for tests: gives scripted answers, and records the requests."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request that the server received."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def operation(self) -> str:
        """The operation of an AWS service with a JSON protocol, such as `WriteRecords`."""
        return str(self.headers["X-Amz-Target"]).rpartition(".")[2]


@dataclass(frozen=True)
class Answer:
    """An answer. `length` is the announced length of the body, if it differs from the real one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


Reply = Answer | bytes | None
"""An answer; or bytes to send as they are before the connection ends; or None to end it without an answer."""


def as_json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content).encode(), headers or {})


@dataclass
class Scripted:
    """A running server. `asked` has its requests so far."""

    url: str
    asked: list[Request] = field(default_factory=list)


@contextmanager
def scripted(answer: Callable[[Request], Reply]) -> Iterator[Scripted]:
    """A server on a free port, which replies what `answer` returns for each request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._respond(b"")

        def do_POST(self) -> None:
            self._respond(self.rfile.read(int(self.headers["Content-Length"])))

        def _respond(self, body: bytes) -> None:
            request = Request(self.command, self.path, self.headers, body)
            running.asked.append(request)
            given = answer(request)
            if not isinstance(given, Answer):
                self.wfile.write(given or b"")
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body) if given.length is None else given.length))
            self.end_headers()
            self.wfile.write(given.body)
            self.close_connection = self.close_connection or given.length is not None

        def log_message(self, *_args: Any) -> None:
            """Do not log requests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Scripted(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def timestream(*answers: Reply, otherwise: Callable[[Request], Reply] | None = None) -> Iterator[Scripted]:
    """A Timestream that replies `answers` in order, and after them what `otherwise` returns.

    Answers DescribeEndpoints with its own address.
    """
    script = list(answers)

    def answer(request: Request) -> Reply:
        if request.operation == "DescribeEndpoints":
            return as_json({"Endpoints": [{"Address": running.url, "CachePeriodInMinutes": 1440}]})
        if script:
            return script.pop(0)
        if otherwise is None:
            raise AssertionError(f"no answer is left for {request.operation}")
        return otherwise(request)

    with scripted(answer) as running:
        yield running
