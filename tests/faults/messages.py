"""What passes between Lambda and its function: an invocation, where it is stopped, and its answer."""

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


class Invocation(msgspec.Struct, frozen=True):
    """One run of the function. `patience` is how many seconds it waits for an answer to a request."""

    event: dict[str, Any]
    environ: dict[str, str]
    patience: float
    stop: Stop | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the function returned, else the error that it raised; and the most memory it had, in bytes."""

    outcomes: list[dict[str, Any]]
    error: str
    peak_memory: int
