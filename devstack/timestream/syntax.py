"""Parses a query's text to its syntax tree, by sqlglot's Trino dialect with most of it left out."""

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, TokenError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import Token, TokenType

from devstack.timestream.checks import check
from devstack.timestream.errors import ValidationError

# The keywords and operators of the language. Every other word is a name. This keeps out QUALIFY, OFFSET,
# PIVOT, TABLESAMPLE, every statement but a query, and the operators of other databases.
_WORDS = """
    :: || >= <= <> != -> ALL AND ANY ARRAY AS ASC BETWEEN BIGINT BOOLEAN CASE CROSS CURRENT_DATE CURRENT_TIME
    CURRENT_TIMESTAMP DATE DESC DISTINCT DOUBLE ELSE END ESCAPE EXCEPT EXISTS FALSE FROM FULL HAVING IN
    INNER INT INTEGER INTERSECT INTERVAL IS JOIN LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP NOT NULL ON OR
    ORDINALITY OUTER OVER RANGE RIGHT ROW ROWS SELECT SOME THEN TIME TIMESTAMP TRUE UNION UNNEST
    USING VALUES VARCHAR WHEN WHERE WITH
"""
_PHRASES = ("GROUP BY", "ORDER BY", "PARTITION BY")

_UNITS = "ns|nanosecond|us|microsecond|ms|millisecond|s|second|m|minute|h|hour|d|day|month|y|year"
_DURATION = re.compile(rf"\d+(\.\d+)?({_UNITS})", re.IGNORECASE)

_MEASURE_TYPES = frozenset({"BIGINT", "BOOLEAN", "DOUBLE", "TIMESTAMP", "VARCHAR"})


class _Tokenizer(Trino.Tokenizer):
    KEYWORDS: ClassVar[dict[str, TokenType]] = {
        word: Trino.Tokenizer.KEYWORDS[word] for word in (*_WORDS.split(), *_PHRASES)
    }
    SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {**Trino.Tokenizer.SINGLE_TOKENS, "!": TokenType.UNKNOWN}
    HEX_STRINGS: ClassVar[list[str | tuple[str, str]]] = []
    UNICODE_STRINGS: ClassVar[list[str | tuple[str, str]]] = []


class _Parser(TrinoParser):
    # Calls stay calls: sqlglot's own nodes for functions drop arguments (approx_distinct's error) and
    # change meanings. The functions are in functions.py.
    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: TrinoParser.FUNCTION_PARSERS[name]
        for name in ("CAST", "TRY_CAST", "EXTRACT", "POSITION", "TRIM")
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        "CASE": TrinoParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }
    NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {
        TokenType.CURRENT_DATE: exp.CurrentDate,
        TokenType.CURRENT_TIME: exp.CurrentTime,
        TokenType.CURRENT_TIMESTAMP: exp.CurrentTimestamp,
        TokenType.LOCALTIME: exp.Localtime,
        TokenType.LOCALTIMESTAMP: exp.Localtimestamp,
    }
    STATEMENT_PARSERS: ClassVar[dict[TokenType, Any]] = {}
    COLUMN_OPERATORS: ClassVar[dict[TokenType, Any]] = {
        TokenType.DOT: None,
        TokenType.DCOLON: lambda self, this, to: self.measure_value(this, to),
    }
    SUBQUERY_TOKENS: ClassVar[set[TokenType]] = {*TrinoParser.SUBQUERY_TOKENS, TokenType.VALUES}
    JOINS_HAVE_EQUAL_PRECEDENCE = True  # marks what a comma joins as CROSS; a JOIN without ON stays unmarked

    def measure_value(self, name: exp.Expr, kind: exp.DataType) -> exp.Column:
        """`measure_value::bigint` is a name and not a cast; the language has no other `::`."""
        text = kind.this.name if isinstance(kind.this, exp.DType) else ""
        if not (
            isinstance(name, exp.Column) and name.name.lower() == "measure_value" and text in _MEASURE_TYPES
        ):
            self.raise_error("Only measure_value has a ::type", self._prev)
        column = exp.Column(
            this=exp.to_identifier(f"measure_value::{text.lower()}", quoted=True),
            table=name.args.get("table"),
        )
        column.this.meta.update(name.this.meta)
        return column

    def _parse_select_query(self, *args: Any, **kwargs: Any) -> exp.Expr | None:
        if self._match(TokenType.FROM, advance=False):
            self.raise_error("A query begins with SELECT")
        return super()._parse_select_query(*args, **kwargs)

    def _parse_bracket(self, this: exp.Expr | None = None) -> exp.Expr | None:
        if this is None and self._match(TokenType.L_BRACKET, advance=False):
            self.raise_error("An array begins with ARRAY")
        return super()._parse_bracket(this)


