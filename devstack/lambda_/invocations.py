"""Asynchronous invocation, as by Lambda: up to three tries for each event, then a record of the failure."""

import heapq
import itertools
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devstack.lambda_.function import Context, Handler, to_failure
from devstack.worker import Worker

log = logging.getLogger("devstack.deliveries")


@dataclass(frozen=True, order=True, slots=True)
class _Attempt:
    due: float
    """On the monotonic clock, seconds."""
    number: int
    event: dict[str, Any] = field(compare=False)
    context: Context = field(compare=False)
    tries: int = field(compare=False, default=0)


class Invocations(Worker[_Attempt]):
    """Runs `handler` on each submitted event, one at a time, as Lambda does for S3's notifications.

    If the handler raises an exception, the event is tried again after each of `delays` (seconds; Lambda waits
    one minute, then two). After the last try, a record of the failure is written to the folder `failures`, as
    Lambda sends it to an on-failure destination. At the end of the context, all events are finished first.
    """

    def __init__(
        self,
        name: str,
        handler: Handler,
        failures: Path,
        delays: tuple[float, ...] = (0.5, 1.0),
    ) -> None:
        super().__init__(f"lambda-{name}")
        self._name, self._handler, self._failures, self._delays = name, handler, failures, delays
        self._attempts: list[_Attempt] = []
        self._numbers = itertools.count()
        self.failed = 0
        """The number of events that failed for good."""

    def submit(self, event: dict[str, Any]) -> None:
        """Run the handler on `event` soon, in the worker's thread."""
        self._schedule(_Attempt(time.monotonic(), next(self._numbers), event, Context(self._name)))

    def _schedule(self, attempt: _Attempt) -> None:
        with self._changed:
            heapq.heappush(self._attempts, attempt)
            self._changed.notify_all()

    def _take(self) -> _Attempt | None:
        is_due = self._attempts and self._attempts[0].due <= time.monotonic()
        return heapq.heappop(self._attempts) if is_due else None

    def _seconds_to_next(self) -> float | None:
        return max(0.0, self._attempts[0].due - time.monotonic()) if self._attempts else None

    def _has_more(self) -> bool:
        return bool(self._attempts)

    def _do(self, one: _Attempt) -> None:
        started = time.monotonic()
        try:
            outcome = self._handler(one.event, one.context)
        except Exception as error:  # noqa: BLE001 - Lambda tries again after any exception
            self._fail(one, error)
        else:
            log.info("%s  %s  %.2f s", _subject(one.event), _summary(outcome), time.monotonic() - started)

    def _fail(self, attempt: _Attempt, error: Exception) -> None:
        tries = attempt.tries + 1
        log.error("%s  %s failed, try %d: %s", _subject(attempt.event), self._name, tries, _one_line(error))
        if attempt.tries < len(self._delays):
            due = time.monotonic() + self._delays[attempt.tries]
            self._schedule(_Attempt(due, attempt.number, attempt.event, attempt.context, tries))
        else:
            self._give_up(attempt, tries, error)

    def _give_up(self, attempt: _Attempt, tries: int, error: Exception) -> None:
        self.failed += 1
        self._failures.mkdir(parents=True, exist_ok=True)
        path = self._failures / f"{attempt.context.aws_request_id}.json"
        record = to_failure(attempt.event, attempt.context, tries, error, datetime.now(UTC))
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        log.error("%s  given up after %d tries: see %s", _subject(attempt.event), tries, path)


def _subject(event: Mapping[str, Any]) -> str:
    return " ".join(record["s3"]["object"]["key"] for record in event["Records"])


def _summary(outcome: object) -> str:
    """The counts in a handler's answer, without zeros. Nested counts are added up."""
    match outcome:
        case list():
            return "; ".join(map(_summary, outcome))
        case Mapping():
            counts = {name: _count(value) for name, value in outcome.items()}
            return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
        case _:
            return "done"


def _count(value: Any) -> int:
    return sum(value.values()) if isinstance(value, Mapping) else value


def _one_line(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(map(_one_line, error.exceptions))
    return " ".join(f"{type(error).__name__}: {error}".split())
