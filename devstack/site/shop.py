"""The product of the demo site and its orders. Orders are in memory: after a restart they are gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import uuid4

from chalicelib.directory import normal_code
from devstack.sample.world import AFFILIATES, COMMISSION_PERCENT, DISCOUNT_PERCENT, SHOP_CODE, WEBSITES

WEBSITE: Final = WEBSITES[0]
PRICE: Final = Decimal(WEBSITE.price)
CENT: Final = Decimal("0.01")
CODES: Final[Mapping[str, str]] = {
    normal_code(code): code for code in (*(affiliate.code for affiliate in AFFILIATES), SHOP_CODE)
}
"""The discount codes of the shop by their `normal_code`."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order for a course. It is paid."""

    id: str
    customer_id: str
    affiliate_id: str | None
    """The affiliate who sent the customer, if any."""
    placed_at: datetime
    """With a time zone."""
    affiliate_link: str | None = None
    """The affiliate's name for the link that the customer clicked, if it has one."""
    coupon: str | None = None
    """The discount code that the customer used, one of CODES."""
    refunded_at: datetime | None = None

    @property
    def paid(self) -> Decimal:
        """The price after the discount."""
        return (PRICE * (100 - DISCOUNT_PERCENT if self.coupon else 100) / 100).quantize(CENT)

    @property
    def commission(self) -> Decimal:
        """The commission on what was paid."""
        return (self.paid * COMMISSION_PERCENT / 100).quantize(CENT)


class Shop:
    """The orders. Only its customer can see an order."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._orders: dict[str, Order] = {}

    def buy(
        self,
        customer_id: str,
        affiliate_id: str | None,
        affiliate_link: str | None = None,
        coupon: str | None = None,
    ) -> Order:
        """Create an order."""
        order = Order(
            uuid4().hex[:10], customer_id, affiliate_id, self._clock(), affiliate_link, coupon=coupon
        )
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
