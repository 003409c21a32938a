"""Columns that Timestream does not know yet, because no record has them.

A statement that names one is refused as if it were wrong. So it is sent again, with null in its place.
"""

from collections.abc import Collection, Iterator
from typing import Final

from chalicelib.figures import Column

ALWAYS: Final = {
    "views": {"affiliate_id", "website", "visitor_id", "event_id"},
    "orders": {"affiliate_id", "currency", "measure_value::bigint"},
}
"""Of each table, the columns that every record has: without one of them, the table is empty."""


class Unwritten:
    """The columns of one statement that are taken to be missing."""

    def __init__(self, columns: Collection[Column]) -> None:
        self._columns = columns
        self._guesses: dict[str, Iterator[frozenset[str]]] = {}
        self._latest: dict[str, frozenset[str]] = {}

    @property
    def fields(self) -> frozenset[str]:
        """Their replacement fields."""
        return frozenset().union(*self._latest.values())

    @property
    def is_everything(self) -> bool:
        """Whether there is nothing to read: all tables are empty."""
        return bool(self._latest) and self.fields.issuperset(each.field for each in self._columns)

    def add(self, name: str) -> bool:
        """Take a column to be missing that Timestream does not know. Whether that is a change.

        Timestream says the name and not the table. If two tables have a column of the name, each alone is
        taken first, and then both.
        """
        guesses = self._guesses.setdefault(name, self._guess(name))
        self._latest[name] = next(guesses, frozenset())
        return bool(self._latest[name])

    def _guess(self, name: str) -> Iterator[frozenset[str]]:
        each = [self._without(column) for column in self._columns if column.name == name]
        yield from sorted(each, key=sorted)
        if len(each) > 1:
            yield frozenset().union(*each)

    def _without(self, column: Column) -> frozenset[str]:
        """What is missing if this column is: the column, or the whole table."""
        if column.name not in ALWAYS[column.table]:
            return frozenset({column.field})
        return frozenset(each.field for each in self._columns if each.table == column.table)
