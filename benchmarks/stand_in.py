"""S3 and Timestream with no work of their own: `python -m benchmarks.stand_in OBJECT LATENCY_MS`.

GET answers with the object; a WriteRecords is read whole, counted, and answered after the latency. Prints its
port, and on a line of standard input what it has counted.
"""

import asyncio
import json
import sys
from pathlib import Path

_ACCEPTED = b'{"RecordsIngested":{"Total":100,"MemoryStore":100,"MagneticStore":0}}'


class StandIn:
    """Counts what it is sent."""

    def __init__(self, content: bytes, latency: float) -> None:
        self.content, self.latency = content, latency
        self.requests = 0
        self.bytes = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept alive."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(_response(await self._answer(head.lower(), reader)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionResetError, asyncio.CancelledError):
            writer.close()  # the client is done, or we are

    async def _answer(self, head: bytes, reader: asyncio.StreamReader) -> bytes:
        body = await reader.readexactly(_content_length(head))
        if head.startswith(b"get"):
            return self.content
        if head.startswith(b"delete"):
            return b""
        if b".describeendpoints" in head:
            endpoint = {"Address": f"http://127.0.0.1:{self.port}", "CachePeriodInMinutes": 1440}
            return json.dumps({"Endpoints": [endpoint]}).encode()
        if b".writerecords" in head:
            self.requests += 1
            self.bytes += len(body)
            if self.latency:
                await asyncio.sleep(self.latency)
        return _ACCEPTED


def _content_length(head: bytes) -> int:
    _, _, rest = head.partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0] or 0)


def _response(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: application/x-amz-json-1.0\r\n\r\n"
        % len(body)
        + body
    )


async def _main(path: str, latency_ms: str) -> None:
    stand_in = StandIn(Path(path).read_bytes(), float(latency_ms) / 1000)  # noqa: ASYNC240 (before serving)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0, limit=1 << 20)
    stand_in.port = server.sockets[0].getsockname()[1]
    print(stand_in.port, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps({"requests": stand_in.requests, "bytes": stand_in.bytes}), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
