"""Paddle's webhooks become orders and refunds."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.events import Commission, Entry
from tests.recipes.conftest import LATER, Recipes, changed, webhook

TRANSACTION = "txn_01jd3k7m2n4p6q8r0s2t4v6w8x"
ADJUSTMENT = "adj_01jd8m0a1b2c3d4e5f6g7h8j9k"
SALE = webhook("paddle_transaction_completed")
REFUND = webhook("paddle_adjustment_updated")
LOOK_UP = f"https://api.paddle.com/transactions/{TRANSACTION}?include=discount"
BY_CODE = {"custom_data": None, "discount_id": "dsc_01jd3k7m2n4p6q8r0s2t4v6w8x"}


def answer(changes: Mapping[str, object] | None = None, code: str | None = None) -> dict[str, Any]:
    """What Paddle's API says of the transaction."""
    discount = code and {"id": "dsc_01jd3k7m2n4p6q8r0s2t4v6w8x", "code": code}
    return {LOOK_UP: {"data": {**SALE["data"], **(changes or {}), "discount": discount}}}


def test_a_transaction_is_an_order(recipes: Recipes) -> None:
    outcome = recipes.run("paddle", SALE)
    assert outcome.requests == []
    assert outcome.event
    assert outcome.event["context"] == {}
    assert outcome.properties == {
        "order_id": TRANSACTION,
        "affiliate_id": "alice",
        "affiliate_link": "newsletter",
        "currency": "USD",
        "revenue": "249.00",
        "website": "www.example.com",
    }
    assert outcome.entry() == Commission(
        time=1795187045000,  # when the payment was captured
        affiliate_id="alice",
        website="example.com",
        currency="USD",
        order_id=TRANSACTION,
        entry=Entry.SALE,
        entry_id=TRANSACTION,
        micros=124_500_000,
        revenue=249_000_000,
        link="newsletter",
    )


def test_an_approved_adjustment_is_a_refund(recipes: Recipes) -> None:
    outcome = recipes.run("paddle", REFUND, answer())
    assert outcome.requests == [LOOK_UP]
    assert outcome.properties == {
        "order_id": TRANSACTION,
        "refund_id": ADJUSTMENT,
        "affiliate_id": "alice",
        "affiliate_link": "newsletter",
        "currency": "USD",
        "revenue": "100.00",
        "website": "www.example.com",
    }
    assert outcome.entry() == Commission(
        time=1795339800250,
        affiliate_id="alice",
        website="example.com",
        currency="USD",
        order_id=TRANSACTION,
        entry=Entry.REVERSAL,
        entry_id=ADJUSTMENT,
        micros=-50_000_000,
        revenue=-100_000_000,
        link="newsletter",
    )


AMOUNTS: list[tuple[dict[str, object], str]] = [
    ({}, "249.00"),
    ({"currency_code": "JPY"}, "24900"),
    ({"currency_code": "KRW"}, "24900"),
    ({"currency_code": "HUF"}, "249.00"),
    ({"details.totals.grand_total": "14816"}, "124.50"),  # half was paid from the customer's credit
    ({"details.totals.tax": "0"}, "296.31"),
    ({"details.totals": {"total": "5", "tax": "0", "grand_total": "5"}}, "0.05"),
    ({"details.totals": {"total": "100", "tax": "1", "grand_total": "50"}}, "0.50"),  # 49.5 cents
    ({"details.totals": {"total": "9" * 11, "tax": "0", "grand_total": "9" * 11}}, "999999999.99"),
]


@pytest.mark.parametrize(("changes", "revenue"), AMOUNTS)
def test_revenue_is_what_was_paid_without_tax(
    recipes: Recipes, changes: Mapping[str, object], revenue: str
) -> None:
    sale = changed(SALE, {f"data.{path}": value for path, value in changes.items()})
    assert recipes.run("paddle", sale).properties["revenue"] == revenue


@pytest.mark.parametrize(
    "changes",
    [
        {"event_type": "transaction.paid"},
        {"event_type": "subscription.created"},
        {"event_type": None},
        {"event_id": "ntfsimevt_01jd3k8yzt5r4a2n7c9m1b6x0p"},
        {"data.custom_data": None},
        {"data.custom_data": {"user": "42"}},
        {"data.details.totals.grand_total": "0"},
    ],
)
def test_what_is_not_an_affiliates_sale_is_dropped(recipes: Recipes, changes: Mapping[str, object]) -> None:
    outcome = recipes.run("paddle", changed(SALE, changes))
    assert (outcome.event, outcome.error) == (None, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"data.status": "pending_approval"},
        {"data.status": "pending_approval", "event_type": "adjustment.created"},
        {"data.status": "rejected"},
        {"data.status": "reversed"},
        {"data.status": None},
        {"data.action": "credit"},
        {"data.action": "credit_reverse"},
        {"data.action": "chargeback_warning"},
        {"data.action": "chargeback_warning_reverse"},
        {"data.action": "something new"},
        {"event_id": "ntfsimevt_01jd8m4v6x8y0z2a4b6c8d0e2f"},
    ],
)
def test_a_refund_that_is_not_approved_is_dropped_unasked(
    recipes: Recipes, changes: Mapping[str, object]
) -> None:
    outcome = recipes.run("paddle", changed(REFUND, changes), answer())
    assert (outcome.event, outcome.error, outcome.requests) == (None, "", [])


