"""A CloudFormation template: its parameters, and the text that is sent to CloudFormation."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import yaml

from infra.errors import InfraError, suggestion

MAX_BODY: Final = 51_200
"""The largest template, in bytes, that can be sent without storing it in S3.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a template."""

    name: str
    description: str
    is_required: bool
    pattern: str
    allowed: tuple[str, ...]

    def check(self, value: str) -> None:
        """Raise InfraError for a value that the template does not allow."""
        if self.allowed and value not in self.allowed:
            raise InfraError(f"{self.name} must be one of {', '.join(self.allowed)}, not {value!r}.")
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise InfraError(f"{self.name} cannot be {value!r}: {self.description}")


@dataclass(frozen=True, slots=True)
class Template:
    """A template in a file."""

    path: Path

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name, in the template's order."""
        return {name: _to_parameter(name, fields) for name, fields in self._content["Parameters"].items()}

    @property
    def retained(self) -> dict[str, str]:
        """The resources that are kept when a stack is deleted: types by logical id."""
        resources = self._content["Resources"].items()
        return {name: each["Type"] for name, each in resources if "Retain" in each.get("DeletionPolicy", "")}

    def body(self) -> str:
        """The template as JSON, which is smaller than YAML with its comments.

        It has the content of each file that it names, so that a changed file changes the stack. Raises
        InfraError if it is too large for CloudFormation.
        """
        text = json.dumps(self._inlined(self._content), ensure_ascii=False, separators=(",", ":"))
        if len(text.encode()) > MAX_BODY:
            raise InfraError(
                f"{self.path.name} and its files exceed CloudFormation's limit of {MAX_BODY:,} bytes."
            )
        return text

    @property
    def _content(self) -> dict[str, Any]:
        return _read(self.path.read_text(encoding="utf-8"))

    def _inlined(self, value: Any) -> Any:
        """A part of the template, with the content of a file where it says where the file is."""
        match value:
            case dict():
                return dict(self._property(name, each) for name, each in value.items())
            case list():
                return [self._inlined(each) for each in value]
            case _:
                return value

    def _property(self, name: str, value: Any) -> tuple[str, Any]:
        if name in _FILES:
            return _FILES[name], (self.path.parent / value).read_text(encoding="utf-8")
        return name, self._inlined(value)


def check_parameters(given: Mapping[str, str], templates: list[Template]) -> None:
    """Raise InfraError for the first parameter that is unknown or has a value that is not allowed."""
    known = [parameter for template in templates for parameter in template.parameters.values()]
    names = list(dict.fromkeys(parameter.name for parameter in known))
    for name, value in given.items():
        if name not in names:
            raise InfraError(f"No template has a parameter {name}{suggestion(name, names)}")
        for parameter in known:
            if parameter.name == name:
                parameter.check(value)


_FILES: Final = {"CodeS3Location": "Code", "DefinitionS3Location": "Definition", "ZipFile": "ZipFile"}
"""Properties that name a file, and those that hold its content."""


def _to_parameter(name: str, fields: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name,
        fields.get("Description", ""),
        "Default" not in fields,
        fields.get("AllowedPattern", ""),
        tuple(map(str, fields.get("AllowedValues", ()))),
    )


@cache
def _read(text: str) -> dict[str, Any]:
    """Parse a template. Cached, since parsing is slow and a deployment needs the parameters often."""
    content: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    return content


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms, such as `!Ref`, into the long ones that JSON has."""


def _long_form(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value = _CONSTRUCTORS[type(node)](loader, node)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_CONSTRUCTORS: Final[dict[type[yaml.Node], Callable[..., Any]]] = {
    yaml.ScalarNode: yaml.SafeLoader.construct_scalar,
    yaml.SequenceNode: partial(yaml.SafeLoader.construct_sequence, deep=True),
    yaml.MappingNode: partial(yaml.SafeLoader.construct_mapping, deep=True),
}

_Loader.add_multi_constructor("!", _long_form)
