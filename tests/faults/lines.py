"""Addresses between one environment and a service, whose connections can end in every way."""

import asyncio
import select
import socket
import struct
from abc import ABC, abstractmethod
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tests.faults.pauses import Change

HOST = "127.0.0.1"

_AT_ONCE = struct.pack("ii", 1, 0)
"""A value of SO_LINGER: the socket resets its connection when it is closed."""


def _reset(writer: StreamWriter) -> None:
    if not writer.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        writer.transport.abort()


def _silence(writer: StreamWriter) -> None:
    transport: Any = writer.transport  # its declared type can only write
    transport.pause_reading()


class Line(ABC):
    """An address that passes on to a service what an environment sends. Lives in one event loop.

    `happened` counts the connections.
    """

    ends: ClassVar[Mapping[Change, Callable[[StreamWriter], None]]] = {
        Change.RESET: _reset,
        Change.CLOSED: StreamWriter.close,
        Change.SILENT: _silence,
    }
    """How a connection ends at each change."""

    def __init__(self, happened: Counter[str]) -> None:
        self.happened = happened
        self._clients: set[StreamWriter] = set()
        self._silent: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._reserved: socket.socket | None = None

    @abstractmethod
    async def talk(self, requests: StreamReader, client: StreamWriter) -> None:
        """Serve one connection.

        Raises IncompleteReadError to close it, and OSError to reset it.
        """

    async def open(self) -> None:
        """Start to listen."""
        self._listening = await asyncio.start_server(self._serve, HOST, 0)
        self.port: int = self._listening.sockets[0].getsockname()[1]

    @property
    def open_connections(self) -> int:
        return len(self._clients)

    @property
    def swallowed(self) -> int:
        """The number of silent connections that have unread bytes and are still open."""
        waiting = [client for client in self._silent if client.fileno() >= 0]
        return len(select.select(waiting, [], [], 0)[0])

    async def end_connections(self, change: Change) -> None:
        """End every connection as the change does."""
        ended, self._clients = self._clients, set()
        for client in ended:
            self.ends[change](client)
        if change is Change.SILENT:
            self._silent += [client.get_extra_info("socket") for client in ended]
        else:
            await asyncio.gather(*(client.wait_closed() for client in ended), return_exceptions=True)

    async def refuse(self) -> None:
        """Refuse new connections, and reset the existing ones."""
        self._listening.close()
        self._reserved = socket.socket()  # keeps the port, so that nobody else gets it
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        await self.end_connections(Change.RESET)
        self._reserved.bind((HOST, self.port))

    async def close(self) -> None:
        """Stop listening, and end every connection."""
        self._listening.close()
        if self._reserved is not None:
            self._reserved.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _serve(self, reader: StreamReader, client: StreamWriter) -> None:
        self.happened["connections"] += 1
        # asyncio would make a task of a coroutine, but not give it to us.
        task = asyncio.get_running_loop().create_task(self._carry(reader, client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, requests: StreamReader, client: StreamWriter) -> None:
        """Serve one connection until it ends."""
        self._clients.add(client)
        try:
            await self.talk(requests, client)
        except IncompleteReadError:  # the client or the service closed the connection normally
            client.close()
        except OSError:  # the connection is lost, or nobody listens where the service was
            _reset(client)
        except asyncio.CancelledError:
            client.transport.abort()
            raise
        finally:
            self._clients.discard(client)
