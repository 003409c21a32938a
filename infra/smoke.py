"""A test of the deployed API, with requests like those of AppSync."""

import os
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError

from chalicelib.figures import Metric, Route
from chalicelib.figures.breakdowns import By
from chalicelib.figures.timerange import TimeWindow
from infra.account import Account
from infra.errors import InfraError

ENDPOINT: Final = "AWS_ENDPOINT_URL_EXECUTE_API"
"""The environment variable that replaces the API's own address, named like those of the AWS SDKs."""

PATIENCE: Final = 10
"""How often a new API is tried: it takes API Gateway a few seconds to know it and its permissions."""


def smoke_test(account: Account, api_url: str, pause: float = 3.0) -> str:
    """Ask each route for a non-existent affiliate, or for a day before all events. Returns a summary.

    `api_url` includes the API's stage, as Chalice prints it. Raises InfraError if an answer is not 200 and
    empty (the balances of everyone need not be), if a request without a signature is answered, or if the API
    cannot be reached.
    """
    base = os.environ.get(ENDPOINT, api_url).rstrip("/")
    asked = _questions()
    for route, query in asked:
        try:
            with httpx.Client(timeout=35) as client:
                _check_answer(client, account, f"{base}/{route}?{urlencode(query)}", route, pause)
        except httpx.TransportError as error:
            raise InfraError(f"GET /{route} does not answer at {base}: {error}.") from error
    return f"{len(asked)} answers, as expected"


def _check_answer(client: httpx.Client, account: Account, url: str, route: Route, pause: float) -> None:
    answer = _patiently(client, account, url, pause)
    if answer.status_code != 200:
        raise InfraError(f"GET /{route} answers {answer.status_code}: {_hint(answer)}")
    if answer.json()[_LISTS[route]] and route is not Route.BALANCES:
        raise InfraError(f"GET /{route} has figures where there can be none.")
    if (status := client.get(url).status_code) != 403:
        raise InfraError(
            f"GET /{route} answers {status} to a request without a signature, but must refuse it."
        )


def _questions() -> list[tuple[Route, dict[str, str]]]:
    """Each route with its parameters; for metrics, each metric."""
    nobody = {"affiliateId": f"smoke-test-{uuid4()}"}
    year = {**nobody, "timeWindow": TimeWindow.LAST_365_DAYS}
    return [
        *((Route.METRICS, {**year, "metricType": metric}) for metric in Metric),
        (Route.BREAKDOWN, {**year, "by": By.WEBSITE}),
        (Route.ENTRIES, year),
        (Route.BALANCE, nobody),
        (Route.AFFILIATES, {"timeWindow": TimeWindow.CUSTOM, "from": _BEFORE, "to": _BEFORE}),
        (Route.BALANCES, {"limit": "1"}),
    ]


_BEFORE: Final = "1970-03-01"
"""A day before all events."""

_LISTS: Final = {
    Route.METRICS: "dataset",
    Route.BREAKDOWN: "rows",
    Route.ENTRIES: "entries",
    Route.BALANCE: "balances",
    Route.AFFILIATES: "rows",
    Route.BALANCES: "rows",
}
"""What is empty in the answer of each route, if there are no figures."""


def _patiently(client: httpx.Client, account: Account, url: str, pause: float) -> httpx.Response:
    for _ in range(PATIENCE - 1):
        with suppress(httpx.TransportError):  # the DNS name of a new API takes time to spread
            answer = client.get(url, headers=signature(account, url))
            if answer.status_code != 403 and answer.status_code < 500:
                return answer
        time.sleep(pause)
    return client.get(url, headers=signature(account, url))


def signature(account: Account, url: str) -> dict[str, str]:
    """The headers of a GET, signed with the user's own identity: only AppSync may assume AppSync's role."""
    request = AWSRequest("GET", url)
    credentials = account.session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", account.region).add_auth(request)
    return dict(request.headers)


def _hint(answer: httpx.Response) -> str:
    if answer.status_code == 403:
        return "your AWS identity needs the permission execute-api:Invoke for this test."
    return f"{answer.text[:300].strip()} (see the function's log)."
