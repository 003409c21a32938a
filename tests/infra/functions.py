"""Lambda, as `infra.replay` invokes it: the app in this process, or whatever a test makes of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any

from tests.infra.aws import serving

SETTINGS = {"EVENTS_BUCKET": "web-analytics-events"}


@dataclass
class Functions:
    """The deployed `ingest`: what it does, and how it was invoked."""

    handler: Callable[[dict[str, Any]], Any]
    url: str = ""
    invocations: list[dict[str, Any]] = field(default_factory=list)
    failure_queue_arn: str = ""
    _one_at_a_time: Lock = field(default_factory=Lock)
    """Lambda gives a process one event at once, and the app counts on that."""

    @property
    def keys(self) -> list[str]:
        """Of the objects that were given to it, in order."""
        return sorted(event["Records"][0]["s3"]["object"]["key"] for event in self.invocations)

    def invoke(self, event: dict[str, Any]) -> tuple[Any, str]:
        """The answer, and Lambda's word for a failure."""
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

    class Lambda(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer, error = functions.invoke(json.loads(body))
            self._answer(200, answer, {"X-Amz-Function-Error": error} if error else {})

        def do_GET(self) -> None:
            if "affiliate-analytics-dev-ingest" not in self.path:
                missing = {"X-Amzn-ErrorType": "ResourceNotFoundException"}
                self._answer(404, {"Message": "Function not found"}, missing)
            elif self.path.endswith("/event-invoke-config"):
                destination = {"Destination": functions.failure_queue_arn}
                self._answer(200, {"DestinationConfig": {"OnFailure": destination}}, {})
            else:
                self._answer(200, {"Environment": {"Variables": SETTINGS}}, {})

        def _answer(self, status: int, body: Any, headers: dict[str, str]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            """Say nothing."""

    with serving(Lambda) as url:
        functions.url = url
        yield functions
