"""A thread that does one thing after another, as soon as each is due."""

from abc import ABC, abstractmethod
from threading import Condition, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Worker(ABC, Generic[T]):
    """Does things in a thread of its own, one at a time. Leaving the context waits for the last of them.

    A subclass keeps what is to be done, and changes it with `_changed` held, which it notifies then; with
    `_changed` held it is asked, too. What it does must not raise: nobody would hear of it.
    """

    def __init__(self, name: str) -> None:
        self._changed = Condition()
        self._is_busy = self._is_closing = False
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def drain(self) -> None:
        """Wait until everything is done."""
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
        """The next thing that is due, which is here no more; None if there is none."""

    @abstractmethod
    def _seconds_to_next(self) -> float | None:
        """How long it is until something is due; None if that is not known."""

    @abstractmethod
    def _has_more(self) -> bool:
        """Whether anything is left that `drain` waits for."""

    @abstractmethod
    def _do(self, one: T) -> None:
        """What is to be done with each; `_changed` is not held."""

    def _run(self) -> None:
        while (one := self._next()) is not None:
            self._do(one)
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()

    def _next(self) -> T | None:
        """What is due, as soon as something is; None when closing."""
        with self._changed:
            while (one := self._take()) is None and not self._is_closing:
                self._changed.wait(self._seconds_to_next())
            self._is_busy = one is not None
            return one
