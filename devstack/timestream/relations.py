"""What stands in FROM: tables, queries, joins and UNNEST, as DuckDB's relations and the names they bring."""

from dataclasses import dataclass, replace

from sqlglot import exp

from devstack.timestream.casts import unify
from devstack.timestream.datatypes import Array, Row, Scalar, TimeSeries, Type, point
from devstack.timestream.errors import ValidationError
from devstack.timestream.predicates import comparison, condition
from devstack.timestream.schema import Column, Table
from devstack.timestream.scope import (
    Context,
    Expression,
    Field,
    Output,
    Scope,
    quoted,
    relabelled,
    select,
    string,
)

TABLE_TYPES = {
    "boolean": Scalar.BOOLEAN,
    "bigint": Scalar.BIGINT,
    "double": Scalar.DOUBLE,
    "varchar": Scalar.VARCHAR,
    "timestamp": Scalar.TIMESTAMP,
}

_SIDES = {"": "JOIN", "LEFT": "LEFT JOIN", "RIGHT": "RIGHT JOIN", "FULL": "FULL JOIN"}


@dataclass(frozen=True, slots=True)
class Relation:
    """DuckDB's SQL for something in FROM, and the columns it brings."""

    sql: str
    fields: tuple[Field, ...]


def relation(select: exp.Select, scope: Scope, context: Context) -> Relation:
    """All that a SELECT reads from; its fields are in the order of `*`."""
    source = select.args.get("from_")
    if source is None:
        return Relation("", ())
    whole = _item(source.this, scope, context)
    for join in select.args.get("joins") or ():
        whole = _joined(whole, join, scope, context)
    return whole


def table(database: str, name: str, node: exp.Expr, context: Context) -> Table:
    """A table of the catalog. Raises ValidationError in the service's words where there is none."""
    line_column = str(context.error(node, "")).removeprefix("line ").removesuffix(": ")
    if database not in set(context.catalog.databases()):
        identifier = f"{database}.{name}"
        raise ValidationError(
            f"Requested database '{database}' not found for identifier '{identifier}' at line {line_column}"
        )
    try:
        return context.catalog.table(database, name)
    except KeyError:
        raise context.error(node, f"Table {database}.{name} does not exist") from None


def _item(node: exp.Expr, scope: Scope, context: Context) -> Relation:
    match node:
        case exp.Table() if isinstance(node.this, exp.Identifier):
            return _named(node, scope, context)
        case exp.Subquery():
            return _derived(node, context.subquery(node, scope), context)
        case exp.Values():
            return _derived(node, values(node, scope, context), context)
        case exp.Table() if isinstance(node.this, exp.Values):
            return _derived(node, values(node.this, scope, context), context)
        case exp.Unnest():
            return _unnested(node, scope, context)
        case _:
            raise context.syntax_error(node)


def _named(node: exp.Table, scope: Scope, context: Context) -> Relation:
    if node.db:
        return _stored(node, table(node.db, node.name, node, context), context)
    found = scope.ctes.get(node.name.lower())
    if found is None:
        raise context.error(node, "Schema must be specified when session schema is not set")
    name = context.alias("r")
    fields = _output_fields(name, found.output.columns, (node.alias or node.name,))
    return Relation(f"{found.relation} AS {name}", _renamed(node, fields, context))


def _stored(node: exp.Table, found: Table, context: Context) -> Relation:
    name = context.alias("r")
    path = (node.alias,) if node.alias else (found.database, found.name)
    fields = tuple(
        Field(each.name, _stored_value(name, each), path, exact=True, exact_path=not node.alias)
        for each in found.columns
    )
    return Relation(f"{found.relation} AS {name}", _renamed(node, fields, context))


def _stored_value(relation_name: str, each: Column) -> Expression:
    return Expression(f"{relation_name}.{quoted(each.name)}", TABLE_TYPES[each.type], stored=True)


def _derived(node: exp.Expr, output: Output, context: Context) -> Relation:
    name = context.alias("r")
    path = (node.alias,) if node.alias else ()
    return Relation(
        f"({output.sql}) AS {name}", _renamed(node, _output_fields(name, output.columns, path), context)
    )


def _output_fields(
    name: str, columns: tuple[tuple[str | None, Type], ...], path: tuple[str, ...]
) -> tuple[Field, ...]:
    return tuple(
        Field(label, Expression(f"{name}.c{i}", kind), path) for i, (label, kind) in enumerate(columns)
    )


def _renamed(node: exp.Expr, fields: tuple[Field, ...], context: Context) -> tuple[Field, ...]:
    """The fields under the names of `AS t (a, b)`, if there are such."""
    names = node.args["alias"].args.get("columns") if node.args.get("alias") else None
    if not names:
        return fields
    labels = relabelled(node.alias, names, len(fields), node, context)
    return tuple(replace(each, name=label, exact=False) for each, label in zip(fields, labels, strict=True))


