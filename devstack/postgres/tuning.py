"""Two kinds of settings: one for data that must last, and one for tests."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass

_BOTH: Mapping[str, str] = {
    # As on Aurora DSQL, which knows no other level and no other time zone.
    "default_transaction_isolation": "repeatable read",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a path of a socket may have 107 bytes, and a state folder's is longer
    "jit": "off",
    "huge_pages": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a server trades safety for speed."""

    settings: Mapping[str, str]
    initdb: tuple[str, ...]
    """Options of initdb."""
    stop: signal.Signals
    """What ends the server: SIGINT saves everything first, SIGQUIT is quicker and leaves the rest to the next
    start."""


DURABLE = Tuning(_BOTH, (), signal.SIGINT)
"""Whatever was committed is there again after a crash."""

FAST = Tuning(
    {
        **_BOTH,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "shared_buffers": "32MB",
        "max_connections": "50",
        "max_parallel_workers_per_gather": "0",
    },
    ("--no-sync",),
    signal.SIGQUIT,
)
"""For tests: data need not outlive the server."""
