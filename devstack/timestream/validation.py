"""Checks a request's members against botocore's own model of the service."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import msgspec
from botocore.loaders import Loader
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StringShape,
    StructureShape,
)

from devstack.timestream.errors import TimestreamError, ValidationError

Check = Callable[[Any, str, list[str]], None]
"""Takes a value and its path; adds the constraints it violates to the list, or raises SerializationError."""


class SerializationError(TimestreamError):
    """The body is not JSON, or a member has the wrong JSON type."""

    code: ClassVar[str] = "SerializationException"
    status: ClassVar[int] = 400


@cache
def operations() -> dict[str, OperationModel]:
    """Every operation of timestream-write and timestream-query, by name: one target prefix serves both."""
    models = (
        ServiceModel(Loader().load_service_model(service, "service-2"), service)
        for service in ("timestream-write", "timestream-query")
    )
    return {name: model.operation_model(name) for model in models for name in model.operation_names}


def validate(operation: str, request: dict[str, Any]) -> None:
    """Raise ValidationError, in the service's words, if a member violates a constraint of the model."""
    violations: list[str] = []
    _request_check(operation)(request, "", violations)
    if violations:
        raise invalid(*violations)


def invalid(*violations: str) -> ValidationError:
    """The error that lists the violations, in the service's words."""
    noun = "error" if len(violations) == 1 else "errors"
    return ValidationError(f"{len(violations)} validation {noun} detected: {'; '.join(violations)}")


def violation(value: Any, path: str, constraint: str) -> str:
    """The text of a constraint that `value`, at `path` (`records.1.member.time`), violates."""
    shown = "null" if value is None else f"'{_shown(value)}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: Member must {constraint}"


def length_constraint(least: int | None, most: int | None, length: int) -> str | None:
    """The constraint that a length outside [least, most] violates, in the service's words; None if inside."""
    return _outside(least, most, length, "have length")


@cache
def _request_check(operation: str) -> Check:
    shape = operations()[operation].input_shape
    assert shape is not None, operation  # noqa: S101  every operation of both models has an input
    return _check_of(shape)


def _check_of(shape: Shape) -> Check:
    return _CHECKS[shape.type_name](shape)


def _structure_check(shape: Shape) -> Check:
    assert isinstance(shape, StructureShape)  # noqa: S101  for the type checker: the table is keyed by type
    members = [
        (name, name[0].lower() + name[1:], name in shape.required_members, _check_of(member))
        for name, member in shape.members.items()
    ]

    def check(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not dict:
            raise SerializationError("Unexpected field type: expected a structure")
        for name, own_path, required, check_member in members:
            member = value.get(name)
            if member is not None:
                check_member(member, f"{path}.{own_path}" if path else own_path, violations)
            elif required:
                violations.append(violation(None, f"{path}.{own_path}" if path else own_path, "not be null"))

    return check


def _list_check(shape: Shape) -> Check:
    assert isinstance(shape, ListShape)  # noqa: S101  for the type checker: the table is keyed by type
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    check_member = _check_of(shape.member)

    def check(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not list:
            raise SerializationError("Expected list or null")
        if constraint := length_constraint(least, most, len(value)):
            violations.append(violation(value, path, constraint))
        for position, member in enumerate(value, 1):
            check_member(member, f"{path}.{position}.member", violations)

    return check


def _map_check(shape: Shape) -> Check:
    assert isinstance(shape, MapShape)  # noqa: S101  for the type checker: the table is keyed by type
    check_value = _check_of(shape.value)

    def check(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not dict:
            raise SerializationError("Expected map or null")
        for key, member in value.items():
            check_value(member, f"{path}.{key}.member", violations)

    return check


def _string_check(shape: Shape) -> Check:
    assert isinstance(shape, StringShape)  # noqa: S101  for the type checker: the table is keyed by type
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    pattern, allowed = re.compile(shape.metadata.get("pattern", ""), re.ASCII), frozenset(shape.enum)
    has_pattern = "pattern" in shape.metadata

    def check(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not str:
            raise SerializationError(f"{_JSON_TYPES[type(value)]} cannot be converted to String")
        if not least <= len(value) <= most:
            violations.append(violation(value, path, str(length_constraint(least, most, len(value)))))
        if has_pattern and not pattern.fullmatch(value):
            constraint = f"satisfy regular expression pattern: {pattern.pattern}"
            violations.append(violation(value, path, constraint))
        if allowed and value not in allowed:
            constraint = f"satisfy enum value set: [{', '.join(shape.enum)}]"
            violations.append(violation(value, path, constraint))

    return check


def _integer_check(shape: Shape) -> Check:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    bits = 63 if shape.type_name == "long" else 31
    name = shape.type_name.capitalize()

    def check(value: Any, path: str, violations: list[str]) -> None:
        if type(value) is not int:
            raise SerializationError(f"{_JSON_TYPES[type(value)]} cannot be converted to {name}")
        if not -(1 << bits) <= value < 1 << bits:
            raise SerializationError(f"{value} is out of range of {name}")
        if constraint := _outside(least, most, value, "have value"):
            violations.append(violation(value, path, constraint))

    return check


def _boolean_check(_shape: Shape) -> Check:
    def check(value: Any, _path: str, _violations: list[str]) -> None:
        if type(value) is not bool:
            raise SerializationError(f"{_JSON_TYPES[type(value)]} cannot be converted to Boolean")

    return check


def _timestamp_check(_shape: Shape) -> Check:
    def check(value: Any, _path: str, _violations: list[str]) -> None:
        if type(value) not in {int, float}:
            raise SerializationError(f"{_JSON_TYPES[type(value)]} cannot be converted to Timestamp")

    return check


_CHECKS: dict[str, Callable[[Shape], Check]] = {
    "structure": _structure_check,
    "list": _list_check,
    "map": _map_check,
    "string": _string_check,
    "integer": _integer_check,
    "long": _integer_check,
    "boolean": _boolean_check,
    "timestamp": _timestamp_check,
}

_JSON_TYPES: dict[type, str] = {
    str: "STRING_VALUE",
    int: "NUMBER_VALUE",
    float: "DECIMAL_VALUE",
    bool: "BOOLEAN_VALUE",
    list: "LIST_VALUE",
    dict: "STRUCTURE_VALUE",
    type(None): "NULL_VALUE",
}


def _outside(least: int | None, most: int | None, number: int, what: str) -> str | None:
    if most is not None and number > most:
        return f"{what} less than or equal to {most}"
    if least is not None and number < least:
        return f"{what} greater than or equal to {least}"
    return None


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
