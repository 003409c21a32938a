"""Finds and deletes a visitor's page views in PostgreSQL.

No index knows the visitor: it would cost something with each page view, and is needed a few times a year. So
the whole table is read, affiliate by affiliate and by its primary key, in statements that stay far below what
Aurora DSQL allows: 5 minutes, 128 MiB, and 3,000 rows changed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from chalicelib.engines.postgres.connections import KeptConnection

PAGE: Final = 5_000
"""Rows that one statement reads. The ids of all of them fit into a value of 1 MiB, DSQL's largest."""

DELETED: Final = 1_000
"""Rows that one statement deletes, at most."""

PATIENCE: Final = 240
"""Seconds for a statement, and for its repetitions after a conflict."""


def visitor_rows(
    database: KeptConnection, hashes: Sequence[str], page: int = PAGE
) -> Iterator[tuple[str, int, list[str]]]:
    """Read all page views. For each part of the table: the affiliate, the number of rows, and the ids of the
    visitor's.
    """
    affiliate = ""  # no id is empty, and no id is before it
    while following := _run(database, _NEXT_AFFILIATE, [affiliate]):
        ((affiliate,),) = following
        last, count = "", page
        while count == page:
            values = [*hashes, affiliate, last, page]
            ((count, last, event_ids),) = _run(database, page_statement(len(hashes)), values)
            yield affiliate, count, event_ids or []


def page_statement(hashes: int) -> str:
    """Reads a part of an affiliate's page views, for so many hashes.

    Its values: the hashes, the affiliate, the last event id before the part, and the most rows. Its row: the
    number of rows, the last event id, and a list of the visitor's event ids or null.
    """
    return _PAGE.format(hashes=_places([""] * hashes))


def delete_rows(database: KeptConnection, affiliate: str, event_ids: Sequence[str]) -> None:
    """Delete these page views of an affiliate. May be repeated."""
    for start in range(0, len(event_ids), DELETED):
        part = event_ids[start : start + DELETED]
        _run(database, _DELETE.replace("{events}", _places(part)), [affiliate, *part])


def check_rights(database: KeptConnection) -> None:
    """Raise psycopg's InsufficientPrivilege, or UndefinedTable, if the page views cannot be deleted."""
    _run(database, f"{_DELETE.replace('{events}', '%s')} AND false", ["", ""])


_NEXT_AFFILIATE: Final = """\
SELECT affiliate_id FROM analytics.page_views WHERE affiliate_id > %s ORDER BY affiliate_id LIMIT 1"""

_PAGE: Final = """\
SELECT count(*), max(event_id), json_agg(event_id) FILTER (WHERE visitor_id IN ({hashes})) FROM (
  SELECT event_id, visitor_id FROM analytics.page_views WHERE affiliate_id = %s AND event_id > %s
  ORDER BY event_id LIMIT %s) AS page"""

_DELETE: Final = "DELETE FROM analytics.page_views WHERE affiliate_id = %s AND event_id IN ({events})"


def _places(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _run(database: KeptConnection, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    return database.rows(statement, values, seconds=PATIENCE)
