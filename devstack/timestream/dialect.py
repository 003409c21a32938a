"""Timestream's SQL as DuckDB's: a query compiled, with the names and types of what it gives.

The tree is read by sqlglot (syntax.py), held against what the language has (checks.py), and compiled with
types (expressions.py, calls.py, relations.py): what a sign or a function means depends on what it is given,
and what is not in the tables here is not accepted. In DuckDB's text every relation and column has a name of
ours, so no name of the query can mean something to DuckDB.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from devstack.timestream.aggregation import ordering
from devstack.timestream.datatypes import Type, common, duckdb_type
from devstack.timestream.encoding import fetchable
from devstack.timestream.errors import ValidationError
from devstack.timestream.expressions import expression, output_name
from devstack.timestream.predicates import condition
from devstack.timestream.relations import relation, values
from devstack.timestream.schema import Catalog
from devstack.timestream.scope import Context, Cte, Expression, Field, Output, Scope, relabelled, select
from devstack.timestream.syntax import parse

_SET_WORDS: dict[type[exp.SetOperation], str] = {
    exp.Union: "UNION",
    exp.Intersect: "INTERSECT",
    exp.Except: "EXCEPT",
}

Item = tuple[str | None, Expression]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query ready to run: its SQL, its columns' names and types, and the types of its @parameters."""

    sql: str
    columns: tuple[tuple[str, Type], ...]
    parameters: dict[str, Type]


def compile_query(text: str, catalog: Catalog, now: int) -> Compiled:
    """A query's text as SQL for DuckDB, its values fit for fetching (encoding.py).

    `now` is in nanoseconds since 1970. Raises ValidationError where the service would not take the query.
    """
    context = Context(text, catalog, now, query, expression)
    try:
        output = query(parse(text), Scope(), context)
    except RecursionError:
        raise ValidationError("The query is too deeply nested") from None
    items = ", ".join(f"{fetchable(f'c{i}', kind)} AS c{i}" for i, (_, kind) in enumerate(output.columns))
    named = tuple((name or f"_col{i}", kind) for i, (name, kind) in enumerate(output.columns))
    return Compiled(select(items, output.sql), named, context.parameters)


def query(node: exp.Expr, scope: Scope, context: Context) -> Output:
    """A query or a subquery. `scope` holds what it may use from around it, and no fields of its own."""
    scope, ctes = _with(node, scope, context)
    match node:
        case exp.Select():
            output = _select(node, scope, context)
        case exp.SetOperation():
            output = _set_operation(node, scope, context)
        case exp.Subquery():
            output = _modified(query(node.this, scope, context), node, scope, context)
        case exp.Values():
            output = values(node, scope, context)
        case _:
            raise context.syntax_error(node)
    return replace(output, sql=f"WITH {', '.join(ctes)} {output.sql}") if ctes else output


def _with(node: exp.Expr, scope: Scope, context: Context) -> tuple[Scope, list[str]]:
    """The scope with the queries of WITH in it, each of which may use those before it."""
    texts: list[str] = []
    with_ = node.args.get("with_")
    for each in with_.expressions if with_ else ():
        output = query(each.this, Scope(outer=scope.outer, ctes=scope.ctes), context)
        names = each.args["alias"].args.get("columns")
        if names:
            labels = relabelled(each.alias, names, len(output.columns), each, context)
            kinds = zip(labels, output.columns, strict=True)
            output = replace(output, columns=tuple((label, kind) for label, (_, kind) in kinds))
        cte = Cte(context.alias("q"), output)
        texts.append(f"{cte.relation} AS ({output.sql})")
        scope = replace(scope, ctes={**scope.ctes, each.alias.lower(): cte})
    return scope, texts


def _select(node: exp.Select, scope: Scope, context: Context) -> Output:
    if not node.expressions:
        raise context.syntax_error(node)
    source = relation(node, scope, context)
    scope = replace(scope, fields=source.fields)
    items = [item for each in node.expressions for item in _items(each, scope, context)]
    parts = ["SELECT DISTINCT" if node.args.get("distinct") else "SELECT"]
    parts.append(", ".join(f"{value.sql} AS c{i}" for i, (_, value) in enumerate(items)))
    if source.sql:
        parts.append(f"FROM {source.sql}")
    if where := node.args.get("where"):
        parts.append(f"WHERE {condition(where.this, scope, context, 'WHERE clause')}")
    if group := node.args.get("group"):
        if not group.expressions:
            raise context.syntax_error(group)
        keys = [_group_key(key, items, scope, context) for key in group.expressions]
        parts.append(f"GROUP BY {', '.join(keys)}")
    if having := node.args.get("having"):
        parts.append(f"HAVING {condition(having.this, scope, context, 'HAVING clause')}")
    parts += _tail(node, items, scope, context)
    return Output(" ".join(parts), tuple((name, value.type) for name, value in items))


