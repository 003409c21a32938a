"""The HTTP server: one port for the write service and the query service."""

import logging
import re
import socket
import socketserver
import struct
import sys
import threading
import time
import uuid
from collections.abc import Collection, Mapping
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from devstack.http.loopback import LoopbackHandler
from devstack.timestream.databases import ControlPlane
from devstack.timestream.faults import AFTERWARDS, INSTEAD, Fault, Faults
from devstack.timestream.protocol import (
    PREFIX,
    Caller,
    Operation,
    RefusedError,
    Response,
    UnsignedError,
    describe_endpoints,
    error_response,
    respond,
)
from devstack.timestream.query import FirstPage, Queries, install
from devstack.timestream.store import Clock, Store
from devstack.timestream.writing import write_records

log = logging.getLogger(__name__)

MOST_BODY_BYTES: Final = 16 << 20

_SCOPE_REGION = re.compile(r"Credential=[^/]*/\d{8}/([a-z0-9-]+)/")
_DEFAULT_REGION: Final = "us-east-1"
_SIGNATURE: Final = "AWS4-HMAC-SHA256 "
"""What the Authorization header of every SDK starts with. The signature itself is not verified."""
_RESET: Final = struct.pack("ii", 1, 0)
"""A value of SO_LINGER: the socket resets its connection when it is closed."""


class Server:
    """A local Amazon Timestream. It listens once it is made, and answers inside a `with` block.

    `address` is host and port; port 0 is a free one. `path` is a DuckDB file that keeps the data; None is
    memory. `clock` gives nanoseconds since 1970. `faults` are none if left out. `allowed_hosts` are names
    that the server answers to, besides its own and those of this machine. Raises OSError if it cannot listen
    on the address, and duckdb.Error if it cannot open the file.
    """

    def __init__(
        self,
        address: tuple[str, int] = ("127.0.0.1", 0),
        path: Path | None = None,
        clock: Clock = time.time_ns,
        first_page: FirstPage = FirstPage.FULL,
        faults: Faults | None = None,
        allowed_hosts: Collection[str] = (),
    ) -> None:
        faults = faults or Faults()
        with ExitStack() as undo:
            self._listener = _Listener(address, faults, allowed_hosts)
            undo.callback(self._listener.server_close)
            self._store = Store(path, clock)
            undo.callback(self._store.close)
            install(self._store.connection)
            self._listener.operations = _operations(self._store, clock, first_page, faults)
            undo.pop_all()
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), name="timestream")

    @property
    def url(self) -> str:
        """The value of AWS_ENDPOINT_URL_TIMESTREAM_WRITE and AWS_ENDPOINT_URL_TIMESTREAM_QUERY."""
        host, port = self._listener.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
        self._store.close()


def _operations(store: Store, clock: Clock, first_page: FirstPage, faults: Faults) -> dict[str, Operation]:
    queries, control = Queries(store.snapshot, clock, first_page), ControlPlane(store, clock)
    return {
        "DescribeEndpoints": describe_endpoints,
        "CreateDatabase": control.create_database,
        "DescribeDatabase": control.describe_database,
        "ListDatabases": control.list_databases,
        "UpdateDatabase": control.update_database,
        "DeleteDatabase": control.delete_database,
        "CreateTable": control.create_table,
        "DescribeTable": control.describe_table,
        "ListTables": control.list_tables,
        "UpdateTable": control.update_table,
        "DeleteTable": control.delete_table,
        "TagResource": control.tag_resource,
        "UntagResource": control.untag_resource,
        "ListTagsForResource": control.list_tags_for_resource,
        "WriteRecords": lambda request, _: write_records(store, clock, request, faults),
        "Query": lambda request, _: queries.query(request),
        "PrepareQuery": lambda request, _: queries.prepare(request),
        "CancelQuery": lambda request, _: queries.cancel(request),
    }


