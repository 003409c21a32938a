"""What an affiliate has earned and got: held, due and paid."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import msgspec

from chalicelib.figures.dialect import Dialect, Statement, Values
from chalicelib.figures.series import to_amount
from chalicelib.figures.sources import Sources, Span
from chalicelib.figures.wallclock import DAY


class BalanceQuery(msgspec.Struct, frozen=True):
    """One question: the balance of one affiliate."""

    affiliate_id: str
    now: datetime
    held_since: datetime
    """The orders of sales after this moment are held."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """What was earned or paid in one currency, in micros."""

    currency: str
    held: int
    other: int
    """Of all orders that are not held."""
    paid: int


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


def to_statement(query: BalanceQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`. It reads all of the affiliate's entries and payouts.

    An order is held by its sale. A reversal without a sale is of no order that is held.
    """
    values = Values()
    sources = Sources(query.affiliate_id, (), dialect, values)
    amounts = dialect.commissions
    always = Span(_FIRST, query.now + DAY)
    is_held = f"sold_at > {values.add('held_since', query.held_since)}"
    text = f"""\
WITH orders AS (
SELECT currency, sum({sources.micros(amounts)}) AS net, max(CASE WHEN entry = 'sale' THEN time END) AS sold_at
{sources.entries(amounts, always, ("order_id", "entry"))}
GROUP BY website, currency, order_id
)
SELECT currency, sum(CASE WHEN {is_held} THEN net ELSE 0 END) AS held,
  sum(CASE WHEN {is_held} THEN 0 ELSE net END) AS other, 0 AS paid
FROM orders
GROUP BY currency
UNION ALL
SELECT currency, 0 AS held, 0 AS other, sum({sources.micros(dialect.payouts)}) AS paid
{sources.payouts(always)}
GROUP BY currency"""
    return values.statement(text, Row)


def to_balances(query: BalanceQuery, rows: Iterable[Row]) -> Balances:  # noqa: ARG001 - as the others
    """The answer in the rows that `to_statement(query)` brought."""
    found: dict[str, list[int]] = {}
    for row in rows:
        held, other, paid = found.get(row.currency, (0, 0, 0))
        found[row.currency] = [held + row.held, other + row.other, paid + row.paid]
    return Balances(
        [
            Balance(currency, to_amount(held), to_amount(other - paid), to_amount(paid))
            for currency, (held, other, paid) in sorted(found.items())
        ]
    )


_FIRST: Final = datetime(1970, 2, 1, tzinfo=UTC)
"""Before any event. What is read of Timestream begins a month earlier."""
