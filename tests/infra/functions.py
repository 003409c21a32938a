"""A Lambda for `infra.replay` to invoke: it runs the app, or a test's own handler, in this process."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from tests.scripted import Answer, Request, as_json, scripted

SETTINGS = {"EVENTS_BUCKET": "web-analytics-events"}


@dataclass
class Functions:
    """The deployed `ingest`: its handler, and its invocations."""

    handler: Callable[[dict[str, Any]], Any]
    url: str = ""
    invocations: list[dict[str, Any]] = field(default_factory=list)
    failure_queue_arn: str = ""
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    _one_at_a_time: Lock = field(default_factory=Lock)
    """Lambda gives a process one event at once, and the app counts on that."""

    @property
    def keys(self) -> list[str]:
        """The keys of the objects in its invocations, sorted."""
        return sorted(event["Records"][0]["s3"]["object"]["key"] for event in self.invocations)

    def invoke(self, event: dict[str, Any]) -> tuple[Any, str]:
        """The answer, and the value of the FunctionError header."""
        with self._one_at_a_time:
            self.invocations.append(event)
            try:
                return self.handler(event), ""
            except Exception as error:  # noqa: BLE001 - as Lambda does
                return {"errorType": type(error).__name__, "errorMessage": str(error)}, "Unhandled"


@contextmanager
def lambda_functions(handler: Callable[[dict[str, Any]], Any]) -> Iterator[Functions]:
    """A Lambda with one function in it, `affiliate-analytics-dev-ingest`."""
    functions = Functions(handler)

    def answer(request: Request) -> Answer:
        if request.method == "POST":
            result, error = functions.invoke(json.loads(request.body))
            return as_json(result, headers={"X-Amz-Function-Error": error} if error else {})
        if "affiliate-analytics-dev-ingest" not in request.path:
            missing = {"X-Amzn-ErrorType": "ResourceNotFoundException"}
            return as_json({"Message": "Function not found"}, 404, missing)
        if request.path.endswith("/event-invoke-config"):
            destination = {"Destination": functions.failure_queue_arn}
            return as_json({"DestinationConfig": {"OnFailure": destination}})
        return as_json({"Environment": {"Variables": functions.settings}})

    with scripted(answer) as running:
        functions.url = running.url
        yield functions
