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
    return socket.create_server((HOST, port))


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
