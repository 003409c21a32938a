"""Resolves a field: it runs the handlers and functions of the resolver one after another."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from devstack.appsync.declaration import Function, HttpSource, Resolver
from devstack.appsync.errors import FieldError
from devstack.appsync.http_source import SourceError
from devstack.appsync.sandbox import Handler, Kind, Outcome, run
from devstack.appsync.selection import selected
from devstack.appsync.syntax import Code

Json = Any


class Sources(Protocol):
    """Calls data sources."""

    async def call(self, source: HttpSource, asked: Json, seconds: float) -> dict[str, Json]:
        """Send a request to `source`. Returns `ctx.result`. Raises SourceError if there is no answer."""


class Clock(Protocol):
    """Tells the time that an operation has left."""

    def __call__(self) -> float:
        """Seconds; negative if the time is over."""


@dataclass(slots=True)
class Resolution:
    """The resolution of one field, with the errors and headers that its handlers have added so far."""

    parent: str
    name: str
    context: Mapping[str, Json]
    """What is the same in `ctx` for all handlers: arguments, identity, source, request, info and env."""
    selection: list[str]
    sources: Sources
    seconds_left: Clock
    stash: dict[str, Json] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def resolve(self, resolver: Resolver) -> Json:
        """The value of the field, not yet checked against the schema. Raises FieldError if it has none."""
        if resolver.pipeline is None:
            return await self._unit(resolver.functions[0])
        return await self._pipeline(resolver.pipeline, resolver.functions)

    async def _unit(self, function: Function) -> Json:
        value, _ = await self._function(function, prev=None)
        return value

    async def _pipeline(self, code: Code, functions: tuple[Function, ...]) -> Json:
        before = self._run(code, Handler.REQUEST, {"prev": None, "result": None, "error": None})
        if before.kind is Kind.RETURN:
            functions, result = (), before.value["value"]
        else:
            result = before.value
        for function in functions:
            result, is_last = await self._function(function, prev={"result": result})
            if is_last:
                break
        context = {"prev": {"result": result}, "result": result, "error": None}
        return self._value(self._run(code, Handler.RESPONSE, context))

    async def _function(self, function: Function, prev: Json) -> tuple[Json, bool]:
        """The result of a function, and whether the pipeline ends with it."""
        asked = self._run(function.code, Handler.REQUEST, {"prev": prev, "result": None, "error": None})
        if asked.kind is Kind.RETURN:
            return asked.value["value"], asked.value["skipTo"] == "END"
        result, error = await self._ask(function.source, asked.value)
        context = {"prev": prev, "result": result, "error": error}
        return self._value(self._run(function.code, Handler.RESPONSE, context)), False

    async def _ask(self, source: HttpSource | None, asked: Json) -> tuple[Json, Json]:
        """The `ctx.result` and `ctx.error` for the response handler."""
        if source is None:
            return asked.get("payload") if isinstance(asked, dict) else None, None
        try:
            return await self.sources.call(source, asked, self.seconds_left()), None
        except SourceError as error:
            log.warning("%s.%s: %s", self.parent, self.name, error)
            return None, {"type": error.type, "message": str(error)}

    def _run(self, code: Code, handler: Handler, context: Mapping[str, Json]) -> Outcome:
        outcome = run(code, handler, {**self.context, **context, "stash": self.stash})
        self.stash = outcome.stash
        self.headers |= outcome.headers
        self.errors += map(self._error, outcome.errors)
        for line in outcome.logs:
            log.info("%s %s: %s", code.name, handler, line)
        match outcome.kind:
            case Kind.ERROR:
                raise self._error(outcome.value)
            case Kind.UNAUTHORIZED:
                raise unauthorized(self.parent, self.name)
            case Kind.FAULT:
                log.error("%s %s: %s", code.name, handler, outcome.value)
                raise FieldError("Code", "Runtime Error")
        return outcome

    def _value(self, outcome: Outcome) -> Json:
        return outcome.value["value"] if outcome.kind is Kind.RETURN else outcome.value

    def _error(self, said: Mapping[str, Json]) -> FieldError:
        data = selected(said["data"], self.selection)
        return FieldError(said["errorType"], said["message"], data=data, error_info=said["errorInfo"])


def unauthorized(parent: str, name: str) -> FieldError:
    """The error for a caller who may not use the field `name` of the type `parent`."""
    return FieldError("Unauthorized", f"Not Authorized to access {name} on type {parent}")


log: Final = logging.getLogger(__name__)
