"""The statements that are not queries: SHOW DATABASES, SHOW TABLES, SHOW MEASURES and DESCRIBE.

https://docs.aws.amazon.com/timestream/latest/developerguide/supported-sql-constructs.SHOW.html
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from devstack.timestream.datatypes import Array, Row, Scalar, Type
from devstack.timestream.errors import ValidationError
from devstack.timestream.schema import Catalog

Columns = tuple[tuple[str, Type], ...]
Rows = list[tuple[Any, ...]]

_NAME = r'("(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*)'
_LIKE = r"(?:\s+LIKE\s+'(?P<like>(?:[^']|'')*)')?"
_DIMENSIONS = Array(Row((("dimension_name", Scalar.VARCHAR), ("data_type", Scalar.VARCHAR))))


def answer(text: str, catalog: Catalog) -> tuple[Columns, Rows] | None:
    """The result of a SHOW or DESCRIBE statement; None if the text is something else.

    Raises ValidationError if the statement is malformed, or names a database or table that does not exist.
    """
    for pattern, columns, rows in _STATEMENTS:
        if match := pattern.fullmatch(text):
            return columns, list(rows(match, catalog))
    if re.match(r"\s*UNLOAD\b", text, re.IGNORECASE):
        raise ValidationError("UNLOAD is not implemented by the local Timestream")
    if re.match(r"\s*(SHOW|DESCRIBE|DESC)\b", text, re.IGNORECASE):
        raise ValidationError("The query syntax is invalid at line 1:1")
    return None


def _databases(match: re.Match[str], catalog: Catalog) -> Iterator[tuple[str]]:
    wanted = _like(match)
    return ((name,) for name in catalog.databases() if wanted(name))


def _tables(match: re.Match[str], catalog: Catalog) -> Iterator[tuple[str]]:
    wanted = _like(match)
    databases = [_unquoted(match["database"])] if match["database"] else list(catalog.databases())
    for database in databases:
        try:
            names = list(catalog.tables(database))
        except KeyError:
            raise ValidationError(f"line 1:1: Schema '{database}' does not exist") from None
        yield from ((name,) for name in names if wanted(name))


def _measures(match: re.Match[str], catalog: Catalog) -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    wanted = _like(match)
    database, table = _unquoted(match["database"]), _unquoted(match["table"])
    try:
        measures = list(catalog.measures(database, table))
    except KeyError:
        raise _no_table(database, table) from None
    for measure in filter(lambda measure: wanted(measure.name), measures):
        yield measure.name, measure.type, [{"f0": name, "f1": kind} for name, kind in measure.dimensions]


def _describe(match: re.Match[str], catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    database, table = _unquoted(match["database"]), _unquoted(match["table"])
    try:
        found = catalog.table(database, table)
    except KeyError:
        raise _no_table(database, table) from None
    return ((column.name, column.type, column.role.value) for column in found.columns)


_Teller = Callable[[re.Match[str], Catalog], Iterator[tuple[Any, ...]]]


def _statement(
    pattern: str, tell: _Teller, *columns: tuple[str, Type]
) -> tuple[re.Pattern[str], Columns, _Teller]:
    name = _NAME.replace("(", "(?P<{}>", 1)
    pattern = pattern.replace("<database>", name.format("database")).replace("<table>", name.format("table"))
    return re.compile(rf"\s*{pattern}\s*", re.IGNORECASE), columns, tell


_STATEMENTS = (
    _statement(rf"SHOW\s+DATABASES{_LIKE}", _databases, ("Database", Scalar.VARCHAR)),
    _statement(rf"SHOW\s+TABLES(?:\s+FROM\s+<database>)?{_LIKE}", _tables, ("Table", Scalar.VARCHAR)),
    _statement(
        rf"SHOW\s+MEASURES\s+FROM\s+<database>\s*\.\s*<table>{_LIKE}",
        _measures,
        ("measure_name", Scalar.VARCHAR),
        ("data_type", Scalar.VARCHAR),
        ("dimensions", _DIMENSIONS),
    ),
    _statement(
        r"DESC(?:RIBE)?\s+<database>\s*\.\s*<table>",
        _describe,
        ("Column", Scalar.VARCHAR),
        ("Type", Scalar.VARCHAR),
        ("Timestream attribute type", Scalar.VARCHAR),
    ),
)


def _like(match: re.Match[str]) -> Callable[[str], bool]:
    if match["like"] is None:
        return lambda _name: True
    parts = re.split(r"([%_])", match["like"].replace("''", "'"))
    pattern = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in parts)
    return lambda name: re.fullmatch(pattern, name) is not None


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _no_table(database: str, table: str) -> ValidationError:
    return ValidationError(f"line 1:1: Table {database}.{table} does not exist")
