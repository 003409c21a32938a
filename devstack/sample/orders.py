"""The orders of the sample: sales, cancellations and refunds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from devstack.rudderstack.processor import format_time
from devstack.sample.world import (
    COMMISSION_PERCENT,
    DISCOUNT_PERCENT,
    SHOP_CODE,
    Affiliate,
    Website,
)

Event = dict[str, Any]

CENT = Decimal("0.01")


def orders(
    random: Random,
    website: Website,
    affiliate: Affiliate | None,
    active: Sequence[Affiliate],
    link: str,
    visitor_id: str,
    moment: datetime,
) -> Iterator[Event]:
    """A sale and its reversals, as the server of a shop reports them.

    A customer may use the code of any of the `active` affiliates.
    """
    order_id = f"{random.getrandbits(40):010x}"
    coupon = _coupon(random, order_id, affiliate, active)
    total = Decimal(website.price * random.choices((1, 2, 5), (80, 15, 5))[0])
    revenue = (total * (100 - DISCOUNT_PERCENT if coupon else 100) / 100).quantize(CENT)
    commission = (revenue * COMMISSION_PERCENT / 100).quantize(CENT)
    credit = {"affiliate_id": affiliate.id if affiliate else "", "affiliate_link": link, "coupon": coupon}
    about = {
        "order_id": order_id,
        "currency": website.currency,
        "website": website.host,
        **{name: value for name, value in credit.items() if value},
    }

    def event(name: str, at: datetime, share: Decimal, **more: str) -> Event:
        amounts = {"revenue": _amount(revenue * share), "commission": _amount(commission * share)}
        return {
            "type": "track",
            "event": name,
            "anonymousId": visitor_id,
            "userId": f"customer-{order_id}",
            "channel": "server",
            "context": {"library": {"name": "analytics-python", "version": "2.1.0"}},
            "properties": {**about, **amounts, **more},
            "timestamp": format_time(at),
        }

    yield event("Order Completed", moment, Decimal(1))
    credited = affiliate or next((each for each in active if each.code == coupon), None)
    match _outcome(random, credited.reversals if credited else 1):
        case "cancelled":
            yield event("Order Cancelled", moment + timedelta(hours=2), Decimal(1))
        case "refunded":
            yield event("Order Refunded", moment + timedelta(days=random.randrange(1, 20)), Decimal(1))
        case "refunded in parts":
            for part in (1, 2):
                later = moment + timedelta(days=4 * part)
                yield event("Order Refunded", later, Decimal("0.25"), refund_id=f"{order_id}-{part}")


def _outcome(random: Random, reversals: float) -> str:
    """What becomes of an order: in general, one in eight is taken back."""
    weights = (100 - 12 * reversals, 2 * reversals, 6 * reversals, 4 * reversals)
    return random.choices(("kept", "cancelled", "refunded", "refunded in parts"), weights)[0]


def _coupon(random: Random, order_id: str, affiliate: Affiliate | None, active: Sequence[Affiliate]) -> str:
    """The customer's discount code, which one in eight has. Without a link, it is every second customer.

    A visitor who came by one affiliate's link may still use the code of another.
    """
    number = int(order_id[:4], 16)
    if number % (8 if affiliate else 2):
        return ""
    if affiliate and number % 3:
        return affiliate.code
    shares = {SHOP_CODE: 0.3, **{each.code: each.share for each in active}}
    return random.choices(tuple(shares), tuple(shares.values()))[0]


def _amount(amount: Decimal) -> str:
    return str(amount.quantize(CENT))
