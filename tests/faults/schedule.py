"""The plan of one run, drawn from a seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from devstack.timestream.faults import Fault
from tests.faults import documents as make
from tests.faults.deliveries import TRIES, Try
from tests.faults.documents import Document, Object
from tests.faults.messages import AfterSeconds, AtRequest, Moment, Stop
from tests.faults.pauses import PASSING, Change, Pause
from tests.faults.storage import StorageFault

PATIENCE = 0.1
"""Seconds that the function waits for an answer."""

DELAY = 0.15
"""Seconds by which a late response is late."""

_SIZES = (1, 3, 20, 99, 101, 250, 450)
_ONE_LARGE_IN = 25
_OUTAGE = 0.3
"""Share of schedules with an outage: a fault that outlasts a client's retries."""

_FULL = 0.08
"""Share of schedules with an object that goes into a temporary file, and with a `/tmp` that may be full."""

_FILL = 6
"""Large documents in such an object: enough to exceed the part of it that is kept in memory."""

_KEPT = 0.85
"""Share of environments that are kept after an invocation that was not stopped."""

_MOST_LATE = 0.1
"""Largest share of requests that are late. These make a schedule slow."""

F = TypeVar("F", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification: the keys of its objects, and the plan of each try."""

    keys: tuple[str, ...]
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run. The deliveries start in order, `at_once` of them at a time.

    `wake` is the change to the environments that are idle afterwards, when the other faults are over.
    """

    seed: int
    objects: tuple[Object, ...]
    deliveries: tuple[Delivery, ...]
    at_once: int
    timestream: Mapping[Fault, float]
    records: Mapping[Fault, float]
    reads: Mapping[StorageFault, float]
    writes: Mapping[StorageFault, float]
    wake: Pause


def schedule_of(seed: int) -> Schedule:
    """The schedule of a seed, always the same."""
    random = Random(seed)
    is_full = random.random() < _FULL
    objects = _objects(random, is_full=is_full)
    changes = tuple(change for change in Change if is_full or change is not Change.FULL)
    return Schedule(
        seed=seed,
        objects=objects,
        deliveries=_deliveries(objects, changes, random),
        at_once=random.randint(1, 3),
        timestream=_requests(random),
        records=_records(random),
        reads=_storage(random),
        writes=_storage(random),
        wake=_pause(PASSING, random),
    )


def calm(objects: Sequence[Object], seed: int = 0) -> Schedule:
    """A schedule without faults and without deliveries.

    Worlds that exist at the same time need different seeds.
    """
    return Schedule(seed, tuple(objects), (), 1, {}, {}, {}, {}, Pause(Change.CLOSED))


def _objects(random: Random, *, is_full: bool) -> tuple[Object, ...]:
    """The objects. If `is_full`, one of them does not fit into memory and goes into a temporary file."""
    objects = []
    if is_full:
        drawn = [_document(random) for _ in range(random.choice(_SIZES))]
        drawn += [make.large(number) for number in range(_FILL)]
        random.shuffle(drawn)
        objects.append(make.stored("events/server/zip", make.spaced(drawn)))
    for number in range(random.randint(1, 4)):
        drawn = [_document(random) for _ in range(random.choice(_SIZES))]
        if random.randrange(_ONE_LARGE_IN) == 0:
            drawn += [make.large(number) for number in range(random.randint(8, 20))]
        random.shuffle(drawn)
        objects.append(make.packed(f"events/server/{number}", make.spaced(drawn), random))
    return tuple(objects)


def _document(random: Random) -> Document:
    """A random document. Ids are few: most events are in several objects, and often twice in one."""
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


def _deliveries(
    objects: tuple[Object, ...], changes: Sequence[Change], random: Random
) -> tuple[Delivery, ...]:
    """Deliveries in random order: at least one of each object, some of two objects, some twice in a row."""
    keys = [each.key for each in objects]
    notified: list[tuple[str, ...]] = [(key,) for key in keys]
    if random.random() < 0.3:
        notified.append(tuple(random.sample(keys, min(2, len(keys)))))
    random.shuffle(notified)
    again = [times for each in notified for times in [each] * random.choice((1, 1, 2))]
    warm, stopped, paused = (
        random.choice((0, 0.7, 1, 1)),
        random.choice((0, 0.3, 0.9)),
        random.choice((0.2, 0.7)),
    )

    def one_try() -> Try:
        return Try(
            stop=_stop(random) if random.random() < stopped else None,
            is_warm=(is_warm := random.random() < warm),
            pause=_pause(changes, random) if random.random() < paused else None,
            keeps=is_warm and random.random() < _KEPT,
        )

    return tuple(Delivery(each, tuple(one_try() for _ in range(TRIES))) for each in again)


def _pause(changes: Sequence[Change], random: Random) -> Pause:
    change = random.choice(changes)
    left = {Change.EXPIRED: random.randrange(12), Change.FULL: random.randrange(_FILL * make.LARGE)}
    return Pause(change, left.get(change, 0))


def _stop(random: Random) -> Stop:
    if random.random() < 0.3:
        return AfterSeconds(random.uniform(0.005, 0.3))
    number = min(1 + int(random.expovariate(1 / 6)), 40)
    return AtRequest(number, random.choice(list(Moment)))


def _requests(random: Random) -> dict[Fault, float]:
    wire = (Fault.THROTTLE, Fault.ERROR_BEFORE, Fault.MOVED, Fault.ERROR_AFTER, Fault.RESET, Fault.SLOW)
    weather = random.choice(((0,), (0, 0.05, 0.2), (0, 0.3, 0.9)))
    rates = _some(wire, weather, random.choice((0.5, 0.95)), random)
    # A client that is told to rediscover its endpoint does so at once, without limit.
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
    return rejected | {
        Fault.INVALID: random.choice((0, 0, 0, 0.01))
    }  # each one costs its batch many requests


def _some(faults: tuple[F, ...], rates: tuple[float, ...], most: float, random: Random) -> dict[F, float]:
    """A rate for each fault; their sum is scaled down to `most`."""
    drawn = {fault: random.choice(rates) for fault in faults}
    scale = min(1, most / (sum(drawn.values()) or 1))
    return {fault: rate * scale for fault, rate in drawn.items()}
