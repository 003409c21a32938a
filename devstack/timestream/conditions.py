"""The part of the compiler for conditions: comparisons, IN, LIKE, AND and OR."""

from abc import ABC
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlglot import exp

from devstack.timestream.casts import BOOLEAN, DOUBLE, VARCHAR, adapt, unify
from devstack.timestream.scope import Context, Expression, Output, select

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


class Conditions(Context, ABC):
    """Compiles conditions: expressions that are true or false."""

    def condition(self, node: exp.Expr, clause: str) -> str:
        """Compile a node that must be a boolean, to DuckDB's SQL."""
        value = self.expression(node)
        if fit := adapt(value, BOOLEAN, self):
            return fit[1].sql
        raise self.error(node, f"{clause} must evaluate to a boolean: actual type {value.type}")

    def _comparison(self, node: exp.Binary) -> Expression:
        sign, macro = _COMPARISONS[type(node)]
        left = self.expression(node.this)
        if isinstance(node.expression, exp.Any | exp.All):
            return self._quantified(node, left, sign)
        right = self.expression(node.expression)
        left, right = self.comparable(sign, left, right, node)
        return comparison(sign, macro, left, right)

    def comparable(
        self, sign: str, left: Expression, right: Expression, node: exp.Expr
    ) -> tuple[Expression, Expression]:
        """Convert two values to one type. Raises ValidationError if that needs a CAST."""
        if fit := adapt(right, left.type, self):
            return left, fit[1]
        if fit := adapt(left, right.type, self):
            return fit[1], right
        raise self.error(node, f"'{sign}' cannot be applied to {left.type}, {right.type}")

    def _quantified(self, node: exp.Binary, left: Expression, sign: str) -> Expression:
        quantifier = "ANY" if isinstance(node.expression, exp.Any) else "ALL"
        output = self.subquery_output(node.expression.this)
        right = Expression("c0", output.columns[0][1])
        left, value = self.comparable(sign, left, right, node)
        return Expression(f"({left.sql} {sign} {quantifier} ({select(value.sql, output.sql)}))", BOOLEAN)

    def _logical(self, node: exp.And | exp.Or) -> Expression:
        word = "AND" if isinstance(node, exp.And) else "OR"
        clause = f"Logical expression term ({word})"
        # A long chain of terms is a deep tree: it is flattened here, so that it does not recurse.
        terms = [self.condition(term, clause) for term in node.flatten()]
        return Expression("(" + f" {word} ".join(terms) + ")", BOOLEAN)

    def _not(self, node: exp.Not) -> Expression:
        return Expression(f"(NOT {self.condition(node.this, 'Value of logical NOT')})", BOOLEAN)

    def _is(self, node: exp.Is) -> Expression:
        if not isinstance(node.expression, exp.Null):
            raise self.syntax_error(node.expression)
        return Expression(f"({self.expression(node.this).sql} IS NULL)", BOOLEAN)

    def _between(self, node: exp.Between) -> Expression:
        value, low, high = (
            self.expression(part) for part in (node.this, node.args["low"], node.args["high"])
        )
        bounds = ((">=", "ts_ge", low), ("<=", "ts_le", high))
        parts = [comparison(s, m, *self.comparable("BETWEEN", value, bound, node)) for s, m, bound in bounds]
        return Expression(f"({parts[0].sql} AND {parts[1].sql})", BOOLEAN)

    def _in(self, node: exp.In) -> Expression:
        value = self.expression(node.this)
        if query := node.args.get("query"):
            output = self.subquery_output(query)
            value, item = self.comparable("IN", value, Expression("c0", output.columns[0][1]), node)
            return Expression(f"({value.sql} IN ({select(item.sql, output.sql)}))", BOOLEAN)
        items = [self.expression(item) for item in node.expressions]
        value, *items = unify([value, *items], node, self, "IN value and list items must be the same type")
        return Expression(f"({value.sql} IN ({', '.join(item.sql for item in items)}))", BOOLEAN)

    def _exists(self, node: exp.Exists) -> Expression:
        return Expression(f"EXISTS ({self.subquery(node.this).sql})", BOOLEAN)

    def _like(self, node: exp.Like, escape: str = "") -> Expression:
        value, pattern = (self._text(side) for side in (node.this, node.expression))
        sign = "NOT LIKE" if node.args.get("negate") else "LIKE"
        return Expression(f"({value} {sign} {pattern}{escape})", BOOLEAN)

    def _escape(self, node: exp.Escape) -> Expression:
        if not isinstance(node.this, exp.Like):
            raise self.syntax_error(node)
        return self._like(node.this, f" ESCAPE {self._text(node.expression)}")

    def _text(self, node: exp.Expr) -> str:
        value = self.expression(node)
        if fit := adapt(value, VARCHAR, self):
            return fit[1].sql
        raise self.error(
            node, f"Left side of LIKE expression must evaluate to a varchar (actual: {value.type})"
        )

    def subquery_output(self, node: exp.Expr) -> Output:
        """Compile a subquery that must have one column."""
        output = self.subquery(node)
        if len(output.columns) != 1:
            raise self.error(
                node,
                f"Multiple columns returned by subquery are not yet supported. Found {len(output.columns)}",
            )
        return output

    CONDITIONS: ClassVar[Mapping[type[exp.Expr], Callable[[Any, Any], Expression]]] = {
        **dict.fromkeys(_COMPARISONS, _comparison),
        **dict.fromkeys((exp.And, exp.Or), _logical),
        exp.Not: _not,
        exp.Is: _is,
        exp.Between: _between,
        exp.In: _in,
        exp.Exists: _exists,
        exp.Like: _like,
        exp.Escape: _escape,
    }
    """Kind of node → the method that compiles it."""


def comparison(sign: str, macro: str, left: Expression, right: Expression) -> Expression:
    """Compare two values of one type: by the macro if one of them may be NaN, otherwise by the sign."""
    if macro and left.type == DOUBLE and not (left.stored and right.stored):
        return Expression(f"{macro}({left.sql}, {right.sql})", BOOLEAN)
    return Expression(f"({left.sql} {sign} {right.sql})", BOOLEAN)
