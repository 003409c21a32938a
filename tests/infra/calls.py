"""Records the commands' calls to AWS in moto's server, each as the permission that it needs."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import botocore.session
import pytest
from moto.core.responses import BaseResponse

from tests.infra.iam import Access

OUTSIDE: Final = "a-look-of-the-test"
"""In the user agent of a client whose calls are not those of a command."""

PLACE: Final = "eu-west-1:123456789012"


def record_calls(monkeypatch: pytest.MonkeyPatch) -> set[Access]:
    """The permissions for all calls from now on, until `monkeypatch` is undone."""
    calls: set[Access] = set()
    set_up = BaseResponse.setup_class

    def record(self: BaseResponse, request: Any, *arguments: Any, **options: Any) -> None:
        set_up(self, request, *arguments, **options)
        signed = re.search(r"Credential=[^/]+/\d+/[^/]+/(\w+)/", request.headers.get("Authorization", ""))
        if signed and OUTSIDE not in request.headers.get("User-Agent", ""):
            calls.add(_access(signed[1], self))

    monkeypatch.setattr(BaseResponse, "setup_class", record)
    return calls


def _access(service: str, call: BaseResponse) -> Access:
    url = urlsplit(call.uri)
    match service:
        case "apigateway":  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
            return Access(f"apigateway:{call.method}", f"arn:aws:apigateway:eu-west-1::{unquote(url.path)}")
        case "lambda":
            return _lambda_access(call.method, unquote(url.path))
        case "s3":
            subresource = url.query.partition("=")[0].partition("&")[0]
            action, is_of_objects = _S3[call.method, subresource]
            bucket = url.path.split("/")[1]
            return Access(action, f"arn:aws:s3:::{bucket}{'/any' if is_of_objects else ''}")
        case "cloudfront":
            distribution = re.fullmatch(r"/[\d-]+/distribution/(\w+)/invalidation", url.path)
            assert distribution, f"{call.method} {url.path} is not known"
            resource = f"arn:aws:cloudfront::123456789012:distribution/{distribution[1]}"
            return Access("cloudfront:CreateInvalidation", resource)
        case "cognito-idp":
            return Access(f"cognito-idp:{call.headers['X-Amz-Target'].rpartition('.')[2]}", "*")
        case "logs":
            action = call.headers["X-Amz-Target"].rpartition(".")[2]
            name = json.loads(call.body).get("logGroupName")
            return Access(f"logs:{action}", f"arn:aws:logs:{PLACE}:log-group:{name}" if name else "*")
    values = {name: value[0] for name, value in call.querystring.items()}
    return Access(f"{service}:{values['Action']}", _resource(service, values))


_S3: Final = {
    ("GET", "notification"): ("s3:GetBucketNotification", False),
    ("PUT", "notification"): ("s3:PutBucketNotification", False),
    ("GET", "list-type"): ("s3:ListBucket", False),
    ("PUT", ""): ("s3:PutObject", True),
    ("POST", "delete"): ("s3:DeleteObject", True),
}
"""The action of a call, and whether it is one on objects, not on the bucket."""


def _lambda_access(method: str, path: str) -> Access:
    for name, pattern, verb in _lambda_operations():
        if verb == method and (found := pattern.fullmatch(path)):
            function = found["name"] or "affiliate-analytics-new"
            resource = function if ":" in function else f"arn:aws:lambda:{PLACE}:function:{function}"
            return Access(f"lambda:{name}", resource)
    raise LookupError(f"{method} {path} is not a call of Lambda")


@cache
def _lambda_operations() -> list[tuple[str, re.Pattern[str], str]]:
    """Each operation's name, its path as a pattern, and its verb."""
    model = botocore.session.get_session().get_service_model("lambda")
    operations = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0].rstrip("/")
        path = path.replace("{FunctionName}", "(?P<name>[^/]+)").replace("{Resource}", "(?P<name>[^/]+)")
        if "(?P<name>" not in path:
            path += "(?P<name>)"
        pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "/?")
        operations.append((name, pattern, http["method"]))
    return operations


def _resource(service: str, values: Mapping[str, str]) -> str:
    match service:
        case "iam":
            return f"arn:aws:iam::123456789012:role/{values['RoleName']}"
        case "cloudformation":
            name = values.get("StackName") or values["ChangeSetName"]
            return name if ":" in name else f"arn:aws:cloudformation:{PLACE}:stack/{name}/id"
    return "*"
