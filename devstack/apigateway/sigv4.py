"""AWS's Signature Version 4: sign a request, and verify the signature of one."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Scope:
    """The region and the service that a signature is valid for."""

    region: str
    service: str


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it is sent. `url` is complete and percent-encoded."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class SignatureRefusedError(Exception):
    """A request is refused: the type of the error and its message, as AWS words them."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


def sign(request: HttpRequest, credentials: Credentials, scope: Scope) -> dict[str, str]:
    """The headers of `request` with its signature. `Host` is signed too, but is not among them."""
    signed = _to_botocore(request, request.headers)
    SigV4Auth(credentials, scope.service, scope.region).add_auth(signed)
    return dict(signed.headers.items())


def verify(request: HttpRequest, credentials: Credentials, scope: Scope, now: datetime) -> None:
    """Check that `credentials` signed `request` for `scope`, at most five minutes from `now`.

    Raises SignatureRefusedError with the message that API Gateway sends.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    if "authorization" not in headers:
        raise SignatureRefusedError("MissingAuthenticationTokenException", "Missing Authentication Token")
    claimed = _parse(headers["authorization"])
    moment = _moment(headers)
    _check_scope(claimed, moment, credentials, scope)
    _check_moment(moment, now)
    names = claimed["SignedHeaders"].split(";")
    expected = _signature(
        request, {name: headers.get(name, "") for name in names}, credentials, scope, moment
    )
    if "host" not in names or not hmac.compare_digest(expected, claimed["Signature"]):
        raise SignatureRefusedError("InvalidSignatureException", _MISMATCH)


def _parse(authorization: str) -> dict[str, str]:
    algorithm, _, rest = authorization.partition(" ")
    fields = dict(_FIELD.findall(rest))
    for name in ("Credential", "Signature", "SignedHeaders"):
        if algorithm != _ALGORITHM or name not in fields:
            message = f"Authorization header requires '{name}' parameter."
            raise SignatureRefusedError("IncompleteSignatureException", message)
    return fields


def _moment(headers: Mapping[str, str]) -> datetime:
    try:
        return datetime.strptime(headers.get("x-amz-date", ""), _TIMESTAMP).replace(tzinfo=UTC)
    except ValueError as error:
        message = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        raise SignatureRefusedError("IncompleteSignatureException", message) from error


def _check_scope(
    claimed: Mapping[str, str], moment: datetime, credentials: Credentials, scope: Scope
) -> None:
    key, *found = claimed["Credential"].split("/")
    if key != credentials.access_key:
        message = "The security token included in the request is invalid."
        raise SignatureRefusedError("UnrecognizedClientException", message)
    expected = [moment.strftime("%Y%m%d"), scope.region, scope.service, "aws4_request"]
    if len(found) != len(expected):
        raise SignatureRefusedError("IncompleteSignatureException", "Credential must have 5 parts.")
    words = ("date", "region", "service", "terminator")
    for word, theirs, ours in zip(words, found, expected, strict=True):
        if theirs != ours:
            message = f"Credential should be scoped to correct {word}: '{ours}'."
            raise SignatureRefusedError("InvalidSignatureException", message)


def _check_moment(moment: datetime, now: datetime) -> None:
    if abs(now - moment) > _TOLERANCE:
        word = "expired" if moment < now else "not yet current"
        message = f"Signature {word}: {moment:{_TIMESTAMP}} is not within 5 minutes of {now:{_TIMESTAMP}}."
        raise SignatureRefusedError("InvalidSignatureException", message)


def _signature(
    request: HttpRequest,
    headers: Mapping[str, str],
    credentials: Credentials,
    scope: Scope,
    moment: datetime,
) -> str:
    auth = SigV4Auth(credentials, scope.service, scope.region)
    signed = _to_botocore(request, headers)
    signed.context["timestamp"] = moment.strftime(_TIMESTAMP)
    text = auth.string_to_sign(signed, auth.canonical_request(signed))
    return str(auth.signature(text, signed))


def _to_botocore(request: HttpRequest, headers: Mapping[str, str]) -> AWSRequest:
    return AWSRequest(request.method, request.url, dict(headers), request.body)


_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_FIELD: Final = re.compile(r"(\w+)=([^,\s]+)")
_TIMESTAMP: Final = "%Y%m%dT%H%M%SZ"
_TOLERANCE: Final = timedelta(minutes=5)
_MISMATCH: Final = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
    " Access Key and signing method. Consult the service documentation for details."
)
