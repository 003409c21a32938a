"""A proxy between one environment and the services, which can fail for this environment alone."""

import asyncio
from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar
from uuid import uuid4

from tests.faults.credentials import Credentials
from tests.faults.engine import Database
from tests.faults.http_line import HttpLine, RefusedError
from tests.faults.lines import Line
from tests.faults.pauses import Change, Pause

T = TypeVar("T")


class Network:
    """The addresses at which one environment finds S3 and the database, and a session token of its own.

    `happened` counts connections, and requests by address. `route` is the way to the database.
    """

    def __init__(self, loop: AbstractEventLoop, s3_url: str, database: Database, bucket: str) -> None:
        self.happened: Counter[str] = Counter()
        self._loop, self._credentials = loop, Credentials(f"token-{uuid4()}")
        self._bucket = bucket
        self._s3 = HttpLine(s3_url, self._s3_rule, self.happened)
        self.route = database.route(self._credentials, self.happened)
        self._run(self._open_all())

    @property
    def environ(self) -> dict[str, str]:
        """The variables with which Lambda starts the environment."""
        return {
            "EVENTS_BUCKET": self._bucket,
            "AWS_ENDPOINT_URL_S3": self._s3.url,
            **self._credentials.environ,
            **self.route.environ,
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
            case Change.EXPIRED:
                self._credentials.expire(pause.left)
            case _:
                self._run(self.route.suffer(pause.change))

    def close(self) -> None:
        """Close the addresses, and every connection."""
        self._run(self._close_all())

    @property
    def _lines(self) -> list[Line]:
        return [self._s3, *self.route.lines]

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

    def _s3_rule(self, head: bytes) -> bytes:
        self.happened["s3"] += 1
        if not self._credentials.is_named(head):
            raise RefusedError(403, "the request is not signed with the environment's own token")
        if not self._credentials.is_accepted():
            raise RefusedError(400, "<Error><Code>ExpiredToken</Code><Message>Expired.</Message></Error>")
        return head


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
