"""The AWS account and region, checked before anything is made."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from chalicelib.command_line import take_region
from infra.errors import InfraError

PATIENT = Config(read_timeout=330, retries={"mode": "standard", "max_attempts": 6}, max_pool_connections=32)
"""Long enough for the slowest call: an invocation of `ingest`, which may take 300 seconds."""


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account in one region, with clients for its services."""

    id: str
    region: str
    session: boto3.Session
    _open: ExitStack
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of a service, one for all calls and closed with the account.

        The type is Any, since the stubs accept a service's name only as a literal.
        """
        if service not in self._clients:
            opened: Any = self.session.client(service, config=PATIENT)  # type: ignore[call-overload]  # as above
            self._clients[service] = self._open.enter_context(closing(opened))
        return self._clients[service]


@contextmanager
def open_account() -> Iterator[Account]:
    """Open the account and region that the environment's credentials and settings name.

    Raises InfraError if there is no region, and botocore's error if there are no credentials.
    """
    take_region(os.environ)
    session = boto3.Session()
    region = _region(session)
    with ExitStack() as stack, closing(session.client("sts")) as sts:
        yield Account(sts.get_caller_identity()["Account"], region, session, stack)


def _region(session: boto3.Session) -> str:
    region = session.region_name
    if not region:
        raise InfraError("No AWS region is chosen: set AWS_DEFAULT_REGION, such as eu-west-1.")
    return region
