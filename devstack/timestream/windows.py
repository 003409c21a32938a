"""Which times a table takes, and which it keeps."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from devstack.timestream.resources import DAY, HOUR, TableResource

FUTURE: Final = 15 * 60_000_000_000
"""How far ahead of the clock a record may be, in nanoseconds."""

SLACK: Final = 25 * 60_000_000_000
"""The windows in published rejections reach this far beyond the retention period."""


@dataclass(frozen=True, slots=True)
class Window:
    """The times a table takes, [lower, upper); what is before `memory` goes to the magnetic store."""

    lower: int
    memory: int
    upper: int
    name: str

    def rejection_of(self, time: int) -> str | None:
        """The published reason for a time outside; None for one inside."""
        if self.lower <= time < self.upper:
            return None
        return self.rejection

    @property
    def rejection(self) -> str:
        """The published reason."""
        return (
            f"The record timestamp is outside the time range [{_iso(self.lower)}, {_iso(self.upper)}) "
            f"of the {self.name}."
        )


def window_of(table: TableResource, now: int) -> Window:
    """The memory store's window at `now`, and the magnetic store's too where writes to it are enabled."""
    memory = now - table.retention.memory_hours * HOUR - SLACK
    if not table.magnetic_writes:
        return Window(memory, memory, now + FUTURE, "memory store")
    return Window(oldest_kept(table, now), memory, now + FUTURE, "data ingestion window")


def oldest_kept(table: TableResource, now: int) -> int:
    """The time before which records are gone: past one store's retention and then the other's."""
    return now - table.retention.memory_hours * HOUR - table.retention.magnetic_days * DAY - SLACK


def _iso(moment: int) -> str:
    text = datetime.fromtimestamp(moment // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment // 1_000_000 % 1000:03d}Z"
