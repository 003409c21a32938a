"""Lemon Squeezy's webhooks become orders and refunds."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.events import Commission, Entry
from tests.recipes.conftest import LATER, Recipes, changed, webhook

SALE = webhook("lemon_order_created")
REFUND = webhook("lemon_order_refunded")
RENEWAL = webhook("lemon_subscription_payment_success")
RENEWAL_REFUND = changed(
    RENEWAL,
    {
        "meta.event_name": "subscription_payment_refunded",
        "data.attributes.refunded_amount": 1900,
        "data.attributes.refunded_at": "2026-12-22T09:30:00.000000Z",
    },
)
LOOK_UP = "https://api.lemonsqueezy.com/v1/orders/98765/discount-redemptions"
REDEMPTIONS = {
    LOOK_UP: {"data": [{"type": "discount-redemptions", "attributes": {"discount_code": "ALICE15"}}]}
}


def attributes(body: dict[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    return changed(body, {f"data.attributes.{name}": value for name, value in changes.items()})


def test_an_order_is_an_order(recipes: Recipes) -> None:
    outcome = recipes.run("lemon-squeezy", SALE)
    assert outcome.requests == []
    assert outcome.properties == {
        "order_id": "98765",
        "affiliate_id": "alice",
        "affiliate_link": "newsletter",
        "currency": "EUR",
        "revenue": "49.00",
        "website": "www.example.com",
    }
    assert outcome.entry() == Commission(
        time=1795187045000,
        affiliate_id="alice",
        website="example.com",
        currency="EUR",
        order_id="98765",
        entry=Entry.SALE,
        entry_id="98765",
        micros=24_500_000,
        revenue=49_000_000,
        link="newsletter",
    )


def test_a_refund_is_a_refund(recipes: Recipes) -> None:
    outcome = recipes.run("lemon-squeezy", REFUND)
    assert outcome.requests == []
    assert outcome.properties == {
        "order_id": "98765",
        "refund_id": "98765-5831",
        "affiliate_id": "alice",
        "affiliate_link": "newsletter",
        "currency": "EUR",
        "revenue": "49.00",
        "website": "www.example.com",
    }
    assert outcome.entry() == Commission(
        time=1795339800000,
        affiliate_id="alice",
        website="example.com",
        currency="EUR",
        order_id="98765",
        entry=Entry.REVERSAL,
        entry_id="98765-5831",
        micros=-24_500_000,
        revenue=-49_000_000,
        link="newsletter",
    )


def test_a_renewal_and_its_refund_have_the_invoices_id(recipes: Recipes) -> None:
    sale, refund = (recipes.run("lemon-squeezy", body).entry() for body in (RENEWAL, RENEWAL_REFUND))
    assert (sale.order_id, sale.entry_id) == ("invoice-98765", "invoice-98765")
    assert (refund.order_id, refund.entry_id) == ("invoice-98765", "invoice-98765-1900")
    assert (sale.micros, refund.micros) == (9_500_000, -9_500_000)


AMOUNTS: list[tuple[dict[str, object], str]] = [
    ({"total": 999, "tax": 0}, "9.99"),
    ({"total": 5, "tax": 0}, "0.05"),
    ({"total": 4900, "tax": 782, "tax_inclusive": True}, "41.18"),
    ({"currency": "JPY", "total": 150000, "tax": 0, "total_formatted": "¥1,500"}, "1500.00"),
    ({"currency": "JPY", "total": 1500, "tax": 0, "total_formatted": "¥1,500"}, "1500"),
    ({"currency": "JPY", "total": 150000, "tax": 0, "total_formatted": None}, "1500.00"),
]


@pytest.mark.parametrize(("changes", "revenue"), AMOUNTS)
def test_revenue_is_the_total_without_tax(
    recipes: Recipes, changes: Mapping[str, object], revenue: str
) -> None:
    assert recipes.run("lemon-squeezy", attributes(SALE, changes)).properties["revenue"] == revenue


@pytest.mark.parametrize(
    ("refunded", "revenue", "refund_id"),
    [(5831, "49.00", "98765-5831"), (1190, "10.00", "98765-1190"), (1, "0.01", "98765-1")],
)
def test_a_part_of_an_order_can_be_refunded(
    recipes: Recipes, refunded: int, revenue: str, refund_id: str
) -> None:
    changes = {"refunded_amount": refunded, "refunded_at": None, "status": "partial_refund"}
    outcome = recipes.run("lemon-squeezy", attributes(REFUND, changes))
    assert (outcome.properties["revenue"], outcome.properties["refund_id"]) == (revenue, refund_id)
    assert outcome.entry().time == 1795339801000  # when the order was changed


def test_a_refund_that_says_no_amount_is_of_all(recipes: Recipes) -> None:
    refund = attributes(RENEWAL_REFUND, {"refunded_amount": None, "refunded": True})
    assert (
        recipes.run("lemon-squeezy", refund).entry() == recipes.run("lemon-squeezy", RENEWAL_REFUND).entry()
    )


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (SALE, {"meta.test_mode": True}),
        (SALE, {"data.attributes.test_mode": True}),
        (REFUND, {"meta.test_mode": True}),
        (RENEWAL, {"data.attributes.test_mode": True}),
        (SALE, {"data.attributes.status": "pending"}),
        (SALE, {"data.attributes.status": "failed"}),
        (SALE, {"data.attributes.total": 0}),
        (REFUND, {"data.attributes.refunded_amount": 0}),
        (SALE, {"meta.custom_data": None}),
        (SALE, {"meta.event_name": "subscription_created"}),
        (SALE, {"meta.event_name": None}),
        # The order was already counted.
        (RENEWAL, {"data.attributes.billing_reason": "initial"}),
        (RENEWAL_REFUND, {"data.attributes.billing_reason": "initial"}),
    ],
)
def test_what_is_not_an_affiliates_sale_is_dropped(
    recipes: Recipes, body: dict[str, Any], changes: Mapping[str, object]
) -> None:
    outcome = recipes.run("lemon-squeezy", changed(body, changes))
    assert (outcome.event, outcome.error, outcome.requests) == (None, "", [])


@pytest.mark.parametrize("body", [SALE, REFUND], ids=["sale", "refund"])
def test_a_code_alone_credits(recipes: Recipes, body: dict[str, Any]) -> None:
    body = changed(body, {"meta.custom_data": None, "data.attributes.discount_total": 735})
    outcome = recipes.run("lemon-squeezy", body, REDEMPTIONS)
    assert outcome.requests == [LOOK_UP]
    assert "affiliate_id" not in outcome.properties
    assert (outcome.entry().affiliate_id, outcome.entry().coupon) == ("alice", "ALICE15")
    assert recipes.run("lemon-squeezy", body, key="").event is None


@pytest.mark.parametrize("body", [SALE, REFUND, RENEWAL, RENEWAL_REFUND])
def test_a_webhook_that_comes_again_is_the_same_entry(recipes: Recipes, body: dict[str, Any]) -> None:
    first, again = (recipes.run("lemon-squeezy", body, receipt=LATER) for _ in range(2))
    assert first.entry() == again.entry() == recipes.run("lemon-squeezy", body).entry()


def test_renewals_can_be_left_out_with_their_refunds(recipes: Recipes) -> None:
    edits = {"NOT_COUNTED = []": "NOT_COUNTED = ['renewal']"}
    counted = [
        recipes.run("lemon-squeezy", body, edits=edits).event for body in (SALE, RENEWAL, RENEWAL_REFUND)
    ]
    assert [event is not None for event in counted] == [True, False, False]
