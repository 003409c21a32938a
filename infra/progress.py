"""The steps of a command, told as they go."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.status import Status


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, unless it is done already; `run` returns what that took, in a word or two."""

    title: str
    run: Callable[[], str]


class Progress:
    """A line for each step that is done and, on a terminal, what goes on at the moment."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("", console=console)
        self._doing = ""

    def tell(self, detail: str) -> None:
        """Say what goes on within a step."""
        if detail:
            self._status.update(f"{self._doing}  [dim]{escape(detail)}")

    def run(self, steps: Sequence[Step]) -> None:
        """Take the steps in turn. Whatever one raises ends it, and shows which one it was."""
        with self._status:
            for number, step in enumerate(steps, 1):
                self._doing = f"{number:>2}/{len(steps)}  {step.title}"
                self._status.update(self._doing)
                started = time.monotonic()
                try:
                    result = step.run()
                except BaseException:
                    self._console.print(f"{self._doing}: [red]not done")
                    raise
                seconds = time.monotonic() - started
                self._console.print(f"{self._doing}: {escape(result)}  [dim]{seconds:.0f} s", soft_wrap=True)
