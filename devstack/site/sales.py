"""What the shop's server tells RudderStack: sales and refunds, each with the affiliate's commission.

docs/tracking.md shows these events to users.
"""

import logging
from collections import deque
from threading import Lock
from typing import Any

import httpx

from devstack.rudderstack.processor import format_time
from devstack.site.shop import COMMISSION, PRICE, WEBSITE, Order

log = logging.getLogger("devstack.deliveries")

Event = dict[str, Any]


def order_completed(order: Order) -> Event:
    """The sale."""
    return {
        "event": "Order Completed",
        "messageId": f"{order.id}-completed",
        "userId": order.customer_id,
        "timestamp": format_time(order.placed_at),
        "properties": {**_properties(order), "revenue": str(PRICE)},
    }


def order_refunded(order: Order) -> Event:
    """The refund of all of a sale, with the affiliate and the commission that the sale had."""
    return {
        "event": "Order Refunded",
        "messageId": f"{order.id}-refunded",
        "userId": order.customer_id,
        "timestamp": format_time(order.refunded_at or order.placed_at),
        "properties": {**_properties(order), "refund_id": f"{order.id}-refund"},
    }


def _properties(order: Order) -> dict[str, str]:
    credit = {"affiliate_id": order.affiliate_id} if order.affiliate_id else {}
    return {
        "order_id": order.id,
        "commission": str(COMMISSION),
        "currency": WEBSITE.currency,
        "website": WEBSITE.host,
        **credit,
    }


class Reports:
    """Sends events to RudderStack in their order; what it does not take now is sent before the next one."""

    def __init__(self, rudderstack_url: str, write_key: str) -> None:
        """`write_key` is a server-side source's: nobody else may know it."""
        self._url, self._write_key = f"{rudderstack_url}/v1/track", write_key
        self._waiting: deque[Event] = deque()
        self._sending = Lock()

    def send(self, event: Event) -> None:
        """Send `event`, and what waits before it. An event that was received twice counts once."""
        self._waiting.append(event)
        with self._sending:
            try:
                while self._waiting:
                    self._post(self._waiting[0])
                    self._waiting.popleft()
            except httpx.HTTPError as error:
                log.warning("%d sales wait: RudderStack does not take them (%s)", len(self._waiting), error)

    def _post(self, event: Event) -> None:
        httpx.post(self._url, json=event, auth=(self._write_key, ""), timeout=10).raise_for_status()
