"""Messages between Lambda and an environment of the function: start, invocations and answers."""

from enum import StrEnum
from typing import Any

import msgspec


class Moment(StrEnum):
    """A moment of a request that the function makes."""

    SENDING = "sending"
    SENT = "sent"
    """All of it has been sent. Only known of a statement to PostgreSQL."""
    ANSWERED = "answered"


class AtRequest(msgspec.Struct, frozen=True, tag=True):
    """Stop the function at a moment of its n-th request, counted from 1 over all clients and retries.

    A function has effects only through its requests, so these are all the points at which a stop makes a
    difference, except those within a request, which `AfterSeconds` finds.
    """

    number: int
    moment: Moment


class AfterSeconds(msgspec.Struct, frozen=True, tag=True):
    """Stop the function after a number of seconds, wherever it is."""

    seconds: float


Stop = AtRequest | AfterSeconds


class Start(msgspec.Struct, frozen=True):
    """The start of an environment. `patience` is the number of seconds that it waits for an answer."""

    environ: dict[str, str]
    patience: float


class Invocation(msgspec.Struct, frozen=True):
    """One run of the function. `free` limits the bytes of a temporary file, unless it is None."""

    event: dict[str, Any]
    stop: Stop | None = None
    free: int | None = None


class Answer(msgspec.Struct, frozen=True):
    """The outcomes that the function returned, or the error that it raised.

    `process` is the id of its process, and `peak_memory` the most memory that the process used, in bytes.
    """

    outcomes: list[dict[str, Any]]
    error: str
    process: int
    peak_memory: int
