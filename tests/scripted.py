"""An HTTP server that answers what a test tells it to, and remembers what it was asked."""

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
    """What was asked."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def operation(self) -> str:
        """Of an AWS service with a JSON protocol: such as `WriteRecords`."""
        return str(self.headers["X-Amz-Target"]).rpartition(".")[2]


@dataclass(frozen=True)
class Answer:
    """What to answer. `length` is the length that is announced, if it is not that of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


def as_json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content).encode(), headers or {})


@dataclass
class Scripted:
    """A running server."""

    url: str
    asked: list[Request] = field(default_factory=list)


@contextmanager
def scripted(answer: Callable[[Request], Answer | None]) -> Iterator[Scripted]:
    """A server on a free port that gives the answers that `answer` returns; None ends the connection."""

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
            if given is None:
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
            """Say nothing."""

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
def timestream(
    *answers: Answer | None, otherwise: Callable[[Request], Answer | None] | None = None
) -> Iterator[Scripted]:
    """A Timestream that gives `answers` one after another, and then what `otherwise` returns.

    It answers DescribeEndpoints with its own address.
    """
    script = list(answers)

    def answer(request: Request) -> Answer | None:
        if request.operation == "DescribeEndpoints":
            return as_json({"Endpoints": [{"Address": running.url, "CachePeriodInMinutes": 1440}]})
        if script:
            return script.pop(0)
        if otherwise is None:
            raise AssertionError(f"no answer is left for {request.operation}")
        return otherwise(request)

    with scripted(answer) as running:
        yield running
