"""A CloudFormation template: its parameters, and the text that is sent to CloudFormation."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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
        """The text, with the content of each file that it names, so that a changed file changes the stack.

        Raises InfraError if the text is too large for CloudFormation.
        """
        text = _FILE.sub(self._inlined, self.path.read_text(encoding="utf-8"))
        if len(text.encode()) > MAX_BODY:
            raise InfraError(
                f"{self.path.name} and its files exceed CloudFormation's limit of {MAX_BODY:,} bytes."
            )
        return text

    @property
    def _content(self) -> dict[str, Any]:
        return _read(self.path.read_text(encoding="utf-8"))

    def _inlined(self, found: re.Match[str]) -> str:
        content = (self.path.parent / found["file"]).read_text(encoding="utf-8")
        # A JSON string is also a YAML scalar, unless it has escaped surrogate pairs.
        return f"{found['indent']}{found['property']}: {json.dumps(content, ensure_ascii=False)}"


def check_parameters(given: Mapping[str, str], templates: list[Template]) -> None:
    """Raise InfraError for the first parameter that is unknown or has a value that is not allowed."""
    known = {name: parameter for template in templates for name, parameter in template.parameters.items()}
    for name, value in given.items():
        if name not in known:
            raise InfraError(f"Neither template has a parameter {name}{suggestion(name, list(known))}")
        known[name].check(value)


_FILE: Final = re.compile(
    r"^(?P<indent> +)(?P<property>Code|Definition)S3Location: (?P<file>\S+)$", re.MULTILINE
)


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
    """Reads CloudFormation's short forms (`!Ref`, `!Sub`) as None. Parameters never contain them."""


def _nothing(_loader: yaml.SafeLoader, _suffix: str, _node: yaml.Node) -> None:
    return None


_Loader.add_multi_constructor("!", _nothing)