def test_a_refund_of_taxes_alone_takes_nothing_back(recipes: Recipes) -> None:
    refund = changed(REFUND, {"data.totals": {"subtotal": "0", "tax": "1900", "total": "1900"}})
    assert recipes.run("paddle", refund, answer()).event is None


def test_a_refund_of_nobodys_sale_is_dropped(recipes: Recipes) -> None:
    assert recipes.run("paddle", REFUND, answer({"custom_data": None})).event is None


def test_an_approved_refund_counts_once_however_it_is_told(recipes: Recipes) -> None:
    created = changed(REFUND, {"event_type": "adjustment.created"})
    again = recipes.run("paddle", REFUND, answer(), receipt=LATER)
    assert recipes.run("paddle", created, answer()).entry() == again.entry()


def test_a_chargeback_is_a_refund_and_its_reverse_an_order(recipes: Recipes) -> None:
    chargeback = recipes.run("paddle", changed(REFUND, {"data.action": "chargeback"}), answer()).entry()
    reverse = {"data.action": "chargeback_reverse", "data.id": "adj_01jdzz"}
    back = recipes.run("paddle", changed(REFUND, reverse), answer()).entry()
    assert (chargeback.order_id, chargeback.entry_id) == (TRANSACTION, ADJUSTMENT)
    assert (back.order_id, back.entry_id, back.entry) == ("adj_01jdzz", "adj_01jdzz", Entry.SALE)
    assert (chargeback.micros, back.micros) == (-50_000_000, 50_000_000)


@pytest.mark.parametrize("body", [SALE, REFUND], ids=["sale", "refund"])
def test_a_code_alone_credits(recipes: Recipes, body: dict[str, Any]) -> None:
    body = changed(body, {f"data.{name}": value for name, value in BY_CODE.items()})
    outcome = recipes.run("paddle", body, answer(BY_CODE, code="ALICE15"))
    assert outcome.requests == [LOOK_UP]
    assert "affiliate_id" not in outcome.properties
    assert outcome.properties["coupon"] == "ALICE15"
    assert (outcome.entry().affiliate_id, outcome.entry().coupon) == ("alice", "ALICE15")


def test_without_a_credential_a_sale_has_no_code_and_a_refund_fails(recipes: Recipes) -> None:
    sale = changed(SALE, {"data.discount_id": BY_CODE["discount_id"]})
    assert "coupon" not in recipes.run("paddle", sale, key="").properties
    assert "paddle_api_key is not set" in recipes.run("paddle", REFUND, key="").error


def test_paddle_is_asked_again_if_it_does_not_answer(recipes: Recipes) -> None:
    body = answer()[LOOK_UP]
    outcome = recipes.run("paddle", REFUND, {LOOK_UP: [None, (503, "busy"), (200, body)]})
    assert outcome.requests == [LOOK_UP] * 3
    assert outcome.properties["affiliate_id"] == "alice"


@pytest.mark.parametrize(
    ("answers", "problem"),
    [([(403, {})], "it answers 403"), ([None], "it cannot be reached"), ([(429, "")], "it answers 429")],
)
def test_a_refund_that_cannot_be_looked_up_is_an_error(
    recipes: Recipes, answers: list[object], problem: str
) -> None:
    outcome = recipes.run("paddle", REFUND, {LOOK_UP: answers})
    assert outcome.error == f"Error: {LOOK_UP} was asked 3 times: {problem}. Send the webhook again."


def test_renewals_can_be_left_out_with_their_refunds(recipes: Recipes) -> None:
    edits = {"NOT_COUNTED = []": "NOT_COUNTED = ['subscription_recurring']"}
    renewal = {"origin": "subscription_recurring"}
    sale = changed(SALE, {"data.origin": "subscription_recurring"})
    assert recipes.run("paddle", sale).event
    assert recipes.run("paddle", sale, edits=edits).event is None
    assert recipes.run("paddle", SALE, edits=edits).event
    assert recipes.run("paddle", REFUND, answer(renewal), edits=edits).event is None
    assert recipes.run("paddle", REFUND, answer(), edits=edits).event
