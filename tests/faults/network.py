"""A proxy between one environment and the services, which can fail for this environment alone."""

import asyncio
import re
import select
import socket
import struct
from asyncio import AbstractEventLoop, IncompleteReadError, StreamReader, StreamWriter
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.faults.pauses import Change, Pause

HOST = "127.0.0.1"

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb"\r\nx-amz-security-token: *([^\r]*)", re.IGNORECASE)
_NAME = re.compile(rb"\r\nhost: *[^\r]*", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_EXPECTS, _CONTINUE = b"100-continue", b"HTTP/1.1 100 "
_PIECE = 64 * 1024
_AT_ONCE = struct.pack("ii", 1, 0)
"""A value of SO_LINGER: the socket resets its connection when it is closed."""

T = TypeVar("T")


class RefusedError(Exception):
    """A service's answer to a request that is not passed on."""

    def __init__(self, status: int, body: str) -> None:
        head = f"HTTP/1.1 {status} Refused\r\nContent-Length: {len(body)}\r\n\r\n"
        self.response = (head + body).encode()
        super().__init__(body)


Rule = Callable[[bytes], bytes]
"""Takes the head of a request, and returns the head to pass on. Raises RefusedError."""


class Network:
    """The addresses at which one environment finds S3 and Timestream, and a session token that they accept.

    Timestream has two addresses: the regional endpoint, which only tells the other one, and the cell, which
    takes records. `happened` counts connections, and requests by address.
    """

    def __init__(self, loop: AbstractEventLoop, timestream_url: str, s3_url: str, token: str) -> None:
        self.happened: Counter[str] = Counter()
        self._loop, self._token = loop, token
        self._left: int | None = None
        self._timestream = timestream_url
        self.s3 = Line(s3_url, self._s3_rule, self.happened)
        self.regional = Line(timestream_url, self._regional_rule, self.happened)
        self.cell = Line(timestream_url, self._cell_rule, self.happened)
        self._lines = [self.s3, self.regional, self.cell]
        self._run(self._open_all())

    @property
    def environ(self) -> dict[str, str]:
        """The variables with which Lambda starts the environment."""
        return {
            "AWS_ENDPOINT_URL_S3": self.s3.url,
            "AWS_ENDPOINT_URL_TIMESTREAM_WRITE": self.regional.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_SESSION_TOKEN": self._token,
        }

    @property
    def kept(self) -> int:
        """The number of open connections."""
        return sum(line.open_connections for line in self._lines)

    @property
    def swallowed(self) -> int:
        """The number of silent connections on which the function has sent something."""
        return self._run(self._count_swallowed())

    def suffer(self, pause: Pause) -> None:
        """Apply the change now, unless it is FULL, which is the environment's."""
        match pause.change:
            case Change.RESET | Change.CLOSED | Change.SILENT:
                self._run(self._end_connections(pause.change))
            case Change.MOVED:
                self._run(self._move())
            case Change.GONE:
                gone = self.cell
                self._run(self._move())
                self._run(gone.refuse())
            case Change.EXPIRED:
                self._left = pause.left

    def close(self) -> None:
        """Close the addresses, and every connection."""
        self._run(self._close_all())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open_all(self) -> None:
        for line in self._lines:
            await line.open()

    async def _close_all(self) -> None:
        for line in self._lines:
            await line.close()

    async def _count_swallowed(self) -> int:
        return sum(line.swallowed for line in self._lines)

    async def _end_connections(self, change: Change) -> None:
        for line in self._lines:
            await line.end_connections(change)

    async def _move(self) -> None:
        self.cell.rule = self._moved_rule
        self.cell = Line(self._timestream, self._cell_rule, self.happened)
        self._lines.append(self.cell)
        await self.cell.open()

    def _s3_rule(self, head: bytes) -> bytes:
        self.happened["s3"] += 1
        if not self._is_accepted(head):
            raise RefusedError(400, "<Error><Code>ExpiredToken</Code><Message>Expired.</Message></Error>")
        return head

    def _regional_rule(self, head: bytes) -> bytes:
        self.happened["regional"] += 1
        self._check(head)
        if b"DescribeEndpoints" not in head:
            raise _timestream_error(400, "UnknownOperationException")
        # The local Timestream answers with the address in the Host header.
        return _NAME.sub(b"\r\nHost: " + urlsplit(self.cell.url).netloc.encode(), head)

    def _cell_rule(self, head: bytes) -> bytes:
        self.happened["cell"] += 1
        self._check(head)
        return head

    def _moved_rule(self, head: bytes) -> bytes:
        self.happened["moved"] += 1
        raise _timestream_error(421, "InvalidEndpointException")

    def _check(self, head: bytes) -> None:
        if not self._is_accepted(head):
            raise _timestream_error(403, "ExpiredTokenException")

    def _is_accepted(self, head: bytes) -> bool:
        token = _TOKEN.search(head)
        if token is None or token[1] != self._token.encode():
            raise RefusedError(403, "the request is not signed with the environment's own token")
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


class Line:
    """An address that passes on to a service the requests that its rule accepts. Lives in one event loop."""

    def __init__(self, service_url: str, rule: Rule, happened: Counter[str]) -> None:
        self.rule, self._happened = rule, happened
        self._service = urlsplit(service_url)
        self._clients: set[StreamWriter] = set()
        self._silent: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._reserved: socket.socket | None = None

    async def open(self) -> None:
        """Start to listen."""
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self._port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def open_connections(self) -> int:
        return len(self._clients)

    @property
    def swallowed(self) -> int:
        """The number of silent connections that have unread bytes and are still open."""
        waiting = [client for client in self._silent if client.fileno() >= 0]
        return len(select.select(waiting, [], [], 0)[0])

    async def end_connections(self, change: Change) -> None:
        """Reset, close or silence every connection."""
        ended, self._clients = self._clients, set()
        for client in ended:
            _END[change](client)
        if change is Change.SILENT:
            self._silent += [client.get_extra_info("socket") for client in ended]
        else:
            await asyncio.gather(*(client.wait_closed() for client in ended), return_exceptions=True)

    async def refuse(self) -> None:
        """Refuse new connections, and reset the existing ones."""
        self._server.close()
        self._reserved = socket.socket()  # keeps the port, so that nobody else gets it
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        await self.end_connections(Change.RESET)
        self._reserved.bind((HOST, self._port))

    async def close(self) -> None:
        """Stop listening, and end every connection."""
        self._server.close()
        if self._reserved is not None:
            self._reserved.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _serve(self, reader: StreamReader, client: StreamWriter) -> None:
        self._happened["connections"] += 1
        # asyncio would make a task of a coroutine, but not give it to us.
        task = asyncio.get_running_loop().create_task(self._carry(reader, client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, requests: StreamReader, client: StreamWriter) -> None:
        """Serve one connection until it ends."""
        self._clients.add(client)
        try:
            while True:
                head = await requests.readuntil(_END_OF_HEAD)
                try:
                    await self._exchange(self.rule(head), requests, client)
                except RefusedError as refused:
                    if _EXPECTS not in head:  # else no body comes before an answer
                        await requests.readexactly(_length(head))
                    client.write(refused.response)
        except IncompleteReadError:  # the client or the service closed the connection normally
            client.close()
        except ConnectionError:
            _reset(client)
        except asyncio.CancelledError:
            client.transport.abort()
            raise
        finally:
            self._clients.discard(client)

    async def _exchange(self, head: bytes, requests: StreamReader, client: StreamWriter) -> None:
        """Pass on one request and its answer, on a new connection: moto does not keep connections open."""
        answers, service = await asyncio.open_connection(self._service.hostname, self._service.port)
        try:
            service.write(head)
            if _EXPECTS in head:
                client.write(await answers.readuntil(_END_OF_HEAD))
            await _copy(requests, service, _length(head))
            answered = await answers.readuntil(_END_OF_HEAD)
            while answered.startswith(_CONTINUE):  # werkzeug sends it twice
                answered = await answers.readuntil(_END_OF_HEAD)
            client.write(_CLOSE.sub(b"", answered))
            await _copy(answers, client, _length(answered))
        finally:
            service.transport.abort()


@contextmanager
def running_loop() -> Iterator[AbstractEventLoop]:
    """An event loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="network")
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _length(head: bytes) -> int:
    """The length of the body that follows the head."""
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0


async def _copy(source: StreamReader, target: StreamWriter, length: int) -> None:
    while length:
        piece = await source.read(min(length, _PIECE))
        if not piece:
            raise IncompleteReadError(b"", length)
        target.write(piece)
        await target.drain()
        length -= len(piece)


def _reset(writer: StreamWriter) -> None:
    if not writer.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        writer.transport.abort()


def _silence(writer: StreamWriter) -> None:
    transport: Any = writer.transport  # its declared type can only write
    transport.pause_reading()


_END: Mapping[Change, Callable[[StreamWriter], None]] = {
    Change.RESET: _reset,
    Change.CLOSED: StreamWriter.close,
    Change.SILENT: _silence,
}


def _timestream_error(status: int, code: str) -> RefusedError:
    return RefusedError(
        status, f'{{"__type":"com.amazonaws.timestream.v20181101#{code}","message":"A fault."}}'
    )
