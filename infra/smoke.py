"""The deployed API, asked as AppSync asks it."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError

from chalicelib.figures.queries import Metric
from infra.account import Account
from infra.errors import InfraError

ENDPOINT: Final = "AWS_ENDPOINT_URL_EXECUTE_API"
"""The environment variable that has another address asked than the API's own, as such variables do."""

PATIENCE: Final = 10
"""Times that a new API is asked: for a few seconds API Gateway does not know it, or its permissions."""


def smoke_test(account: Account, api_url: str, pause: float = 3.0) -> str:
    """Ask for each metric of an affiliate that nobody is; returns how that went.

    `api_url` is the API's with its stage, as Chalice gives it. Raises InfraError if an answer is not 200 and
    empty, if a request without a signature is answered, or if nothing answers.
    """
    base = os.environ.get(ENDPOINT, api_url).rstrip("/")
    try:
        with httpx.Client(timeout=35) as client:
            _check_answers(client, account, base, pause)
    except httpx.TransportError as error:
        raise InfraError(f"GET /metrics does not answer at {base}: {error}.") from error
    return f"{len(Metric)} answers, all empty as they should be"


def _check_answers(client: httpx.Client, account: Account, base: str, pause: float) -> None:
    for url in _questions(base):
        answer = _patiently(client, account, url, pause)
        if answer.status_code != 200:
            raise InfraError(f"GET /metrics answers {answer.status_code}: {_hint(answer)}")
        if answer.json()["dataset"]:
            raise InfraError("GET /metrics has figures for an affiliate that does not exist.")
    if (status := client.get(url).status_code) != 403:
        raise InfraError(
            f"GET /metrics answers {status} to a request without a signature, where it must refuse."
        )


def _questions(base: str) -> Iterator[str]:
    nobody = f"smoke-test-{uuid4()}"
    for metric in Metric:
        query = {"affiliateId": nobody, "metricType": metric, "timeWindow": "Last365Days"}
        yield f"{base}/metrics?{urlencode(query)}"


def _patiently(client: httpx.Client, account: Account, url: str, pause: float) -> httpx.Response:
    for _ in range(PATIENCE - 1):
        with suppress(httpx.TransportError):  # a new API's name is not known everywhere at once
            answer = client.get(url, headers=_signature(account, url))
            if answer.status_code != 403 and answer.status_code < 500:
                return answer
        time.sleep(pause)
    return client.get(url, headers=_signature(account, url))


def _signature(account: Account, url: str) -> dict[str, str]:
    """The headers of a signed GET, signed by the user's own identity: AppSync's role is not ours to take."""
    request = AWSRequest("GET", url)
    credentials = account.session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    SigV4Auth(credentials.get_frozen_credentials(), "execute-api", account.region).add_auth(request)
    return dict(request.headers)


def _hint(answer: httpx.Response) -> str:
    if answer.status_code == 403:
        return "your AWS identity needs execute-api:Invoke on it for this test."
    return f"{answer.text[:300].strip()} (the function's log says more)."
