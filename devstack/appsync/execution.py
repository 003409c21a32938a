"""Executes a GraphQL request, as AppSync does."""

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSyntaxError,
    build_schema,
    execute,
    get_operation_ast,
    parse,
)

from devstack.appsync.callers import DIRECTIVES, Caller, may_see
from devstack.appsync.completion import StrictExecutor
from devstack.appsync.declaration import Api
from devstack.appsync.errors import Error, FieldError, field_error, request_error, to_error
from devstack.appsync.resolution import Resolution, Sources, unauthorized
from devstack.appsync.sandbox import check
from devstack.appsync.selection import selection, selection_text
from devstack.appsync.validation import document_errors, variable_errors
from devstack.errors import DevstackError

OPERATION_SECONDS: Final = 30.0
"""AppSync's limit for a whole operation with all its fields."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A GraphQL request with its caller."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None
    caller: Caller
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """A GraphQL response."""

    data: dict[str, Any] | None
    errors: list[Error]
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers that resolvers add to the response."""


class MalformedError(Exception):
    """A request has no document that can be executed."""


@dataclass(slots=True)
class _Operation:
    """The data that all fields of a request share."""

    asked: Asked
    ends: float
    resolvers: int = 0
    errors: list[Error] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


class Engine:
    """The declared API, ready to execute."""

    def __init__(self, api: Api, sources: Sources, seconds: float = OPERATION_SECONDS) -> None:
        """Raises DevstackError for an invalid schema, a resolver without a field, and code that fails."""
        self._api, self._sources, self._seconds = api, sources, seconds
        try:
            self._schema = build_schema(f"{api.schema}\n{DIRECTIVES}")
        except (GraphQLError, TypeError) as error:
            raise DevstackError(f"The schema is not valid: {error}") from error
        for parent, name in api.resolvers:
            if name not in getattr(self._schema.get_type(parent), "fields", {}):
                raise DevstackError(
                    f"There is a resolver for {parent}.{name}, but the schema has no such field."
                )
        for resolver in api.resolvers.values():
            for code in resolver.codes:
                check(code)

    async def run(self, asked: Asked) -> Answered:
        """The response. Raises MalformedError for a document that cannot be parsed."""
        document = _parse(asked.query)
        chosen = get_operation_ast(document, asked.operation_name)
        if chosen is None:
            return Answered(None, [request_error(_unknown_operation(asked.operation_name))])
        errors = document_errors(self._schema, document, can_introspect=self._api.can_introspect)
        errors = errors or variable_errors(self._schema, chosen, asked.variables)
        if errors:
            return Answered(None, errors)
        return await self._execute(document, asked)

    async def _execute(self, document: DocumentNode, asked: Asked) -> Answered:
        operation = _Operation(asked, asyncio.get_running_loop().time() + self._seconds)
        result = execute(
            self._schema,
            document,
            context_value=operation,
            variable_values=dict(asked.variables),
            operation_name=asked.operation_name,
            field_resolver=self._resolve,
            executor_class=StrictExecutor,
        )
        result = await result if inspect.isawaitable(result) else result
        errors = [to_error(error) for error in result.errors or ()]
        return Answered(result.data, operation.errors + errors, operation.headers)

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """The value of a field, or an awaitable of it. graphql-core calls this for each field."""
        operation = cast("_Operation", info.context)
        self._check(operation, info)
        if (info.parent_type.name, info.field_name) not in self._api.resolvers:
            return source.get(info.field_name) if isinstance(source, dict) else None
        operation.resolvers += 1
        if operation.resolvers > self._api.resolver_limit:
            message = f"Resolver invocation limit of {self._api.resolver_limit} exceeded."
            raise FieldError("ResolverExecutionLimitReached", message)
        return self._run_resolver(operation, source, info, arguments)

    def _check(self, operation: _Operation, info: GraphQLResolveInfo[Any]) -> None:
        depth = sum(isinstance(step, str) for step in info.path.as_list())
        if depth > self._api.depth_limit:
            message = f"Query depth limit of {self._api.depth_limit} exceeded."
            raise FieldError("QueryDepthLimitReached", message)
        parent, action = info.parent_type, self._api.user_pool.default_action
        if not may_see(operation.asked.caller, parent, parent.fields[info.field_name], action):
            raise unauthorized(parent.name, info.field_name)

    async def _run_resolver(
        self, operation: _Operation, source: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]
    ) -> Any:
        parent, name = info.parent_type.name, info.field_name
        loop = asyncio.get_running_loop()
        resolution = Resolution(
            parent=parent,
            name=name,
            context=self._context(operation.asked, source, info, arguments),
            selection=selection(info),
            sources=self._sources,
            seconds_left=lambda: operation.ends - loop.time(),
        )
        try:
            return await resolution.resolve(self._api.resolvers[parent, name])
        finally:
            operation.headers |= resolution.headers
            operation.errors += [
                field_error(error, info.path.as_list(), info.field_nodes) for error in resolution.errors
            ]

    def _context(
        self, asked: Asked, source: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """The part of `ctx` that is the same for all handlers of a field.

        AppSync's developer guide, "Context object reference".
        """
        return {
            "arguments": arguments,
            "identity": asked.caller.to_identity(self._api.user_pool.default_action),
            "source": source,
            "env": dict(self._api.environment),
            "request": {"headers": dict(asked.headers), "domainName": None},
            "info": {
                "fieldName": info.field_name,
                "parentTypeName": info.parent_type.name,
                "variables": dict(asked.variables),
                "selectionSetList": selection(info),
                "selectionSetGraphQL": selection_text(info),
            },
        }


def _parse(query: str) -> DocumentNode:
    try:
        return parse(query)
    except GraphQLSyntaxError as error:
        raise MalformedError("Unable to parse GraphQL query.") from error


def _unknown_operation(name: str | None) -> str:
    return (
        f"Unknown operation named '{name}'."
        if name
        else "Must provide operation name if query contains multiple operations."
    )
