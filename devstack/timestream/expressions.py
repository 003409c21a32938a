"""Expressions: each kind of node of the syntax tree, compiled to DuckDB's SQL and typed."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlglot import exp

from devstack.timestream.calls import Calls
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
from devstack.timestream.conditions import comparison
from devstack.timestream.datatypes import Array, Row, Scalar, Type, duckdb_type
from devstack.timestream.functions import ALIASES, SCALAR
from devstack.timestream.literals import interval
from devstack.timestream.overloads import operator, resolve
from devstack.timestream.scope import Expression, column, null, row_field, string, walk

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


def _constant(sql: str, kind: Type) -> Callable[[Any, exp.Expr], Expression]:
    return lambda compiler, _node: Expression(sql.format(now=compiler.now), kind)


class Expressions(Calls):
    """Compiles expressions."""

    def expression(self, node: exp.Expr) -> Expression:
        """Compile a node to DuckDB's SQL and its type. Raises ValidationError if the language lacks it."""
        compile_ = self._BY_NODE.get(type(node))
        if compile_ is None:
            raise self.syntax_error(node)
        return compile_(self, node)

    def _column(self, node: exp.Column) -> Expression:
        if isinstance(node.this, exp.Star):
            raise self.syntax_error(node)
        path = tuple(part for part in (node.db, node.table) if part)
        return self._name(path, node.name, node)

    def _identifier(self, node: exp.Identifier) -> Expression:
        return self._name((), node.name, node)

    def _name(self, path: tuple[str, ...], name: str, node: exp.Expr) -> Expression:
        head = (path[0] if path else name).lower()
        for each in walk(self.scope):
            if value := each.lambdas.get(head):
                for part in (*path[1:], name) if path else ():
                    value = row_field(value, part, node, self)
                return value
        return column(path, name, node, self)

    def _literal(self, node: exp.Literal) -> Expression:
        text = str(node.this)
        if node.is_string:
            return Expression(string(text), VARCHAR, text=text, stored=True)
        if not text.isdecimal():
            return self._double(text, node)
        number = int(text)
        if number >= 2**63:
            raise self.error(node, f"Invalid numeric literal: {text}")
        kind = INTEGER if number < 2**31 else BIGINT
        # Without the CAST, GROUP BY and ORDER BY would take the number for the position of a column.
        return Expression(f"CAST({number} AS {duckdb_type(kind)})", kind, stored=True)

    def _double(self, text: str, node: exp.Expr) -> Expression:
        try:
            value = float(text)
        except ValueError:
            raise self.syntax_error(node) from None
        if math.isinf(value):
            raise self.error(node, f"Invalid numeric literal: {text}")
        return Expression(f"CAST('{value!r}' AS DOUBLE)", DOUBLE, stored=True)

    def _boolean(self, node: exp.Boolean) -> Expression:
        return Expression("true" if node.this else "false", BOOLEAN, stored=True)

    def _null(self, _node: exp.Null) -> Expression:
        return null()

    def _parameter(self, node: exp.Parameter) -> Expression:
        name = node.this.name
        self.parameters.setdefault(name, Scalar.UNKNOWN)
        return Expression("NULL", Scalar.UNKNOWN, parameter=name)

    def _paren(self, node: exp.Paren) -> Expression:
        return self.expression(node.this)

    def _negative(self, node: exp.Neg) -> Expression:
        if isinstance(node.this, exp.Literal) and node.this.this == str(2**63):
            return Expression(f"CAST({-(2**63)} AS BIGINT)", BIGINT, stored=True)
        return operator("-", [self.expression(node.this)], node, self)

    def _arithmetic(self, node: exp.Binary) -> Expression:
        sides = [self.expression(side) for side in (node.this, node.expression)]
        return operator(_ARITHMETIC[type(node)], sides, node, self)

    def _case(self, node: exp.Case) -> Expression:
        whens = [self._when(node, branch.this) for branch in node.args["ifs"]]
        results = [self.expression(branch.args["true"]) for branch in node.args["ifs"]]
        results.append(self.expression(node.args["default"]) if node.args.get("default") else null())
        results = unify(results, node, self, "All CASE results must be the same type")
        branches = " ".join(
            f"WHEN {when} THEN {then.sql}" for when, then in zip(whens, results, strict=False)
        )
        return Expression(f"CASE {branches} ELSE {results[-1].sql} END", results[-1].type)

    def _when(self, node: exp.Case, when: exp.Expr) -> str:
        if node.this is None:
            return self.condition(when, "CASE WHEN clause")
        sides = self.expression(node.this), self.expression(when)
        return comparison("=", "ts_eq", *self.comparable("=", *sides, when)).sql

    def _cast(self, node: exp.Cast) -> Expression:
        value = self.expression(node.this)
        target = self._type(node.to)
        how = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
        if (
            value.text is not None
            and how == "CAST"
            and target in (TIMESTAMP, DATE, TIME)
            and not adapt(value, target, self)
        ):
            raise self.error(node, f"'{value.text}' is not a valid {target} literal")
        return cast(value, target, how, node, self)

    def _type(self, node: exp.DataType) -> Type:
        kind = node.this
        if kind == exp.DType.ARRAY and len(node.expressions) == 1:
            return Array(self._type(node.expressions[0]))
        if kind == exp.DType.STRUCT and node.expressions:
            return Row(tuple(self._row_member(member) for member in node.expressions))
        if kind not in _TYPES or (node.expressions and kind not in (exp.DType.TIMESTAMP, exp.DType.TIME)):
            raise self.error(node, f"Unknown type: {node.sql()}")
        return _TYPES[kind]

    def _row_member(self, node: exp.Expr) -> tuple[str | None, Type]:
        if isinstance(node, exp.ColumnDef):
            return node.name, self._type(node.args["kind"])
        return None, self._type(node)  # type: ignore[arg-type]  # a row's member is a type or a ColumnDef

    def _interval(self, node: exp.Interval) -> Expression:
        unit = node.args.get("unit")
        value = (
            interval(str(node.this.this), unit.name) if unit and isinstance(node.this, exp.Literal) else None
        )
        if value is None or not node.this.is_string:
            raise self.syntax_error(node)
        return value

    def _extract(self, node: exp.Extract) -> Expression:
        field = node.name.lower()
        if not _FIELDS.fullmatch(field):
            raise self.error(node, f"Invalid EXTRACT field: {node.name}")
        return resolve(SCALAR, ALIASES.get(field, field), [self.expression(node.expression)], node, self)

    def _trim(self, node: exp.Trim) -> Expression:
        if node.args.get("position") or node.expression:
            raise self.syntax_error(node)  # TRIM(BOTH x FROM y) is not in AWS's reference
        return resolve(SCALAR, "trim", [self.expression(node.this)], node, self)

    def _position(self, node: exp.StrPosition) -> Expression:
        sides = [self.expression(side) for side in (node.this, node.args["substr"])]
        return resolve(SCALAR, "strpos", sides, node, self)

    def _array(self, node: exp.Array) -> Expression:
        items = unify([self.expression(item) for item in node.expressions], node, self)
        kind = Array(items[0].type if items else Scalar.UNKNOWN)
        return Expression(f"[{', '.join(item.sql for item in items)}]", kind)

    def _subscript(self, node: exp.Bracket) -> Expression:
        values = self.expression(node.this)
        if not isinstance(values.type, Array) or len(node.expressions) != 1:
            raise self.error(node, f"'[]' cannot be applied to {values.type}")
        index = adapt(self.expression(node.expressions[0]), BIGINT, self)
        if index is None:
            raise self.error(node, "An array's subscript must be a bigint")
        return Expression(f"ts_at({values.sql}, {index[1].sql})", values.type.element)

    def _dot(self, node: exp.Dot) -> Expression:
        if not isinstance(node.expression, exp.Identifier):
            raise self.syntax_error(node)
        return row_field(self.expression(node.this), node.expression.name, node, self)

    def _subquery(self, node: exp.Subquery) -> Expression:
        output = self.subquery_output(node)
        return Expression(f"({output.sql})", output.columns[0][1])

    _BY_NODE: ClassVar[Mapping[type[exp.Expr], Callable[[Any, Any], Expression]]] = {
        **Calls.CONDITIONS,
        **Calls.CALLS,
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
    """Kind of node → the method that compiles it."""


def output_name(node: exp.Expr) -> str | None:
    """The name of a selected expression: its alias, its column's name, or None."""
    if isinstance(node, exp.Alias | exp.Column | exp.Dot):
        return node.output_name or None
    return None
