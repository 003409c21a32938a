"""The product of the demo site and its orders. Orders are in memory: after a restart they are gone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import uuid4

from devstack.sample.world import COMMISSION_PERCENT, WEBSITES

WEBSITE: Final = WEBSITES[0]
PRICE: Final = Decimal(WEBSITE.price)
COMMISSION: Final = (PRICE * COMMISSION_PERCENT / 100).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Order:
    """An order for a course. It is paid."""

    id: str
    customer_id: str
    affiliate_id: str | None
    """The affiliate who sent the customer, if any."""
    placed_at: datetime
    """With a time zone."""
    refunded_at: datetime | None = None


class Shop:
    """The orders. Only its customer can see an order."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._orders: dict[str, Order] = {}

    def buy(self, customer_id: str, affiliate_id: str | None) -> Order:
        """Create an order."""
        order = Order(uuid4().hex[:10], customer_id, affiliate_id, self._clock())
        self._orders[order.id] = order
        return order

    def refund(self, order: Order) -> Order:
        """Refund `order`. A second refund changes nothing."""
        refunded = replace(order, refunded_at=order.refunded_at or self._clock())
        self._orders[order.id] = refunded
        return refunded

    def find(self, order_id: str, customer_id: str) -> Order | None:
        """The order, if it is this customer's."""
        order = self._orders.get(order_id)
        return order if order and order.customer_id == customer_id else None
