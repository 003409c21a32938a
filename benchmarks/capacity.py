"""The stand-in's own limit: requests made beforehand, sent as fast as one process can."""

import json
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.objects import page_views
from benchmarks.peers.naive import batches
from benchmarks.processes import run, stand_in
from benchmarks.tables import to_markdown

ANSWER = 4096
"""More bytes than an answer has."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Over so many connections at once."""

    connections: int
    requests_per_second: float
    cpu: float
    """Of the stand-in, in seconds for each request."""


def measure(connections: Sequence[int] = (1, 4, 8), seconds: float = 2) -> list[Limit]:
    """The limit over each number of connections."""
    with tempfile.TemporaryDirectory() as folder, stand_in(Path(folder)) as service:
        limits = []
        for number in connections:
            service.counts()
            requests = run("capacity", service.url, str(number), str(seconds), url=service.url)["requests"]
            counts = service.counts()
            limits.append(Limit(number, requests / seconds, counts["cpu"] / counts["requests"]))
        return limits


def to_table(limits: list[Limit]) -> str:
    """In events, to compare with a writer's: there are 100 in a request."""
    return to_markdown(
        ("connections",),
        ("requests/s", "events/s", "its CPU s per 1M events"),
        (
            (
                str(limit.connections),
                f"{limit.requests_per_second:,.0f}",
                f"{limit.requests_per_second * 100:,.0f}",
                f"{limit.cpu * 1e4:.1f}",
            )
            for limit in limits
        ),
    )


def send(url: str, connections: int, seconds: float) -> int:
    """Send the same request on every connection, again and again; returns how many were answered."""
    address, request, answered = urlsplit(url), _request(), 0
    with ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection((address.hostname, address.port)))
            for _ in range(connections)
        ]
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            for connection in opened:
                connection.sendall(request)
            for connection in opened:
                connection.recv(ANSWER)
            answered += connections
    return answered


def _request() -> bytes:
    """A full batch as the naive writer has it, which is as large as any."""
    records = next(batches(json.loads(event) for event in islice(page_views(), 100)))
    body = json.dumps({"DatabaseName": "d", "TableName": "t", "Records": records}).encode()
    head = "POST / HTTP/1.1\r\nX-Amz-Target: Timestream_20181101.WriteRecords\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    print(json.dumps({"requests": send(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))}))
