"""Reads infra/policy-deployer.json: what a deployer with only this policy may do."""

import json
from collections.abc import Iterator
from typing import Any, Final

from infra.stage import PROJECT
from tests.infra.iam import Access

POLICY: Final[dict[str, Any]] = json.loads((PROJECT / "infra/policy-deployer.json").read_text())

_NEEDS_NO_PERMISSION: Final = {"sts:GetCallerIdentity"}


def grants() -> Iterator[Access]:
    """Everything that the policy allows, without its conditions."""
    for statement in POLICY["Statement"]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield Access(action, resource)


def uncovered(asked: set[Access]) -> set[Access]:
    """The part of `asked` that the policy does not allow."""
    granted = list(grants())
    needed = {access for access in asked if access.action not in _NEEDS_NO_PERMISSION}
    return {access for access in needed if not any(grant.covers(access) for grant in granted)}


def listed(value: str | list[str]) -> list[str]:
    """The values of a field that holds one or a list."""
    return [value] if isinstance(value, str) else value
