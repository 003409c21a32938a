"""Durations that were measured, as numbers that say something."""

import math
import time
from collections.abc import Callable, Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed: 0.5 for the median, 0.95 for p95.

    Raises ValueError without values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def in_words(seconds: Sequence[float]) -> str:
    """The median and the 95th percentile, such as `p50 3.2 ms, p95 9.0 ms of 20`."""
    p50, p95 = (1000 * percentile(seconds, share) for share in (0.5, 0.95))
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms of {len(seconds)}"


def measured(work: Callable[[], object]) -> float:
    """The seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
