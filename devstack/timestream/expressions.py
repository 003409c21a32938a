"""Expressions: each kind of node of the syntax tree, compiled to DuckDB's SQL and typed."""

import math
import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from devstack.timestream import aggregation, predicates
from devstack.timestream.casts import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    TIME,
    TIMESTAMP,
    VARCHAR,
    adapt,
    cast,
    unify,
)
from devstack.timestream.datatypes import Array, Row, Scalar, Type, duckdb_type
from devstack.timestream.functions import ALIASES, SCALAR
from devstack.timestream.literals import interval
from devstack.timestream.overloads import operator, resolve
from devstack.timestream.predicates import comparable, comparison, condition, subquery_output
from devstack.timestream.scope import Context, Expression, Scope, column, null, row_field, string, walk

_TYPES: dict[exp.DType, Type] = {
    exp.DType.BOOLEAN: BOOLEAN,
    exp.DType.INT: INTEGER,
    exp.DType.BIGINT: BIGINT,
    exp.DType.DOUBLE: DOUBLE,
    exp.DType.VARCHAR: VARCHAR,
    exp.DType.TIMESTAMP: TIMESTAMP,
    exp.DType.DATE: DATE,
    exp.DType.TIME: TIME,
}

_ARITHMETIC = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.DPipe: "||"}

_FIELDS = re.compile(
    "year|quarter|month|week|day|day_of_month|day_of_week|dow|day_of_year|doy|year_of_week|yow|hour|minute|second"
)


def expression(node: exp.Expr, scope: Scope, context: Context) -> Expression:
    """A node as DuckDB's SQL, with its type. Raises ValidationError for what the language does not mean."""
    compiler = _COMPILERS.get(type(node))
    if compiler is None:
        raise context.syntax_error(node)
    return compiler(node, scope, context)


def output_name(node: exp.Expr) -> str | None:
    """What a selected expression is called: its alias, its column's name, or nothing."""
    if isinstance(node, exp.Alias | exp.Column | exp.Dot):
        return node.output_name or None
    return None


def _column(node: exp.Column, scope: Scope, context: Context) -> Expression:
    if isinstance(node.this, exp.Star):
        raise context.syntax_error(node)
    path = tuple(part for part in (node.db, node.table) if part)
    return _name(path, node.name, node, scope, context)


def _identifier(node: exp.Identifier, scope: Scope, context: Context) -> Expression:
    return _name((), node.name, node, scope, context)


def _name(path: tuple[str, ...], name: str, node: exp.Expr, scope: Scope, context: Context) -> Expression:
    head = (path[0] if path else name).lower()
    for each in walk(scope):
        if value := each.lambdas.get(head):
            for part in (*path[1:], name) if path else ():
                value = row_field(value, part, node, context)
            return value
    return column(path, name, node, scope, context)


def _literal(node: exp.Literal, _scope: Scope, context: Context) -> Expression:
    text = str(node.this)
    if node.is_string:
        return Expression(string(text), VARCHAR, text=text, stored=True)
    if not text.isdecimal():
        return _double(text, node, context)
    number = int(text)
    if number >= 2**63:
        raise context.error(node, f"Invalid numeric literal: {text}")
    kind = INTEGER if number < 2**31 else BIGINT
    # With a CAST, GROUP BY and ORDER BY do not take it for the number of a column.
    return Expression(f"CAST({number} AS {duckdb_type(kind)})", kind, stored=True)


def _double(text: str, node: exp.Expr, context: Context) -> Expression:
    try:
        value = float(text)
    except ValueError:
        raise context.syntax_error(node) from None
    if math.isinf(value):
        raise context.error(node, f"Invalid numeric literal: {text}")
    return Expression(f"CAST('{value!r}' AS DOUBLE)", DOUBLE, stored=True)


def _boolean(node: exp.Boolean, _scope: Scope, _context: Context) -> Expression:
    return Expression("true" if node.this else "false", BOOLEAN, stored=True)


def _null(_node: exp.Null, _scope: Scope, _context: Context) -> Expression:
    return null()


def _parameter(node: exp.Parameter, _scope: Scope, context: Context) -> Expression:
    name = node.this.name
    context.parameters.setdefault(name, Scalar.UNKNOWN)
    return Expression("NULL", Scalar.UNKNOWN, parameter=name)


def _paren(node: exp.Paren, scope: Scope, context: Context) -> Expression:
    return context.expression(node.this, scope)


def _negative(node: exp.Neg, scope: Scope, context: Context) -> Expression:
    if isinstance(node.this, exp.Literal) and node.this.this == str(2**63):
        return Expression(f"CAST({-(2**63)} AS BIGINT)", BIGINT, stored=True)
    return operator("-", [context.expression(node.this, scope)], node, context)


def _arithmetic(node: exp.Binary, scope: Scope, context: Context) -> Expression:
    sides = [context.expression(side, scope) for side in (node.this, node.expression)]
    return operator(_ARITHMETIC[type(node)], sides, node, context)


def _case(node: exp.Case, scope: Scope, context: Context) -> Expression:
    whens = [_when(node, branch.this, scope, context) for branch in node.args["ifs"]]
    results = [context.expression(branch.args["true"], scope) for branch in node.args["ifs"]]
    results.append(context.expression(node.args["default"], scope) if node.args.get("default") else null())
    results = unify(results, node, context, "All CASE results must be the same type")
    branches = " ".join(f"WHEN {when} THEN {then.sql}" for when, then in zip(whens, results, strict=False))
    return Expression(f"CASE {branches} ELSE {results[-1].sql} END", results[-1].type)


