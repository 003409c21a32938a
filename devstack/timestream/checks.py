"""The allow-list of syntax: sqlglot parses much that Timestream's language does not have."""

import re

from sqlglot import exp

# Every kind of node that a query may have, and the parts that the node may have. All else is refused.
_GRAMMAR: dict[type[exp.Expr], frozenset[str]] = {
    kind: frozenset(parts.split())
    for kind, parts in {
        exp.Select: "with_ expressions distinct from_ joins where group having order limit",
        exp.Union: "with_ this expression distinct order limit",
        exp.Intersect: "with_ this expression distinct order limit",
        exp.Except: "with_ this expression distinct order limit",
        exp.Subquery: "with_ this alias order limit",
        exp.Values: "expressions alias",
        exp.With: "expressions",
        exp.CTE: "this alias",
        exp.TableAlias: "this columns",
        exp.From: "this",
        exp.Table: "this db alias",
        exp.Join: "this kind side on using",
        exp.Unnest: "expressions alias offset",
        exp.Where: "this",
        exp.Group: "expressions all",
        exp.Having: "this",
        exp.Order: "expressions",
        exp.Ordered: "this desc nulls_first",
        exp.Limit: "expression",
        exp.Distinct: "expressions",
        exp.Alias: "this alias",
        exp.Star: "",
        exp.Identifier: "this quoted",
        exp.Column: "this table db",
        exp.Dot: "this expression",
        exp.Literal: "this is_string",
        exp.Boolean: "this",
        exp.Null: "",
        exp.Parameter: "this",
        exp.Var: "this",
        exp.Tuple: "expressions",
        exp.Paren: "this",
        exp.Neg: "this",
        exp.Add: "this expression",
        exp.Sub: "this expression",
        exp.Mul: "this expression",
        exp.Div: "this expression typed",
        exp.Mod: "this expression",
        exp.DPipe: "this expression",
        exp.And: "this expression",
        exp.Or: "this expression",
        exp.Not: "this",
        exp.EQ: "this expression",
        exp.NEQ: "this expression",
        exp.GT: "this expression",
        exp.GTE: "this expression",
        exp.LT: "this expression",
        exp.LTE: "this expression",
        exp.NullSafeEQ: "this expression",
        exp.NullSafeNEQ: "this expression",
        exp.Is: "this expression",
        exp.Between: "this low high",
        exp.In: "this expressions query",
        exp.Exists: "this",
        exp.Any: "this",
        exp.All: "this",
        exp.Like: "this expression negate",
        exp.Escape: "this expression",
        exp.Case: "this ifs default",
        exp.If: "this true",
        exp.Cast: "this to",
        exp.TryCast: "this to safe",
        exp.DataType: "this expressions nested",
        exp.DataTypeParam: "this",
        exp.ColumnDef: "this kind",
        exp.Interval: "this unit",
        exp.Extract: "this expression",
        exp.Trim: "this expression position",
        exp.StrPosition: "this substr",
        exp.Anonymous: "this expressions",
        exp.Array: "expressions",
        exp.Bracket: "this expressions",
        exp.Lambda: "this expressions",
        exp.Window: "this partition_by order spec over",
        exp.WindowSpec: "kind start start_side end end_side",
        exp.CurrentDate: "",
        exp.CurrentTime: "",
        exp.CurrentTimestamp: "",
        exp.Localtime: "",
        exp.Localtimestamp: "",
    }.items()
}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# https://docs.aws.amazon.com/timestream/latest/developerguide/ts-limits.html#limits.reserved
_RESERVED = re.compile(
    """
    ALTER|AND|AS|BETWEEN|BY|CASE|CAST|CONSTRAINT|CREATE|CROSS|CUBE|CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|
    CURRENT_USER|DEALLOCATE|DELETE|DESCRIBE|DISTINCT|DROP|ELSE|END|ESCAPE|EXCEPT|EXECUTE|EXISTS|EXTRACT|FALSE|
    FOR|FROM|FULL|GROUP|GROUPING|HAVING|IN|INNER|INSERT|INTERSECT|INTO|IS|JOIN|LEFT|LIKE|LOCALTIME|
    LOCALTIMESTAMP|NATURAL|NORMALIZE|NOT|NULL|ON|OR|ORDER|OUTER|PREPARE|RECURSIVE|RIGHT|ROLLUP|SELECT|TABLE|
    THEN|TRUE|UESCAPE|UNION|UNNEST|USING|VALUES|WHEN|WHERE|WITH
    """,
    re.IGNORECASE | re.VERBOSE,
)


def check(tree: exp.Expr) -> exp.Expr | None:
    """The first node that is not in the language; None if all of them are."""
    return next((node for node in tree.walk(bfs=False) if not _belongs(node)), None)


def _belongs(node: exp.Expr) -> bool:
    allowed = _GRAMMAR.get(type(node))
    if allowed is None or not allowed.issuperset(part for part, value in node.args.items() if value):
        return False
    if isinstance(node, exp.Identifier):
        return bool(node.args.get("quoted")) or _is_name(node.name)
    return True


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _RESERVED.fullmatch(text)
