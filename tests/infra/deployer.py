"""Reads infra/policy-deployer*.json: what a deployer with only these policies may do."""

import json
from collections.abc import Iterator
from typing import Any, Final

from infra.stage import PROJECT
from tests.infra.iam import Access

POLICIES: Final[dict[str, dict[str, Any]]] = {
    path.stem: json.loads(path.read_text()) for path in (PROJECT / "infra").glob("policy-deployer*.json")
}
"""The one for all, one for each engine, and the one for a portal with its own user pool."""

ENGINES: Final = ("timestream", "postgres")

_NEEDS_NO_PERMISSION: Final = {"sts:GetCallerIdentity"}


def grants(*engines: str) -> Iterator[Access]:
    """Everything that a deployer for these engines and the portal may do, without the conditions."""
    for name in ("policy-deployer", *(f"policy-deployer-{part}" for part in (*engines, "portal"))):
        for statement in POLICIES[name]["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield Access(action, resource)


def uncovered(asked: set[Access], engine: str) -> set[Access]:
    """The part of `asked` that the policies for an engine do not allow."""
    granted = list(grants(engine))
    needed = {access for access in asked if access.action not in _NEEDS_NO_PERMISSION}
    return {access for access in needed if not any(grant.covers(access) for grant in granted)}


def listed(value: str | list[str]) -> list[str]:
    """The values of a field that holds one or a list."""
    return [value] if isinstance(value, str) else value
