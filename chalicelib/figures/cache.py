"""Keeps values for a short time, and computes each once for everyone who asks at the same time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Values that weigh at most `limit` together, each for `seconds` by `clock` from when it was asked for.

    `weigh` says what a key and its value weigh. The oldest values make room for a new one; a value that is
    heavier than `limit` is not kept. An error is not kept either: it goes to all who waited for the value,
    and the next who asks tries again. Threads may share a cache.
    """

    def __init__(
        self, seconds: float, limit: int, weigh: Callable[[K, V], int], clock: Callable[[], float]
    ) -> None:
        self._seconds, self._limit, self._weigh, self._clock = seconds, limit, weigh, clock
        self._kept: OrderedDict[K, _Entry[V]] = OrderedDict()
        """The oldest first, those on their way included."""
        self._weight = 0
        self._lock = Lock()

    def get(self, key: K, compute: Callable[[], V]) -> V:
        """The value under `key`: the one that is kept or on its way, else what `compute` returns now."""
        with self._lock:
            self._drop_expired()
            entry = self._kept.get(key)
            is_new = entry is None
            if entry is None:
                entry = self._kept[key] = _Entry(self._clock() + self._seconds)
        if is_new:
            self._compute(key, entry, compute)
        return entry.value.result()

    def _compute(self, key: K, entry: "_Entry[V]", compute: Callable[[], V]) -> None:
        try:
            value = compute()
        except BaseException as error:
            entry.value.set_exception(error)
            with self._lock:
                if self._kept.get(key) is entry:
                    self._drop(key)
            raise
        entry.value.set_result(value)
        with self._lock:
            if self._kept.get(key) is entry:
                self._keep(key, entry, self._weigh(key, value))

    def _keep(self, key: K, entry: "_Entry[V]", weight: int) -> None:
        if weight > self._limit:
            self._drop(key)
            return
        entry.weight = weight
        self._weight += weight
        while self._weight > self._limit:
            self._drop(next(key for key, entry in self._kept.items() if entry.weight))

    def _drop_expired(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values())).expiry <= now:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        self._weight -= self._kept.pop(key).weight


class _Entry(Generic[V]):
    """A value, or the promise of one."""

    def __init__(self, expiry: float) -> None:
        self.expiry = expiry
        self.value: Future[V] = Future()
        self.weight = 0
        """0 until the value is there."""
