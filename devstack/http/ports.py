"""Ports on this machine, checked before the servers start."""

import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields
from typing import Self

from devstack.errors import DevstackError

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """The port of each part. Each field has an option `--<field>-port`; 0 means any free port."""

    timestream: int = 8086
    s3: int = 8087
    rudderstack: int = 8088
    rest: int = 8000
    graphql: int = 8089
    site: int = 8090
    portal: int = 8091
    postgres: int = 8092
    firehose: int = 8093

    def checked(self) -> Self:
        """The same ports, with a free port in place of each 0.

        Raises DevstackError for a port that does not exist, and for ports that are in use: it names all of
        them, and the command to type.
        """
        numbers: dict[str, int] = {}
        problems: dict[str, str] = {}
        with ExitStack() as bound:
            for name, port in self._by_name().items():
                if not 0 <= port <= _LAST_PORT:
                    raise DevstackError(f"There is no port {port}: choose another with {option(name)}.")
                try:
                    numbers[name] = bound.enter_context(listen(port)).getsockname()[1]
                except OSError as error:
                    # The text of the error itself is long: it repeats the address.
                    problems[name] = f"{port} ({os.strerror(error.errno) if error.errno else error})"
        if problems:
            raise DevstackError(_advice(problems))
        return type(self)(**numbers)

    def _by_name(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def option(name: str) -> str:
    """The option for the port of a part."""
    return f"--{name}-port"


def _advice(problems: Mapping[str, str]) -> str:
    ports = ", ".join(problems.values())
    chosen = " ".join(f"{option(name)} 0" for name in problems)
    return (
        f"These ports cannot be used: {ports}. Stop what uses them, or take any free ports: "
        f'make run ARGS="--any-ports", or only for these: make run ARGS="{chosen}".'
    )


def listen(port: int) -> socket.socket:
    """Listen on `port` of this machine."""
    server = socket.create_server((HOST, port))
    # Accepted connections inherit this. asyncio sets it only for sockets that it creates itself. Without it,
    # Nagle's algorithm delays each answer on a reused connection by 40 ms.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server


def url(port: int) -> str:
    """The URL of the server on `port` of this machine."""
    return f"http://{HOST}:{port}"


def free_port() -> int:
    """A port of this machine that is free at this moment."""
    with listen(0) as server:
        port: int = server.getsockname()[1]
    return port


_LAST_PORT = 65535
