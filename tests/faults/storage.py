"""S3 with faults: a WSGI application that wraps moto's S3 and makes requests fail."""

import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import cache
from random import Random
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class StorageFault(StrEnum):
    """A fault of a request to S3."""

    SLOW_DOWN = "slow-down"
    """503 SlowDown. The request is not carried out."""
    ERROR_AFTER = "error-after"
    """500 InternalError, although the request is carried out."""
    CUT = "cut"
    """The request is carried out, but the connection ends in the middle of the response's body."""
    STALL = "stall"
    """The request is carried out, but the second half of the response's body comes late."""


class FaultyStorage:
    """A WSGI application: moto with faults. `reads` and `writes` are the shares of requests with each fault.

    The fault of a request depends on the seed, the request, and how often it was made before. It does not
    depend on the order of the processes.
    """

    def __init__(self, seed: int, delay: float) -> None:
        self.reads: Mapping[StorageFault, float] = {}
        self.writes: Mapping[StorageFault, float] = {}
        self.closing = Event()
        self._seed, self._delay = seed, delay
        self._asked: Counter[tuple[str, str]] = Counter()
        self._asking = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        fault = self._fault(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if fault is StorageFault.SLOW_DOWN:
            return _error(503, "SlowDown")(environ, start_response)
        done = _done(environ)
        if fault is StorageFault.ERROR_AFTER:
            return _error(500, "InternalError")(environ, start_response)
        if fault is None:
            return done(environ, start_response)
        body = done.get_data()
        start_response(done.status, done.headers.to_wsgi_list())
        return self._in_halves(fault, body, environ["werkzeug.socket"])

    def _in_halves(self, fault: StorageFault, body: bytes, connection: socket.socket) -> Iterator[bytes]:
        half = len(body) // 2
        if half:
            yield body[:half]
        if fault is StorageFault.STALL:
            self.closing.wait(self._delay)
            yield body[half:]
        else:
            with suppress(OSError):  # the client was stopped, and its connection is gone
                connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError  # makes werkzeug drop the connection

    def _fault(self, method: str, path: str) -> StorageFault | None:
        with self._asking:
            self._asked[method, path] += 1
            ordinal = self._asked[method, path]
        draw = Random(f"{self._seed} {method} {path} {ordinal}").random()
        rates = self.reads if method in {"GET", "HEAD"} else self.writes
        for fault, rate in rates.items():
            draw -= rate
            if draw < 0:
                return fault
        return None


@contextmanager
def serving(storage: FaultyStorage) -> Iterator[str]:
    """Serve the storage. Yields its URL."""
    server = make_server("127.0.0.1", 0, storage, threaded=True, request_handler=_QuietHandler)
    thread = Thread(target=server.serve_forever, args=(0.02,), name="storage")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        storage.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _done(environ: "WSGIEnvironment") -> Response:
    with _ONE_AT_A_TIME:
        try:
            return Response.from_app(_moto(), environ)
        except KeyError:  # from moto, if the upload is already complete or aborted
            return _error(404, "NoSuchUpload")


_ONE_AT_A_TIME = Lock()  # moto fails if the same part is uploaded twice at the same time


@cache
def _moto() -> Any:
    return DomainDispatcherApplication(create_backend_app)


def _error(status: int, code: str) -> Response:
    body = f"<Error><Code>{code}</Code><Message>A fault.</Message></Error>"
    return Response(body, status, mimetype="text/xml")


class _QuietHandler(MotoRequestHandler):
    disable_nagle_algorithm = True  # else a body waits 40 ms until its headers are acknowledged

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do not log requests: the client's error says enough."""
