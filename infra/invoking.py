"""Deliveries invoked a few at a time, and what became of all of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from infra.deliveries import Delivery
from infra.ingest_function import COUNTS, Result


@dataclass(slots=True)
class Summary:
    """What became of all deliveries."""

    invocations: int = 0
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTS, 0)))
    errors: dict[str, str] = field(default_factory=dict)
    """By the delivery's name."""

    def add(self, delivery: Delivery, result: Result) -> None:
        """Count one more."""
        self.invocations += 1
        self.counts.update(result.counts)
        if result.error:
            self.errors[delivery.name] = result.error


def results(
    deliveries: Iterable[Delivery], invoke: Callable[[Delivery], Result], concurrency: int
) -> Iterator[tuple[Delivery, Result]]:
    """Invoke each, so many at once; yields them as they are done.

    Takes from `deliveries` what it can invoke at once and no more. When stopped or interrupted, waits for
    those under way and yields no more. Raises the first thing that `invoke` raises.
    """
    under_way: dict[Future[Result], Delivery] = {}
    with ThreadPoolExecutor(concurrency) as pool:
        for delivery in deliveries:
            under_way[pool.submit(invoke, delivery)] = delivery
            if len(under_way) == concurrency:
                yield from _done(under_way)
        while under_way:
            yield from _done(under_way)


def _done(under_way: dict[Future[Result], Delivery]) -> Iterator[tuple[Delivery, Result]]:
    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in finished:
        yield under_way.pop(future), future.result()
