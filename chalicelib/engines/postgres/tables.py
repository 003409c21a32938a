"""The tables: an event → a row, and the statements that insert many rows at once.

PostgreSQL knows an event by its table's primary key. So what is made of an identity here is frozen: after a
change, every event that is delivered again would be a new row, and count twice.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from chalicelib.events import Commission, Event, PageView

Row: TypeAlias = tuple[Any, ...]
"""The values of one row, in the order of the table's columns. The first two are its primary key."""

KEY = 2
"""Columns in a primary key, which come first."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Table(msgspec.Struct, frozen=True):
    """A table that events are inserted into."""

    name: str
    columns: dict[str, str]
    """Names → types."""
    on_conflict: str
    """What becomes of a row whose key the table has."""

    def insert_arrays(self) -> str:
        """Inserts any number of rows. Takes an array for each column.

        The array's parameters are binary (`%b`): that takes a fifth of the CPU of text.
        """
        arrays = ", ".join(f"%b::{type_}[]" for type_ in self.columns.values())
        return f"{self._insert} SELECT * FROM unnest({arrays}) {self.on_conflict}"

    def insert_values(self, rows: int) -> str:
        """Inserts so many rows. Takes their values one after another."""
        one = ", ".join(f"%b::{type_}" for type_ in self.columns.values())
        return f"{self._insert} VALUES {', '.join([f'({one})'] * rows)} {self.on_conflict}"

    @property
    def _insert(self) -> str:
        return f"INSERT INTO {self.name} AS known ({', '.join(self.columns)})"


PAGE_VIEWS = Table(
    "analytics.page_views",
    {
        "affiliate_id": "text",
        "event_id": "text",
        "time": "timestamptz",
        "website": "text",
        "visitor_id": "text",
        "path": "text",
        "referrer": "text",
        "utm_source": "text",
        "utm_medium": "text",
        "utm_campaign": "text",
        "country": "text",
        "device": "text",
    },
    "ON CONFLICT DO NOTHING",  # without naming a key, which would need the right to read
)

ORDER_ENTRIES = Table(
    "analytics.order_entries",
    {
        "affiliate_id": "text",
        "entry_key": "text",
        "time": "timestamptz",
        "website": "text",
        "currency": "text",
        "order_id": "text",
        "entry": "text",
        "entry_id": "text",
        "micros": "bigint",
    },
    # Written out: that DSQL compares rows with `<` is not documented.
    "ON CONFLICT (affiliate_id, entry_key) DO UPDATE SET time = excluded.time, micros = excluded.micros "
    "WHERE excluded.time < known.time OR excluded.time = known.time AND excluded.micros < known.micros",
)

TABLES: dict[type[Event], Table] = {PageView: PAGE_VIEWS, Commission: ORDER_ENTRIES}


def to_row(event: Event) -> Row:
    """The row of an event. A text that is empty is null."""
    time = EPOCH + timedelta(milliseconds=event.time)
    if isinstance(event, PageView):
        return (
            event.affiliate_id,
            event.event_id,
            time,
            event.website,
            event.visitor_id,
            event.path or None,
            event.referrer or None,
            event.utm_source or None,
            event.utm_medium or None,
            event.utm_campaign or None,
            event.country or None,
            event.device or None,
        )
    return (
        event.affiliate_id,
        _entry_key(event),
        time,
        event.website,
        event.currency,
        event.order_id,
        event.entry.value,
        event.entry_id,
        event.micros,
    )


def kept(kind: type[Event], rows: Sequence[Row], indexes: Sequence[int]) -> list[int]:
    """Of each key among the rows at `indexes`, the index of the row that counts: of page views the first, of
    entries the earliest.

    An entry that comes with two amounts at one time has the smaller one, so that the order of deliveries does
    not matter. They are in the order of their keys: two statements that insert the same rows then wait for
    each other one way only.
    """
    found: dict[Row, int] = {}
    for index in indexes:
        row = rows[index]
        first = found.setdefault(row[:KEY], index)
        if first != index and kind is Commission and _moment(row) < _moment(rows[first]):
            found[row[:KEY]] = index
    return sorted(found.values(), key=rows.__getitem__)  # no two have one key, so the keys decide


def are_clean(rows: Sequence[Row]) -> bool:
    """Whether `problem` finds nothing in any of the rows: a look at all of them takes a third of the time.

    If this is false, it may still find nothing.
    """
    try:
        return rb"\u0000" not in msgspec.json.encode(rows)
    except UnicodeEncodeError:
        return False


def problem(row: Row) -> str:
    """Why PostgreSQL cannot store a row; empty if it can."""
    text = "".join(value for value in row if isinstance(value, str))
    if "\0" in text:
        return "a text has the character NUL, which PostgreSQL does not store"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "a text has half of a surrogate pair, which is not a character"
    return ""


def _entry_key(entry: Commission) -> str:
    """What knows an entry, beside its affiliate. JSON, so that no two lists of texts are one text."""
    identity = (entry.website, entry.currency, entry.order_id, entry.entry, entry.entry_id)
    return hashlib.sha256(msgspec.json.encode(identity)).hexdigest()


def _moment(row: Row) -> tuple[datetime, int]:
    return row[_TIME], row[_MICROS]


_TIME, _MICROS = (list(ORDER_ENTRIES.columns).index(name) for name in ("time", "micros"))
