"""What is true or false: comparisons, IN, LIKE, AND and OR."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from devstack.timestream.casts import BOOLEAN, DOUBLE, VARCHAR, adapt, unify
from devstack.timestream.scope import Context, Expression, Output, Scope, select

_COMPARISONS = {
    exp.EQ: ("=", "ts_eq"),
    exp.NEQ: ("<>", "ts_ne"),
    exp.LT: ("<", "ts_lt"),
    exp.LTE: ("<=", "ts_le"),
    exp.GT: (">", "ts_gt"),
    exp.GTE: (">=", "ts_ge"),
    exp.NullSafeEQ: ("IS NOT DISTINCT FROM", ""),
    exp.NullSafeNEQ: ("IS DISTINCT FROM", ""),
}


def condition(node: exp.Expr, scope: Scope, context: Context, clause: str) -> str:
    """A node that must be a boolean, as DuckDB's SQL."""
    value = context.expression(node, scope)
    if fit := adapt(value, BOOLEAN, context):
        return fit[1].sql
    raise context.error(node, f"{clause} must evaluate to a boolean: actual type {value.type}")


def comparison(sign: str, macro: str, left: Expression, right: Expression) -> Expression:
    """Two values of one type, compared; through the macro where one may be NaN."""
    if macro and left.type == DOUBLE and not (left.stored and right.stored):
        return Expression(f"{macro}({left.sql}, {right.sql})", BOOLEAN)
    return Expression(f"({left.sql} {sign} {right.sql})", BOOLEAN)


def _comparison(node: exp.Binary, scope: Scope, context: Context) -> Expression:
    sign, macro = _COMPARISONS[type(node)]
    left = context.expression(node.this, scope)
    if isinstance(node.expression, exp.Any | exp.All):
        return _quantified(node, left, sign, scope, context)
    right = context.expression(node.expression, scope)
    left, right = comparable(sign, left, right, node, context)
    return comparison(sign, macro, left, right)


def comparable(
    sign: str, left: Expression, right: Expression, node: exp.Expr, context: Context
) -> tuple[Expression, Expression]:
    """Two values as one type. Raises ValidationError where a CAST would be needed."""
    if fit := adapt(right, left.type, context):
        return left, fit[1]
    if fit := adapt(left, right.type, context):
        return fit[1], right
    raise context.error(node, f"'{sign}' cannot be applied to {left.type}, {right.type}")


def _quantified(node: exp.Binary, left: Expression, sign: str, scope: Scope, context: Context) -> Expression:
    quantifier = "ANY" if isinstance(node.expression, exp.Any) else "ALL"
    output = subquery_output(node.expression.this, scope, context)
    right = Expression("c0", output.columns[0][1])
    left, value = comparable(sign, left, right, node, context)
    return Expression(f"({left.sql} {sign} {quantifier} ({select(value.sql, output.sql)}))", BOOLEAN)


def _logical(word: str) -> Callable[[exp.Binary, Scope, Context], Expression]:
    def compile_(node: exp.Binary, scope: Scope, context: Context) -> Expression:
        clause = f"Logical expression term ({word})"
        # A long chain is deep on its left side: taken apart here, it does not recurse.
        terms = [condition(term, scope, context, clause) for term in node.flatten()]
        return Expression("(" + f" {word} ".join(terms) + ")", BOOLEAN)

    return compile_


def _not(node: exp.Not, scope: Scope, context: Context) -> Expression:
    return Expression(f"(NOT {condition(node.this, scope, context, 'Value of logical NOT')})", BOOLEAN)


def _is(node: exp.Is, scope: Scope, context: Context) -> Expression:
    if not isinstance(node.expression, exp.Null):
        raise context.syntax_error(node.expression)
    return Expression(f"({context.expression(node.this, scope).sql} IS NULL)", BOOLEAN)


def _between(node: exp.Between, scope: Scope, context: Context) -> Expression:
    value, low, high = (
        context.expression(part, scope) for part in (node.this, node.args["low"], node.args["high"])
    )
    bounds = ((">=", "ts_ge", low), ("<=", "ts_le", high))
    parts = [comparison(s, m, *comparable("BETWEEN", value, bound, node, context)) for s, m, bound in bounds]
    return Expression(f"({parts[0].sql} AND {parts[1].sql})", BOOLEAN)


def _in(node: exp.In, scope: Scope, context: Context) -> Expression:
    value = context.expression(node.this, scope)
    if query := node.args.get("query"):
        output = subquery_output(query, scope, context)
        value, item = comparable("IN", value, Expression("c0", output.columns[0][1]), node, context)
        return Expression(f"({value.sql} IN ({select(item.sql, output.sql)}))", BOOLEAN)
    items = [context.expression(item, scope) for item in node.expressions]
    value, *items = unify([value, *items], node, context, "IN value and list items must be the same type")
    return Expression(f"({value.sql} IN ({', '.join(item.sql for item in items)}))", BOOLEAN)


def _exists(node: exp.Exists, scope: Scope, context: Context) -> Expression:
    return Expression(f"EXISTS ({context.subquery(node.this, scope).sql})", BOOLEAN)


def _like(node: exp.Like, scope: Scope, context: Context, escape: str = "") -> Expression:
    value, pattern = (_text(side, scope, context) for side in (node.this, node.expression))
    sign = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return Expression(f"({value} {sign} {pattern}{escape})", BOOLEAN)


def _escape(node: exp.Escape, scope: Scope, context: Context) -> Expression:
    if not isinstance(node.this, exp.Like):
        raise context.syntax_error(node)
    return _like(node.this, scope, context, f" ESCAPE {_text(node.expression, scope, context)}")


def _text(node: exp.Expr, scope: Scope, context: Context) -> str:
    value = context.expression(node, scope)
    if fit := adapt(value, VARCHAR, context):
        return fit[1].sql
    raise context.error(
        node, f"Left side of LIKE expression must evaluate to a varchar (actual: {value.type})"
    )


def subquery_output(node: exp.Expr, scope: Scope, context: Context) -> Output:
    """A subquery that must have one column."""
    output = context.subquery(node, scope)
    if len(output.columns) != 1:
        raise context.error(
            node, f"Multiple columns returned by subquery are not yet supported. Found {len(output.columns)}"
        )
    return output


COMPILERS: dict[type[exp.Expr], Callable[[Any, Scope, Context], Expression]] = {
    **dict.fromkeys(_COMPARISONS, _comparison),
    exp.And: _logical("AND"),
    exp.Or: _logical("OR"),
    exp.Not: _not,
    exp.Is: _is,
    exp.Between: _between,
    exp.In: _in,
    exp.Exists: _exists,
    exp.Like: _like,
    exp.Escape: _escape,
}
