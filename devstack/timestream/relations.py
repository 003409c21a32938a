"""The part of the compiler for FROM: tables, queries, joins and UNNEST, and the names that they bring."""

from dataclasses import dataclass, replace

from sqlglot import exp

from devstack.timestream.casts import unify
from devstack.timestream.conditions import comparison
from devstack.timestream.datatypes import Array, Row, Scalar, TimeSeries, Type, point
from devstack.timestream.errors import ValidationError
from devstack.timestream.expressions import Expressions
from devstack.timestream.schema import Column, Table
from devstack.timestream.scope import (
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
    """DuckDB's SQL for a part of FROM, and the columns that it has."""

    sql: str
    fields: tuple[Field, ...]


class Relations(Expressions):
    """Compiles the FROM clause."""

    def relation(self, select: exp.Select) -> Relation:
        """Compile all that a SELECT reads from. The fields are in the order of `*`."""
        source = select.args.get("from_")
        if source is None:
            return Relation("", ())
        whole = self._item(source.this)
        for join in select.args.get("joins") or ():
            whole = self._joined(whole, join)
        return whole

    def table(self, database: str, name: str, node: exp.Expr) -> Table:
        """A table of the catalog. Raises ValidationError, in the service's words, if it does not exist."""
        place = str(self.error(node, "")).removeprefix("line ").removesuffix(": ")
        if database not in set(self.catalog.databases()):
            wanted = f"'{database}' not found for identifier '{database}.{name}'"
            raise ValidationError(f"Requested database {wanted} at line {place}")
        try:
            return self.catalog.table(database, name)
        except KeyError:
            raise self.error(node, f"Table {database}.{name} does not exist") from None

    def _item(self, node: exp.Expr) -> Relation:
        match node:
            case exp.Table() if isinstance(node.this, exp.Identifier):
                return self._named(node)
            case exp.Subquery():
                return self._derived(node, self.subquery(node))
            case exp.Values():
                return self._derived(node, self.values(node))
            case exp.Table() if isinstance(node.this, exp.Values):
                return self._derived(node, self.values(node.this))
            case exp.Unnest():
                return self._unnested(node)
            case _:
                raise self.syntax_error(node)

    def _named(self, node: exp.Table) -> Relation:
        if node.db:
            return self._stored(node, self.table(node.db, node.name, node))
        found = self.scope.ctes.get(node.name.lower())
        if found is None:
            raise self.error(node, "Schema must be specified when session schema is not set")
        name = self.alias("r")
        fields = _output_fields(name, found.output.columns, (node.alias or node.name,))
        return Relation(f"{found.relation} AS {name}", self._renamed(node, fields))

    def _stored(self, node: exp.Table, found: Table) -> Relation:
        name = self.alias("r")
        path = (node.alias,) if node.alias else (found.database, found.name)
        fields = tuple(
            Field(each.name, _stored_value(name, each), path, exact=True, exact_path=not node.alias)
            for each in found.columns
        )
        return Relation(f"{found.relation} AS {name}", self._renamed(node, fields))

    def _derived(self, node: exp.Expr, output: Output) -> Relation:
        name = self.alias("r")
        path = (node.alias,) if node.alias else ()
        return Relation(
            f"({output.sql}) AS {name}", self._renamed(node, _output_fields(name, output.columns, path))
        )

    def _renamed(self, node: exp.Expr, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """The fields, renamed if there is an `AS t (a, b)`."""
        names = node.args["alias"].args.get("columns") if node.args.get("alias") else None
        if not names:
            return fields
        labels = relabelled(node.alias, names, len(fields), node, self)
        return tuple(
            replace(each, name=label, exact=False) for each, label in zip(fields, labels, strict=True)
        )

    def values(self, node: exp.Values) -> Output:
        """`VALUES (1, 'a'), (2, 'b')` as a query."""
        rows = [[self.expression(item) for item in _cells(row)] for row in node.expressions]
        if len({len(row) for row in rows}) != 1:
            raise self.error(node, "Values rows have mismatched types")
        columns = [
            unify(list(column), node, self, "Values rows have mismatched types")
            for column in zip(*rows, strict=True)
        ]
        texts = ", ".join(
            "(" + ", ".join(item.sql for item in row) + ")" for row in zip(*columns, strict=True)
        )
        names = ", ".join(f"c{i}" for i in range(len(columns)))
        kinds = tuple((f"_col{i}", column[0].type) for i, column in enumerate(columns))
        return Output(select("*", f"VALUES {texts}") + f" AS v({names})", kinds)

    def _unnested(self, node: exp.Unnest) -> Relation:
        name = self.alias("r")
        path = (node.alias,) if node.alias else ()
        items, fields, lengths = [], [], []
        for i, each in enumerate(node.expressions):
            value = self.expression(each)
            items.append(f"unnest({value.sql}) AS e{i}")
            lengths.append(f"coalesce(len({value.sql}), 0)")
            fields += self._element_fields(f"{name}.e{i}", value.type, path, each)
        # For WITH ORDINALITY, sqlglot sets `offset`: to the last alias if there is one.
        ordinality = node.args.get("offset")
        if ordinality:
            items.append(f"unnest(range(1, greatest({', '.join(lengths)}) + 1)) AS n")
            label = ordinality.name if isinstance(ordinality, exp.Identifier) else "ordinality"
            fields.append(Field(label, Expression(f"{name}.n", Scalar.BIGINT), path))
        named = fields[:-1] if ordinality else fields
        renamed = self._renamed(node, tuple(named)) + tuple(fields[len(named) :])
        return Relation(f"LATERAL (SELECT {', '.join(items)}) AS {name}", renamed)

    def _element_fields(self, sql: str, kind: Type, path: tuple[str, ...], node: exp.Expr) -> list[Field]:
        match kind:
            case TimeSeries(value):
                members = point(value).fields
            case Array(Row(fields)):
                members = fields
            case Array(element):
                return [Field(None, Expression(sql, element), path)]
            case _:
                raise self.error(node, f"Cannot unnest type: {kind}")
        return [
            Field(label, Expression(f"{sql}.f{i}", member), path) for i, (label, member) in enumerate(members)
        ]

    def _joined(self, left: Relation, join: exp.Join) -> Relation:
        side, kind = join.args.get("side") or "", join.args.get("kind") or ""
        lateral = isinstance(join.this, exp.Unnest)
        beside = self.within(replace(self.scope, fields=left.fields)) if lateral else self
        right = beside._item(join.this)
        fields = left.fields + right.fields
        if kind == "CROSS":
            return Relation(f"{left.sql} CROSS JOIN {right.sql}", fields)
        if kind not in ("", "INNER", "OUTER") or (lateral and side in ("RIGHT", "FULL")):
            raise self.syntax_error(join)
        if names := join.args.get("using"):
            return self._using(left, right, [name.name for name in names], join)
        if not join.args.get("on"):
            raise self.syntax_error(join)
        on = self.within(replace(self.scope, fields=fields)).condition(join.args["on"], "JOIN ON clause")
        return Relation(f"{left.sql} {_SIDES[side]} {right.sql} ON {on}", fields)

    def _using(self, left: Relation, right: Relation, names: list[str], join: exp.Join) -> Relation:
        """The joined columns come first, and once. Those of each side need their table's name."""
        merged, conditions, gone = [], [], []
        for name in names:
            sides = [self._only(each, name, join) for each in (left, right)]
            a, b = unify([each.value for each in sides], join, self)
            conditions.append(comparison("=", "", a, b).sql)
            merged.append(
                Field(sides[0].name, Expression(f"coalesce({a.sql}, {b.sql})", a.type), (), sides[0].exact)
            )
            gone += sides
        rest = (replace(each, hidden=True) if each in gone else each for each in left.fields + right.fields)
        sql = f"{left.sql} {_SIDES[join.args.get('side') or '']} {right.sql} ON {' AND '.join(conditions)}"
        return Relation(sql, (*merged, *rest))

    def _only(self, side: Relation, name: str, join: exp.Join) -> Field:
        found = Scope(side.fields).find((), name)
        if len(found) != 1:
            raise self.error(join, f"Column {string(name)} is missing from one side of the join or ambiguous")
        return found[0]


def _stored_value(relation_name: str, each: Column) -> Expression:
    return Expression(f"{relation_name}.{quoted(each.name)}", TABLE_TYPES[each.type], stored=True)


def _output_fields(
    name: str, columns: tuple[tuple[str | None, Type], ...], path: tuple[str, ...]
) -> tuple[Field, ...]:
    return tuple(
        Field(label, Expression(f"{name}.c{i}", kind), path) for i, (label, kind) in enumerate(columns)
    )


def _cells(row: exp.Expr) -> list[exp.Expr]:
    """The values of one row, which AWS's own examples write with a second pair of parentheses."""
    cells = row.expressions
    return cells[0].expressions if len(cells) == 1 and isinstance(cells[0], exp.Tuple) else cells
