"""Changes that can happen before Lambda runs a frozen environment again.

An execution environment of Lambda serves one invocation after another. In between it is frozen, sometimes for
hours. Its memory, its connections and its `/tmp` stay as they are, while everything else may change.

Credentials: Lambda starts an environment with the credentials of the function's role in its variables, never
changes them, and replaces the environment before they expire. They may still fail: if a role was recreated or
its sessions were revoked, AWS refuses the token of every warm environment, and a long invocation may outlive
its token. So a token expires here after some more requests, perhaps in the middle of an object. After that
the environment is useless, and a new one has a new token.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """A change while an environment was frozen."""

    RESET = "connections reset"
    """All its connections have been reset."""
    CLOSED = "connections closed"
    """All its connections have been closed normally."""
    SILENT = "connections silent"
    """All its connections seem open, but nothing gets through."""
    ENDED = "connections ended by the database"
    """PostgreSQL has said that it shuts down, and has closed its connections."""
    MOVED = "address moved"
    """Timestream has another address. The old one answers InvalidEndpointException, as AWS documents it."""
    GONE = "address gone"
    """Timestream has another address. The old one refuses connections."""
    EXPIRED = "credentials expired"
    """After some more requests, AWS refuses all others. Connections to PostgreSQL that are open stay so."""
    FULL = "temporary folder full"
    """Only some bytes are still free."""


LASTING: Set[Change] = {Change.GONE, Change.EXPIRED, Change.FULL}
"""Changes that the function does not recover from: it may fail until Lambda replaces the environment.

GONE is one of them because botocore keeps a discovered address for a day, unless the old address answers that
it is invalid.
"""


def passing(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that the function recovers from, after `MOST_FAILED` failed invocations at most."""
    return tuple(change for change in changes if change not in LASTING)


MOST_FAILED = 1
"""Invocations in a row that may fail after a passing change.

botocore and the engine for PostgreSQL make a new connection after one that failed, so their retries usually
hide the change. One invocation may fail because the function waits only briefly for an answer here.
"""


@dataclass(frozen=True, slots=True)
class Pause:
    """A change. `left` is the number of further requests for EXPIRED, and of free bytes for FULL."""

    change: Change
    left: int = 0
