"""The orders of the sample: sales, cancellations and refunds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from devstack.rudderstack.processor import format_time
from devstack.sample.world import (
    AFFILIATES,
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
    link: str,
    visitor_id: str,
    moment: datetime,
) -> Iterator[Event]:
    """A sale and its reversals, as the server of a shop reports them."""
    order_id = f"{random.getrandbits(40):010x}"
    coupon = _coupon(order_id, affiliate)
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
    match random.choices(("kept", "cancelled", "refunded", "refunded in parts"), (88, 2, 6, 4))[0]:
        case "cancelled":
            yield event("Order Cancelled", moment + timedelta(hours=2), Decimal(1))
        case "refunded":
            yield event("Order Refunded", moment + timedelta(days=random.randrange(1, 20)), Decimal(1))
        case "refunded in parts":
            for part in (1, 2):
                later = moment + timedelta(days=4 * part)
                yield event("Order Refunded", later, Decimal("0.25"), refund_id=f"{order_id}-{part}")


def _coupon(order_id: str, affiliate: Affiliate | None) -> str:
    """The customer's discount code, which one in eight has. Without a link, it is every second customer.

    A visitor who came by one affiliate's link may still use the code of another.
    """
    number = int(order_id[:4], 16)
    has_code = number % 8 == 0 if affiliate else number % 2 == 0
    codes = (*(each.code for each in AFFILIATES), SHOP_CODE)
    if affiliate and number % 3:
        return affiliate.code if has_code else ""
    return codes[number // 8 % len(codes)] if has_code else ""


def _amount(amount: Decimal) -> str:
    return str(amount.quantize(CENT))
