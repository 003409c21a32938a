"""Runs the steps of a command, and prints how they went."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.status import Status


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `run` does what is missing, and returns the result in a word or two."""

    title: str
    run: Callable[[], str]


class Progress:
    """Prints a line for each finished step and, on a terminal, what is happening now."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("", console=console)
        self._doing = ""

    def tell(self, detail: str) -> None:
        """Show a detail of the current step."""
        if detail:
            self._status.update(f"{self._doing}  [dim]{escape(detail)}")

    def run(self, steps: Sequence[Step]) -> None:
        """Run the steps in order. If a step raises an error, print which one, and stop."""
        with self._status:
            for number, step in enumerate(steps, 1):
                self._doing = f"{number:>2}/{len(steps)}  {step.title}"
                self._status.update(self._doing)
                started = time.monotonic()
                try:
                    result = step.run()
                except BaseException:
                    self._console.print(f"{self._doing}: [red]failed")
                    raise
                seconds = time.monotonic() - started
                self._console.print(f"{self._doing}: {escape(result)}  [dim]{seconds:.0f} s", soft_wrap=True)
