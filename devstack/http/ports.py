"""Addresses on this machine, checked before anything is started on them."""

import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass, fields
from typing import Self

from devstack.errors import DevstackError

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens. Each field is the option `--<field>-port`; 0 is any free port."""

    timestream: int = 8086
    s3: int = 8087
    rudderstack: int = 8088
    rest: int = 8000
    graphql: int = 8089
    site: int = 8090
    portal: int = 8091

    def checked(self) -> Self:
        """The same ports, each free at this moment, and none 0.

        Raises DevstackError, naming the option, for the first that is taken.
        """
        with ExitStack() as bound:
            sockets = [
                bound.enter_context(_bind(field.name, getattr(self, field.name))) for field in fields(self)
            ]
            return type(self)(*(each.getsockname()[1] for each in sockets))


def listen(port: int) -> socket.socket:
    """A socket that listens on `port` of this machine."""
    server = socket.create_server((HOST, port))
    # What it accepts inherits this. asyncio sets it for sockets of its own making alone, and each answer on a
    # kept connection would wait 40 ms for Nagle's algorithm.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server


def url(port: int) -> str:
    """The address of what listens on `port` of this machine."""
    return f"http://{HOST}:{port}"


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment."""
    with listen(0) as server:
        port: int = server.getsockname()[1]
    return port


def _bind(name: str, port: int) -> socket.socket:
    option = f"--{name}-port"
    if not 0 <= port <= _LAST_PORT:
        raise DevstackError(f"There is no port {port}: choose another with {option}.")
    try:
        return listen(port)
    except OSError as error:
        # The error's own text goes on about what was attempted.
        reason = os.strerror(error.errno) if error.errno else error
        message = f"Port {port} cannot be used ({reason}): choose another with {option}."
        raise DevstackError(message) from error


_LAST_PORT = 65535
