"""The commands, on little: that they run, and what they say."""

import re

from tests.faults import __main__ as schedules
from tests.faults import idle, sizes
from tests.faults.pauses import PASSING


def test_schedules_by_the_thousand(capsys):
    assert schedules.main(["--schedules", "1", "--seed", "2", "--jobs", "1"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert re.match(r"1 schedules: \d+ invocations, \d+ warm, ", first)
    assert re.match(r"Between the invocations of an environment: \d+ connections reset, ", second)


def test_sizes(capsys):
    assert sizes.main(["--megabytes", "1", "--tiny", "3"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "3 objects of one event each: 3 events, 3 written, 3 counted" in told
    assert "1 MB: 479 events, 479 written, 479 counted" in told


def test_idle(capsys):
    assert idle.main(["--connections", "7", "--patience", "0.1"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == list(PASSING)
