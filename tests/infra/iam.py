"""What a policy allows: as much of IAM's rules as our policies use."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, order=True)
class Access:
    """An action on a resource: one that is asked for; or one that is granted, which may have wildcards."""

    action: str
    resource: str
    prefix: str = ""
    """What a listing's prefix is; of a grant, what it must be like, and empty for any."""

    def covers(self, asked: "Access") -> bool:
        """Whether this grant allows what is asked for."""
        return (
            _matches(asked.action.lower(), self.action.lower())
            and _matches(asked.resource, self.resource)
            and _matches(asked.prefix, self.prefix or "*")
        )


def grants(policy: dict[str, Any]) -> Iterator[Access]:
    """All that a policy allows, one action on one resource at a time.

    Fails for anything else in it, such as another condition: that would need more rules than these.
    """
    assert policy.keys() == {"Version", "Statement"}
    assert policy["Version"] == "2012-10-17"
    for statement in policy["Statement"]:
        assert statement.keys() - {"Condition"} == {"Sid", "Effect", "Action", "Resource"}
        assert statement["Effect"] == "Allow"
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                for prefix in _prefixes(statement):
                    yield Access(action, resource, prefix)


def _prefixes(statement: dict[str, Any]) -> list[str]:
    """What the prefix of a listing must be like: one of these."""
    if "Condition" not in statement:
        return [""]
    assert statement["Action"] == "s3:ListBucket"  # no other action has a prefix
    assert statement["Condition"].keys() == {"StringLike"}
    assert statement["Condition"]["StringLike"].keys() == {"s3:prefix"}
    prefixes = _listed(statement["Condition"]["StringLike"]["s3:prefix"])
    assert all(prefixes)
    return prefixes


def _matches(text: str, pattern: str) -> bool:
    """`*` is any text and `?` any character, slashes included; a bracket is a bracket.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
