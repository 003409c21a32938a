"""The sales and refunds of a window, newest first, a page at a time."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.figures.dialect import Dialect, Statement, Values
from chalicelib.figures.filters import Filters
from chalicelib.figures.series import to_amount
from chalicelib.figures.sources import ENTRY, Sources, Span, condition
from chalicelib.figures.timerange import TimeRange
from chalicelib.figures.wallclock import DAY

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500


class Kind(StrEnum):
    """What an entry is, as the GraphQL schema says it."""

    SALE = "Sale"
    REVERSAL = "Reversal"


class State(StrEnum):
    """What an entry's amount is now, as the GraphQL schema says it."""

    HELD = "Held"
    """Of a sale that is younger than HOLD_DAYS."""
    DUE = "Due"
    """Of an older sale."""
    REVERSED = "Reversed"
    """Of a reversal, or of a sale whose reversals took back all of it."""


class Position(msgspec.Struct, frozen=True):
    """Where a page ends: at an entry of this time, which is this one among those of the same time."""

    time: datetime
    """To the millisecond."""
    place: int

    def to_token(self) -> str:
        """The text that asks for what comes after: milliseconds since 1970, and the place."""
        return f"{(self.time - _EPOCH) // timedelta(milliseconds=1)}-{self.place}"


class EntryQuery(msgspec.Struct, frozen=True):
    """One question: the entries of one affiliate in a time range."""

    affiliate_id: str
    time_range: TimeRange
    filters: Filters
    limit: int
    """Entries at most."""
    after: Position | None
    """Where the page before this one ended."""
    now: datetime
    held_since: datetime
    """A sale after this moment is held."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One entry."""

    time: datetime
    """In UTC, without a zone."""
    website: str
    currency: str
    order_id: str
    entry: str
    link: str | None
    coupon: str | None
    micros: int
    net: int
    """Micros that are left of the order, so far as its entries were read."""
    reversals: int
    """Of the order."""
    place: int
    """1 for the first of those entries that have the same time."""


class Entry(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One entry in an affiliate's account."""

    time: str
    """ISO 8601 with milliseconds and the zone's offset."""
    order_id: str
    website: str
    link: str | None
    coupon: str | None
    kind: Kind
    amount: Decimal
    """Negative for a reversal."""
    currency: str
    state: State


class EntryPage(
    msgspec.Struct,
    frozen=True,
    rename={"next_token": "nextToken", "start": "from", "end": "to", "time_zone": "timeZone"},
):
    """The JSON that the route answers with."""

    entries: list[Entry]
    next_token: str | None
    """None at the end."""
    start: str
    end: str
    time_zone: str


def to_statement(query: EntryQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`, with one entry more than are shown, if there is one.

    Entries are read until now, also for a window that is over: a sale may have been reversed since.
    They are read without the filters: a refund is often sent without the name of its sale's link.
    """
    values = Values()
    sources = Sources(query.affiliate_id, (), dialect, values)
    amounts = dialect.commissions
    until_now = Span(query.time_range.start, max(query.time_range.end, query.now + DAY), "read_")
    end = values.add("end", query.time_range.end)
    narrowed = "".join(f"\n  AND {condition(each, values)}" for each in query.filters)
    text = f"""\
WITH reported AS (
SELECT {_IDENTITY}, link, coupon, time,
  {sources.micros(amounts)} AS micros
{sources.entries(amounts, until_now, (*ENTRY, "link", "coupon"))}
),
summed AS (
SELECT {_IDENTITY}, link, coupon, time, micros, sum(micros) OVER ({_ORDER}) AS net,
  sum(CASE WHEN entry = 'reversal' THEN 1 ELSE 0 END) OVER ({_ORDER}) AS reversals
FROM reported
),
placed AS (
SELECT {_IDENTITY}, link, coupon, time, micros, net, reversals,
  row_number() OVER (PARTITION BY time ORDER BY {_IDENTITY}) AS place
FROM summed
)
SELECT website, currency, order_id, entry, link, coupon, {dialect.in_utc.format("time")} AS time, micros, net,
  reversals, place
FROM placed
WHERE time < {end}{narrowed}{_after(query.after, values)}
ORDER BY time DESC, place
LIMIT {values.add("limit", query.limit + 1)}"""
    return values.statement(text, Row)


def to_page(query: EntryQuery, rows: Iterable[Row]) -> EntryPage:
    """The answer in the rows that `to_statement(query)` brought."""
    found = list(rows)
    shown = found[: query.limit]
    last = shown[-1] if len(found) > query.limit else None
    return EntryPage(
        [_entry(row, query) for row in shown],
        next_token=Position(last.time.replace(tzinfo=UTC), last.place).to_token() if last else None,
        **query.time_range.edges(),
    )


def parse_position(token: str) -> Position | None:
    """The position that a token stands for; None if it is not a token."""
    if not (found := re.fullmatch(r"([0-9]{1,14})-([0-9]{1,14})", token)):
        return None
    return Position(_EPOCH + timedelta(milliseconds=int(found[1])), int(found[2]))


def _after(position: Position | None, values: Values) -> str:
    if position is None:
        return ""
    time = values.add("after", position.time)
    return f"\n  AND (time < {time} OR time = {time} AND place > {values.add('place', position.place)})"


def _entry(row: Row, query: EntryQuery) -> Entry:
    time = row.time.replace(tzinfo=UTC)
    return Entry(
        time.astimezone(query.time_range.zone).isoformat(timespec="milliseconds"),
        row.order_id,
        row.website,
        row.link,
        row.coupon,
        _KINDS[row.entry],
        to_amount(row.micros),
        row.currency,
        _state(row, time, query.held_since),
    )


def _state(row: Row, time: datetime, held_since: datetime) -> State:
    if _KINDS[row.entry] is Kind.REVERSAL or (row.reversals and row.net <= 0):
        return State.REVERSED
    return State.HELD if time > held_since else State.DUE


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_IDENTITY: Final = ", ".join(ENTRY)
_ORDER: Final = "PARTITION BY website, currency, order_id"
_KINDS: Final = {"sale": Kind.SALE, "reversal": Kind.REVERSAL}
