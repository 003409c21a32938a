"""Compiles Timestream's SQL to DuckDB's, and tells the names and types of the result's columns.

syntax.py parses the text with sqlglot, and checks.py refuses what is not in the language. The compiler then
gives every part a type, since an operator's or function's meaning depends on the types of its arguments. It
is one class in five layers, each in a file of its name: conditions, calls, expressions, relations, and here
whole queries. A kind of node that no layer knows is refused. In DuckDB's SQL every relation and column gets
a new name, so that a name in the query cannot mean anything to DuckDB.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlglot import exp

from devstack.timestream.calls import ordering
from devstack.timestream.datatypes import Type, common, duckdb_type
from devstack.timestream.encoding import fetchable
from devstack.timestream.errors import ValidationError
from devstack.timestream.expressions import output_name
from devstack.timestream.relations import Relations
from devstack.timestream.schema import Catalog
from devstack.timestream.scope import Cte, Expression, Field, Output, Scope, relabelled, select
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


class Compiler(Relations):
    """The whole compiler. This layer compiles queries."""

    def query(self, node: exp.Expr) -> Output:
        """Compile a query or a subquery. The scope holds the names from around it, and none of its own."""
        inner, ctes = self._with(node)
        match node:
            case exp.Select():
                output = inner._select(node)
            case exp.SetOperation():
                output = inner._set_operation(node)
            case exp.Subquery():
                output = inner._modified(inner.query(node.this), node)
            case exp.Values():
                output = inner.values(node)
            case _:
                raise self.syntax_error(node)
        return replace(output, sql=f"WITH {', '.join(ctes)} {output.sql}") if ctes else output

    def _with(self, node: exp.Expr) -> tuple[Self, list[str]]:
        """A compiler that knows the queries of WITH, and their SQL. Each may use those before it."""
        texts: list[str] = []
        scope = self.scope
        with_ = node.args.get("with_")
        for each in with_.expressions if with_ else ():
            output = self.within(Scope(outer=scope.outer, ctes=scope.ctes)).query(each.this)
            names = each.args["alias"].args.get("columns")
            if names:
                labels = relabelled(each.alias, names, len(output.columns), each, self)
                kinds = zip(labels, output.columns, strict=True)
                output = replace(output, columns=tuple((label, kind) for label, (_, kind) in kinds))
            cte = Cte(self.alias("q"), output)
            texts.append(f"{cte.relation} AS ({output.sql})")
            scope = replace(scope, ctes={**scope.ctes, each.alias.lower(): cte})
        return self.within(scope), texts

    def _select(self, node: exp.Select) -> Output:
        if not node.expressions:
            raise self.syntax_error(node)
        source = self.relation(node)
        inner = self.within(replace(self.scope, fields=source.fields))
        items = [item for each in node.expressions for item in inner._items(each)]
        parts = ["SELECT DISTINCT" if node.args.get("distinct") else "SELECT"]
        parts.append(", ".join(f"{value.sql} AS c{i}" for i, (_, value) in enumerate(items)))
        if source.sql:
            parts.append(f"FROM {source.sql}")
        if where := node.args.get("where"):
            parts.append(f"WHERE {inner.condition(where.this, 'WHERE clause')}")
        if group := node.args.get("group"):
            if not group.expressions:
                raise self.syntax_error(group)
            keys = [inner._group_key(key, items) for key in group.expressions]
            parts.append(f"GROUP BY {', '.join(keys)}")
        if having := node.args.get("having"):
            parts.append(f"HAVING {inner.condition(having.this, 'HAVING clause')}")
        parts += inner._tail(node, items)
        return Output(" ".join(parts), tuple((name, value.type) for name, value in items))

    def _items(self, node: exp.Expr) -> list[Item]:
        """The columns of one entry of SELECT: all of them for `*` and `t.*`, otherwise one."""
        if isinstance(node, exp.Star):
            found = [each for each in self.scope.fields if not each.hidden]
        elif isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            path = tuple(part for part in (node.db, node.table) if part)
            found = [each for each in self.scope.fields if each.path and each.answers_path(path)]
        else:
            inner = node.this if isinstance(node, exp.Alias) else node
            return [(output_name(node), self.expression(inner))]
        if not found:
            raise self.error(node, "SELECT * not allowed in queries without FROM clause")
        return [(each.name, each.value) for each in found]

    def _group_key(self, node: exp.Expr, items: Sequence[Item]) -> str:
        if isinstance(node, exp.Tuple) and not node.expressions:
            return "()"
        if (i := self._ordinal(node, "GROUP BY", items)) is not None:
            return items[i][1].sql
        return self.expression(node).sql

    def _ordinal(self, node: exp.Expr, clause: str, items: Sequence[object]) -> int | None:
        if not isinstance(node, exp.Literal) or node.is_string:
            return None
        if not str(node.this).isdecimal() or not 1 <= int(node.this) <= len(items):
            raise self.error(node, f"{clause} position {node.this} is not in select list")
        return int(node.this) - 1

    def _tail(self, node: exp.Expr, items: Sequence[Item]) -> list[str]:
        """ORDER BY and LIMIT. A name in ORDER BY is first an output, then a column of FROM, as in Trino."""
        parts = []
        if order := node.args.get("order"):
            outputs = tuple(Field(name, value) for name, value in items if name)
            distinct = node.args.get("distinct") if isinstance(node, exp.Select) else None
            keys = (self._sort_key(key, items, outputs, distinct) for key in order.expressions)
            parts.append(f"ORDER BY {', '.join(keys)}")
        if limit := node.args.get("limit"):
            parts += self._limit(limit)
        return parts

    def _sort_key(
        self,
        node: exp.Ordered,
        items: Sequence[Item],
        outputs: tuple[Field, ...],
        distinct: exp.Distinct | None,
    ) -> str:
        if (i := self._ordinal(node.this, "ORDER BY", items)) is not None:
            return ordering(node, f"c{i}")
        if isinstance(node.this, exp.Column) and not node.this.table:
            named = [
                i
                for i, (name, value) in enumerate(items)
                if name and Field(name, value).answers(node.this.name)
            ]
            if len({items[i][1].sql for i in named}) == 1:
                return ordering(node, f"c{named[0]}")
        inner = self.within(replace(self.scope, fields=outputs, outer=self.scope))
        key = inner.expression(node.this).sql
        if distinct and key not in {value.sql for _, value in items}:
            raise self.error(node, "For SELECT DISTINCT, ORDER BY expressions must appear in select list")
        return ordering(node, key)

    def _limit(self, node: exp.Limit) -> list[str]:
        count = node.expression
        if isinstance(count, exp.Literal) and not count.is_string and str(count.this).isdecimal():
            return [f"LIMIT {int(count.this)}"]
        if isinstance(count, exp.Column | exp.Var) and count.name.upper() == "ALL":
            return []
        raise self.syntax_error(node)

    def _set_operation(self, node: exp.SetOperation) -> Output:
        without_fields = self.within(replace(self.scope, fields=()))
        sides = [without_fields.query(side) for side in (node.this, node.expression)]
        word = _SET_WORDS[type(node)]
        left, right = sides
        if len(left.columns) != len(right.columns):
            raise self.error(
                node,
                f"{word} query has different number of fields: {len(left.columns)}, {len(right.columns)}",
            )
        pairs = zip(left.columns, right.columns, strict=True)
        columns = tuple(
            (name, self._common(a, b, i, word, node)) for i, ((name, a), (_, b)) in enumerate(pairs)
        )
        quantifier = "" if node.args.get("distinct") else " ALL"
        texts = [_as(side, columns) for side in sides]
        return self._modified(Output(f"{texts[0]} {word}{quantifier} {texts[1]}", columns), node)

    def _common(self, left: Type, right: Type, i: int, word: str, node: exp.Expr) -> Type:
        kind = common(left, right)
        if kind is None:
            raise self.error(node, f"column {i + 1} in {word} query has incompatible types: {left}, {right}")
        return kind

    def _modified(self, output: Output, node: exp.Expr) -> Output:
        """A query with the ORDER BY and LIMIT that follow it."""
        items = [(name, Expression(f"c{i}", kind)) for i, (name, kind) in enumerate(output.columns)]
        tail = self.within(replace(self.scope, fields=()))._tail(node, items)
        return replace(output, sql=" ".join([select("*", output.sql), *tail])) if tail else output


def compile_query(text: str, catalog: Catalog, now: int) -> Compiled:
    """Compile a query's text to SQL for DuckDB, whose values Python can fetch without loss (encoding.py).

    `now` is in nanoseconds since 1970. Raises ValidationError if the service would refuse the query.
    """
    compiler = Compiler(text, catalog, now)
    try:
        output = compiler.query(parse(text))
    except RecursionError:
        raise ValidationError("The query is too deeply nested") from None
    items = ", ".join(f"{fetchable(f'c{i}', kind)} AS c{i}" for i, (_, kind) in enumerate(output.columns))
    named = tuple((name or f"_col{i}", kind) for i, (name, kind) in enumerate(output.columns))
    return Compiled(select(items, output.sql), named, compiler.parameters)


def _as(side: Output, columns: tuple[tuple[str | None, Type], ...]) -> str:
    items = ", ".join(f"CAST(c{i} AS {duckdb_type(kind)}) AS c{i}" for i, (_, kind) in enumerate(columns))
    return f"({select(items, side.sql)})"
