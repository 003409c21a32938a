"""S3 and Timestream that do almost nothing: `python -m benchmarks.stand_in FOLDER LATENCY_MS`.

Answers a GET with the file in FOLDER whose name is the end of the address, or with S3's 404, and a Query with
`query.json`, or with `ranked.json` if the statement asks for ranks. Counts the records of a WriteRecords, and
answers after the latency. Prints its port; then, for each line of standard input, the number of records since
the line before.
"""

import asyncio
import json
import sys
from functools import cache
from pathlib import Path

_ACCEPTED = b'{"RecordsIngested":{"Total":100,"MemoryStore":100,"MagneticStore":0}}'
_RECORD = b'"Dimensions"'
"""Occurs once in each record, and nowhere else: no value that is written here contains it."""


class Service:
    """The answers that the stand-in gives, and a count of the records that it receives."""

    def __init__(self, folder: Path, latency: float) -> None:
        self.folder, self.latency = folder, latency
        self.records = 0
        self.read = cache(self._read)

    def take_count(self) -> int:
        """Records since the last call."""
        count, self.records = self.records, 0
        return count

    def write(self, body: bytearray, start: int, end: int) -> None:
        """Count the records of one WriteRecords, whose body is `body[start:end]`."""
        self.records += body.count(_RECORD, start, end)

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        if not path.exists():  # the directory of affiliates
            return _response(b"<Error><Code>NoSuchKey</Code></Error>", b"404 Not Found")
        return _response(path.read_bytes())


class Connection(asyncio.Protocol):
    """One connection, kept alive. asyncio's streams would make the stand-in the bottleneck."""

    def __init__(self, service: Service) -> None:
        self._service, self._loop = service, asyncio.get_running_loop()
        self._received = bytearray()
        self._needed = 0
        """More bytes than this must be there before the next request can be complete."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, to answer on."""
        if not isinstance(transport, asyncio.WriteTransport):
            raise TypeError(transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._received += data
        while len(self._received) > self._needed and (head := self._received.find(b"\r\n\r\n")) > 0:
            start = head + 4
            end = start + _content_length(self._received[:head].lower())
            if len(self._received) < end:
                self._needed = end - 1
                return
            self._answer(self._received[:head].lower(), start, end)
            del self._received[:end]
            self._needed = 0

    def _answer(self, head: bytearray, start: int, end: int) -> None:
        if b".writerecords" in head:
            self._service.write(self._received, start, end)
            self._reply(_response(_ACCEPTED))
        elif b".query" in head:
            is_ranked = self._received.find(b"AS rank", start, end) >= 0
            self._reply(self._service.read("ranked.json" if is_ranked else "query.json"))
        elif b".describeendpoints" in head:
            host, port = self._transport.get_extra_info("sockname")
            endpoint = {"Address": f"http://{host}:{port}", "CachePeriodInMinutes": 1440}
            self._transport.write(_response(json.dumps({"Endpoints": [endpoint]}).encode()))
        elif head.startswith(b"get"):
            self._transport.write(self._service.read(_last_segment(head)))
        else:
            self._transport.write(_response(b""))  # the removal of an earlier attempt's dead letters

    def _reply(self, response: bytes) -> None:
        if self._service.latency:
            self._loop.call_later(self._service.latency, self._transport.write, response)
        else:
            self._transport.write(response)


def _content_length(head: bytearray) -> int:
    _, _, rest = head.partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0] or 0)


def _last_segment(head: bytearray) -> str:
    """The last segment of the address in a request's first line, without parameters."""
    return head.split(b" ", 2)[1].partition(b"?")[0].rpartition(b"/")[2].decode()


def _response(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Length: %d\r\nContent-Type: application/x-amz-json-1.0\r\n\r\n"
    return head % (status, len(body)) + body


async def _main(folder: str, latency_ms: str) -> None:
    service = Service(Path(folder), float(latency_ms) / 1000)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(service.take_count(), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
