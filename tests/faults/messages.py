"""What passes between Lambda and an environment of its function: its start, invocations, their answers."""

from enum import StrEnum
from typing import Any

import msgspec


class Moment(StrEnum):
    """Of a request that the function makes."""

    SENDING = "sending"
    ANSWERED = "answered"


class AtRequest(msgspec.Struct, frozen=True, tag=True):
    """Stopped at a moment of its n-th request, counted from 1 over all clients and retries.

    What a function does shows in its requests alone: these are all the points there are to stop it at, except
    those within a request, which `AfterSeconds` finds.
    """

    number: int
    moment: Moment


class AfterSeconds(msgspec.Struct, frozen=True, tag=True):
    """Stopped after so many seconds, wherever it is."""

    seconds: float


Stop = AtRequest | AfterSeconds


class Start(msgspec.Struct, frozen=True):
    """What an environment is started with. `patience` is how many seconds it waits for an answer."""

    environ: dict[str, str]
    patience: float


class Invocation(msgspec.Struct, frozen=True):
    """One run of the function. `free` is how many bytes its temporary files may have, None for any number."""

    event: dict[str, Any]
    stop: Stop | None = None
    free: int | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the function returned, else the error that it raised.

    Also the id of its process, and the most memory that the process had, in bytes.
    """

    outcomes: list[dict[str, Any]]
    error: str
    process: int
    peak_memory: int
