"""Values kept for a moment, under an explicit clock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from chalicelib.cache import Cache


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def cache(clock: Clock, *, seconds: float = 10, size: int = 2) -> Cache[str, int]:
    return Cache(seconds, size, clock)


def test_a_value_is_computed_once_until_its_time_is_over():
    clock = Clock()
    kept = cache(clock)

    def at(moment: int) -> int:
        clock.now = moment
        return kept.get("a", lambda: moment)

    assert [at(moment) for moment in (100, 109, 110, 119, 120)] == [100, 100, 110, 110, 120]


def test_keys_do_not_mix():
    kept = cache(Clock())
    assert [kept.get("a", lambda: 1), kept.get("b", lambda: 2), kept.get("a", lambda: 3)] == [1, 2, 1]


def test_the_oldest_makes_room():
    kept = cache(Clock())
    for key in "abc":
        kept.get(key, lambda: 1)
    assert [kept.get("c", lambda: 2), kept.get("b", lambda: 2), kept.get("a", lambda: 2)] == [1, 1, 2]


def test_no_time_at_all_keeps_nothing():
    kept = cache(Clock(), seconds=0)
    assert [kept.get("a", lambda: 1), kept.get("a", lambda: 2)] == [1, 2]


def test_an_error_is_not_kept():
    kept = cache(Clock())
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 2) == 2


def test_all_who_ask_together_share_one_computation():
    kept, together, done, computed = cache(Clock()), Barrier(8), Event(), []

    def compute() -> int:
        computed.append(1)
        done.wait(5)
        return 7

    def ask(_: int) -> int:
        together.wait()
        return kept.get("a", compute)

    with ThreadPoolExecutor(9) as pool:
        answers = [pool.submit(ask, number) for number in range(8)]
        pool.submit(done.set)
        assert [answer.result() for answer in answers] == [7] * 8
    assert computed == [1]
