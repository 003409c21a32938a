"""Warm environments: each change really happens, and the function reacts as it should."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest

from chalicelib.config import POSTGRES, TIMESTREAM
from tests.faults import documents as make
from tests.faults.audit import outcome_problems, problems
from tests.faults.conftest import Stage, Stages
from tests.faults.deliveries import Lambda, Try, until_success
from tests.faults.documents import Object
from tests.faults.environments import Environment
from tests.faults.messages import Answer, AtRequest, Moment
from tests.faults.pauses import Change, Pause
from tests.faults.schedule import calm
from tests.faults.timestream.database import TimestreamRoute
from tests.faults.world import World, world

PATIENCE = 10
"""Seconds to wait for an answer. None is late here, but the machine may be busy."""

TURNS = 4
"""Further invocations of a function whose connections are counted."""

ONE = make.packed("events/server/one", [make.page(1000)], Random(0))
SMALL = make.packed(
    "events/server/small",
    [*map(make.page, range(150)), *map(make.sale, range(150)), make.not_json(1)],
    Random(0),
)
LARGE = make.stored("events/server/large", [make.page(1), *map(make.large, range(6))])


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, stages: Stages) -> Stage:
    """With Timestream, unless a test is marked with `on`."""
    return stages(getattr(request, "param", TIMESTREAM))


def on(*engines: str) -> pytest.MarkDecorator:
    """Run a test with each of these engines."""
    return pytest.mark.parametrize("stage", engines, indirect=True)


@pytest.fixture(scope="module")
def path(stage: Stage) -> str:
    return stage.path


@pytest.fixture(scope="module")
def services(stage: Stage) -> Iterator[World]:
    with world(calm(stage.engine.calm(), [ONE, SMALL])) as services:
        yield services


@contextmanager
def environment(path: str, services: World, patience: float = PATIENCE) -> Iterator[Environment]:
    with closing(Environment(path, services.network(), patience)) as made:
        yield made


def invoked(warm: Environment, services: World, each: Object = SMALL) -> Answer:
    answer = warm.invoke(services.event([each.key]))
    assert answer is not None
    return answer


def test_one_process_serves_all_invocations_of_an_environment_and_is_frozen_between_them(path, services):
    with environment(path, services) as warm, environment(path, services) as other:
        first, apart = invoked(warm, services), invoked(other, services)
        assert _becomes_frozen(first.process)
        second = invoked(warm, services)
    assert first.process == second.process != apart.process
    assert first.error == second.error == apart.error == ""


@on(TIMESTREAM, POSTGRES)
def test_a_warm_function_keeps_its_connections(path, services):
    with environment(path, services) as warm:
        invoked(warm, services)
        first = warm.network.happened["connections"]
        for _ in range(TURNS):
            assert not invoked(warm, services).error
        # None was closed. Threads that write at once may need a few more, but new clients would open more.
        assert warm.network.happened["connections"] == warm.network.kept < first + 2 * TURNS


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        (TIMESTREAM, Change.RESET),
        (TIMESTREAM, Change.CLOSED),
        (POSTGRES, Change.RESET),
        (POSTGRES, Change.CLOSED),
        (POSTGRES, Change.ENDED),
    ],
    indirect=["stage"],
)
def test_a_function_opens_new_connections_after_its_old_ones_ended(path, services, change):
    with environment(path, services) as warm:
        invoked(warm, services)
        before = warm.network.kept
        assert before >= 2
        warm.suffer(Pause(change))
        assert warm.network.kept == (before - 1 if change is Change.ENDED else 0)  # S3 has not ended
        made = warm.network.happened["connections"]
        assert not invoked(warm, services).error
        opened = warm.network.happened["connections"] - made
        assert opened >= (1 if change is Change.ENDED else 2)


@on(TIMESTREAM, POSTGRES)
def test_what_is_sent_on_a_silent_connection_is_lost(path, services):
    with environment(path, services, patience=0.2) as warm:
        warm.invoke(services.event([SMALL.key]))
        silent = warm.network.kept
        warm.suffer(Pause(Change.SILENT))
        assert (warm.network.kept, warm.network.swallowed) == (0, 0)
        made = warm.network.happened["connections"]
        until_success(warm, services.event([ONE.key]), silent)
        assert 1 <= warm.network.swallowed <= silent
        assert warm.network.happened["connections"] > made


def test_a_function_finds_the_new_address_after_a_move(path, services):
    with environment(path, services) as warm:
        invoked(warm, services)
        route = warm.network.route
        assert isinstance(route, TimestreamRoute)
        old = route.cell
        warm.suffer(Pause(Change.MOVED))
        told = warm.network.happened["regional"]
        assert not invoked(warm, services).error
        assert route.cell.url != old.url
        assert warm.network.happened["moved"] >= 1
        assert warm.network.happened["regional"] == told + 1


@pytest.mark.parametrize(
    ("stage", "pause", "error"),
    [
        (TIMESTREAM, Pause(Change.GONE), "EndpointConnectionError"),
        (TIMESTREAM, Pause(Change.EXPIRED), "ExpiredToken"),
        # The directory and the object are read, and a batch of it written.
        (TIMESTREAM, Pause(Change.EXPIRED, left=3), "ExpiredToken"),
        (POSTGRES, Pause(Change.EXPIRED, left=2), "ExpiredToken"),
    ],
    indirect=["stage"],
)
def test_a_lasting_change_fails_every_invocation_until_the_environment_is_replaced(stage, path, pause, error):
    with world(calm(stage.engine.calm(), [ONE, SMALL], seed=1)) as services:
        with environment(path, services) as warm:
            invoked(warm, services, ONE)
            warm.suffer(pause)
            assert [error in invoked(warm, services).error for _ in range(2)] == [True, True]
        assert services.letters() == {}
        _assert_a_new_environment_ingests(path, services)


@pytest.mark.parametrize("left", [0, 4_500_000, len(LARGE.body) - 1])
def test_a_full_disk_turns_no_document_into_a_dead_letter(stage, path, left):
    with world(calm(stage.engine.calm(), [LARGE], seed=1)) as services:
        with environment(path, services) as warm:
            warm.suffer(Pause(Change.FULL, left))
            answer = invoked(warm, services, LARGE)
        if answer.error:
            assert "No usable temporary directory" in answer.error or "File too large" in answer.error
            assert services.letters() == {}
        else:  # the object did not need a temporary file
            assert list(outcome_problems(LARGE, answer.outcomes[0], services.letters())) == []
        _assert_a_new_environment_ingests(path, services)


def test_a_write_beyond_the_free_space_fails():
    wanted = "import tempfile; file = tempfile.TemporaryFile(); file.write(b'x' * {}); file.flush()"
    program = f"from tests.faults.disk import leave_free; leave_free(10); {wanted}"
    for size, problem in ((10, ""), (11, "OSError: [Errno 27] File too large")):
        run = subprocess.run(
            [sys.executable, "-c", program.format(size)], check=False, capture_output=True, text=True
        )
        assert problem in run.stderr
        assert bool(run.returncode) is bool(problem)


@on(POSTGRES)
@pytest.mark.parametrize(
    ("moment", "stored"), [(Moment.SENDING, False), (Moment.SENT, True), (Moment.ANSWERED, True)]
)
def test_a_statement_is_carried_out_if_the_function_is_stopped_after_sending_it(stage, path, moment, stored):
    with world(calm(stage.engine.calm(), [ONE], seed=1)) as services:
        with environment(path, services) as cold:
            assert cold.invoke(services.event([ONE.key]), AtRequest(3, moment)) is None
            assert _is_stored(services, tries=1000 if stored else 1) is stored
        _assert_a_new_environment_ingests(path, services)


def _is_stored(services: World, tries: int) -> bool:
    """Whether anything is stored within a moment: the database may still be at it."""
    return any(services.database.counted() for _ in range(tries))


KEPT = Try(is_warm=True, keeps=True)


@pytest.mark.parametrize(
    ("first", "is_warm"),
    [
        (KEPT, True),
        (Try(is_warm=True, keeps=False), False),
        (Try(is_warm=True, keeps=True, stop=AtRequest(1, Moment.SENDING)), False),
    ],
)
def test_lambda_keeps_an_environment_that_was_not_stopped(path, services, first, is_warm):
    with closing(Lambda(path, services.network, PATIENCE)) as service:
        service.deliver(services.event([SMALL.key]), [first])
        second = service.deliver(services.event([SMALL.key]), [KEPT])
    assert [each.is_warm for each in second.tries] == [is_warm]


def test_lambda_keeps_an_environment_that_raised_an_error(path, services):
    event = json.loads(json.dumps(services.event([SMALL.key])).replace(services.bucket, "not-there"))
    with closing(Lambda(path, services.network, PATIENCE)) as service:
        delivered = service.deliver(event, [KEPT] * 3)
    assert ["NoSuchBucket" in str(each.answer) for each in delivered.tries] == [True] * 3
    assert [each.is_warm for each in delivered.tries] == [False, True, True]


def test_after_a_pause_an_environment_is_invoked_until_it_succeeds(path, services):
    with closing(Lambda(path, services.network, PATIENCE)) as service:
        service.deliver(services.event([SMALL.key]), [KEPT])
        [woken] = service.wake(services.event([SMALL.key]), Pause(Change.MOVED), 5)
        assert [(each.is_warm, each.change, each.succeeded) for each in woken.tries] == [
            (True, Change.MOVED, True)
        ]
        [spent] = service.wake(services.event([SMALL.key]), Pause(Change.EXPIRED), 2)
        assert [each.change for each in spent.tries] == [Change.EXPIRED, None, None]
        assert not spent.succeeded
        assert list(service.wake(services.event([SMALL.key]), Pause(Change.MOVED), 5)) == []


def _assert_a_new_environment_ingests(path: str, services: World) -> None:
    each = services.schedule.objects[-1]
    with environment(path, services) as cold:
        answer = invoked(cold, services, each)
    assert not answer.error
    letters = services.letters()
    assert list(problems(services.schedule.objects, services.database.counted(), letters)) == []
    assert list(outcome_problems(each, answer.outcomes[0], letters)) == []


def _becomes_frozen(process: int) -> bool:
    """Whether the process stops, which takes a moment after the signal."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():  # elsewhere than on Linux
        return True
    return any(stat.read_text().rpartition(")")[2].split()[0] == "T" for _ in range(100_000))
