"""The events that the shop's server sends to RudderStack: sales and refunds, with the commission.

docs/tracking.md shows these events.
"""

import logging
from collections import deque
from threading import Lock
from typing import Any

import httpx

from devstack.rudderstack.processor import format_time
from devstack.site.shop import WEBSITE, Order

log = logging.getLogger("devstack.deliveries")

Event = dict[str, Any]


def order_completed(order: Order) -> Event:
    """The event of a sale."""
    return {
        "event": "Order Completed",
        "messageId": f"{order.id}-completed",
        "userId": order.customer_id,
        "timestamp": format_time(order.placed_at),
        "properties": _properties(order),
    }


def order_refunded(order: Order) -> Event:
    """The event of a full refund, with the same affiliate, code and amounts as the sale."""
    return {
        "event": "Order Refunded",
        "messageId": f"{order.id}-refunded",
        "userId": order.customer_id,
        "timestamp": format_time(order.refunded_at or order.placed_at),
        "properties": {**_properties(order), "refund_id": f"{order.id}-refund"},
    }


def _properties(order: Order) -> dict[str, str]:
    credit = {
        "affiliate_id": order.affiliate_id,
        "affiliate_link": order.affiliate_link,
        "coupon": order.coupon,
    }
    return {
        "order_id": order.id,
        "revenue": str(order.paid),
        "commission": str(order.commission),
        "currency": WEBSITE.currency,
        "website": WEBSITE.host,
        **{name: value for name, value in credit.items() if value},
    }


class Reports:
    """Sends events to RudderStack in order. An event that fails is sent again before the next one."""

    def __init__(self, rudderstack_url: str, write_key: str) -> None:
        """`write_key` belongs to a server-side source, and is secret."""
        self._url, self._write_key = f"{rudderstack_url}/v1/track", write_key
        self._waiting: deque[Event] = deque()
        self._sending = Lock()

    def send(self, event: Event) -> None:
        """Send the waiting events, then `event`. An event that RudderStack receives twice counts once."""
        self._waiting.append(event)
        with self._sending:
            try:
                while self._waiting:
                    self._post(self._waiting[0])
                    self._waiting.popleft()
            except httpx.HTTPError as error:
                log.warning(
                    "%d events wait, because RudderStack does not accept them (%s)", len(self._waiting), error
                )

    def _post(self, event: Event) -> None:
        httpx.post(self._url, json=event, auth=(self._write_key, ""), timeout=10).raise_for_status()
