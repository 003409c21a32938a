"""What was used, from Lambda's log and CloudWatch's metrics, and what it costs."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from infra.durations import percentile

PRICES: Final[Mapping[str, tuple[float, str]]] = {
    "Aurora DSQL": (8.00 / 1_000_000, "DPU"),
    "Lambda, time": (0.0000166667, "GB-seconds"),
    "Lambda, requests": (0.20 / 1_000_000, "invocations"),
    "REST API": (3.50 / 1_000_000, "requests"),
    "S3": (0.005 / 1_000, "objects put"),
}
"""US dollars for one of a unit, as us-east-1 lists them: what is free is not taken off."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation of a function, as Lambda reports it."""

    milliseconds: float
    billed_milliseconds: int
    memory_mb: int
    used_mb: int
    start_milliseconds: float = 0
    """Of a cold start, before the invocation."""

    @property
    def gb_seconds(self) -> float:
        """What is paid for."""
        return self.billed_milliseconds / 1000 * self.memory_mb / 1024


def invocations(lines: Iterable[str]) -> Iterator[Invocation]:
    """The invocations that the lines of a log report; other lines are passed over.

    https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """
    for line in lines:
        if found := _REPORT.search(line):
            duration, billed, memory, used, start = found.groups()
            yield Invocation(float(duration), int(billed), int(memory), int(used), float(start or 0))


_REPORT: Final = re.compile(
    r"^REPORT RequestId: .*?\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB"
    r"\tMax Memory Used: (\d+) MB(?:\tInit Duration: ([\d.]+) ms)?"
)


def described(name: str, made: Sequence[Invocation]) -> str:
    """A line about the invocations of a function."""
    if not made:
        return f"{name}: no invocation in its log"
    durations = [each.milliseconds for each in made]
    starts = [each.start_milliseconds for each in made if each.start_milliseconds]
    cold = f", {len(starts)} cold starts of up to {max(starts):,.0f} ms" if starts else ""
    return (
        f"{name}: {len(made):,} invocations, p50 {percentile(durations, 0.5):,.0f} ms, p95 "
        f"{percentile(durations, 0.95):,.0f} ms, {max(each.used_mb for each in made)} MB at most{cold}"
    )


def costs(used: Mapping[str, float]) -> list[str]:
    """A line for each thing that was used, by the names of PRICES, and one for the sum, in US dollars."""
    unknown = used.keys() - PRICES.keys()
    if unknown:
        raise KeyError(*unknown)
    amounts = {name: used[name] * price for name, (price, _) in PRICES.items() if name in used}
    lines = [
        f"{name}: {used[name]:,.1f} {PRICES[name][1]}, ${amount:,.4f}" for name, amount in amounts.items()
    ]
    return [*lines, f"sum: ${sum(amounts.values()):,.4f}"]
