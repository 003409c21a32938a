"""An address that passes on HTTP requests, or refuses them."""

import asyncio
import re
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.faults.lines import HOST, Line

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_EXPECTS, _CONTINUE = b"100-continue", b"HTTP/1.1 100 "
_PIECE = 64 * 1024


class RefusedError(Exception):
    """A service's answer to a request that is not passed on."""

    def __init__(self, status: int, body: str) -> None:
        head = f"HTTP/1.1 {status} Refused\r\nContent-Length: {len(body)}\r\n\r\n"
        self.response = (head + body).encode()
        super().__init__(body)


Rule = Callable[[bytes], bytes]
"""Takes the head of a request, and returns the head to pass on. Raises RefusedError."""


class HttpLine(Line):
    """An address that passes on to a service the requests that its rule accepts."""

    def __init__(self, service_url: str, rule: Rule, happened: Counter[str]) -> None:
        super().__init__(happened)
        self.rule = rule
        self._service = urlsplit(service_url)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def talk(self, requests: StreamReader, client: StreamWriter) -> None:
        """Pass on one request after another."""
        while True:
            head = await requests.readuntil(_END_OF_HEAD)
            try:
                await self._exchange(self.rule(head), requests, client)
            except RefusedError as refused:
                if _EXPECTS not in head:  # else no body comes before an answer
                    await requests.readexactly(_length(head))
                client.write(refused.response)

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
