"""One schedule, from the first notification to the audit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from tests.faults.audit import Letters, outcome_problems, problems
from tests.faults.deliveries import TRIES, Delivered, Lambda, Try
from tests.faults.engine import Engine
from tests.faults.pauses import MOST_FAILED
from tests.faults.schedule import PATIENCE, Schedule, schedule_of
from tests.faults.world import world

REDRIVES = 3
"""Redrives of the failure queue after the faults. One should be enough."""

LONG_PATIENCE = 10
"""Seconds to wait for an answer in a redrive, so that a busy machine does not fail it."""

_REDRIVEN = Try(is_warm=True, keeps=True)


@dataclass(frozen=True, slots=True)
class Result:
    """The problems that a schedule has shown, and counts of what happened in it and in its database."""

    seed: int
    problems: tuple[str, ...]
    happened: Counter[str]
    faults: Counter[str]


def run(engine: Engine, seed: int, function: str, most_failed: int = MOST_FAILED) -> Result:
    """Run the schedule of `seed` on the engine's function, whose socket has the path `function`.

    `most_failed` is the number of invocations in a row that may fail after a pause.
    """
    schedule = schedule_of(engine, seed)
    with world(schedule) as services:
        events = [services.event(each.keys) for each in schedule.deliveries]
        with closing(Lambda(function, services.network, PATIENCE)) as service:
            services.begin()
            with ThreadPoolExecutor(schedule.at_once) as pool:
                tried = list(pool.map(service.deliver, events, [each.tries for each in schedule.deliveries]))
            services.clear()
            woken = list(service.wake(events[0], schedule.wake, most_failed))
        # Lambda has ended the earlier environments long before a redrive.
        with closing(Lambda(function, services.network, LONG_PATIENCE)) as service:
            redriven, lost = _redriven(service, tried)
        letters, counted = services.letters(), services.database.counted()
    found = (
        *(f"never delivered: {each}" for each in lost),
        *problems(schedule.objects, counted, letters),
        *_outcome_problems(schedule, [*tried, *woken, *redriven], letters),
        *wake_problems(woken, most_failed),
    )
    happened = _happened(tried, woken, redriven, letters, len(counted))
    return Result(schedule.seed, found, happened, services.database.happened)


def wake_problems(woken: Sequence[Delivered], most_failed: int) -> Iterator[str]:
    """The environments that failed too often after a pause."""
    for delivered in woken:
        errors = [tried.answer.error for tried in delivered.tries if tried.answer and tried.answer.error]
        if len(errors) > most_failed:
            change = delivered.tries[0].change
            yield f"{change}: {len(errors)} invocations in a row failed, the last with {errors[-1]}"


def _redriven(
    service: Lambda, delivered: Sequence[Delivered]
) -> tuple[Sequence[Delivered], Sequence[Delivered]]:
    """All deliveries from the failure queue, and those that are still in it at the end."""
    redriven: list[Delivered] = []
    queue = [each for each in delivered if not each.succeeded]
    for _ in range(REDRIVES):
        again = [service.deliver(each.event, [_REDRIVEN] * TRIES) for each in queue]
        redriven += again
        queue = [each for each in again if not each.succeeded]
    return redriven, queue


def _outcome_problems(schedule: Schedule, tried: Sequence[Delivered], letters: Letters) -> Iterator[str]:
    objects = {each.key: each for each in schedule.objects}
    for delivered in tried:
        keys = [record["s3"]["object"]["key"] for record in delivered.event["Records"]]
        for answer in (each.answer for each in delivered.tries):
            if answer and not answer.error:
                if len(answer.outcomes) != len(keys):
                    yield f"{len(answer.outcomes)} outcomes of {len(keys)} objects"
                for key, outcome in zip(keys, answer.outcomes, strict=False):
                    yield from outcome_problems(objects[key], outcome, letters)


def _happened(
    tried: Sequence[Delivered],
    woken: Sequence[Delivered],
    redriven: Sequence[Delivered],
    letters: Letters,
    counted: int,
) -> Counter[str]:
    tries = [each for delivered in (*tried, *woken, *redriven) for each in delivered.tries]
    happened = Counter(
        {
            "invocations": len(tries),
            "warm": sum(each.is_warm for each in tries),
            "stopped": sum(each.answer is None for each in tries),
            "failed": sum(bool(each.answer and each.answer.error) for each in tries),
            "notifications": len(tried),
            "redriven": len(redriven),
            "events counted": counted,
            "dead letters": sum(map(len, letters.values())),
        }
    )
    happened.update(str(each.change) for each in tries if each.change)
    return happened
