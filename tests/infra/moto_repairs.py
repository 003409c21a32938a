"""moto, where it is not as AWS is: what `chalice deploy` and our templates need of it, made right for a test.

Each repair names what AWS does. What moto's CloudFormation does not know is there in name only: the templates
themselves are tested for what is in it.
"""

from typing import Any

import pytest
from moto.apigateway.models import APIGatewayBackend, RestAPI
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudfront.models import cloudfront_backends
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from tests.dsql import ENDPOINT


def repair_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repair it until `monkeypatch` is undone."""
    monkeypatch.setattr(S3Response, "_notification_config_from_body", _notification_config_from_body)
    monkeypatch.setattr(APIGatewayBackend, "import_rest_api", _import_rest_api)
    monkeypatch.setattr(APIGatewayBackend, "put_rest_api", _put_rest_api)
    monkeypatch.setattr(parsing, "resource_class_from_type", _resource_class_from_type)
    monkeypatch.setattr(parsing.ResourceMap, "delete", _delete)
    monkeypatch.setattr(ChangeSet, "apply", _apply)
    monkeypatch.setattr(Stack, "has_parameters", _has_parameters)
    monkeypatch.setattr(CloudFormationResponse, "_validate_different_update", _anything_goes)
    monkeypatch.setattr(
        CloudFormationResponse, "update_termination_protection", _update_termination_protection, raising=False
    )
    monkeypatch.setattr(CloudFormationResponse, "delete_stack", _delete_stack)


_notification_config = S3Response._notification_config_from_body


def _notification_config_from_body(self: S3Response) -> dict[str, Any]:
    """S3 takes the names of filter rules in any case, and Chalice writes Prefix."""
    self.body = self.body.replace(b"<Name>Prefix</Name>", b"<Name>prefix</Name>")
    return _notification_config(self)


def _import_rest_api(self: APIGatewayBackend, document: dict[str, Any], _fail_on_warnings: bool) -> RestAPI:
    """API Gateway takes Swagger 2.0, with or without a description."""
    api = self.create_rest_api(name=document["info"]["title"], description="")
    return _put_rest_api(self, api.id, document)


def _put_rest_api(
    self: APIGatewayBackend,
    function_id: str,
    api_doc: dict[str, Any],
    fail_on_warnings: bool = False,
    mode: str = "overwrite",
) -> RestAPI:
    """Likewise; and what is signed says so in the method's authorization type."""
    api = self.get_rest_api(function_id)
    api.resources = {}
    api.default = api.add_child("/")
    for path, methods in api_doc["paths"].items():
        root = api.get_resource_for_path("/")
        resource = self.create_resource(function_id, root.id, path.removeprefix("/"))
        for name, method in methods.items():
            kind = "AWS_IAM" if {"sigv4": []} in method.get("security", ()) else "NONE"
            self.put_method(function_id, resource.id, name.upper(), kind)
            integration = method["x-amazon-apigateway-integration"]
            self.put_integration(
                function_id,
                resource.id,
                name.upper(),
                integration["type"].upper(),
                integration.get("uri", ""),
                integration.get("httpMethod", "POST"),
            )
    return api


_delete_resources = parsing.ResourceMap.delete


def _delete(self: parsing.ResourceMap) -> None:
    """RetainExceptOnCreate is Retain for a stack that came to be."""
    for resource in self._resource_json_map.values():
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            resource["DeletionPolicy"] = "Retain"
    _delete_resources(self)


def _apply(self: ChangeSet) -> None:
    """A stack that a change set makes has parameters and outputs, and the next one can refer to them."""
    stack = self.stack
    if self.change_set_type == "UPDATE":
        stack.update(self.template, parameters=self.parameters)
        return
    stack.template, stack.parameters = self.template, self.parameters
    stack._parse_template()
    stack.resource_map = stack._create_resource_map()
    stack.create_resources()
    stack.output_map = stack._create_output_map()


def _has_parameters(self: Stack, other_parameters: dict[str, Any]) -> bool:
    """A parameter that is given the value it has, its default included, is no change."""
    return all(str(self.stack_parameters[name]) == str(value) for name, value in other_parameters.items())


def _anything_goes(*_: Any) -> None:
    """CloudFormation takes a change set that changes nothing, and says so in its status."""


def _update_termination_protection(self: CloudFormationResponse) -> ActionResult:
    """Moto has the field, and not the call."""
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


_delete_unprotected_stack = CloudFormationResponse.delete_stack


def _delete_stack(self: CloudFormationResponse) -> ActionResult:
    """CloudFormation deletes no stack whose termination protection is on."""
    name = self._get_param("StackName")
    found = [
        each for each in self.cloudformation_backend.stacks.values() if name in (each.name, each.stack_id)
    ]
    if any(stack.enable_termination_protection for stack in found):
        raise ValidationError(
            message=f"Stack [{name}] cannot be deleted while TerminationProtection is enabled"
        )
    return _delete_unprotected_stack(self)


class InNameOnly(CloudFormationModel):
    """A resource of a type that moto's CloudFormation does not make."""

    def __init__(self, name: str, arn: str) -> None:
        self.name = name
        self.attributes = {"Name": name, "Arn": arn}

    @property
    def physical_resource_id(self) -> str:
        return self.name

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.attributes.get(attribute_name, f"{self.name}.{attribute_name}")

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return ""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> "InNameOnly":
        _, service, kind = cloudformation_json["Type"].split("::")
        name = cloudformation_json["Properties"].get(f"{kind}Name", resource_name)
        made = cls(name, f"arn:aws:{service.lower()}:{region_name}:{account_id}:{kind.lower()}/{name}")
        made.attributes |= {"ResourceArn": made.attributes["Arn"], **_MORE.get(kind, {})}
        if kind == "Distribution":
            made.name = _distribution(account_id)
        return made

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "InNameOnly | None", *_: Any, **__: Any
    ) -> "InNameOnly":
        return original_resource or cls("", "")  # moto updates also what its condition leaves out

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        return None


_MORE = {
    "Cluster": {"Endpoint": ENDPOINT},
    "Distribution": {"DomainName": "d111111abcdef8.cloudfront.net"},
}
"""Attributes that a test needs, by the kind of resource."""


def _distribution(account_id: str) -> str:
    """Make a distribution that can be invalidated; its id."""
    config = {
        "CallerReference": "template",
        "Origins": {"Items": [{"Id": "bucket", "DomainName": "bucket.s3.amazonaws.com"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "bucket", "ViewerProtocolPolicy": "redirect-to-https"},
    }
    made, _, _ = cloudfront_backends[account_id]["aws"].create_distribution(config, [])
    return str(made.id)


_resource_class = parsing.resource_class_from_type


def _resource_class_from_type(resource_type: str) -> type[CloudFormationModel]:
    known = resource_type in parsing.get_model_map()
    return _resource_class(resource_type) if known else InNameOnly
