"""Errors of the command line, each as one sentence for the user."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Final

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError


class InfraError(Exception):
    """A sentence for the user that says what is wrong and what to do; printed without a stack trace."""


def run_command(name: str, command: Callable[[], None]) -> int:
    """Run `command`, and return the process's exit code.

    0 for success, 1 for an error (printed to standard error), 130 for Ctrl-C, as in a shell.
    """
    try:
        with explained():
            command()
    except InfraError as error:
        print(f"{name}: {error}", file=sys.stderr)  # noqa: T201 - the command's own output
        return 1
    except KeyboardInterrupt:
        print(f"{name}: interrupted; run the same command to continue.", file=sys.stderr)  # noqa: T201
        return 130
    return 0


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of AWS or its SDK into an InfraError."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise InfraError(to_sentence(error)) from error


def to_sentence(error: BotoCoreError | ClientError) -> str:
    """What the user can do about the error or, if that is not known, AWS's own words."""
    if isinstance(error, ClientError):
        return _from_code(error)
    for kind, sentence in _SDK_ERRORS.items():
        if isinstance(error, kind):
            return sentence.format(error=str(error).rstrip("."))
    return f"{str(error).rstrip('.')}."


def suggestion(word: str, known: list[str]) -> str:
    """`: did you mean x?` if a known word is similar, otherwise a list of the known words."""
    near = get_close_matches(word, known, n=1)
    if near:
        return f": did you mean {near[0]}?"
    return f": choose from {', '.join(known)}." if known else "."


def _from_code(error: ClientError) -> str:
    detail, operation = error.response["Error"], error.operation_name
    code, message = detail.get("Code", ""), detail.get("Message", "").rstrip(".")
    if NOT_ONBOARDED in message:
        return _CLOSED
    sentence = _CODES.get(code, "AWS refused {operation} ({code}): {message}.")
    return sentence.format(code=code, message=message, operation=operation)


NOT_ONBOARDED: Final = "Only existing Timestream for LiveAnalytics customers"
"""Part of Timestream's error for an account that did not use it before 2025-06-20."""

ELSEWHERE: Final = "deploy with PostgreSQL (Aurora DSQL): make deploy STAGE=… ENGINE=postgres"
"""The way of an account that cannot use Timestream."""

_CLOSED: Final = (
    "This account has no access to Amazon Timestream for LiveAnalytics, which takes no new customers since "
    f"2025-06-20: {ELSEWHERE}. Or deploy from an account whose payer used it before, link this one to such a "
    "payer's organization, or ask AWS Support (https://docs.aws.amazon.com/timestream/latest/developerguide/"
    "AmazonTimestreamForLiveAnalytics-availability-change.html); `make run` needs no account."
)
_CREDENTIALS: Final = "run `aws sso login` or `aws configure`, or set AWS_PROFILE."
_EXPIRED: Final = f"The AWS credentials have expired: {_CREDENTIALS}"
_UNKNOWN: Final = f"AWS does not accept these credentials ({{code}}): {_CREDENTIALS}"
_DENIED: Final = "Your AWS identity lacks a permission for {operation}: {message}."

_CODES: Final = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": "AWS says that the request has expired: is this machine's clock right?",
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "InvalidSignatureException": _UNKNOWN,
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "AuthorizationError": _DENIED,
    "UnauthorizedOperation": _DENIED,
}

_SDK_ERRORS: Final[dict[type[BotoCoreError], str]] = {
    botocore_errors.NoCredentialsError: f"No AWS credentials were found: {_CREDENTIALS}",
    botocore_errors.PartialCredentialsError: f"The credentials are incomplete ({{error}}): {_CREDENTIALS}",
    botocore_errors.CredentialRetrievalError: f"Loading credentials failed ({{error}}): {_CREDENTIALS}",
    botocore_errors.SSOError: f"The AWS sign-in has expired ({{error}}): {_CREDENTIALS}",
    botocore_errors.TokenRetrievalError: f"The AWS sign-in has expired ({{error}}): {_CREDENTIALS}",
    botocore_errors.ProfileNotFound: "{error}: `aws configure list-profiles` lists your profiles.",
    botocore_errors.NoRegionError: "No AWS region is chosen: set AWS_DEFAULT_REGION, such as eu-west-1.",
    botocore_errors.InvalidRegionError: "{error}: set AWS_DEFAULT_REGION to a region such as eu-west-1.",
    botocore_errors.EndpointConnectionError: "{error}: check the network and AWS_DEFAULT_REGION.",
    botocore_errors.ConnectTimeoutError: "{error}: check the network and AWS_DEFAULT_REGION.",
}
