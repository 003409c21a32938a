"""The part of the compiler for calls: aggregates over groups and windows, and all other functions."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlglot import exp

from devstack.timestream.casts import BIGINT, adapt
from devstack.timestream.conditions import Conditions
from devstack.timestream.functions import AGGREGATE, ALIASES, RANKING, signatures
from devstack.timestream.overloads import resolve
from devstack.timestream.scalars import Call, scalar
from devstack.timestream.scope import Expression


class Calls(Conditions):
    """Compiles calls of functions."""

    def _call(self, node: exp.Anonymous) -> Expression:
        name = _function_name(node)
        if name in signatures(AGGREGATE):
            return self._aggregate(node, name, "")
        if name in signatures(RANKING):
            raise self.error(node, f"Window function {name} requires an OVER clause")
        return scalar(Call(name, node, node.expressions, self))

    def _window(self, node: exp.Window) -> Expression:
        call = node.this
        if not isinstance(call, exp.Anonymous) or node.args.get("over") != "OVER":
            raise self.syntax_error(node)
        over = f" OVER ({self._window_text(node)})"
        name = _function_name(call)
        if name in signatures(RANKING):
            arguments = [self.expression(argument) for argument in call.expressions]
            return resolve(RANKING, name, arguments, call, self, {"over": over})
        if name in signatures(AGGREGATE):
            return self._aggregate(call, name, over)
        raise self.error(call, f"Function {name} is not a window function")

    def _aggregate(self, node: exp.Anonymous, name: str, over: str) -> Expression:
        arguments = node.expressions
        distinct = len(arguments) == 1 and isinstance(arguments[0], exp.Distinct)
        if distinct:
            arguments = arguments[0].expressions
        if name == "count" and len(arguments) == 1 and isinstance(arguments[0], exp.Star) and not distinct:
            arguments = []
        if distinct and not any("{distinct}" in each.template for each in signatures(AGGREGATE)[name]):
            raise self.error(node, f"DISTINCT is not supported for aggregate function {name}")
        values = [self.expression(argument) for argument in arguments]
        words = {"over": over, "distinct": "DISTINCT " if distinct else ""}
        return resolve(AGGREGATE, name, values, node, self, words)

    def _window_text(self, node: exp.Window) -> str:
        parts = []
        if partition := node.args.get("partition_by"):
            keys = (self.expression(key).sql for key in partition)
            parts.append(f"PARTITION BY {', '.join(keys)}")
        if order := node.args.get("order"):
            keys = (ordering(key, self.expression(key.this).sql) for key in order.expressions)
            parts.append(f"ORDER BY {', '.join(keys)}")
        if spec := node.args.get("spec"):
            parts.append(self._frame(spec))
        return " ".join(parts)

    def _frame(self, node: exp.WindowSpec) -> str:
        start = self._edge(node, "start")
        if not node.args.get("end"):
            return f"{node.args['kind'].upper()} {start}"
        return f"{node.args['kind'].upper()} BETWEEN {start} AND {self._edge(node, 'end')}"

    def _edge(self, node: exp.WindowSpec, which: str) -> str:
        edge, side = node.args[which], (node.args.get(f"{which}_side") or "").upper()
        if isinstance(edge, str):
            return f"{edge.upper()} {side}".strip()
        value = adapt(self.expression(edge), BIGINT, self)
        if value is None or node.args["kind"].upper() == "RANGE":
            raise self.error(node, "A window's frame takes a number of ROWS")
        return f"{value[1].sql} {side}"

    CALLS: ClassVar[Mapping[type[exp.Expr], Callable[[Any, Any], Expression]]] = {
        exp.Anonymous: _call,
        exp.Window: _window,
    }
    """Kind of node → the method that compiles it."""


def ordering(node: exp.Ordered, key: str) -> str:
    """A sort key with its direction. Nulls come last in both, unless the query says otherwise."""
    direction = "DESC" if node.args.get("desc") else "ASC"
    nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
    return f"{key} {direction} NULLS {nulls}"


def _function_name(node: exp.Anonymous) -> str:
    name = (node.this if isinstance(node.this, str) else node.this.name).lower()
    return ALIASES.get(name, name)
