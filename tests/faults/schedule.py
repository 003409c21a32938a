"""What happens in one run, all of it drawn from a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from devstack.timestream.faults import Fault
from tests.faults import documents as make
from tests.faults.documents import Document, Object
from tests.faults.messages import AfterSeconds, AtRequest, Moment, Stop
from tests.faults.storage import StorageFault

PATIENCE = 0.1
"""Seconds that the function waits for an answer."""

DELAY = 0.15
"""Seconds that a late response is late."""

_SIZES = (1, 3, 20, 99, 101, 250, 450)
_ONE_LARGE_IN = 25
_OUTAGE = 0.3
"""Of the schedules have one: a fault that outlasts a client's retries."""

_MOST_LATE = 0.1
"""Of requests: they are what takes a schedule its time."""

F = TypeVar("F", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification: of which objects, and where each try is stopped, if it is."""

    keys: tuple[str, ...]
    stops: tuple[Stop | None, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run. The deliveries begin in order, `at_once` of them at a time."""

    seed: int
    objects: tuple[Object, ...]
    deliveries: tuple[Delivery, ...]
    at_once: int
    timestream: Mapping[Fault, float]
    records: Mapping[Fault, float]
    reads: Mapping[StorageFault, float]
    writes: Mapping[StorageFault, float]


def schedule_of(seed: int) -> Schedule:
    """The same schedule for the same seed."""
    random = Random(seed)
    objects = _objects(random)
    return Schedule(
        seed=seed,
        objects=objects,
        deliveries=_deliveries(objects, random),
        at_once=random.randint(1, 3),
        timestream=_requests(random),
        records=_records(random),
        reads=_storage(random),
        writes=_storage(random),
    )


def _objects(random: Random) -> tuple[Object, ...]:
    objects = []
    for number in range(random.randint(1, 4)):
        drawn = [_document(random) for _ in range(random.choice(_SIZES))]
        if random.randrange(_ONE_LARGE_IN) == 0:
            drawn += [make.large(number) for number in range(random.randint(8, 20))]
        random.shuffle(drawn)
        objects.append(make.packed(f"events/server/{number}", make.spaced(drawn), random))
    return tuple(objects)


def _document(random: Random) -> Document:
    """Ids come from so few numbers that most events are in several objects, and often twice in one."""
    kind = random.choices(list(_KINDS), list(_KINDS.values()))[0]
    return kind(random)


def _a(make_one: Callable[[int], Document]) -> Callable[[Random], Document]:
    return lambda random: make_one(random.randrange(600))


_KINDS: Mapping[Callable[[Random], Document], float] = {
    _a(make.page): 60,
    lambda random: make.sale(random.randrange(200), random.choice((7, 7, 9))): 20,
    _a(lambda number: make.old(number + 1000)): 2,
    _a(make.left_out): 6,
    _a(make.not_json): 2,
    _a(make.not_an_event): 2,
}


def _deliveries(objects: tuple[Object, ...], random: Random) -> tuple[Delivery, ...]:
    """Of each object at least one, some of two objects, some twice in a row, and all in any order."""
    keys = [each.key for each in objects]
    notified: list[tuple[str, ...]] = [(key,) for key in keys]
    if random.random() < 0.3:
        notified.append(tuple(random.sample(keys, min(2, len(keys)))))
    random.shuffle(notified)
    again = [times for each in notified for times in [each] * random.choice((1, 1, 2))]
    return tuple(Delivery(each, _stops(random)) for each in again)


def _stops(random: Random) -> tuple[Stop | None, ...]:
    likely = random.choice((0, 0.3, 0.9))
    return tuple(_stop(random) if random.random() < likely else None for _ in range(3))


def _stop(random: Random) -> Stop:
    if random.random() < 0.3:
        return AfterSeconds(random.uniform(0.005, 0.3))
    number = min(1 + int(random.expovariate(1 / 6)), 40)
    return AtRequest(number, random.choice(list(Moment)))


def _requests(random: Random) -> dict[Fault, float]:
    wire = (Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.MOVED, Fault.ERROR_AFTER, Fault.RESET, Fault.SLOW)
    weather = random.choice(((0,), (0, 0.05, 0.2), (0, 0.3, 0.9)))
    rates = _some(wire, weather, random.choice((0.5, 0.95)), random)
    # A client that is told to discover its endpoint anew does so at once and without end.
    rates[Fault.MOVED] = min(rates[Fault.MOVED], 0.5)
    rates[Fault.SLOW] = min(rates[Fault.SLOW], _MOST_LATE)
    if random.random() < _OUTAGE:
        lasting = random.choice((Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.RESET))
        rates = dict.fromkeys(rates, 0) | {lasting: random.uniform(0.7, 1)}
    return rates | {Fault.DISCOVERY: random.choice((0, 0, 0, 0, 0.3, 0.9))}


def _storage(random: Random) -> dict[StorageFault, float]:
    rates = _some(tuple(StorageFault), (0, 0, 0.1, 0.3), 0.9, random)
    if random.random() < _OUTAGE / 2:
        rates = dict.fromkeys(rates, 0) | {StorageFault.SLOW_DOWN: random.uniform(0.7, 1)}
    return rates | {StorageFault.STALL: min(rates[StorageFault.STALL], _MOST_LATE)}


def _records(random: Random) -> dict[Fault, float]:
    rejected = _some((Fault.OUT_OF_WINDOW, Fault.OVER_LIMIT), (0, 0, 0.01, 0.05), 1, random)
    return rejected | {Fault.INVALID: random.choice((0, 0, 0, 0.01))}  # each costs its batch many requests


def _some(faults: tuple[F, ...], rates: tuple[float, ...], most: float, random: Random) -> dict[F, float]:
    """A rate for each fault, scaled down to `most` together."""
    drawn = {fault: random.choice(rates) for fault in faults}
    scale = min(1, most / (sum(drawn.values()) or 1))
    return {fault: rate * scale for fault, rate in drawn.items()}
