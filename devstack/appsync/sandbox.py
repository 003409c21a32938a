"""Runs handlers of resolvers and functions, each in its own QuickJS context."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import quickjs

from devstack.appsync.syntax import Code, CodeError

Json = Any
"""Any value of JSON."""


class Handler(StrEnum):
    """The two handlers that each resolver and function exports."""

    REQUEST = "request"
    RESPONSE = "response"


class Kind(StrEnum):
    """How a handler ended."""

    VALUE = "value"
    """It returned a value."""
    RETURN = "return"
    """It called `runtime.earlyReturn`."""
    ERROR = "error"
    """It called `util.error`."""
    UNAUTHORIZED = "unauthorized"
    """It called `util.unauthorized`."""
    FAULT = "fault"
    """The runtime stopped it with an error. Code cannot catch that."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of running a handler."""

    kind: Kind
    value: Json
    """The value that it returned, the arguments of `util.error`, or the message of a fault."""
    stash: dict[str, Json]
    errors: list[dict[str, Json]]
    """From `util.appendError`."""
    headers: dict[str, str]
    """From `util.http.addResponseHeader`."""
    logs: list[str]


def run(code: Code, handler: Handler, ctx: Mapping[str, Json]) -> Outcome:
    """Run `handler` of `code` with the context `ctx`.

    Each call has new globals: nothing is left for the next handler. Raises CodeError if the code fails before
    a function is called.
    """
    call = _load(code)
    try:
        said = call(handler, json.dumps(ctx))
    except quickjs.JSException as error:  # it took too long, which JavaScript cannot catch
        return Outcome(Kind.FAULT, str(error), {}, [], {}, [])
    return _parse(said)


def check(code: Code) -> None:
    """Raise CodeError if the code fails before a function is called."""
    _load(code)


def _load(code: Code) -> Callable[[str, str], str]:
    context = quickjs.Context()
    context.set_memory_limit(_MOST_BYTES)
    context.set_time_limit(_MOST_SECONDS)
    call: Callable[[str, str], str] = context.eval(_PRELUDE)
    try:
        context.eval(f"'use strict'; {code.script}\n$install({code.request}, {code.response});")
    except quickjs.JSException as error:
        raise CodeError(f"{code.name}: {error}") from error
    return call


def _parse(text: str) -> Outcome:
    said = json.loads(text)
    value = said.get("value")  # missing if it is undefined
    kind = Kind(said["kind"])
    return Outcome(kind, value, said["stash"], said["errors"], said["headers"], said["logs"])


_PRELUDE: Final = Path(__file__).with_name("prelude.js").read_text(encoding="utf-8")
_MOST_BYTES: Final = 64 << 20
_MOST_SECONDS: Final = 1.0
