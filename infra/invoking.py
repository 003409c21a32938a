"""Does one thing to many at a time, such as to invoke `ingest` for deliveries, and adds up the results."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TypeVar

from infra.deliveries import Delivery
from infra.ingest_function import COUNTS, Result


@dataclass(slots=True)
class Summary:
    """The sum of all results."""

    invocations: int = 0
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTS, 0)))
    errors: dict[str, str] = field(default_factory=dict)
    """Error messages by the delivery's name."""

    def add(self, delivery: Delivery, result: Result) -> None:
        """Add the result of one delivery."""
        self.invocations += 1
        self.counts.update(result.counts)
        if result.error:
            self.errors[delivery.name] = result.error


Given = TypeVar("Given")
Made = TypeVar("Made")


def results(
    given: Iterable[Given], work: Callable[[Given], Made], concurrency: int
) -> Iterator[tuple[Given, Made]]:
    """Do `work` on each one that is given, `concurrency` at a time. Yields each one when it is done.

    Takes one from `given` only when its work can begin. If stopped or interrupted, waits for the work that is
    under way and yields nothing more. Raises the first error that `work` raises.
    """
    under_way: dict[Future[Made], Given] = {}
    with ThreadPoolExecutor(concurrency) as pool:
        for each in given:
            under_way[pool.submit(work, each)] = each
            if len(under_way) == concurrency:
                yield from _done(under_way)
        while under_way:
            yield from _done(under_way)


def _done(under_way: dict[Future[Made], Given]) -> Iterator[tuple[Given, Made]]:
    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in finished:
        yield under_way.pop(future), future.result()
