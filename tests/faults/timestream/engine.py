"""Timestream's faults, drawn at random."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from chalicelib.config import TIMESTREAM
from devstack.timestream.faults import Fault
from tests.faults import documents as make
from tests.faults.messages import Moment
from tests.faults.pauses import Change
from tests.faults.schedule import MOST_LATE, OUTAGE, rates_of
from tests.faults.timestream.database import TimestreamPlan


@dataclass(frozen=True, slots=True)
class Timestream:
    """Timestream, as `tests.faults.engine.Engine` says."""

    name: ClassVar = TIMESTREAM
    settings: ClassVar[Mapping[str, str]] = {}
    changes: ClassVar = (
        Change.RESET,
        Change.CLOSED,
        Change.SILENT,
        Change.MOVED,
        Change.GONE,
        Change.EXPIRED,
        Change.FULL,
    )
    moments: ClassVar = (Moment.SENDING, Moment.ANSWERED)
    requests: ClassVar = 6.0
    old: ClassVar = staticmethod(make.old)

    def plan(self, random: Random) -> TimestreamPlan:
        """A random plan."""
        return TimestreamPlan(_requests(random), _records(random))

    def calm(self) -> TimestreamPlan:
        """A plan without faults."""
        return TimestreamPlan()


def _requests(random: Random) -> dict[Fault, float]:
    wire = (Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.MOVED, Fault.ERROR_AFTER, Fault.RESET, Fault.SLOW)
    weather = random.choice(((0,), (0, 0.05, 0.2), (0, 0.3, 0.9)))
    rates = rates_of(wire, weather, random.choice((0.5, 0.95)), random)
    # A client that is told to rediscover its endpoint does so at once, without limit.
    rates[Fault.MOVED] = min(rates[Fault.MOVED], 0.5)
    rates[Fault.SLOW] = min(rates[Fault.SLOW], MOST_LATE)
    if random.random() < OUTAGE:
        lasting = random.choice((Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.RESET))
        rates = dict.fromkeys(rates, 0) | {lasting: random.uniform(0.7, 1)}
    return rates | {Fault.DISCOVERY: random.choice((0, 0, 0, 0, 0.3, 0.9))}


def _records(random: Random) -> dict[Fault, float]:
    rejected = rates_of((Fault.OUT_OF_WINDOW, Fault.OVER_LIMIT), (0, 0, 0.01, 0.05), 1, random)
    return rejected | {
        Fault.INVALID: random.choice((0, 0, 0, 0.01))
    }  # each one costs its batch many requests
