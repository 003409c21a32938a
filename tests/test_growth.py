"""Time grows no faster than the input, whatever a stranger sends.

An input is read whole, and eight of an eighth of its size one after another: that takes as long if time is
linear, and an eighth of it if it is quadratic. What is compared comes from one run, on one machine.
"""

import time
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from benchmarks import adversarial
from benchmarks.in_memory import ingest

PARTS = 8
SIZE = 64 * 1024
ATTEMPTS = 5
"""Other processes disturb a measurement, and only ever make it longer: one good one is enough."""

Parser = Callable[[Any], object]
Maker = Callable[[int], Any]

TABLE: dict[str, tuple[Parser, Maker]] = {
    **{f"ingest: {kind}": (ingest, make) for kind, make in adversarial.KINDS.items()},
}
"""What reads, and what makes an input of about so many bytes or characters for it."""


def seconds(parse: Parser, inputs: list[Any]) -> float:
    """Of CPU."""
    started = time.process_time()
    for one in inputs:
        parse(one)
    return time.process_time() - started


def growth(parse: Parser, make: Maker) -> float:
    """How many times longer a whole input takes than its parts do: 1 if linear, 8 if quadratic."""
    whole, parts = [make(SIZE)], [make(SIZE // PARTS) for _ in range(PARTS)]
    return seconds(parse, whole) / seconds(parse, parts)


@pytest.mark.parametrize("name", TABLE)
def test_time_grows_no_faster_than_the_input(name):
    parse, make = TABLE[name]
    growths = (growth(parse, make) for _ in range(ATTEMPTS))
    assert any(each < 3 for each in growths)


def test_quadratic_time_is_noticed():
    def parse(text: str) -> int:
        # A loop without lines of Python, which would cost more when coverage is measured.
        return sum(map(text.find, repeat("x", len(text))))

    assert min(growth(parse, lambda size: "é" * size) for _ in range(2)) > 3
