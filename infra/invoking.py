"""Invokes `ingest` for several deliveries at a time, and adds up the results."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

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


def results(
    deliveries: Iterable[Delivery], invoke: Callable[[Delivery], Result], concurrency: int
) -> Iterator[tuple[Delivery, Result]]:
    """Invoke each delivery, `concurrency` at a time. Yields each one when it is done.

    Takes a delivery from `deliveries` only when it can be invoked. If stopped or interrupted, waits for the
    running invocations and yields nothing more. Raises the first error that `invoke` raises.
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
