"""What an affiliate has earned and got, and what every affiliate has: held, due and paid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import msgspec

from chalicelib.figures.dialect import Dialect, Statement, Values
from chalicelib.figures.everyone import Position, is_somebody, to_page
from chalicelib.figures.series import to_amount
from chalicelib.figures.sources import EVERYONE, Sources, Span
from chalicelib.figures.wallclock import DAY


class BalanceQuery(msgspec.Struct, frozen=True):
    """One question: the balance of one affiliate."""

    affiliate_id: str
    now: datetime
    held_since: datetime
    """The orders of sales after this moment are held."""


class EveryBalanceQuery(msgspec.Struct, frozen=True):
    """One question: the balances of all affiliates."""

    now: datetime
    held_since: datetime
    """The orders of sales after this moment are held."""
    limit: int
    """Affiliates at most."""
    after: Position | None
    """Where the page before this one ended."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """What was earned or paid in one currency, in micros."""

    currency: str
    held: int
    other: int
    """Of all orders that are not held."""
    paid: int


class EveryRow(Row, frozen=True, gc=False):
    """The same of one of all affiliates."""

    affiliate_id: str


class Balance(msgspec.Struct, frozen=True, gc=False):
    """An affiliate's money in one currency."""

    currency: str
    held: Decimal
    """Of orders that may still be refunded."""
    due: Decimal
    """To be paid. Negative if more was refunded than is left."""
    paid: Decimal


class Balances(msgspec.Struct, frozen=True):
    """The JSON that the route answers with."""

    balances: list[Balance]
    """In the order of the currencies' codes."""


class AffiliateBalance(msgspec.Struct, frozen=True, rename="camel"):
    """One affiliate's money."""

    affiliate_id: str
    name: str | None
    """None if the directory has none."""
    balances: list[Balance]
    """In the order of the currencies' codes."""


class BalancePage(msgspec.Struct, frozen=True, rename="camel"):
    """The JSON that the route answers with, for all affiliates."""

    rows: list[AffiliateBalance]
    """In the order of the ids."""
    total: list[Balance]
    """Of all affiliates, those of other pages too."""
    affiliates: int
    """How many there are, on all pages."""
    next_token: str | None
    """None at the end."""


def to_statement(query: BalanceQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`. It reads all of the affiliate's entries and payouts.

    An order is held by its sale. A reversal without a sale is of no order that is held.
    """
    values = Values()
    sources = Sources(query.affiliate_id, (), dialect, values)
    parts = _Parts(sources, dialect, query.now, values.add("held_since", query.held_since))
    text = f"""\
WITH orders AS (
{parts.orders()}
)
{parts.earned("orders")}
UNION ALL
{parts.paid()}"""
    return values.statement(text, Row)


def to_every_statement(query: EveryBalanceQuery, dialect: Dialect) -> Statement[EveryRow]:
    """The one statement that answers `query`, whichever page it asks for: the same for each affiliate."""
    values = Values()
    sources = Sources(EVERYONE, (), dialect, values)
    parts = _Parts(sources, dialect, query.now, values.add("held_since", query.held_since), "affiliate_id, ")
    entries, payouts = dialect.commissions.table, dialect.payouts.table
    orders = f"(\n{parts.orders()}\n) AS orders"
    text = f"""\
{sources.every(entries, payouts)}\
{sources.for_each(entries, parts.earned(orders))}
UNION ALL
{sources.for_each(payouts, parts.paid())}"""
    return values.statement(text, EveryRow)


def to_balances(rows: Iterable[Row]) -> Balances:
    """The answer in the rows that `to_statement` brought."""
    return Balances(_balances(rows))


def to_balance_page(
    query: EveryBalanceQuery, rows: Iterable[EveryRow], names: Mapping[str, str]
) -> BalancePage:
    """The answer in the rows that `to_every_statement(query)` brought. `names` has the affiliates' names."""
    of_each: defaultdict[str, list[EveryRow]] = defaultdict(list)
    for row in filter(is_somebody, rows):
        of_each[row.affiliate_id].append(row)
    found = [AffiliateBalance(id_, names.get(id_), _balances(of_each[id_])) for id_ in sorted(of_each)]
    shown, next_token = to_page(found, query.after, query.limit)
    total = _balances(row for each in of_each.values() for row in each)
    return BalancePage(list(shown), total, affiliates=len(found), next_token=next_token)


class _Parts:
    """Writes the parts of a statement. `keys` are what the rows of several affiliates are told apart by."""

    def __init__(
        self, sources: Sources, dialect: Dialect, now: datetime, held_since: str, keys: str = ""
    ) -> None:
        self._sources, self._dialect, self._keys = sources, dialect, keys
        self._always = Span(_FIRST, now + DAY)
        self._is_held = f"sold_at > {held_since}"

    def orders(self) -> str:
        amounts = self._dialect.commissions
        net = f"sum({self._sources.micros(amounts)}) AS net"
        return f"""\
SELECT {self._keys}currency, {net}, max(CASE WHEN entry = 'sale' THEN time END) AS sold_at
{self._sources.entries(amounts, self._always, ("order_id", "entry"))}
GROUP BY {self._keys}website, currency, order_id"""

    def earned(self, orders: str) -> str:
        return f"""\
SELECT {self._keys}currency, sum(CASE WHEN {self._is_held} THEN net ELSE 0 END) AS held,
  sum(CASE WHEN {self._is_held} THEN 0 ELSE net END) AS other, 0 AS paid
FROM {orders}
GROUP BY {self._keys}currency"""

    def paid(self) -> str:
        amounts = self._dialect.payouts
        return f"""\
SELECT {self._keys}currency, 0 AS held, 0 AS other, sum({self._sources.micros(amounts)}) AS paid
{self._sources.payouts(self._always)}
GROUP BY {self._keys}currency"""


def _balances(rows: Iterable[Row]) -> list[Balance]:
    found: dict[str, list[int]] = {}
    for row in rows:
        held, other, paid = found.get(row.currency, (0, 0, 0))
        found[row.currency] = [held + row.held, other + row.other, paid + row.paid]
    return [
        Balance(currency, to_amount(held), to_amount(other - paid), to_amount(paid))
        for currency, (held, other, paid) in sorted(found.items())
    ]


_FIRST: Final = datetime(1970, 2, 1, tzinfo=UTC)
"""Before any event. What is read of Timestream begins a month earlier."""
