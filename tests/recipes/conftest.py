"""The recipes, run by Node."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest

from chalicelib.directory import parse_directory
from chalicelib.events import Commission, Event, LeftOut
from chalicelib.rudderstack import Rules, Source, decode_document, to_event
from devstack.environment import PROJECT
from devstack.rudderstack.processor import Receipt, to_delivered

WEBHOOKS = PROJECT / "tests/wire/webhooks"
RECEIPT = Receipt(datetime(2027, 1, 1, tzinfo=UTC), "81.2.69.142")
LATER = Receipt(datetime(2027, 1, 3, 7, 9, 11, tzinfo=UTC), "81.2.69.142")
KEY = "secret-key"
RULES = Rules(
    affiliate_parameters=("ref",),
    commission_rate=Decimal("0.5"),
    websites=frozenset(),
    max_age_days=7,
    directory=parse_directory(b'{"affiliates": [{"id": "alice", "codes": ["ALICE15"]}]}'),
)
Answers = Mapping[str, Any]
"""The address that is asked, and the answer's body; or a list of (status, body), and None for no answer."""


@dataclass(frozen=True)
class Outcome:
    """What a recipe made of a webhook."""

    event: dict[str, Any] | None = None
    """What is delivered; None if the webhook is dropped."""
    error: str = ""
    requests: list[str] = field(default_factory=list)

    @property
    def properties(self) -> dict[str, Any]:
        """The event's."""
        assert self.event, self
        properties: dict[str, Any] = self.event["properties"]
        return properties

    def counted(self) -> Event | LeftOut:
        """What `ingest` makes of the event, at a commission of half the revenue."""
        assert self.event, self
        return to_event(decode_document(json.dumps(self.event).encode()), Source.SERVER, RULES)

    def entry(self) -> Commission:
        """The entry that `ingest` makes of the event."""
        counted = self.counted()
        assert isinstance(counted, Commission), counted
        return counted


class Recipes:
    """The three recipes in one process."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def run(
        self,
        recipe: str,
        webhook: object,
        answers: Answers | None = None,
        key: str = KEY,
        receipt: Receipt = RECEIPT,
        edits: Mapping[str, str] | None = None,
    ) -> Outcome:
        """What `recipe` makes of a webhook's body; `edits` are changes that the owner makes to the recipe."""
        return self.run_event(recipe, received(webhook, receipt), answers, key, edits)

    def run_event(
        self,
        recipe: str,
        event: object,
        answers: Answers | None = None,
        key: str = KEY,
        edits: Mapping[str, str] | None = None,
    ) -> Outcome:
        """What `recipe` makes of an event that RudderStack has."""
        case = {
            "path": str(PROJECT / f"docs/recipes/{recipe}.js"),
            "edits": list((edits or {}).items()),
            "event": event,
            "key": key,
            "answers": {url: _responses(answer) for url, answer in (answers or {}).items()},
        }
        self._stdin.write(json.dumps(case) + "\n")
        self._stdin.flush()
        return Outcome(**json.loads(self._stdout.readline()))


def received(body: object, receipt: Receipt) -> dict[str, Any]:
    """A webhook as RudderStack's webhook source takes it in.

    https://github.com/rudderlabs/rudder-transformer/blob/develop/src/sources/webhook/transform.js
    """
    event = {
        "type": "track",
        "event": "webhook_source_event",
        "anonymousId": "0c5a1f0e-58ab-4cf0-9a2b-2f5d7b1f6a01",
        "context": {"method": "POST", "headers": {"User-Agent": "Shop"}},
        "properties": body,
    }
    return to_delivered(event, receipt, lambda: f"random-{receipt.received_at:%d}")


def webhook(name: str, changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """A recorded body, with changes by path, such as `data.status`."""
    body: dict[str, Any] = json.loads((WEBHOOKS / f"{name}.json").read_text(encoding="utf-8"))
    return changed(body, changes or {})


def changed(body: dict[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    body = deepcopy(body)
    for path, value in changes.items():
        *parents, name = path.split(".")
        place = body
        for parent in parents:
            place = place[parent]
        place[name] = value
    return body


def _responses(answer: Any) -> list[dict[str, object] | None]:
    if not isinstance(answer, list):
        return [{"status": 200, "body": answer}]
    return [given and {"status": given[0], "body": given[1]} for given in answer]


@pytest.fixture(scope="session")
def recipes() -> Iterator[Recipes]:
    command = ["node", str(Path(__file__).with_name("transform.mjs"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield Recipes(process.stdin, process.stdout)
        process.stdin.close()
