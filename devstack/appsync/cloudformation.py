"""The resources of a CloudFormation template, after its parameters and conditions are applied."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from devstack.errors import DevstackError

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the template. Its references to others are `LogicalId` or `LogicalId.Attribute`."""

    logical_id: str
    type: str
    properties: Properties


def resources(template: str, parameters: Mapping[str, str]) -> list[Resource]:
    """The resources of a YAML template, for these values of its parameters and pseudo parameters.

    A parameter without a value has its default. Raises DevstackError if there is no default either, if the
    template does not have a parameter, and for intrinsic functions that are not in `_FUNCTIONS`.
    """
    document = _parse(template)
    scope = _Scope(document, _values(document, parameters))
    return [
        Resource(logical_id, declared["Type"], scope.resolve(declared.get("Properties", {})))
        for logical_id, declared in document["Resources"].items()
        if "Condition" not in declared or scope.condition(declared["Condition"])
    ]


def _values(document: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    declared = document.get("Parameters", {})
    if unknown := [name for name in given if name not in declared and not name.startswith("AWS::")]:
        raise DevstackError(f"The template has no parameter {unknown[0]}.")
    defaults = {name: parameter.get("Default", _MISSING) for name, parameter in declared.items()}
    values = {**defaults, **given}
    if missing := [name for name, value in values.items() if value is _MISSING]:
        raise DevstackError(f"The template's parameter {missing[0]} has no value.")
    return values


class _Scope:
    """The values that names in the template stand for, and the intrinsic functions."""

    def __init__(self, document: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._values = values
        self._conditions = document.get("Conditions", {})
        self._logical_ids = document["Resources"].keys()

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self.resolve, value) if each is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in _FUNCTIONS:
            return _FUNCTIONS[name](self, value[name])
        resolved = {key: self.resolve(each) for key, each in value.items()}
        if unknown := [key for key in resolved if key.startswith("Fn::")]:
            raise DevstackError(f"The local AppSync does not know the function {unknown[0]}.")
        return {key: each for key, each in resolved.items() if each is not _NO_VALUE}

    def condition(self, name: str) -> bool:
        return bool(self.resolve(self._conditions[name]))

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._values:
            return self._values[name]
        if name in self._logical_ids:
            return name
        raise DevstackError(f"The template refers to {name}, which has no value here.")

    def get_att(self, path: str | list[str]) -> str:
        return path if isinstance(path, str) else ".".join(path)

    def sub(self, argument: str | list[Any]) -> str:
        text, local = (argument, {}) if isinstance(argument, str) else argument
        names = {name: self.resolve(value) for name, value in local.items()}

        def value(match: re.Match[str]) -> str:
            name = match[1]
            return str(names[name] if name in names else name if "." in name else self.ref(name))

        return _VARIABLE.sub(value, text)

    def choose(self, argument: list[Any]) -> Any:
        name, then, otherwise = argument
        return self.resolve(then if self.condition(name) else otherwise)

    def join(self, argument: list[Any]) -> str:
        separator, values = argument
        return str(separator).join(map(str, self.resolve(values)))

    def equals(self, argument: list[Any]) -> bool:
        left, right = self.resolve(argument)
        return str(left) == str(right)  # to CloudFormation, every parameter is text


_MISSING: Final = object()
_NO_VALUE: Final = object()
_VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")
_FUNCTIONS: Final[Mapping[str, Callable[[_Scope, Any], Any]]] = {
    "Ref": _Scope.ref,
    "Condition": _Scope.condition,
    "Fn::GetAtt": _Scope.get_att,
    "Fn::Sub": _Scope.sub,
    "Fn::Join": _Scope.join,
    "Fn::If": _Scope.choose,
    "Fn::Equals": _Scope.equals,
    "Fn::Not": lambda scope, argument: not scope.resolve(argument)[0],
    "Fn::And": lambda scope, argument: all(scope.resolve(argument)),
    "Fn::Or": lambda scope, argument: any(scope.resolve(argument)),
}


class _Loader(yaml.SafeLoader):
    """A YAML loader that turns CloudFormation's short tags, such as `!Ref`, into their long form."""


def _parse(template: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = yaml.load(template, _Loader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        raise DevstackError(f"The template is not valid YAML: {error}") from error
    return document


def _construct_tag(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    raise DevstackError(f"!{tag} has no value.")


_Loader.add_multi_constructor("!", _construct_tag)
