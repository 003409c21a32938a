"""Runs the handlers of a resolver or a function, each in a QuickJS of its own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import quickjs

from devstack.appsync.syntax import Code, CodeError

Json = Any
"""What JSON can say."""


class Handler(StrEnum):
    """The two functions that every resolver and function exports."""

    REQUEST = "request"
    RESPONSE = "response"


class Kind(StrEnum):
    """How a handler ended."""

    VALUE = "value"
    """It returned."""
    RETURN = "return"
    """`runtime.earlyReturn`."""
    ERROR = "error"
    """`util.error`."""
    UNAUTHORIZED = "unauthorized"
    """`util.unauthorized`."""
    FAULT = "fault"
    """An error of the runtime, which no code can catch."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a handler did."""

    kind: Kind
    value: Json
    """What it returned; of an error, what `util.error` was told; of a fault, what went wrong and where."""
    stash: dict[str, Json]
    errors: list[dict[str, Json]]
    """`util.appendError`."""
    headers: dict[str, str]
    """`util.http.addResponseHeader`."""
    logs: list[str]


def run(code: Code, handler: Handler, ctx: Mapping[str, Json]) -> Outcome:
    """What `handler` of `code` does with the context `ctx`.

    Nothing is left of it afterwards: the next handler begins with globals of its own. Raises CodeError for
    code that fails before any of its functions is called.
    """
    call = _load(code)
    try:
        said = call(handler, json.dumps(ctx))
    except quickjs.JSException as error:  # out of time: JavaScript has no way to catch that
        return Outcome(Kind.FAULT, str(error), {}, [], {}, [])
    return _parse(said)


def check(code: Code) -> None:
    """Raises CodeError for code that fails before any of its functions is called."""
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
    value = said.get("value")  # JSON has no word for undefined
    kind = Kind(said["kind"])
    return Outcome(kind, value, said["stash"], said["errors"], said["headers"], said["logs"])


_PRELUDE: Final = Path(__file__).with_name("prelude.js").read_text(encoding="utf-8")
_MOST_BYTES: Final = 64 << 20
_MOST_SECONDS: Final = 1.0