def _items(node: exp.Expr, scope: Scope, context: Context) -> list[Item]:
    """What one entry of SELECT gives: one column, or for `*` and `t.*` all there are."""
    if isinstance(node, exp.Star):
        found = [each for each in scope.fields if not each.hidden]
    elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
        path = tuple(part for part in (node.db, node.table) if part)
        found = [each for each in scope.fields if each.path and each.answers_path(path)]
    else:
        inner = node.this if isinstance(node, exp.Alias) else node
        return [(output_name(node), expression(inner, scope, context))]
    if not found:
        raise context.error(node, "SELECT * not allowed in queries without FROM clause")
    return [(each.name, each.value) for each in found]


def _group_key(node: exp.Expr, items: Sequence[Item], scope: Scope, context: Context) -> str:
    if isinstance(node, exp.Tuple) and not node.expressions:
        return "()"
    if (i := _ordinal(node, "GROUP BY", items, context)) is not None:
        return items[i][1].sql
    return expression(node, scope, context).sql


def _ordinal(node: exp.Expr, clause: str, items: Sequence[object], context: Context) -> int | None:
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    if not str(node.this).isdecimal() or not 1 <= int(node.this) <= len(items):
        raise context.error(node, f"{clause} position {node.this} is not in select list")
    return int(node.this) - 1


def _tail(node: exp.Expr, items: Sequence[Item], scope: Scope, context: Context) -> list[str]:
    """ORDER BY and LIMIT. What ORDER BY names is an output first, and what is in FROM second, as in Trino."""
    parts = []
    if order := node.args.get("order"):
        outputs = tuple(Field(name, value) for name, value in items if name)
        distinct = node.args.get("distinct") if isinstance(node, exp.Select) else None
        keys = (_sort_key(key, items, outputs, distinct, scope, context) for key in order.expressions)
        parts.append(f"ORDER BY {', '.join(keys)}")
    if limit := node.args.get("limit"):
        parts += _limit(limit, context)
    return parts


def _sort_key(
    node: exp.Ordered,
    items: Sequence[Item],
    outputs: tuple[Field, ...],
    distinct: exp.Distinct | None,
    scope: Scope,
    context: Context,
) -> str:
    if (i := _ordinal(node.this, "ORDER BY", items, context)) is not None:
        return ordering(node, f"c{i}")
    if isinstance(node.this, exp.Column) and not node.this.table:
        named = [
            i for i, (name, value) in enumerate(items) if name and Field(name, value).answers(node.this.name)
        ]
        if len({items[i][1].sql for i in named}) == 1:
            return ordering(node, f"c{named[0]}")
    key = expression(node.this, replace(scope, fields=outputs, outer=scope), context).sql
    if distinct and key not in {value.sql for _, value in items}:
        raise context.error(node, "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
    return ordering(node, key)


def _limit(node: exp.Limit, context: Context) -> list[str]:
    count = node.expression
    if isinstance(count, exp.Literal) and not count.is_string and str(count.this).isdecimal():
        return [f"LIMIT {int(count.this)}"]
    if isinstance(count, exp.Column | exp.Var) and count.name.upper() == "ALL":
        return []
    raise context.syntax_error(node)


def _set_operation(node: exp.SetOperation, scope: Scope, context: Context) -> Output:
    sides = [query(side, replace(scope, fields=()), context) for side in (node.this, node.expression)]
    word = _SET_WORDS[type(node)]
    left, right = sides
    if len(left.columns) != len(right.columns):
        raise context.error(
            node, f"{word} query has different number of fields: {len(left.columns)}, {len(right.columns)}"
        )
    pairs = zip(left.columns, right.columns, strict=True)
    columns = tuple(
        (name, _common(a, b, i, word, node, context)) for i, ((name, a), (_, b)) in enumerate(pairs)
    )
    quantifier = "" if node.args.get("distinct") else " ALL"
    texts = [_as(side, columns) for side in sides]
    return _modified(Output(f"{texts[0]} {word}{quantifier} {texts[1]}", columns), node, scope, context)


def _common(left: Type, right: Type, i: int, word: str, node: exp.Expr, context: Context) -> Type:
    kind = common(left, right)
    if kind is None:
        raise context.error(node, f"column {i + 1} in {word} query has incompatible types: {left}, {right}")
    return kind


def _as(side: Output, columns: tuple[tuple[str | None, Type], ...]) -> str:
    items = ", ".join(f"CAST(c{i} AS {duckdb_type(kind)}) AS c{i}" for i, (_, kind) in enumerate(columns))
    return f"({select(items, side.sql)})"


def _modified(output: Output, node: exp.Expr, scope: Scope, context: Context) -> Output:
    """A whole query with the ORDER BY and LIMIT that stand after it."""
    items = [(name, Expression(f"c{i}", kind)) for i, (name, kind) in enumerate(output.columns)]
    tail = _tail(node, items, replace(scope, fields=()), context)
    return replace(output, sql=" ".join([select("*", output.sql), *tail])) if tail else output
