"""What goes wrong at the command line, said in one sentence."""

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
    """Run `command` to its end; the process's exit code.

    0 is done, 1 is a reason on standard error, 130 is Ctrl-C, as a shell has it.
    """
    try:
        with explained():
            command()
    except InfraError as error:
        print(f"{name}: {error}", file=sys.stderr)  # noqa: T201 - the command's own voice
        return 1
    except KeyboardInterrupt:
        print(f"{name}: interrupted; the same command goes on from here.", file=sys.stderr)  # noqa: T201
        return 130
    return 0


@contextmanager
def explained() -> Iterator[None]:
    """Turn what AWS or its SDK refuse into an InfraError."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise InfraError(to_sentence(error)) from error


def to_sentence(error: BotoCoreError | ClientError) -> str:
    """What the user can do about it; where that is not known, AWS's own words."""
    if isinstance(error, ClientError):
        return _from_code(error)
    for kind, sentence in _SDK_ERRORS.items():
        if isinstance(error, kind):
            return sentence.format(error=str(error).rstrip("."))
    return f"{str(error).rstrip('.')}."


def suggestion(word: str, known: list[str]) -> str:
    """`: did you mean x?` where a known word is near, else what there is."""
    near = get_close_matches(word, known, n=1)
    return f": did you mean {near[0]}?" if near else f": there are {', '.join(known) or 'none'}."


def _from_code(error: ClientError) -> str:
    detail, operation = error.response["Error"], error.operation_name
    code, message = detail.get("Code", ""), detail.get("Message", "").rstrip(".")
    if NOT_ONBOARDED in message:
        return _CLOSED
    sentence = _CODES.get(code, "AWS refused {operation} ({code}): {message}.")
    return sentence.format(code=code, message=message, operation=operation)


NOT_ONBOARDED: Final = "Only existing Timestream for LiveAnalytics customers"
"""What Timestream answers in an account that did not use it before 2025-06-20, to DescribeEndpoints first."""

_CLOSED: Final = (
    "This account has no access to Amazon Timestream for LiveAnalytics, which takes no new customers since "
    "2025-06-20: deploy from an account whose payer used it before, link this one to such a payer's "
    "organization, or ask AWS Support (https://docs.aws.amazon.com/timestream/latest/developerguide/"
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
    botocore_errors.NoCredentialsError: f"There are no AWS credentials: {_CREDENTIALS}",
    botocore_errors.PartialCredentialsError: f"The credentials are incomplete ({{error}}): {_CREDENTIALS}",
    botocore_errors.CredentialRetrievalError: f"The credentials cannot be had ({{error}}): {_CREDENTIALS}",
    botocore_errors.SSOError: f"The AWS sign-in has expired ({{error}}): {_CREDENTIALS}",
    botocore_errors.TokenRetrievalError: f"The AWS sign-in has expired ({{error}}): {_CREDENTIALS}",
    botocore_errors.ProfileNotFound: "{error}: `aws configure list-profiles` lists those there are.",
    botocore_errors.NoRegionError: "No AWS region is chosen: set AWS_DEFAULT_REGION, such as eu-west-1.",
    botocore_errors.InvalidRegionError: "{error}: set AWS_DEFAULT_REGION to one, such as eu-west-1.",
    botocore_errors.EndpointConnectionError: "{error}: is there a network, and is AWS_DEFAULT_REGION right?",
    botocore_errors.ConnectTimeoutError: "{error}: is there a network, and is AWS_DEFAULT_REGION right?",
}
