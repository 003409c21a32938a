"""Who asks: a token's claims as AppSync's `ctx.identity`, and the fields they may ask for."""

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
"""What every AppSync schema may use without declaring it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, and from where."""

    claims: Mapping[str, Any]
    """Of the verified token."""
    source_ip: Sequence[str]

    @property
    def groups(self) -> Sequence[str]:
        """The Cognito groups that the caller is a member of."""
        return tuple(self.claims.get("cognito:groups", ()))

    def to_identity(self, default_action: str) -> dict[str, Any]:
        """`ctx.identity` of a user pool's caller.

        AppSync's developer guide, "Context object reference": AppSyncIdentityCognito.
        """
        # Access tokens say `username`, ID tokens `cognito:username`.
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
    """Whether a user pool's caller may have `field` of the type `parent`.

    A field's directives go before its type's. Without any, the pool's default action decides.
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
