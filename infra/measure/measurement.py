"""The measurements on a deployed stage."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import msgspec

from chalicelib.figures import Metric
from infra.account import Account
from infra.durations import in_words
from infra.errors import InfraError
from infra.measure.local import Local
from infra.measure.questions import NOBODY, Question, differences, in_other_zones, questions
from infra.measure.sample import SampleObject
from infra.measure.usage import Invocation, invocations
from infra.smoke import ENDPOINT, signature

TRIES: Final = 3
"""How often the figures are compared: an hour may begin between the two answers."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for what takes its time on AWS."""

    figures: float = 900
    logs: float = 120
    metrics: float = 600
    pause: float = 5


@dataclass(slots=True)
class Measurement:
    """A stage, this machine with the same events, and what was measured."""

    account: Account
    api_url: str
    bucket: str
    here: Local
    affiliates: Sequence[str]
    tell: Callable[[str], None]
    patience: Patience = field(default_factory=Patience)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    objects: int = 0
    requests: int = 0

    def upload(self, objects: Iterable[SampleObject]) -> str:
        """Put the objects into the bucket, from where S3 hands them to `ingest`."""
        documents = 0
        for each in objects:
            self.account.client("s3").put_object(
                Bucket=self.bucket, Key=each.key, Body=each.body, ContentEncoding="gzip"
            )
            self.objects, documents = self.objects + 1, documents + each.documents
            self.tell(f"{self.objects:,} objects")
        return f"{documents:,} documents in {self.objects:,} objects"

    def wait_for_figures(self) -> str:
        """Wait until the stage has the figures of a year that this machine has, and then compare all.

        Raises InfraError with what differs if that does not happen.
        """
        started = time.monotonic()
        year = [each for each in self._questions if each.window == "Last365Days"]
        while different := self._compare(year):
            if time.monotonic() - started > self.patience.figures:
                raise InfraError(_told(different))
            self.tell(f"{len(different)} of {len(year)} figures are not there yet")
            time.sleep(self.patience.pause)
        seconds = time.monotonic() - started
        return f"the last object's events were there {seconds:.0f} s after it was put"

    def compare(self) -> str:
        """Compare all figures. Raises InfraError if one differs."""
        for _ in range(TRIES):
            if not (different := self._compare(self._questions)):
                return f"{len(self._questions)} answers are the same, figure by figure"
        raise InfraError(_told(different))

    def time_requests(self, times: int) -> list[str]:
        """Ask each question so often, never from the cache. A line for each metric, as seen from here."""
        seconds: dict[Metric, list[float]] = {metric: [] for metric in Metric}
        asked = [each for each in self._questions if each.affiliate != NOBODY]
        with httpx.Client(timeout=35) as client:
            for question in in_other_zones(asked, times):
                started = time.perf_counter()
                self._ask(client, question)
                seconds[question.metric].append(time.perf_counter() - started)
        return [f"GET /metrics, {metric}: {in_words(found)}" for metric, found in seconds.items()]

    def reported(self, function: str, least: int) -> list[Invocation]:
        """The invocations of a function since the beginning. Waits until its log has at least so many."""
        until = time.monotonic() + self.patience.logs
        while True:
            found = list(invocations(self._log_lines(f"/aws/lambda/{function}")))
            if len(found) >= least or time.monotonic() > until:
                return found
            time.sleep(self.patience.pause)

    @property
    def _questions(self) -> list[Question]:
        return questions(self.affiliates)

    def _compare(self, asked: Sequence[Question]) -> list[str]:
        here = {question: self.here.answer(question) for question in asked}
        with httpx.Client(timeout=35) as client:
            bodies = {question: self._ask(client, question) for question in asked}
        there = {question: msgspec.json.decode(body) for question, body in bodies.items()}
        return differences(here, there)

    def _ask(self, client: httpx.Client, question: Question) -> bytes:
        base = os.environ.get(ENDPOINT, self.api_url).rstrip("/")
        url = str(httpx.URL(f"{base}/metrics", params=question.parameters))
        self.requests += 1
        answer = client.get(url, headers=signature(self.account, url))
        if answer.status_code != 200:
            raise InfraError(f"GET /metrics answers {answer.status_code}: {answer.text[:300].strip()}")
        return answer.content

    def _log_lines(self, group: str) -> list[str]:
        logs: Any = self.account.client("logs")
        since = int(self.began.timestamp() * 1000)
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=since, filterPattern="REPORT"
        )
        return [event["message"] for page in pages for event in page["events"]]


def _told(different: Sequence[str]) -> str:
    shown = "; ".join(different[:3])
    return f"{len(different)} answers of the stage are not those of this machine: {shown}."
