"""Kept connections to Timestream, in the place of botocore's own transport.

Most of what a call costs, once its body is finished, is what urllib3 and http.client do for the general case.
Here is the usual one: a POST, and an answer of known length, on a connection that is kept. Signing, retries,
endpoint discovery and errors stay botocore's, and what is not usual is left to it whole.
"""

import re
import ssl
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from http.client import HTTPConnection, HTTPSConnection
from socket import socket
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from weakref import finalize

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies
from urllib3.util import wait_for_read

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient
    from botocore.session import Session

_RECEIVED = 64 * 1024  # bytes at once
_END_OF_HEAD = b"\r\n\r\n"
_STATUS = re.compile(r"HTTP/1\.([01]) (\d{3})\b")


def keep_connections(client: "BaseClient", session: "Session", operation: str) -> None:
    """Have a client of `session` send its requests for `operation` over kept connections.

    Through `before-send`, botocore's event for what answers in the place of the network
    (https://boto3.amazonaws.com/v1/documentation/api/latest/guide/events.html).
    """
    meta: Any = client.meta  # the stubs know neither a time-out nor a handler that returns something
    ca_bundle = session.get_config_variable("ca_bundle")
    connections = Connections(meta.config.connect_timeout, meta.config.read_timeout, ca_bundle)
    service = meta.service_model.service_id.hyphenize()
    meta.events.register(f"before-send.{service}.{operation}", connections.send)


class Connections:
    """Connections by the address they go to; safe to share between threads."""

    def __init__(self, connect_timeout: float, read_timeout: float, ca_bundle: str | None) -> None:
        """Time-outs in seconds; `ca_bundle` is a file of certificates to trust, None for botocore's own."""
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._ca_bundle = ca_bundle
        self._kept: defaultdict[str, list[socket]] = defaultdict(list)
        finalize(self, _close, self._kept)

    def send(self, request: "AWSPreparedRequest", **_: Any) -> AWSResponse | None:
        """The answer; or None, and botocore sends the request by its own transport, perhaps a second time.

        Raises botocore's ReadTimeoutError and ConnectionClosedError, which it retries.
        """
        url = request.url
        connection = self._take(url) or self._connect(url)
        if connection is None:
            return None
        try:
            response = _exchange(connection, request)
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=url, error=error) from error
        except OSError as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=url, request=request, error=error) from error
        if response is None or response.headers.get("Connection", "").lower() == "close":
            connection.close()
        else:
            self._kept[url].append(connection)
        return response

    def _take(self, url: str) -> socket | None:
        """A kept connection that is still open: all that can be read from one that waits is its end."""
        kept = self._kept[url]
        while True:
            try:
                connection = kept.pop()
            except IndexError:  # there are no more
                return None
            if not wait_for_read(connection, timeout=0):
                return connection
            connection.close()

    def _connect(self, url: str) -> socket | None:
        """A new connection; None where there is a proxy, or none can be made, and botocore can tell why."""
        if get_environ_proxies(url):
            return None
        address, timeout = urlsplit(url), self._connect_timeout
        try:
            connection = (
                HTTPSConnection(address.netloc, timeout=timeout, context=self._tls)
                if address.scheme == "https"
                else HTTPConnection(address.netloc, timeout=timeout)
            )
            connection.connect()
        except OSError:
            return None
        connection.sock.settimeout(self._read_timeout)
        return connection.sock

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._ca_bundle or get_cert_path(verify=True))


class _Body(NamedTuple):
    """A response's, as AWSResponse reads it."""

    content: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.content


def _exchange(connection: socket, request: "AWSPreparedRequest") -> AWSResponse | None:
    """The answer to a request; None if it is not of known length."""
    connection.sendall(_to_bytes(request))
    received = bytearray()
    while (end_of_head := received.find(_END_OF_HEAD)) < 0:
        received += _receive(connection)
    head, start = received[:end_of_head].decode("latin-1"), end_of_head + len(_END_OF_HEAD)
    status = _STATUS.match(head)
    fields = (line.partition(":") for line in head.split("\r\n")[1:])
    headers: Any = {name.lower(): value.strip() for name, _, value in fields}
    length = headers.get("content-length", "")
    if not status or not length.isdecimal() or "transfer-encoding" in headers:
        return None
    if status[1] == "0":
        headers.setdefault("connection", "close")
    while len(received) < start + int(length):
        received += _receive(connection)
    body: Any = _Body(bytes(received[start:]))
    return AWSResponse(request.url, int(status[2]), headers, body)


def _to_bytes(request: "AWSPreparedRequest") -> bytes:
    """In one piece, so that one packet may do."""
    address, body = urlsplit(request.url), request.body
    if not isinstance(body, bytes):
        raise TypeError(f"the body is finished, and no {type(body)}")
    lines = [
        f"{request.method} {address.path or '/'} HTTP/1.1",
        f"Host: {address.netloc}",
        "Accept-Encoding: identity",
    ]
    for name, value in request.headers.items():
        lines.append(f"{name}: {value.decode('latin-1') if isinstance(value, bytes) else value}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _receive(connection: socket) -> bytes:
    received = connection.recv(_RECEIVED)
    if not received:
        raise ConnectionError("the connection ended before the answer did")
    return received


def _close(kept: dict[str, list[socket]]) -> None:
    for connections in kept.values():
        for connection in connections:
            connection.close()
