"""One schedule, from the first notification to the audit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from tests.faults.audit import Letters, outcome_problems, problems
from tests.faults.deliveries import Delivered, Lambda
from tests.faults.schedule import PATIENCE, Schedule, schedule_of
from tests.faults.world import world

REDRIVES = 3
"""Of the failure queue, when the faults are over; one should do."""

LONG_PATIENCE = 10
"""Seconds, in a redrive: a busy machine may be late itself."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is wrong after a schedule, and how often what happened on the way."""

    seed: int
    problems: tuple[str, ...]
    happened: Counter[str]


def run(seed: int, function: str) -> Result:
    """Run the seed's schedule on the function (the path of its socket)."""
    schedule = schedule_of(seed)
    with world(schedule) as (services, environ):
        service = Lambda(function, environ, PATIENCE)
        services.begin()
        with ThreadPoolExecutor(schedule.at_once) as pool:
            events = [services.event(each.keys) for each in schedule.deliveries]
            tried = list(pool.map(service.deliver, events, [each.stops for each in schedule.deliveries]))
        services.clear()
        redriven, lost = _redriven(replace(service, patience=LONG_PATIENCE), tried)
        letters, counted = services.letters(), services.counted()
    found = (
        *(f"never delivered: {each}" for each in lost),
        *problems(schedule.objects, counted, letters),
        *_outcome_problems(schedule, [*tried, *redriven], letters),
    )
    return Result(schedule.seed, found, _happened(tried, redriven, letters, len(counted)))


def _redriven(
    service: Lambda, delivered: Sequence[Delivered]
) -> tuple[Sequence[Delivered], Sequence[Delivered]]:
    """All deliveries out of the failure queue, and those still in it at the end."""
    redriven: list[Delivered] = []
    queue = [each for each in delivered if not each.succeeded]
    for _ in range(REDRIVES):
        again = [service.deliver(each.event) for each in queue]
        redriven += again
        queue = [each for each in again if not each.succeeded]
    return redriven, queue


def _outcome_problems(schedule: Schedule, tried: Sequence[Delivered], letters: Letters) -> Iterator[str]:
    objects = {each.key: each for each in schedule.objects}
    for delivered in tried:
        keys = [record["s3"]["object"]["key"] for record in delivered.event["Records"]]
        for answer in delivered.answers:
            if answer and not answer.error:
                if len(answer.outcomes) != len(keys):
                    yield f"{len(answer.outcomes)} outcomes of {len(keys)} objects"
                for key, outcome in zip(keys, answer.outcomes, strict=False):
                    yield from outcome_problems(objects[key], outcome, letters)


def _happened(
    tried: Sequence[Delivered], redriven: Sequence[Delivered], letters: Letters, counted: int
) -> Counter[str]:
    answers = [answer for each in (*tried, *redriven) for answer in each.answers]
    return Counter(
        {
            "invocations": len(answers),
            "stopped": answers.count(None),
            "failed": sum(bool(answer and answer.error) for answer in answers),
            "notifications": len(tried),
            "redriven": len(redriven),
            "events counted": counted,
            "dead letters": sum(map(len, letters.values())),
        }
    )
