"""Values kept for a moment, and computed once for all who ask at the same time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most `size` values, each for `seconds` by `clock` from when it was asked for; safe to share.

    An error is not kept: it goes to all who waited for the value, and the next who asks tries again.
    """

    def __init__(self, seconds: float, size: int, clock: Callable[[], float]) -> None:
        self._seconds, self._size, self._clock = seconds, size, clock
        self._kept: OrderedDict[K, tuple[float, Future[V]]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, compute: Callable[[], V]) -> V:
        """The value under `key`: the one that is kept or on its way, else what `compute` returns now."""
        with self._lock:
            expiry, value = self._kept.get(key, (0.0, None))
            now = self._clock()
            is_new = value is None or now >= expiry
            if value is None or is_new:
                value = Future()
                self._kept[key] = now + self._seconds, value
                self._kept.move_to_end(key)
                if len(self._kept) > self._size:
                    self._kept.popitem(last=False)
        if is_new:
            self._compute(key, value, compute)
        return value.result()

    def _compute(self, key: K, value: "Future[V]", compute: Callable[[], V]) -> None:
        try:
            value.set_result(compute())
        except BaseException as error:
            value.set_exception(error)
            with self._lock:
                if self._kept.get(key, (0.0, None))[1] is value:
                    del self._kept[key]
            raise
