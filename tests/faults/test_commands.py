"""The commands run on small inputs, and print what they should."""

import re

from tests.faults import __main__ as schedules
from tests.faults import idle, sizes
from tests.faults.pauses import passing
from tests.faults.timestream.engine import Timestream


def test_the_schedules_command_prints_counts(capsys):
    assert schedules.main(["--schedules", "1", "--seed", "2", "--jobs", "1"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert re.match(r"1 schedules: \d+ invocations, \d+ warm, ", first)
    assert re.match(r"Between the invocations of an environment: \d+ connections reset, ", second)


def test_the_sizes_command_prints_counts(capsys):
    assert sizes.main(["--megabytes", "1", "--tiny", "3"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "3 objects of one event each: 3 events, 3 written, 3 counted" in told
    assert "1 MB: 479 events, 479 written, 479 counted" in told


def test_the_idle_command_prints_a_line_for_each_passing_change(capsys):
    assert idle.main(["--connections", "7", "--patience", "0.1"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in told] == list(passing(Timestream.changes))
