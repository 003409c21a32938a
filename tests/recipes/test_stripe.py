"""Stripe's webhooks become orders and refunds."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.events import Commission, Entry
from tests.recipes.conftest import LATER, Recipes, changed, webhook

SALE = webhook("stripe_checkout_session_completed")
RENEWAL = webhook("stripe_invoice_paid")
REFUND = webhook("stripe_refund_created")
DISPUTE = webhook("stripe_charge_dispute_closed")

API = "https://api.stripe.com/v1"
PAYMENT = "pi_3SabcdA1b2C3d4E5"
SESSIONS = f"{API}/checkout/sessions?payment_intent={PAYMENT}"
PAYMENTS = (
    f"{API}/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={PAYMENT}"
    "&expand[]=data.invoice"
)
NO_SESSION: dict[str, Any] = {SESSIONS: {"object": "list", "data": []}}
CODE = {f"{API}/promotion_codes/promo_1": {"id": "promo_1", "code": "ALICE15"}}


def of_session(changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """What Stripe says of a payment that came from a checkout."""
    session = {**SALE["data"]["object"], **(changes or {})}
    return {SESSIONS: {"object": "list", "data": [session]}}


def of_invoice(changes: Mapping[str, object] | None = None) -> dict[str, Any]:
    """What Stripe says of a payment that came from a subscription."""
    invoice = {**RENEWAL["data"]["object"], **(changes or {})}
    return {**NO_SESSION, PAYMENTS: {"object": "list", "data": [{"invoice": invoice}]}}


def object_of(body: dict[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    return changed(body, {f"data.object.{name}": value for name, value in changes.items()})


def test_a_checkout_is_an_order(recipes: Recipes) -> None:
    outcome = recipes.run("stripe", SALE)
    assert outcome.requests == []
    assert outcome.properties == {
        "order_id": PAYMENT,
        "affiliate_id": "alice",
        "affiliate_link": "newsletter",
        "currency": "USD",
        "revenue": "249.00",
        "website": "www.example.com",
    }
    assert outcome.entry() == Commission(
        time=1795187045000,
        affiliate_id="alice",
        website="example.com",
        currency="USD",
        order_id=PAYMENT,
        entry=Entry.SALE,
        entry_id=PAYMENT,
        micros=124_500_000,
        revenue=249_000_000,
        link="newsletter",
    )


def test_a_subscriptions_payment_is_an_order(recipes: Recipes) -> None:
    outcome = recipes.run("stripe", RENEWAL)
    assert outcome.properties["revenue"] == "19.00"
    assert outcome.entry() == Commission(
        time=1797779045000,
        affiliate_id="alice",
        website="example.com",
        currency="EUR",
        order_id="in_1SefghA1b2C3d4E5",
        entry=Entry.SALE,
        entry_id="in_1SefghA1b2C3d4E5",
        micros=9_500_000,
        revenue=19_000_000,
        link="newsletter",
    )


def test_a_refund_is_a_refund_of_the_checkout(recipes: Recipes) -> None:
    outcome = recipes.run("stripe", REFUND, of_session())
    assert outcome.requests == [SESSIONS]
    assert outcome.properties == {
        "order_id": PAYMENT,
        "refund_id": "re_3SabcdR1r2R3",
        "affiliate_id": "alice",
        "affiliate_link": "newsletter",
        "currency": "USD",
        "revenue": "100.00",
        "website": "www.example.com",
    }
    assert outcome.entry() == Commission(
        time=1795339800000,
        affiliate_id="alice",
        website="example.com",
        currency="USD",
        order_id=PAYMENT,
        entry=Entry.REVERSAL,
        entry_id="re_3SabcdR1r2R3",
        micros=-50_000_000,
        revenue=-100_000_000,
        link="newsletter",
    )


def test_a_refund_is_a_refund_of_the_subscriptions_payment(recipes: Recipes) -> None:
    refund = object_of(REFUND, {"amount": 2261, "currency": "eur"})
    outcome = recipes.run("stripe", refund, of_invoice())
    assert outcome.requests == [SESSIONS, PAYMENTS]
    assert (outcome.properties["order_id"], outcome.properties["revenue"]) == ("in_1SefghA1b2C3d4E5", "19.00")


def test_a_lost_dispute_is_a_refund(recipes: Recipes) -> None:
    entry = recipes.run("stripe", DISPUTE, of_session()).entry()
    assert (entry.order_id, entry.entry_id, entry.micros) == (
        PAYMENT,
        "dp_1SabcdD1d2D3",
        -124_500_000,
    )
    assert entry.time == 1798000000000


AMOUNTS = [
    ("usd", 29631, 4731, "249.00"),
    ("usd", 5, 0, "0.05"),
    ("jpy", 24900, 2264, "22636"),
    ("vnd", 5, 0, "5"),
    ("kwd", 12340, 0, "12.340"),
    ("isk", 500, 0, "5.00"),
    ("ugx", 500, 0, "5.00"),
    ("huf", 500, 0, "5.00"),
]


@pytest.mark.parametrize(("currency", "total", "tax", "revenue"), AMOUNTS)
def test_revenue_is_the_total_without_tax(
    recipes: Recipes, currency: str, total: int, tax: int, revenue: str
) -> None:
    changes = {"currency": currency, "amount_total": total, "total_details.amount_tax": tax}
    assert recipes.run("stripe", object_of(SALE, changes)).properties["revenue"] == revenue


def test_what_was_paid_of_an_invoice_is_revenue(recipes: Recipes) -> None:
    half = object_of(RENEWAL, {"amount_paid": 1131})  # the rest came from the customer's balance
    assert recipes.run("stripe", half).properties["revenue"] == "9.50"


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (SALE, {"livemode": False}),
        (SALE, {"livemode": None}),
        (RENEWAL, {"livemode": False}),
        (REFUND, {"livemode": False}),
        (SALE, {"type": "checkout.session.expired"}),
        (SALE, {"data.object.payment_status": "unpaid"}),  # a later event tells when it is paid
        (SALE, {"data.object.payment_status": "no_payment_required"}),
        (SALE, {"data.object.mode": "subscription"}),  # its invoice counts
        (SALE, {"data.object.mode": "setup"}),
        (SALE, {"data.object.metadata": {}}),
        (SALE, {"data.object.metadata": {}, "data.object.client_reference_id": "customer-42"}),
        (SALE, {"data.object.amount_total": 0}),
        (RENEWAL, {"data.object.billing_reason": "manual"}),  # its checkout counts
        (RENEWAL, {"data.object.amount_paid": 0}),  # a trial
        (REFUND, {"data.object.status": "pending"}),
        (REFUND, {"data.object.status": "requires_action"}),
        (REFUND, {"data.object.status": "failed"}),
        (REFUND, {"data.object.status": "canceled"}),
        (REFUND, {"data.object.payment_intent": None}),
        (REFUND, {"type": "charge.refunded"}),
        (DISPUTE, {"data.object.status": "won"}),
        (DISPUTE, {"data.object.status": "warning_closed"}),
        (DISPUTE, {"type": "charge.dispute.created"}),
    ],
)
def test_what_is_not_an_affiliates_sale_or_refund_is_dropped(
    recipes: Recipes, body: dict[str, Any], changes: Mapping[str, object]
) -> None:
    outcome = recipes.run("stripe", changed(body, changes), of_session())
    assert (outcome.event, outcome.error, outcome.requests) == (None, "", [])


def test_a_refund_of_what_no_checkout_sold_is_dropped(recipes: Recipes) -> None:
    outcome = recipes.run("stripe", REFUND, {**NO_SESSION, PAYMENTS: {"object": "list", "data": []}})
    assert (outcome.event, outcome.error) == (None, "")


def test_a_payment_that_takes_days_counts_once_it_is_made(recipes: Recipes) -> None:
    outcome = recipes.run("stripe", changed(SALE, {"type": "checkout.session.async_payment_succeeded"}))
    assert outcome.entry().order_id == PAYMENT


def test_a_refund_counts_once_however_it_is_told(recipes: Recipes) -> None:
    updated = changed(REFUND, {"type": "refund.updated", "created": 1795900000, "id": "evt_later"})
    later = recipes.run("stripe", updated, of_session(), receipt=LATER)
    assert recipes.run("stripe", REFUND, of_session()).entry() == later.entry()


def test_a_payment_link_names_the_affiliate_in_its_reference(recipes: Recipes) -> None:
    changes = {"metadata": {}, "client_reference_id": "affiliate_alice", "payment_intent": {"id": PAYMENT}}
    assert recipes.run("stripe", object_of(SALE, changes)).entry().affiliate_id == "alice"


def test_an_older_invoice_has_its_metadata_elsewhere(recipes: Recipes) -> None:
    details = RENEWAL["data"]["object"]["parent"]["subscription_details"]
    older = object_of(RENEWAL, {"parent": None, "subscription_details": details})
    assert recipes.run("stripe", older).entry().affiliate_id == "alice"


def test_a_code_alone_credits_a_checkout_and_its_refund(recipes: Recipes) -> None:
    by_code = {"metadata": {}, "discounts": [{"coupon": "co_1", "promotion_code": "promo_1"}]}
    sale = recipes.run("stripe", object_of(SALE, by_code), CODE)
    refund = recipes.run("stripe", REFUND, {**of_session(by_code), **CODE})
    for outcome in (sale, refund):
        assert (outcome.entry().affiliate_id, outcome.entry().coupon) == ("alice", "ALICE15")
        assert "affiliate_id" not in outcome.properties
    assert recipes.run("stripe", object_of(SALE, by_code), key="").event is None


def test_a_code_alone_credits_a_subscription(recipes: Recipes) -> None:
    look_up = f"{API}/invoices/in_1SefghA1b2C3d4E5?expand[]=discounts"
    discount = {"id": "di_1", "promotion_code": "promo_1"}
    by_code = object_of(RENEWAL, {"parent": None, "discounts": ["di_1"]})
    outcome = recipes.run("stripe", by_code, {look_up: {"discounts": [discount]}, **CODE})
    assert outcome.properties["coupon"] == "ALICE15"


def test_a_coupon_without_a_code_credits_nobody(recipes: Recipes) -> None:
    own = object_of(SALE, {"discounts": [{"coupon": "co_1", "promotion_code": None}]})
    outcome = recipes.run("stripe", own)
    assert outcome.requests == []
    assert "coupon" not in outcome.properties


def test_a_refund_without_a_credential_is_an_error(recipes: Recipes) -> None:
    assert "stripe_api_key is not set" in recipes.run("stripe", REFUND, key="").error


def test_renewals_can_be_left_out_with_their_refunds(recipes: Recipes) -> None:
    edits = {"NOT_COUNTED = []": "NOT_COUNTED = ['subscription_cycle']"}
    first = {"billing_reason": "subscription_create"}
    assert recipes.run("stripe", object_of(RENEWAL, first), edits=edits).event
    assert recipes.run("stripe", RENEWAL, edits=edits).event is None
    assert recipes.run("stripe", REFUND, of_invoice(first), edits=edits).event
    assert recipes.run("stripe", REFUND, of_invoice(), edits=edits).event is None


def test_an_invoice_of_nothing_is_no_order(recipes: Recipes) -> None:
    """A trial, or a smaller plan, whose invoice is paid with what the customer has to his credit."""
    for total in (0, -900):
        assert recipes.run("stripe", object_of(RENEWAL, {"amount_paid": 0, "total": total})).event is None


def test_a_reference_counts_if_the_metadata_name_no_affiliate(recipes: Recipes) -> None:
    changes = {"metadata": {"affiliate_id": ""}, "client_reference_id": "affiliate_alice"}
    assert recipes.run("stripe", object_of(SALE, changes)).entry().affiliate_id == "alice"


def test_a_code_is_not_looked_up_if_the_checkout_names_an_affiliate(recipes: Recipes) -> None:
    """The lookup could fail, and cost the order its credit."""
    discounted = object_of(SALE, {"discounts": [{"coupon": "co_1", "promotion_code": "promo_1"}]})
    assert recipes.run("stripe", discounted).entry().affiliate_id == "alice"
