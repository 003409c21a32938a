"""A few of the schedules of `python -m tests.faults`, and the problems that the audit finds."""

from pathlib import Path
from random import Random

import pytest

from chalicelib.config import POSTGRES, TIMESTREAM
from chalicelib.objects.dead_letters import PART
from tests.faults import documents as make
from tests.faults.audit import outcome_problems, problems
from tests.faults.deliveries import Delivered, Tried
from tests.faults.messages import AfterSeconds, Answer, AtRequest
from tests.faults.pauses import Change, passing
from tests.faults.postgres.engine import Postgres
from tests.faults.postgres.faults import End
from tests.faults.run import run, wake_problems
from tests.faults.schedule import schedule_of
from tests.faults.timestream.engine import Timestream

SEEDS = {
    # In the last two, dead letters cannot be written for a long time, and there are few other faults.
    TIMESTREAM: (1, 3, 43, 80, 718, 738),
    POSTGRES: (14, 63, 86, 99),
}
ENGINES = (Timestream(), Postgres(Path()))


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name, seeds in SEEDS.items() for seed in seeds])
def test_no_event_is_lost_or_counted_twice(stages, name, seed):
    stage = stages(name)
    assert run(stage.engine, seed, stage.path).problems == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_seed_always_gives_the_same_schedule(engine):
    assert schedule_of(engine, 5) == schedule_of(engine, 5) != schedule_of(engine, 6)


@pytest.mark.parametrize(
    ("engine", "rates_of"),
    [
        (ENGINES[0], lambda plan: (plan.requests, plan.records)),
        (ENGINES[1], lambda plan: (plan.rates.statements, plan.rates.connections, {"": plan.refused})),
    ],
)
def test_the_schedules_have_every_fault(engine, rates_of):
    schedules = [schedule_of(engine, seed) for seed in range(100)]
    for seen in zip(*((*rates_of(each.plan), each.reads, each.writes) for each in schedules), strict=True):
        assert all(any(each[fault] for each in seen) for fault in seen[0])
    tries = [one for each in schedules for delivery in each.deliveries for one in delivery.tries]
    assert {type(one.stop) for one in tries} == {AtRequest, AfterSeconds, type(None)}
    stops = {one.stop.moment for one in tries if isinstance(one.stop, AtRequest)}
    assert stops == set(engine.moments)
    assert {one.pause and one.pause.change for one in tries if one.is_warm} == {*engine.changes, None}
    assert {one.is_warm for one in tries} == {one.keeps for one in tries} == {True, False}
    assert {each.wake.change for each in schedules} == set(passing(engine.changes))
    assert any(len(delivery.keys) == 2 for each in schedules for delivery in each.deliveries)
    assert any(
        len(document.data) > PART / 16
        for each in schedules
        for one in each.objects
        for document in one.documents.values()
    )


def test_in_the_schedules_the_server_ends_in_every_way():
    plans = [Postgres(Path()).plan(Random(seed)) for seed in range(100)]
    assert {planned.end for plan in plans for planned in plan.ends} == set(End)


@pytest.mark.parametrize(
    ("errors", "most_failed", "found"),
    [
        ([""], 0, []),
        (["late", ""], 1, []),
        (["late", "later", ""], 1, ["address moved: 2 invocations in a row failed, the last with later"]),
        (["late"], 0, ["address moved: 1 invocations in a row failed, the last with late"]),
    ],
)
def test_too_many_failures_after_a_pause_are_a_problem(errors, most_failed, found):
    answers = [Answer([], error, process=1, peak_memory=1) for error in errors]
    tries = tuple(Tried(answer, is_warm=True, change=Change.MOVED) for answer in answers)
    assert list(wake_problems([Delivered({}, tries)], most_failed)) == found


OBJECT = make.packed(
    "events/server/o", [make.page(1), make.sale(2), make.not_an_event(3), make.left_out(4)], Random(0)
)
FIRST, SECOND, THIRD, FOURTH = OBJECT.documents
STORED = [(make.page(1).event, 1), ("2", 7_000_000)]


def letter(offset: int, reason: str = "not_an_event") -> dict[str, object]:
    document = OBJECT.documents.get(offset, OBJECT.documents[THIRD])
    return {"offset": offset, "reason": reason, "document": document.data.decode()}


DEAD = [letter(THIRD)]


@pytest.mark.parametrize(
    ("counted", "dead", "found"),
    [
        (STORED, DEAD, []),
        (STORED[1:], [*DEAD, letter(FIRST, "other")], []),
        (STORED[1:], DEAD, ["stored 0 times, and not in a dead letter"]),
        ([*STORED, *STORED[:1]], DEAD, ["stored 2 times, and not in a dead letter"]),
        (STORED, [*DEAD, letter(FIRST, "other")], ["stored 1 times, and in a dead letter"]),
        ([STORED[0], ("2", 7)], DEAD, ["('2', 7): stored, but never sent"]),
        ([*STORED, ("9", 1)], DEAD, ["('9', 1): stored, but never sent"]),
        (STORED, [], [f"at {THIRD}: Fate.NOT_AN_EVENT is in 0 dead letters"]),
        (STORED, DEAD * 2, [f"at {THIRD}: Fate.NOT_AN_EVENT is in 2 dead letters"]),
        (STORED, [letter(THIRD, "not_json")], ["Fate.NOT_AN_EVENT is in a dead letter as not_json"]),
        (STORED, [*DEAD, letter(FOURTH)], ["Fate.LEFT_OUT is in a dead letter as not_an_event"]),
        (STORED, [*DEAD, letter(7)], ["at 7: a dead letter without a document"]),
    ],
)
def test_the_audit_names_each_problem(counted, dead, found):
    told = list(problems([OBJECT], counted, {OBJECT.key: dead}))
    assert len(told) == len(found)
    assert all(part in line for part, line in zip(found, told, strict=True))


OUTCOME = {
    "documents": 4,
    "written": 2,
    "duplicates": 0,
    "left_out": {"no_affiliate": 1},
    "malformed": {"not_an_event": 1},
    "rejected": {},
    "bytes": len(OBJECT.body),
}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"written": 1, "duplicates": 1}, []),
        ({"written": 1}, ["the outcome adds up to 3"]),
        ({"bytes": 0}, ["bytes is 0"]),
        ({"rejected": {"other": 1}, "written": 1}, ["rejected is {'other': 1}, not {}"]),
    ],
)
def test_the_audit_finds_an_outcome_that_does_not_add_up(changes, found):
    told = list(outcome_problems(OBJECT, OUTCOME | changes, {OBJECT.key: DEAD}))
    assert len(told) == len(found)
    assert all(part in line for part, line in zip(found, told, strict=True))
