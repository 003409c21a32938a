"""The tables: an event → a row, and the statements that insert many rows at once.

PostgreSQL knows an event by its table's primary key. So what is made of an identity here is frozen: after a
change, every event that is delivered again would be a new row, and count twice.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from chalicelib.events import Commission, Event, PageView, Payout

Row: TypeAlias = tuple[Any, ...]
"""The values of one row, in the order of the table's columns."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Table(msgspec.Struct, frozen=True):
    """A table that events are inserted into."""

    name: str
    columns: dict[str, str]
    """Names → types. Those of the primary key come first."""
    key: int
    """Columns in the primary key."""
    on_conflict: str
    """What becomes of a row whose key the table has."""
    merged: Callable[[Row, Row], Row]
    """Two rows with one key → the row that the table has after both: the same in a batch as `on_conflict`."""

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


def _less(column: str) -> str:
    """Whether a new row has a lesser value than the known one, or the only value."""
    new, known = f"excluded.{column}", f"known.{column}"
    return f"({new} < {known} OR {known} IS NULL AND {new} IS NOT NULL)"


def _earlier(time: str, amount: str) -> str:
    """Whether a new row is the earlier report of an amount, or at one time that of the smaller one.

    Written out: that DSQL compares rows with `<` is not documented.
    """
    same = f"excluded.{time} = known.{time} AND excluded.{amount} < known.{amount}"
    return f"({_less(time)} OR {same})"


def _first(first: Row, _: Row) -> Row:
    return first


def _merged_entry(one: Row, other: Row) -> Row:
    rows = one, other
    paid = [row[_REVENUE:_LINK] for row in rows if row[_REVENUE] is not None]
    return (
        *min(rows, key=lambda row: (row[_TIME], row[_MICROS]))[:_REVENUE],
        *min(paid, key=lambda amount: amount[::-1], default=(None, None)),
        min((row[_LINK] for row in rows if row[_LINK]), default=None),
        min((row[_COUPON] for row in rows if row[_COUPON]), default=None),
    )


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
        "click": "boolean",
        "link": "text",
    },
    key=2,
    # The first delivery counts. A row of a version that knew no clicks learns of its own when it comes again.
    on_conflict="ON CONFLICT (affiliate_id, event_id) "
    "DO UPDATE SET click = excluded.click, link = excluded.link WHERE known.click IS NULL",
    merged=_first,
)

_AMOUNT_IS_EARLIER, _REVENUE_IS_EARLIER = _earlier("time", "micros"), _earlier("revenue_time", "revenue")

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
        "revenue": "bigint",
        "revenue_time": "timestamptz",
        "link": "text",
        "coupon": "text",
    },
    key=2,
    # Each part is the least of all reports, so the order of deliveries does not matter.
    on_conflict="ON CONFLICT (affiliate_id, entry_key) DO UPDATE SET "
    "time = least(known.time, excluded.time), "
    f"micros = CASE WHEN {_AMOUNT_IS_EARLIER} THEN excluded.micros ELSE known.micros END, "
    f"revenue = CASE WHEN {_REVENUE_IS_EARLIER} THEN excluded.revenue ELSE known.revenue END, "
    "revenue_time = least(known.revenue_time, excluded.revenue_time), "
    "link = least(known.link, excluded.link), coupon = least(known.coupon, excluded.coupon) "
    f"WHERE {_AMOUNT_IS_EARLIER} OR {_REVENUE_IS_EARLIER} OR {_less('link')} OR {_less('coupon')}",
    merged=_merged_entry,
)

PAYOUTS = Table(
    "analytics.payouts",
    {
        "affiliate_id": "text",
        "currency": "text",
        "payout_id": "text",
        "time": "timestamptz",
        "micros": "bigint",
    },
    key=3,
    on_conflict="ON CONFLICT (affiliate_id, currency, payout_id) "
    "DO UPDATE SET time = excluded.time, micros = excluded.micros "
    f"WHERE {_earlier('time', 'micros')}",
    merged=min,  # of one key, the earlier; of one time, the smaller amount
)

TABLES: dict[type[Event], Table] = {PageView: PAGE_VIEWS, Commission: ORDER_ENTRIES, Payout: PAYOUTS}

_TIME, _MICROS, _REVENUE, _LINK, _COUPON = (
    list(ORDER_ENTRIES.columns).index(name) for name in ("time", "micros", "revenue", "link", "coupon")
)


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
            event.click,
            event.link or None,
        )
    if isinstance(event, Payout):
        return (event.affiliate_id, event.currency, event.payout_id, time, event.micros)
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
        event.revenue,
        None if event.revenue is None else time,
        event.link or None,
        event.coupon or None,
    )


def merged(table: Table, rows: Sequence[Row], indexes: Sequence[int]) -> dict[int, Row]:
    """The rows at `indexes`, those with one key as one: the index of the first of them → what they come to.

    They are in the order of their keys: two statements that insert the same rows then wait for each other one
    way only.
    """
    found: dict[Row, tuple[int, Row]] = {}
    for index in indexes:
        row = rows[index]
        first, known = found.setdefault(row[: table.key], (index, row))
        if first != index:
            found[row[: table.key]] = first, table.merged(known, row)
    return dict(found[key] for key in sorted(found))


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
