"""Compiled expressions and queries, the names in scope, and the root of the compiler's layers."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Self

from sqlglot import exp

from devstack.timestream.datatypes import Row, Scalar, Type
from devstack.timestream.errors import ValidationError
from devstack.timestream.schema import Catalog
from devstack.timestream.syntax import position, start


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: DuckDB's SQL for it, and its Timestream type.

    `text` is the value of a string literal, `parameter` the name of an @parameter. `stored` is true for
    literals and for columns of tables: they cannot be NaN, since Timestream does not store NaN.
    """

    sql: str
    type: Type
    text: str | None = None
    parameter: str | None = None
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a name can mean. `path` is the qualifier that may precede the name.

    Tables and their columns need their exact names, as AWS says. Names of derived columns and aliases may be
    in any case, as in Trino. A `hidden` column needs its qualifier, since a join merged it with another.
    """

    name: str | None
    value: Expression
    path: tuple[str, ...] = ()
    exact: bool = False
    exact_path: bool = False
    hidden: bool = False

    def answers(self, name: str) -> bool:
        """Whether the column has this name."""
        return name == self.name or (not self.exact and name.lower() == (self.name or "").lower())

    def answers_path(self, path: tuple[str, ...]) -> bool:
        """Whether this qualifier may precede the column's name."""
        mine = self.path[len(self.path) - len(path) :]
        return path == mine or (not self.exact_path and _lower(path) == _lower(mine))


@dataclass(frozen=True, slots=True)
class Output:
    """A compiled query: DuckDB's SQL with columns c0, c1, …, and their names and types in Timestream."""

    sql: str
    columns: tuple[tuple[str | None, Type], ...]


@dataclass(frozen=True, slots=True)
class Cte:
    """A query named in WITH, under its name in DuckDB."""

    relation: str
    output: Output


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use, innermost first. `lambdas` are the parameters of lambdas."""

    fields: tuple[Field, ...] = ()
    outer: "Scope | None" = None
    ctes: Mapping[str, Cte] = field(default_factory=dict)
    lambdas: Mapping[str, Expression] = field(default_factory=dict)

    def inner(self) -> "Scope":
        """A scope for a query within this one."""
        return Scope(outer=self, ctes=self.ctes)

    def find(self, path: tuple[str, ...], name: str) -> list[Field]:
        """The columns that a name can mean, in the innermost scope that has one."""
        found = [each for each in self.fields if each.answers(name) and each.answers_path(path)]
        exact = [each for each in found if each.name == name]
        if not path:
            exact, found = _unhidden(exact), _unhidden(found)
        if found or self.outer is None:
            return exact or found
        return self.outer.find(path, name)


class Context(ABC):
    """What every part of the compiler knows: the query, the names in scope, and what it learned so far."""

    def __init__(self, text: str, catalog: Catalog, now: int) -> None:
        """`now` is in nanoseconds since 1970."""
        self.text, self.catalog, self.now = text, catalog, now
        self.scope = Scope()
        self.parameters: dict[str, Type] = {}
        """The @parameters, with their types as far as they are known."""
        self._aliases = itertools.count(1)

    @abstractmethod
    def expression(self, node: exp.Expr) -> Expression:
        """Compile a node as an expression."""

    @abstractmethod
    def query(self, node: exp.Expr) -> Output:
        """Compile a node as a query."""

    def within(self, scope: Scope) -> Self:
        """A compiler for another scope of the same query. It shares everything else."""
        inner = copy(self)
        inner.scope = scope
        return inner

    def subquery(self, node: exp.Expr) -> Output:
        """Compile a node as a query within this scope."""
        return self.within(self.scope.inner()).query(node)

    def alias(self, prefix: str) -> str:
        """A new name for DuckDB, unique in the query."""
        return f"{prefix}{next(self._aliases)}"

    def error(self, node: exp.Expr, message: str) -> ValidationError:
        """An error in the query, with its position: "line 1:76: Column 'x' does not exist"."""
        line, column = position(self.text, start(node))
        return ValidationError(f"line {line}:{column}: {message}")

    def syntax_error(self, node: exp.Expr) -> ValidationError:
        """The error that a node is not in the language."""
        line, column = position(self.text, start(node))
        return ValidationError(f"The query syntax is invalid at line {line}:{column}")


def column(path: tuple[str, ...], name: str, node: exp.Expr, context: Context) -> Expression:
    """The column that a reference means; `a.b` may also be field b of row a."""
    scope = context.scope
    found = scope.find(path, name)
    if len(found) > 1:
        raise context.error(node, f"Column '{_dotted(path, name)}' is ambiguous")
    if found:
        return found[0].value
    if path and (owner := scope.find(path[:-1], path[-1])):
        return row_field(owner[0].value, name, node, context)
    raise context.error(node, f"Column '{_dotted(path, name)}' does not exist")


def relabelled(
    alias: str, names: list[exp.Identifier], count: int, node: exp.Expr, context: Context
) -> list[str]:
    """The names of `AS alias (a, b)`: one for each column."""
    if len(names) != count:
        raise context.error(
            node, f"Column alias list has {len(names)} entries but '{alias}' has {count} columns available"
        )
    return [name.name for name in names]


def row_field(row: Expression, name: str, node: exp.Expr, context: Context) -> Expression:
    """A field of a row, by its name in any case."""
    fields = row.type.fields if isinstance(row.type, Row) else ()
    for i, (label, kind) in enumerate(fields):
        if label is not None and label.lower() == name.lower():
            return Expression(f"({row.sql}).f{i}", kind)
    raise context.error(node, f"Column '{name}' does not exist")


def quoted(name: str) -> str:
    """An identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def string(text: str) -> str:
    """A string literal for DuckDB, whose only escape is the doubled quote."""
    return "'" + text.replace("'", "''") + "'"


def select(items: str, query: str) -> str:
    """SQL for some values of each row of a compiled query."""
    return f"SELECT {items} FROM ({query})"  # noqa: S608 (both are made by this compiler, of literals it quoted)


def null(kind: Type = Scalar.UNKNOWN) -> Expression:
    """NULL, of this type."""
    return Expression("NULL", kind, stored=True)


def walk(scope: Scope | None) -> Iterator[Scope]:
    """A scope and those around it."""
    while scope is not None:
        yield scope
        scope = scope.outer


def _unhidden(fields: list[Field]) -> list[Field]:
    return [each for each in fields if not each.hidden]


def _lower(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.lower() for part in path)


def _dotted(path: tuple[str, ...], name: str) -> str:
    return ".".join((*path, name))
