"""An execution environment of Lambda, which is frozen between invocations."""

import os
import signal
import socket
from contextlib import suppress
from typing import Any

import msgspec

from tests.faults.messages import Answer, Invocation, Start, Stop
from tests.faults.network import Network
from tests.faults.pauses import LASTING, Change, Pause


class Environment:
    """A process of the function (`path` is the function's socket), with its own network.

    `patience` is the number of seconds that the process waits for an answer to a request.
    """

    def __init__(self, path: str, network: Network, patience: float) -> None:
        self.network = network
        self.is_spent = False
        """Whether a lasting change has happened."""
        self._free: int | None = None
        self._process = 0
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(path)
        self._answers = self._connection.makefile("rb")
        self._send(Start(network.environ, patience))

    def invoke(self, event: dict[str, Any], stop: Stop | None = None) -> Answer | None:
        """Run the function, then freeze the process. None if the process was stopped before it answered."""
        self._signal(signal.SIGCONT)
        self._send(Invocation(event, stop, self._free))
        if not (line := self._answers.readline()):
            self._process = 0
            return None
        answer = msgspec.json.decode(line, type=Answer)
        self._process = answer.process
        self._signal(signal.SIGSTOP)
        return answer

    def suffer(self, pause: Pause) -> None:
        """Apply a change to the frozen process."""
        self.is_spent |= pause.change in LASTING
        if pause.change is Change.FULL:
            self._free = pause.left
        else:
            self.network.suffer(pause)

    def close(self) -> None:
        """Kill the process, as Lambda does, and close its network."""
        self._signal(signal.SIGKILL)
        self._answers.close()
        self._connection.close()
        self.network.close()

    def _send(self, message: Start | Invocation) -> None:
        self._connection.sendall(msgspec.json.encode(message) + b"\n")

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            with suppress(ProcessLookupError):  # it has ended
                os.kill(self._process, number)