class Timestream(Trino):
    """The dialect. For reading only: queries are compiled, never generated from the tree."""

    INDEX_OFFSET = 0  # subscripts stay as written

    Tokenizer = _Tokenizer
    Parser = _Parser


def tokens(sql: str) -> list[Token]:
    """The tokens of a query, its interval literals as calls: `7d` means `parse_duration('7d')`, says AWS.

    Otherwise `time + 90m` would read as `time + 90 AS m`.
    https://docs.aws.amazon.com/timestream/latest/developerguide/date-time-functions.html
    """
    try:
        sql.encode()  # JSON can contain half a surrogate pair, and DuckDB cannot
        found = Timestream().tokenize(sql)
    except UnicodeEncodeError as error:
        raise _invalid(*position(sql, error.start)) from None
    except TokenError as error:
        place = re.search(r"(\d+):(\d+)", str(error.__cause__))
        raise _invalid(int(place[1]) if place else 1, int(place[2]) if place else 1) from None
    return list(_with_durations(found, sql))


def parse(sql: str) -> exp.Query:
    """The syntax tree of one query. All of its nodes are in the language.

    Raises ValidationError in the service's words: "The query syntax is invalid at line 1:21".
    """
    found = tokens(sql)
    for before, token in pairwise(found):
        if before.token_type == token.token_type == TokenType.STRING:
            raise _invalid(*position(sql, token.start))  # sqlglot would join them
    if semicolon := next((token for token in found if token.token_type == TokenType.SEMICOLON), None):
        raise _invalid(*position(sql, semicolon.start))
    try:
        trees = Timestream().parser().parse(found, sql)
    except ParseError as error:
        place = error.errors[0]
        raise _invalid(place["line"], place["col"] - len(place["highlight"]) + 1) from None
    tree = trees[0] if trees else None
    if not isinstance(tree, exp.Query):
        raise _invalid(1, 1)
    if offending := check(tree) or _string_as_name(tree, sql):
        raise _invalid(*position(sql, start(offending)))
    return tree


def position(sql: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset in the text."""
    return sql.count("\n", 0, offset) + 1, offset - (sql.rfind("\n", 0, offset) + 1) + 1


def start(node: exp.Expr) -> int:
    """The offset at which a node begins: its own, its first child's, or its parent's, whichever is known."""
    known = [child.meta["start"] for child in node.walk() if "start" in child.meta]
    if known:
        return int(min(known))
    return start(node.parent) if node.parent else 0


def _string_as_name(tree: exp.Expr, sql: str) -> exp.Identifier | None:
    """The first 'name' in single quotes, which sqlglot takes for "name"."""
    names = tree.find_all(exp.Identifier)
    return next((name for name in names if sql[name.meta.get("start", 0)] == "'"), None)


def _with_durations(found: list[Token], sql: str) -> Iterator[Token]:
    rest = iter(zip_longest(found, found[1:]))
    for token, after in rest:
        if token.token_type != TokenType.NUMBER or after is None or after.start != token.end + 1:
            yield token
        elif after.token_type == TokenType.VAR:
            if not _DURATION.fullmatch(token.text + after.text):
                raise _invalid(*position(sql, token.start))
            yield from _call(token, after)
            next(rest)
        else:
            yield token


def _call(number: Token, unit: Token) -> Iterator[Token]:
    parts = {"parse_duration": TokenType.VAR, "(": TokenType.L_PAREN}
    for text, kind in (*parts.items(), (number.text + unit.text, TokenType.STRING), (")", TokenType.R_PAREN)):
        yield Token(kind, text, line=number.line, col=unit.col, start=number.start, end=unit.end)


def _invalid(line: int, column: int) -> ValidationError:
    return ValidationError(f"The query syntax is invalid at line {line}:{column}")