def values(node: exp.Values, scope: Scope, context: Context) -> Output:
    """`VALUES (1, 'a'), (2, 'b')` as a query."""
    rows = [[context.expression(item, scope) for item in _cells(row)] for row in node.expressions]
    if len({len(row) for row in rows}) != 1:
        raise context.error(node, "Values rows have mismatched types")
    columns = [
        unify(list(column), node, context, "Values rows have mismatched types")
        for column in zip(*rows, strict=True)
    ]
    texts = ", ".join("(" + ", ".join(item.sql for item in row) + ")" for row in zip(*columns, strict=True))
    names = ", ".join(f"c{i}" for i in range(len(columns)))
    kinds = tuple((f"_col{i}", column[0].type) for i, column in enumerate(columns))
    return Output(select("*", f"VALUES {texts}") + f" AS v({names})", kinds)


def _cells(row: exp.Expr) -> list[exp.Expr]:
    """The values of one row, which AWS's own examples write with a second pair of brackets."""
    cells = row.expressions
    return cells[0].expressions if len(cells) == 1 and isinstance(cells[0], exp.Tuple) else cells


def _unnested(node: exp.Unnest, scope: Scope, context: Context) -> Relation:
    name = context.alias("r")
    path = (node.alias,) if node.alias else ()
    items, fields, lengths = [], [], []
    for i, each in enumerate(node.expressions):
        value = context.expression(each, scope)
        items.append(f"unnest({value.sql}) AS e{i}")
        lengths.append(f"coalesce(len({value.sql}), 0)")
        fields += _element_fields(f"{name}.e{i}", value.type, path, each, context)
    # sqlglot's own mark of WITH ORDINALITY: the last alias is moved into `offset`, if there is one.
    ordinality = node.args.get("offset")
    if ordinality:
        items.append(f"unnest(range(1, greatest({', '.join(lengths)}) + 1)) AS n")
        label = ordinality.name if isinstance(ordinality, exp.Identifier) else "ordinality"
        fields.append(Field(label, Expression(f"{name}.n", Scalar.BIGINT), path))
    named = fields[:-1] if ordinality else fields
    renamed = _renamed(node, tuple(named), context) + tuple(fields[len(named) :])
    return Relation(f"LATERAL (SELECT {', '.join(items)}) AS {name}", renamed)


def _element_fields(
    sql: str, kind: Type, path: tuple[str, ...], node: exp.Expr, context: Context
) -> list[Field]:
    match kind:
        case TimeSeries(value):
            members = point(value).fields
        case Array(Row(fields)):
            members = fields
        case Array(element):
            return [Field(None, Expression(sql, element), path)]
        case _:
            raise context.error(node, f"Cannot unnest type: {kind}")
    return [
        Field(label, Expression(f"{sql}.f{i}", member), path) for i, (label, member) in enumerate(members)
    ]


def _joined(left: Relation, join: exp.Join, scope: Scope, context: Context) -> Relation:
    side, kind = join.args.get("side") or "", join.args.get("kind") or ""
    lateral = isinstance(join.this, exp.Unnest)
    right = _item(join.this, replace(scope, fields=left.fields) if lateral else scope, context)
    fields = left.fields + right.fields
    if kind == "CROSS":
        return Relation(f"{left.sql} CROSS JOIN {right.sql}", fields)
    if kind not in ("", "INNER", "OUTER") or (lateral and side in ("RIGHT", "FULL")):
        raise context.syntax_error(join)
    if names := join.args.get("using"):
        return _using(left, right, [name.name for name in names], join, context)
    if not join.args.get("on"):
        raise context.syntax_error(join)
    on = condition(join.args["on"], replace(scope, fields=fields), context, "JOIN ON clause")
    return Relation(f"{left.sql} {_SIDES[side]} {right.sql} ON {on}", fields)


def _using(left: Relation, right: Relation, names: list[str], join: exp.Join, context: Context) -> Relation:
    """The columns joined on come first and once; the sides' own can be had by their tables' names."""
    merged, conditions, gone = [], [], []
    for name in names:
        sides = [_only(each, name, join, context) for each in (left, right)]
        a, b = unify([each.value for each in sides], join, context)
        conditions.append(comparison("=", "", a, b).sql)
        merged.append(
            Field(sides[0].name, Expression(f"coalesce({a.sql}, {b.sql})", a.type), (), sides[0].exact)
        )
        gone += sides
    rest = (replace(each, hidden=True) if each in gone else each for each in left.fields + right.fields)
    sql = f"{left.sql} {_SIDES[join.args.get('side') or '']} {right.sql} ON {' AND '.join(conditions)}"
    return Relation(sql, (*merged, *rest))


def _only(side: Relation, name: str, join: exp.Join, context: Context) -> Field:
    found = Scope(side.fields).find((), name)
    if len(found) != 1:
        raise context.error(join, f"Column {string(name)} is missing from one side of the join or ambiguous")
    return found[0]
