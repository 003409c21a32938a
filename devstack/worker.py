"""A thread that does tasks one after another, each when it is due."""

from abc import ABC, abstractmethod
from threading import Condition, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Worker(ABC, Generic[T]):
    """Does tasks in its own thread, one at a time. At the end of the context, it waits for the last task.

    A subclass keeps the tasks. It holds `_changed` while it changes them, and then notifies it. `_take`,
    `_seconds_to_next` and `_has_more` are called with `_changed` held. `_do` must not raise an exception:
    nobody would catch it, and `drain` would wait for ever.
    """

    def __init__(self, name: str) -> None:
        self._changed = Condition()
        self._is_busy = self._is_closing = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def drain(self) -> None:
        """Wait until all tasks are done."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._is_busy or self._has_more()))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drain()
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join()

    @abstractmethod
    def _take(self) -> T | None:
        """Remove the next task that is due and return it. None if no task is due."""

    @abstractmethod
    def _seconds_to_next(self) -> float | None:
        """The time until the next task is due. None if that is not known."""

    @abstractmethod
    def _has_more(self) -> bool:
        """Whether there are tasks that `drain` must wait for."""

    @abstractmethod
    def _do(self, one: T) -> None:
        """Do a task. `_changed` is not held."""

    def _run(self) -> None:
        while (one := self._next()) is not None:
            self._do(one)
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()

    def _next(self) -> T | None:
        """Wait for the next task that is due. None if the worker is closing."""
        with self._changed:
            while (one := self._take()) is None and not self._is_closing:
                self._changed.wait(self._seconds_to_next())
            self._is_busy = one is not None
            return one
