"""A statement, and how one database writes it differently from another."""

from datetime import datetime
from typing import TypeAlias

import msgspec

Value: TypeAlias = str | datetime
"""Moments have a time zone."""


class Statement(msgspec.Struct, frozen=True):
    """One SQL statement, without its values."""

    text: str
    """With a replacement field for each value, as `str.format_map` takes it: `{affiliate_id}`."""
    values: tuple[tuple[str, Value], ...]
    """By name. An engine binds them, or writes them as literals if its database binds nothing."""


class Dialect(msgspec.Struct, frozen=True):
    """What is written differently: parts of SQL. No part comes from a request."""

    page_views: str
    """The table of page views, quoted."""
    is_page_view: str
    """A condition that holds for each of its rows that is a page view; empty if all rows are."""
    page_view_count: str
    """An aggregate: how many page views there are."""
    commissions: str
    """The table of commissions, quoted."""
    is_commission: str
    """A condition that holds for each of its rows that is a commission; empty if all rows are."""
    micros: str
    """The amount of a commission."""
    seconds: str
    """So many seconds as an interval, `{}` standing for a number."""
    no_label: str
    """Null, of the type that labels have."""
    in_utc: str
    """A moment as what the clocks of UTC show, of the type that labels have, `{}` standing for the moment."""
    has_little_memory: bool
    """Whether the database gives a query little memory, and so wants few sorts."""
    holds_entries_once: bool
    """Whether an entry that was reported at two times is one row, of its first report."""


class Values:
    """Collects the values of a statement while its text is written."""

    def __init__(self) -> None:
        self._named: dict[str, Value] = {}

    def add(self, name: str, value: Value) -> str:
        """What stands for `value` in the text."""
        self._named[name] = value
        return f"{{{name}}}"

    def statement(self, text: str) -> Statement:
        """The statement that `text` is, with the values that were added."""
        return Statement(text, tuple(self._named.items()))
