"""The caller of a request: the identity that resolvers see, and the fields that the caller may use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import DirectiveNode, GraphQLField, GraphQLNamedType, ListValueNode, StringValueNode

DIRECTIVES: Final = """
directive @aws_api_key on OBJECT | FIELD_DEFINITION
directive @aws_auth(cognito_groups: [String!]!) on OBJECT | FIELD_DEFINITION
directive @aws_cognito_user_pools(cognito_groups: [String!]) on OBJECT | FIELD_DEFINITION
directive @aws_iam on OBJECT | FIELD_DEFINITION
directive @aws_lambda on OBJECT | FIELD_DEFINITION
directive @aws_oidc on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
"""
"""The directives that an AppSync schema can use without declaring them."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The user who makes a request, and the IP addresses it came from."""

    claims: Mapping[str, Any]
    """The claims of the verified token."""
    source_ip: Sequence[str]

    @property
    def groups(self) -> Sequence[str]:
        """The Cognito groups of the caller."""
        return tuple(self.claims.get("cognito:groups", ()))

    def to_identity(self, default_action: str) -> dict[str, Any]:
        """The `ctx.identity` of a caller from a user pool.

        AppSync's developer guide, "Context object reference": AppSyncIdentityCognito.
        """
        # The claim is `username` in access tokens and `cognito:username` in ID tokens.
        username = self.claims.get("cognito:username", self.claims.get("username"))
        return {
            "sub": self.claims["sub"],
            "issuer": self.claims["iss"],
            "username": username,
            "claims": dict(self.claims),
            "sourceIp": list(self.source_ip),
            "defaultAuthStrategy": default_action,
            "groups": list(self.groups) or None,
        }


def may_see(caller: Caller, parent: GraphQLNamedType, field: GraphQLField, default_action: str) -> bool:
    """Whether a caller from a user pool may use `field` of the type `parent`.

    Directives on the field override those on the type. Without directives, `default_action` decides.
    """
    found = _directives(field.ast_node) or _directives(parent.ast_node)
    if not found:
        return default_action == "ALLOW"
    return any(_lets_in(directive, caller) for directive in found if directive.name.value in _POOL)


def _directives(node: Any) -> list[DirectiveNode]:
    given: Iterable[DirectiveNode] = (node.directives or ()) if node else ()
    return [each for each in given if each.name.value in _AUTHORIZATION]


def _lets_in(directive: DirectiveNode, caller: Caller) -> bool:
    given = directive.arguments or ()
    lists = [each.value for each in given if isinstance(each.value, ListValueNode)]
    if not lists:
        return True
    allowed = {value.value for value in lists[0].values or () if isinstance(value, StringValueNode)}
    return not allowed.isdisjoint(caller.groups)


_POOL: Final = frozenset({"aws_auth", "aws_cognito_user_pools"})
_AUTHORIZATION: Final = _POOL | {"aws_api_key", "aws_iam", "aws_lambda", "aws_oidc"}