class _Handler(LoopbackHandler, BaseHTTPRequestHandler):
    """One connection of a client, kept alive."""

    server: "_Listener"
    protocol_version = "HTTP/1.1"
    server_version = "Timestream"
    sys_version = ""
    # A response goes out in one packet, at once.
    wbufsize = -1
    disable_nagle_algorithm = True

    @property
    def allowed_hosts(self) -> Collection[str]:
        """The host that the server listens on, and those that it was given."""
        return self.server.allowed_hosts

    def refuse(self, reason: str) -> None:
        """Send the refusal as AWS would, so that an SDK shows the reason."""
        length = self.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length) <= MOST_BODY_BYTES:
            # A connection that is closed with bytes unread is reset, and its client may not see the response.
            self.rfile.read(int(length))
        self.close_connection = True
        self._send(error_response(RefusedError(reason)))

    def do_POST(self) -> None:
        """Every operation of the API is a POST to /."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._refuse(411, "A request needs a Content-Length.")
        elif int(length) > MOST_BODY_BYTES:
            self._refuse(413, f"A request can have at most {MOST_BODY_BYTES} bytes.")
        else:
            self._answer(self.headers.get("X-Amz-Target", ""), self.rfile.read(int(length)))

    def do_GET(self) -> None:
        """Tell a person with a browser what this server is."""
        self._refuse(
            405, "This is a local Amazon Timestream: set AWS_ENDPOINT_URL_TIMESTREAM_WRITE and _QUERY."
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  http.server's name
        """Say nothing: a client learns from its response what went wrong."""

    def _answer(self, target: str, body: bytes) -> None:
        if not self.headers.get("Authorization", "").startswith(_SIGNATURE):
            self._send(error_response(UnsignedError("Missing Authentication Token")))
            return
        fault = self.server.faults.of_request(target.removeprefix(PREFIX), body)
        if fault is not None and fault in INSTEAD:
            self._send(error_response(INSTEAD[fault]))
            return
        response = respond(self.server.operations, target, body, self._caller())
        match fault:
            case Fault.ERROR_AFTER:
                self._send(error_response(AFTERWARDS))
            case Fault.RESET:
                self._break_off(response)
            case Fault.SLOW:
                self.server.closing.wait(self.server.faults.delay)
                self._send(response)
            case _:
                self._send(response)

    def _caller(self) -> Caller:
        scope = _SCOPE_REGION.search(self.headers["Authorization"])
        return Caller(
            region=scope[1] if scope else _DEFAULT_REGION,
            host=self.headers["Host"],
            agent=self.headers.get("User-Agent", ""),
        )

    def _refuse(self, status: int, message: str) -> None:
        # The rest of the request is not read, so this connection cannot carry another request.
        self.close_connection = True
        self._send(Response(status, msgspec.json.encode({"message": message})))

    def _break_off(self, response: Response) -> None:
        """Send half of the response, then reset the connection."""
        self._send_head(response)
        self.wfile.write(response.body[: len(response.body) // 2])
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close_connection = True

    def _send(self, response: Response) -> None:
        self._send_head(response)
        self.wfile.write(response.body)

    def _send_head(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("x-amzn-RequestId", uuid.uuid4().hex.upper())
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


class _Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """The listening socket, and a thread for each connection.

    HTTPServer would do, but looks up its own host name in DNS when it binds.
    """

    allow_reuse_address = True
    request_queue_size = 128
    operations: Mapping[str, Operation]

    def __init__(self, address: tuple[str, int], faults: Faults, allowed_hosts: Collection[str]) -> None:
        self.faults = faults
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)
        self.allowed_hosts = frozenset({address[0].lower(), str(self.server_address[0]), *allowed_hosts})

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start the connection's thread, and remember the connection."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection, or reset it: botocore would take an orderly end for a success."""
        self._open.discard(request)
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_RESET)) == _RESET:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def server_close(self) -> None:
        """Let requests in flight end, without further delay, and wait for every thread."""
        self.closing.set()
        for connection in self._open.copy():
            # Its client may have closed it in the same moment.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  the base's
        """Log the error, unless the client went away in the middle of a request."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("%s", client_address)
