"""A statement, and how one database writes it differently from another."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import repeat
from typing import Any, Final, Generic, TypeAlias, TypeVar

import msgspec

Value: TypeAlias = str | datetime | int
"""Moments have a time zone."""

R = TypeVar("R", bound=msgspec.Struct)

NO_TEXT: Final = "CAST(NULL AS varchar)"
"""Null, of the type that texts have."""


class Column(msgspec.Struct, frozen=True):
    """A column that a statement reads. A database may not know it before an event has it."""

    field: str
    """The replacement field that stands for it in the text."""
    table: str
    """Of which table: a word for it, not its name."""
    name: str


class Statement(msgspec.Struct, Generic[R], frozen=True):
    """One SQL statement, without its values."""

    text: str
    """With a replacement field for each value and column, as `str.format_map` takes it: `{affiliate_id}`."""
    values: tuple[tuple[str, Value], ...]
    """By name. An engine binds them, or writes them as literals if its database binds nothing."""
    row: type[R]
    """What one line of the answer is. Its fields are the columns."""
    columns: tuple[Column, ...] = ()


class Amounts(msgspec.Struct, frozen=True):
    """Where amounts of money of one kind are stored."""

    table: str
    """Quoted."""
    is_one: str
    """A condition that holds for each of its rows that has such an amount; empty if all rows have."""
    micros: str
    """The amount."""


class Dialect(msgspec.Struct, frozen=True):
    """What is written differently: parts of SQL. No part comes from a request."""

    page_views: str
    """The table of page views, quoted."""
    is_page_view: str
    """A condition that holds for each of its rows that is a page view; empty if all rows are."""
    is_click: str
    """A condition that holds for each click, `{}` standing for the column."""
    commissions: Amounts
    revenues: Amounts
    payouts: Amounts
    seconds: str
    """So many seconds as an interval, `{}` standing for a number."""
    no_label: str
    """Null, of the type that labels have."""
    in_utc: str
    """A moment as what the clocks of UTC show, of the type that labels have, `{}` standing for the moment."""
    has_little_memory: bool
    """Whether the database gives a query little memory, and so wants few sorts."""
    goes_by_affiliate: bool
    """Whether an index finds the rows of a time only within an affiliate, so that a question about everyone
    reads less if it goes from one affiliate to the next."""
    holds_events_once: bool
    """Whether an event that was reported twice, with another time or more details, is one row: of its first
    report, with all details."""


class Values:
    """Collects the values and columns of a statement while its text is written."""

    def __init__(self) -> None:
        self._named: dict[str, Value] = {}
        self._columns: dict[str, Column] = {}

    def add(self, name: str, value: Value) -> str:
        """What stands for `value` in the text."""
        self._named[name] = value
        return f"{{{name}}}"

    def column(self, table: str, name: str) -> str:
        """What stands for a column of a table in the text."""
        field = f"{table}_{name}".replace(":", "_")
        self._columns[field] = Column(field, table, name)
        return f"{{{field}}}"

    def statement(self, text: str, row: type[R]) -> Statement[R]:
        """The statement that `text` is, with the values and columns that were added."""
        return Statement(text, tuple(self._named.items()), row, tuple(self._columns.values()))


def to_rows(row: type[R], columns: Mapping[str, Iterable[Any]]) -> Iterator[R]:
    """Rows out of columns, by name. A column that is missing has the field's default in each row.

    Raises KeyError for a column that is missing and whose field has no default.
    """
    fields = msgspec.structs.fields(row)
    values = (
        columns[field.name] if field.required or field.name in columns else repeat(field.default)
        for field in fields
    )
    return map(row, *values)
