"""Calls in a query: aggregates, over groups or over windows, and all other functions."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from devstack.timestream.calls import Call, scalar
from devstack.timestream.casts import BIGINT, adapt
from devstack.timestream.functions import AGGREGATE, ALIASES, RANKING, signatures
from devstack.timestream.overloads import resolve
from devstack.timestream.scope import Context, Expression, Scope


def ordering(node: exp.Ordered, key: str) -> str:
    """A sort key with its direction; nulls come last in both, unless said otherwise."""
    direction = "DESC" if node.args.get("desc") else "ASC"
    nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
    return f"{key} {direction} NULLS {nulls}"


def _call(node: exp.Anonymous, scope: Scope, context: Context) -> Expression:
    name = _function_name(node)
    if name in signatures(AGGREGATE):
        return _aggregate(node, name, "", scope, context)
    if name in signatures(RANKING):
        raise context.error(node, f"Window function {name} requires an OVER clause")
    return scalar(Call(name, node, node.expressions, scope, context))


def _window(node: exp.Window, scope: Scope, context: Context) -> Expression:
    call = node.this
    if not isinstance(call, exp.Anonymous) or node.args.get("over") != "OVER":
        raise context.syntax_error(node)
    over = f" OVER ({_window_text(node, scope, context)})"
    name = _function_name(call)
    if name in signatures(RANKING):
        arguments = [context.expression(argument, scope) for argument in call.expressions]
        return resolve(RANKING, name, arguments, call, context, {"over": over})
    if name in signatures(AGGREGATE):
        return _aggregate(call, name, over, scope, context)
    raise context.error(call, f"Function {name} is not a window function")


def _aggregate(node: exp.Anonymous, name: str, over: str, scope: Scope, context: Context) -> Expression:
    arguments = node.expressions
    distinct = len(arguments) == 1 and isinstance(arguments[0], exp.Distinct)
    if distinct:
        arguments = arguments[0].expressions
    if name == "count" and len(arguments) == 1 and isinstance(arguments[0], exp.Star) and not distinct:
        arguments = []
    if distinct and not any("{distinct}" in each.template for each in signatures(AGGREGATE)[name]):
        raise context.error(node, f"DISTINCT is not supported for aggregate function {name}")
    values = [context.expression(argument, scope) for argument in arguments]
    words = {"over": over, "distinct": "DISTINCT " if distinct else ""}
    return resolve(AGGREGATE, name, values, node, context, words)


def _window_text(node: exp.Window, scope: Scope, context: Context) -> str:
    parts = []
    if partition := node.args.get("partition_by"):
        keys = (context.expression(key, scope).sql for key in partition)
        parts.append(f"PARTITION BY {', '.join(keys)}")
    if order := node.args.get("order"):
        keys = (ordering(key, context.expression(key.this, scope).sql) for key in order.expressions)
        parts.append(f"ORDER BY {', '.join(keys)}")
    if spec := node.args.get("spec"):
        parts.append(_frame(spec, scope, context))
    return " ".join(parts)


def _frame(node: exp.WindowSpec, scope: Scope, context: Context) -> str:
    start = _edge(node, "start", scope, context)
    if not node.args.get("end"):
        return f"{node.args['kind'].upper()} {start}"
    return f"{node.args['kind'].upper()} BETWEEN {start} AND {_edge(node, 'end', scope, context)}"


def _edge(node: exp.WindowSpec, which: str, scope: Scope, context: Context) -> str:
    edge, side = node.args[which], (node.args.get(f"{which}_side") or "").upper()
    if isinstance(edge, str):
        return f"{edge.upper()} {side}".strip()
    value = adapt(context.expression(edge, scope), BIGINT, context)
    if value is None or node.args["kind"].upper() == "RANGE":
        raise context.error(node, "A window's frame takes a number of ROWS")
    return f"{value[1].sql} {side}"


def _function_name(node: exp.Anonymous) -> str:
    name = (node.this if isinstance(node.this, str) else node.this.name).lower()
    return ALIASES.get(name, name)


COMPILERS: dict[type[exp.Expr], Callable[[Any, Scope, Context], Expression]] = {
    exp.Anonymous: _call,
    exp.Window: _window,
}
