"""What may have changed when Lambda runs a function's frozen environment again.

An execution environment of Lambda serves one invocation after another, and is frozen in between, for hours at
times. Its memory, its connections and its `/tmp` stay as they are, and the world goes on.

Credentials: Lambda puts those of the function's role into the environment's variables when it starts it, and
never changes them. It replaces the environment before they expire. They may fail all the same. If a role was
made again, or its sessions were revoked, every warm environment has a token that AWS refuses; and a long
invocation may outlive its token. So a token expires here after some more requests, perhaps in the middle of
an object. From then on that environment can do nothing, and a new one has a new token.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What happened while an environment was frozen."""

    RESET = "connections reset"
    """All its connections have ended with a reset."""
    CLOSED = "connections closed"
    """All its connections have ended in good order."""
    SILENT = "connections silent"
    """All its connections seem open, and nothing comes through any more."""
    MOVED = "address moved"
    """Timestream has another address. The old one answers InvalidEndpointException, as AWS documents it."""
    GONE = "address gone"
    """Timestream has another address. The old one refuses connections, and does not say why."""
    EXPIRED = "credentials expired"
    """After some further requests, all others are refused."""
    FULL = "temporary folder full"
    """Some bytes are still free."""


LASTING: Set[Change] = {Change.GONE, Change.EXPIRED, Change.FULL}
"""What the function does not recover from: invocations may fail until Lambda replaces the environment.

GONE is one of them, since botocore keeps a discovered address for a day, unless the old address answers that
it is invalid.
"""

PASSING = tuple(change for change in Change if change not in LASTING)
"""What the function recovers from, after a few failed invocations at most."""

MOST_FAILED = 1
"""Invocations in a row that may fail after a passing change.

botocore makes a new connection after one that failed, so its retries usually hide the change. One invocation
may fail because the function waits only briefly for an answer here.
"""


@dataclass(frozen=True, slots=True)
class Pause:
    """A change, and how much is left: further requests if EXPIRED, free bytes if FULL."""

    change: Change
    left: int = 0
