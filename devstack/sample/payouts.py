"""The payouts of the sample: each month, the commissions of two months before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from devstack.rudderstack.processor import format_time
from devstack.sample.world import AFFILIATES

Event = dict[str, Any]

DAY = 15
"""Of the month. Orders of two months before are older than 30 days then, and their refunds are known."""

_SIGNS = {"Order Completed": 1, "Order Refunded": -1, "Order Cancelled": -1}
_OWNERS = {affiliate.code: affiliate.id for affiliate in AFFILIATES}


def payouts(events: Iterable[Event], end: datetime) -> Iterator[Event]:
    """The payouts up to `end`, in order of time. `events` has the orders and their reversals.

    No affiliate is paid more than is due: an order counts with all its reversals, in the month of its sale.
    """
    sold: dict[str, datetime] = {}
    sums: defaultdict[tuple[datetime, str, str], Decimal] = defaultdict(Decimal)
    for event in events:
        properties = event["properties"]
        if not (sign := _SIGNS.get(event.get("event", ""), 0)) or not (affiliate_id := _credited(properties)):
            continue
        sale = sold.setdefault(properties["order_id"], datetime.fromisoformat(event["timestamp"]))
        amount = sign * Decimal(properties["commission"])
        sums[_paid_at(sale), affiliate_id, properties["currency"]] += amount
    for (at, affiliate_id, currency), amount in sorted(sums.items()):
        if at <= end and amount > 0:
            yield _payout(affiliate_id, currency, amount, at)


def _credited(properties: Event) -> str:
    owner = _OWNERS.get(properties.get("coupon", ""), "")
    return str(properties.get("affiliate_id", owner))


def _paid_at(sale: datetime) -> datetime:
    months = sale.year * 12 + sale.month - 1 + 2
    return datetime(months // 12, months % 12 + 1, DAY, 9, tzinfo=UTC)


def _payout(affiliate_id: str, currency: str, amount: Decimal, at: datetime) -> Event:
    properties = {
        "affiliate_id": affiliate_id,
        "payout_id": f"{at:%Y-%m}-{currency}",
        "amount": str(amount),
        "currency": currency,
    }
    return {
        "type": "track",
        "event": "Commission Paid",
        "userId": affiliate_id,
        "channel": "server",
        "context": {"library": {"name": "analytics-python", "version": "2.1.0"}},
        "properties": properties,
        "timestamp": format_time(at),
    }
