"""The deployed files: the schema, and the template with its intrinsic functions in the long form."""

from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str  # type: ignore[import-untyped]  # cfn-lint is untyped
from graphql import GraphQLObjectType, GraphQLSchema, build_schema, get_named_type

PROJECT = Path(__file__).parents[2]
TEMPLATE = PROJECT / "infra" / "graphql.yaml"
SCHEMA = PROJECT / "appsync" / "schema.graphql"
CODE = sorted((PROJECT / "appsync").rglob("*.js"))

# AppSync has these directives built in.
# https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
_DIRECTIVES = "directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT"


@cache
def schema() -> GraphQLSchema:
    """appsync/schema.graphql."""
    return build_schema(SCHEMA.read_text(encoding="utf-8") + _DIRECTIVES)


def selection(type_name: str) -> str:
    """All fields of a type, and all fields below them, as a selection set."""
    type_ = schema().type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    parts = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        parts.append(f"{name} {selection(inner.name)}" if isinstance(inner, GraphQLObjectType) else name)
    return f"{{ {' '.join(parts)} }}"


def template() -> dict[str, Any]:
    """infra/graphql.yaml."""
    document: dict[str, Any]
    document, mistakes = decode_str(TEMPLATE.read_text(encoding="utf-8"))
    assert not mistakes
    return document
