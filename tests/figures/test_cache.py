"""Values kept for a moment, under an explicit clock."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from weakref import WeakSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.figures.cache import Cache


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def cache(clock: Clock, *, seconds: float = 10, limit: int = 2) -> Cache[str, int]:
    """One in which each value weighs 1."""
    return Cache(seconds, limit, lambda key, value: 1, clock)


def texts(clock: Clock, limit: int) -> Cache[str, str]:
    """One in which each text weighs its length, and its key's."""
    return Cache(10, limit, lambda key, value: len(key) + len(value), clock)


def has(kept: Cache[str, str], key: str) -> bool:
    """Whether there is a value under `key`. To be asked once: there is one then."""
    return kept.get(key, lambda: "new") != "new"


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


def test_as_many_are_kept_as_weigh_no_more_than_the_limit():
    kept = texts(Clock(), limit=12)
    for key, text in (("a", "12345"), ("b", "12"), ("c", "123"), ("d", "1")):  # 6 + 3 + 4 + 2
        kept.get(key, partial(str, text))
    assert [has(kept, key) for key in "bcda"] == [True, True, True, False]


def test_a_value_over_the_limit_is_not_kept_and_makes_no_other_go():
    kept = texts(Clock(), limit=9)
    kept.get("a", lambda: "small")
    assert kept.get("b", lambda: "too large") == "too large"
    assert [has(kept, "a"), has(kept, "b")] == [True, False]


def test_what_has_expired_takes_no_room():
    clock = Clock()
    kept = texts(clock, limit=14)
    kept.get("a", lambda: "large one")
    clock.now += 10
    kept.get("b", lambda: "x")
    kept.get("c", lambda: "large one")
    assert [has(kept, "b"), has(kept, "c")] == [True, True]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 25), st.integers(0, 6))))
def test_never_more_than_the_limit_is_kept(asked: list[tuple[str, int, int]]):
    """A value is kept if a weak reference still finds it."""
    clock = Clock()
    kept: Cache[str, Value] = Cache(10, 20, lambda key, value: value.weight, clock)
    values: WeakSet[Value] = WeakSet()
    for key, weight, later in asked:
        clock.now += later
        values.add(kept.get(key, partial(Value, weight, clock.now + 10)))
        assert sum(value.weight for value in values) <= 20
        assert all(value.expiry > clock.now for value in values)


class Value:
    def __init__(self, weight: int, expiry: float) -> None:
        self.weight, self.expiry = weight, expiry


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
