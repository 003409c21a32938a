"""The plan of one run, drawn from a seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from tests.faults import documents as make
from tests.faults.deliveries import TRIES, Try
from tests.faults.documents import Document, Object
from tests.faults.engine import Engine, Plan
from tests.faults.messages import AfterSeconds, AtRequest, Stop
from tests.faults.pauses import Change, Pause, passing
from tests.faults.storage import StorageFault

PATIENCE = 0.1
"""Seconds that the function waits for an answer."""

DELAY = 0.15
"""Seconds by which a late response is late."""

_SIZES = (1, 3, 20, 99, 101, 250, 450)
_ONE_LARGE_IN = 25
OUTAGE = 0.3
"""Share of schedules with an outage: a fault that outlasts a client's retries."""

_FULL = 0.08
"""Share of schedules with an object that goes into a temporary file, and with a `/tmp` that may be full."""

_FILL = 6
"""Large documents in such an object: enough to exceed the part of it that is kept in memory."""

_KEPT = 0.85
"""Share of environments that are kept after an invocation that was not stopped."""

MOST_LATE = 0.1
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

    `plan` has the database's faults. `wake` is the change to the environments that are idle afterwards, when
    the other faults are over.
    """

    seed: int
    objects: tuple[Object, ...]
    deliveries: tuple[Delivery, ...]
    at_once: int
    plan: Plan
    reads: Mapping[StorageFault, float]
    writes: Mapping[StorageFault, float]
    wake: Pause


def schedule_of(engine: Engine, seed: int) -> Schedule:
    """The schedule of a seed, always the same."""
    random = Random(seed)
    is_full = random.random() < _FULL
    objects = _objects(engine, random, is_full=is_full)
    changes = tuple(change for change in engine.changes if is_full or change is not Change.FULL)
    return Schedule(
        seed=seed,
        objects=objects,
        deliveries=_deliveries(engine, objects, changes, random),
        at_once=random.randint(1, 3),
        plan=engine.plan(random),
        reads=_storage(random),
        writes=_storage(random),
        wake=_pause(passing(engine.changes), random),
    )


def calm(plan: Plan, objects: Sequence[Object], seed: int = 0) -> Schedule:
    """A schedule without deliveries, and without faults but those of the plan.

    Worlds that exist at the same time need different seeds.
    """
    return Schedule(seed, tuple(objects), (), 1, plan, {}, {}, Pause(Change.CLOSED))


def _objects(engine: Engine, random: Random, *, is_full: bool) -> tuple[Object, ...]:
    """The objects. If `is_full`, one of them does not fit into memory and goes into a temporary file."""
    objects, kinds = [], _kinds(engine)
    if is_full:
        drawn = [_document(kinds, random) for _ in range(random.choice(_SIZES))]
        drawn += [make.large(number) for number in range(_FILL)]
        random.shuffle(drawn)
        objects.append(make.stored("events/server/zip", make.spaced(drawn)))
    for number in range(random.randint(1, 4)):
        drawn = [_document(kinds, random) for _ in range(random.choice(_SIZES))]
        if random.randrange(_ONE_LARGE_IN) == 0:
            drawn += [make.large(number) for number in range(random.randint(8, 20))]
        random.shuffle(drawn)
        objects.append(make.packed(f"events/server/{number}", make.spaced(drawn), random))
    return tuple(objects)


Kinds = Mapping[Callable[[Random], Document], float]
"""What makes a random document of each kind → how many of the documents are of this kind."""


def _document(kinds: Kinds, random: Random) -> Document:
    """A random document. Ids are few: most events are in several objects, and often twice in one."""
    kind = random.choices(list(kinds), list(kinds.values()))[0]
    return kind(random)


def _kinds(engine: Engine) -> Kinds:
    return {
        _a(make.page): 60,
        lambda random: make.sale(random.randrange(200), random.choice((7, 7, 9))): 20,
        _a(lambda number: engine.old(number + 1000)): 2,
        _a(make.left_out): 6,
        _a(make.not_json): 2,
        _a(make.not_an_event): 2,
    }


def _a(make_one: Callable[[int], Document]) -> Callable[[Random], Document]:
    return lambda random: make_one(random.randrange(600))


def _deliveries(
    engine: Engine, objects: tuple[Object, ...], changes: Sequence[Change], random: Random
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
            stop=_stop(engine, random) if random.random() < stopped else None,
            is_warm=(is_warm := random.random() < warm),
            pause=_pause(changes, random) if random.random() < paused else None,
            keeps=is_warm and random.random() < _KEPT,
        )

    return tuple(Delivery(each, tuple(one_try() for _ in range(TRIES))) for each in again)


def _pause(changes: Sequence[Change], random: Random) -> Pause:
    change = random.choice(changes)
    left = {Change.EXPIRED: random.randrange(12), Change.FULL: random.randrange(_FILL * make.LARGE)}
    return Pause(change, left.get(change, 0))


def _stop(engine: Engine, random: Random) -> Stop:
    if random.random() < 0.3:
        return AfterSeconds(random.uniform(0.005, 0.3))
    number = min(1 + int(random.expovariate(1 / engine.requests)), 40)
    return AtRequest(number, random.choice(engine.moments))


def _storage(random: Random) -> dict[StorageFault, float]:
    rates = rates_of(tuple(StorageFault), (0, 0, 0.1, 0.3), 0.9, random)
    if random.random() < OUTAGE / 2:
        rates = dict.fromkeys(rates, 0) | {StorageFault.SLOW_DOWN: random.uniform(0.7, 1)}
    return rates | {StorageFault.STALL: min(rates[StorageFault.STALL], MOST_LATE)}


def rates_of(faults: tuple[F, ...], rates: tuple[float, ...], most: float, random: Random) -> dict[F, float]:
    """A rate for each fault; their sum is scaled down to `most`."""
    drawn = {fault: random.choice(rates) for fault in faults}
    scale = min(1, most / (sum(drawn.values()) or 1))
    return {fault: rate * scale for fault, rate in drawn.items()}
