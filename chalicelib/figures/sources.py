"""What a statement reads: page views, entries and payouts in a span of time, of one affiliate or all."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Final

import msgspec

from chalicelib.figures.dialect import Amounts, Dialect, Values
from chalicelib.figures.filters import Filter, Filters
from chalicelib.figures.wallclock import DAY

LOOK_BACK: Final = 31 * DAY
"""How far before a span an entry's first report is looked for: what was reported then counts then."""

VIEWS, ORDERS = "views", "orders"
"""Words for the tables of page views, and of entries and payouts."""

ENTRY: Final = ("website", "currency", "order_id", "entry", "entry_id")
"""What knows an entry, beside its affiliate."""

PAYOUT: Final = ("currency", "payout_id")
"""What knows a payout, beside its affiliate."""


class Everyone(Enum):
    """All affiliates, in the place of an id. Not a text: so no id that is missing or empty can mean them."""

    EVERYONE = "everyone"


EVERYONE: Final = Everyone.EVERYONE


class Span(msgspec.Struct, frozen=True):
    """The moments in `[start, end)`."""

    start: datetime
    end: datetime
    name: str = ""
    """What its values are called in a statement: `start` and `end`, with this before them."""


class Sources:
    """Writes the parts of a statement that name a table, as `FROM …` with all conditions.

    Each is bounded by all that an engine finds rows by: affiliate, kind and time. What is about EVERYONE has
    `affiliate_id` too, and stands in a SELECT that `for_each` gets.
    https://docs.aws.amazon.com/timestream/latest/developerguide/queries-bp.html

    An event counts once, even if it was stored twice: with another time, or before it had all its details. A
    page view then has its first time and all details; an entry or payout is the first report.
    """

    def __init__(
        self, affiliate_id: str | Everyone, filters: Filters, dialect: Dialect, values: Values
    ) -> None:
        self._affiliate_id, self._filters = affiliate_id, filters
        self._dialect, self._values = dialect, values
        self._owner = ("affiliate_id",) if affiliate_id is EVERYONE else ()
        """What the rows of several affiliates are told apart by."""

    def page_views(self, span: Span, columns: Sequence[str] = ()) -> str:
        """Page views with `website`, `time` and these columns."""
        return self._page_views(span, columns, [])

    def clicks(self, span: Span, columns: Sequence[str] = ()) -> str:
        """Those page views that are clicks."""
        return self._page_views(span, (*columns, "click"), [self.is_click])

    def entries(self, amounts: Amounts, span: Span, columns: Sequence[str] = ()) -> str:
        """Entries with `website`, `currency`, `time`, the amount and these columns."""
        if self._dialect.holds_events_once:
            return _narrowed(self._amounts(amounts, span), self._conditions)
        reports = self._first_reports(amounts, span, (*self._owner, *ENTRY), self._needed(columns))
        return _narrowed(reports, self._conditions)

    def payouts(self, span: Span) -> str:
        """Payouts with `currency`, `time` and the amount."""
        amounts = self._dialect.payouts
        if self._dialect.holds_events_once:
            return self._amounts(amounts, span)
        return self._first_reports(amounts, span, (*self._owner, *PAYOUT), ())

    def for_each(self, table: str, select: str) -> str:
        """A SELECT about EVERYONE from this table: of one affiliate after another, if the database then reads
        less. The statement must begin with `every` of that table.
        """
        if not self._dialect.goes_by_affiliate:
            return select
        return f"""\
SELECT of_one.*
FROM {_list_name(table)} AS one CROSS JOIN LATERAL (
{select}
) AS of_one"""

    def every(self, *tables: str) -> str:
        """What such a statement begins with: a WITH that lists the affiliates of these tables, or nothing."""
        if not self._dialect.goes_by_affiliate:
            return ""
        lists = (_AFFILIATES.format(table=table, name=_list_name(table)) for table in tables)
        listed = ",\n".join(lists)
        return f"WITH RECURSIVE {listed}\n"

    @property
    def is_click(self) -> str:
        """A condition that holds for each page view with `click` that is a click."""
        return self._dialect.is_click.format("click")

    def micros(self, amounts: Amounts) -> str:
        """The amount of an entry or payout, as it is selected."""
        return amounts.micros if self._dialect.holds_events_once else "micros"

    def _page_views(self, span: Span, columns: Sequence[str], conditions: list[str]) -> str:
        dialect = self._dialect
        if dialect.holds_events_once:
            table = self._bounded(dialect.page_views, VIEWS, dialect.is_page_view, span)
            return _narrowed(table, [*self._conditions, *conditions])
        details = [name for name in self._needed(columns) if name != "website"]
        selected = "".join(f", max({self._stored(VIEWS, name)}) AS {name}" for name in details)
        website, event_id = (self._stored(VIEWS, name) for name in ("website", "event_id"))
        owner = [self._stored(VIEWS, name) for name in self._owner]
        of_whom = "".join(f"{stored} AS affiliate_id, " for stored in owner)
        once = f"""\
FROM (
SELECT {of_whom}{website} AS website, min(time) AS time{selected}
{self._bounded(dialect.page_views, VIEWS, dialect.is_page_view, span)}
GROUP BY {", ".join([*owner, website, event_id])}
) AS viewed"""
        return _narrowed(once, [*self._conditions, *conditions], "\nWHERE ")

    def _first_reports(
        self, amounts: Amounts, span: Span, identity: Sequence[str], columns: Iterable[str]
    ) -> str:
        """Of two reports at one time, the smaller amount counts: the same rows give the same answer."""
        details = [name for name in columns if name not in identity]
        micros = self._stored(ORDERS, amounts.micros)
        known_by = f"PARTITION BY {', '.join(self._stored(ORDERS, name) for name in identity)}"
        selected = ", ".join(f"{self._stored(ORDERS, name)} AS {name}" for name in identity)
        told = "".join(
            f"  min({self._stored(ORDERS, name)}) OVER ({known_by}) AS {name},\n" for name in details
        )
        earlier = Span(span.start - LOOK_BACK, span.end, f"{span.name}since_")
        return f"""\
FROM (
SELECT {selected},
{told}  time, {micros} AS micros,
  row_number() OVER ({known_by} ORDER BY time, {micros}) AS occurrence
{self._amounts(amounts, earlier)}
) AS reported
WHERE occurrence = 1 AND time >= {self._values.add(f"{span.name}start", span.start)}"""

    def _amounts(self, amounts: Amounts, span: Span) -> str:
        return self._bounded(amounts.table, ORDERS, amounts.is_one, span)

    def _bounded(self, table: str, word: str, condition: str, span: Span) -> str:
        whose = " AND ".join(filter(None, (self._whose(word), condition)))
        start = self._values.add(f"{span.name}start", span.start)
        end = self._values.add(f"{span.name}end", span.end)
        return _narrowed(f"FROM {table}\nWHERE {whose}", [f"time >= {start} AND time < {end}"])

    def _whose(self, word: str) -> str:
        """A condition that holds for the rows of the affiliate, or of the one that `for_each` has come to."""
        stored = self._stored(word, "affiliate_id")
        if not isinstance(self._affiliate_id, Everyone):
            return f"{stored} = {self._values.add('affiliate_id', self._affiliate_id)}"
        return f"{stored} = one.affiliate_id" if self._dialect.goes_by_affiliate else f"{stored} IS NOT NULL"

    def _needed(self, columns: Sequence[str]) -> list[str]:
        """These columns and those of the filters, each once."""
        return list(dict.fromkeys([*columns, *(each.column for each in self._filters)]))

    @property
    def _conditions(self) -> list[str]:
        return [condition(each, self._values) for each in self._filters]

    def _stored(self, table: str, name: str) -> str:
        return self._values.column(table, name)


def condition(one: Filter, values: Values) -> str:
    """A condition that holds for the events that a filter lets through."""
    if not one.value:
        return f"{one.column} IS NULL"
    return f"{one.column} = {values.add(f'filter_{one.column}', one.value)}"


def _list_name(table: str) -> str:
    return f"affiliates_of_{table.rpartition('.')[2]}"


_AFFILIATES: Final = """\
{name}(affiliate_id) AS (
(SELECT affiliate_id FROM {table} ORDER BY affiliate_id LIMIT 1)
UNION ALL
SELECT (
SELECT affiliate_id FROM {table} WHERE affiliate_id > one.affiliate_id ORDER BY affiliate_id LIMIT 1
)
FROM {name} AS one
WHERE one.affiliate_id IS NOT NULL
)"""
"""Each affiliate of a table, by one look into its index for each: a SELECT DISTINCT would read all rows."""


def _narrowed(source: str, conditions: Sequence[str], before: str = "\n  AND ") -> str:
    return f"{source}{before}{' AND '.join(conditions)}" if conditions else source