def _when(node: exp.Case, when: exp.Expr, scope: Scope, context: Context) -> str:
    if node.this is None:
        return condition(when, scope, context, "CASE WHEN clause")
    sides = context.expression(node.this, scope), context.expression(when, scope)
    return comparison("=", "ts_eq", *comparable("=", *sides, when, context)).sql


def _cast(node: exp.Cast, scope: Scope, context: Context) -> Expression:
    value = context.expression(node.this, scope)
    target = _type(node.to, context)
    how = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    if (
        value.text is not None
        and how == "CAST"
        and target in (TIMESTAMP, DATE, TIME)
        and not adapt(value, target, context)
    ):
        raise context.error(node, f"'{value.text}' is not a valid {target} literal")
    return cast(value, target, how, node, context)


def _type(node: exp.DataType, context: Context) -> Type:
    kind = node.this
    if kind == exp.DType.ARRAY and len(node.expressions) == 1:
        return Array(_type(node.expressions[0], context))
    if kind == exp.DType.STRUCT and node.expressions:
        return Row(tuple(_row_member(member, context) for member in node.expressions))
    if kind not in _TYPES or (node.expressions and kind not in (exp.DType.TIMESTAMP, exp.DType.TIME)):
        raise context.error(node, f"Unknown type: {node.sql()}")
    return _TYPES[kind]


def _row_member(node: exp.Expr, context: Context) -> tuple[str | None, Type]:
    if isinstance(node, exp.ColumnDef):
        return node.name, _type(node.args["kind"], context)
    return None, _type(node, context)  # type: ignore[arg-type]  # a row's member is a type or a ColumnDef


def _interval(node: exp.Interval, _scope: Scope, context: Context) -> Expression:
    unit = node.args.get("unit")
    value = interval(str(node.this.this), unit.name) if unit and isinstance(node.this, exp.Literal) else None
    if value is None or not node.this.is_string:
        raise context.syntax_error(node)
    return value


def _extract(node: exp.Extract, scope: Scope, context: Context) -> Expression:
    field = node.name.lower()
    if not _FIELDS.fullmatch(field):
        raise context.error(node, f"Invalid EXTRACT field: {node.name}")
    return resolve(
        SCALAR, ALIASES.get(field, field), [context.expression(node.expression, scope)], node, context
    )


def _trim(node: exp.Trim, scope: Scope, context: Context) -> Expression:
    if node.args.get("position") or node.expression:
        raise context.syntax_error(node)  # TRIM(BOTH x FROM y) is not in AWS's reference
    return resolve(SCALAR, "trim", [context.expression(node.this, scope)], node, context)


def _position(node: exp.StrPosition, scope: Scope, context: Context) -> Expression:
    sides = [context.expression(side, scope) for side in (node.this, node.args["substr"])]
    return resolve(SCALAR, "strpos", sides, node, context)


def _constant(sql: str, kind: Type) -> Callable[[exp.Expr, Scope, Context], Expression]:
    return lambda _node, _scope, context: Expression(sql.format(now=context.now), kind)


def _array(node: exp.Array, scope: Scope, context: Context) -> Expression:
    items = unify([context.expression(item, scope) for item in node.expressions], node, context)
    kind = Array(items[0].type if items else Scalar.UNKNOWN)
    return Expression(f"[{', '.join(item.sql for item in items)}]", kind)


def _subscript(node: exp.Bracket, scope: Scope, context: Context) -> Expression:
    values = context.expression(node.this, scope)
    if not isinstance(values.type, Array) or len(node.expressions) != 1:
        raise context.error(node, f"'[]' cannot be applied to {values.type}")
    index = adapt(context.expression(node.expressions[0], scope), BIGINT, context)
    if index is None:
        raise context.error(node, "An array's subscript must be a bigint")
    return Expression(f"ts_at({values.sql}, {index[1].sql})", values.type.element)


def _dot(node: exp.Dot, scope: Scope, context: Context) -> Expression:
    if not isinstance(node.expression, exp.Identifier):
        raise context.syntax_error(node)
    return row_field(context.expression(node.this, scope), node.expression.name, node, context)


def _subquery(node: exp.Subquery, scope: Scope, context: Context) -> Expression:
    output = subquery_output(node, scope, context)
    return Expression(f"({output.sql})", output.columns[0][1])


_COMPILERS: dict[type[exp.Expr], Callable[[Any, Scope, Context], Expression]] = {
    **predicates.COMPILERS,
    **aggregation.COMPILERS,
    exp.Column: _column,
    exp.Identifier: _identifier,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Null: _null,
    exp.Parameter: _parameter,
    exp.Paren: _paren,
    exp.Neg: _negative,
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    exp.Case: _case,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Interval: _interval,
    exp.Extract: _extract,
    exp.Trim: _trim,
    exp.StrPosition: _position,
    exp.CurrentDate: _constant("ts_date(make_timestamp_ns({now}))", DATE),
    exp.CurrentTime: _constant("ts_time_of_day(make_timestamp_ns({now}))", TIME),
    exp.CurrentTimestamp: _constant("make_timestamp_ns({now})", TIMESTAMP),
    exp.Localtime: _constant("ts_time_of_day(make_timestamp_ns({now}))", TIME),
    exp.Localtimestamp: _constant("make_timestamp_ns({now})", TIMESTAMP),
    exp.Array: _array,
    exp.Bracket: _subscript,
    exp.Dot: _dot,
    exp.Subquery: _subquery,
}
