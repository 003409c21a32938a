"""What affiliates ask for: clicks, links, revenue, coupons, credit by code, the directory, and payouts."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory import Directory
from chalicelib.events import LeftOut, Payout
from chalicelib.rudderstack import Source
from tests.rudderstack.test_rudderstack import MILLISECONDS, order, page, read

SHOP = "https://shop.example/"
DIRECTORY = Directory(
    frozenset({"alice", "bob"}), {"alice15": "alice", "summer": "bob", "2026": "bob", "old": "carol"}
)


def landing(query: str, **properties: Any) -> Any:
    return page({"url": f"{SHOP}{query}", **properties})


# Clicks and links


@pytest.mark.parametrize(
    ("properties", "page_context", "seen"),
    [
        ({"url": f"{SHOP}?ref=alice"}, None, ("alice", True, "")),
        ({"url": f"{SHOP}?ref=alice&sub=video"}, None, ("alice", True, "video")),
        ({"url": f"{SHOP}?sub=video&via=alice"}, None, ("alice", True, "video")),
        ({"url": f"{SHOP}#/course?ref=alice&sub=video"}, None, ("alice", True, "video")),
        ({"url": SHOP, "search": "?ref=alice&sub=video"}, None, ("alice", True, "video")),
        ({"url": SHOP, "search": "ref=alice&sub=video"}, None, ("alice", True, "video")),
        ({"url": SHOP}, {"url": f"{SHOP}?ref=alice&sub=video"}, ("alice", True, "video")),
        # The link's name stands in the address that names the affiliate, and in no other.
        ({"url": f"{SHOP}?sub=other"}, {"url": f"{SHOP}?ref=alice"}, ("alice", True, "")),
        ({"url": f"{SHOP}?sub=a&ref=bob"}, {"url": f"{SHOP}?ref=alice&sub=b"}, ("bob", True, "a")),
        # With an affiliate of its own, a page is a click if an address names the same one.
        ({"affiliate_id": "alice", "url": SHOP}, None, ("alice", False, "")),
        ({"affiliate_id": "alice", "url": f"{SHOP}?page=2"}, None, ("alice", False, "")),
        ({"affiliate_id": "alice", "url": f"{SHOP}?ref=bob&sub=x"}, None, ("alice", False, "")),
        ({"affiliate_id": "alice", "url": f"{SHOP}?ref=alice&sub=x"}, None, ("alice", True, "x")),
        ({"affiliate_id": "alice ", "url": f"{SHOP}?ref=alice/&sub=x/"}, None, ("alice", True, "x")),
        ({"affiliate_id": "a b", "url": f"{SHOP}?ref=a+b&sub=x"}, None, ("a b", True, "x")),
        ({"affiliate_id": "é", "url": f"{SHOP}?ref=%C3%A9&sub=x"}, None, ("é", True, "x")),
        ({"affiliate_id": "alice", "url": f"{SHOP}?ref=bob&via=alice&sub=x"}, None, ("alice", True, "x")),
        (
            {"affiliate_id": "alice", "url": f"{SHOP}?ref=bob&sub=x"},
            {"url": f"{SHOP}?ref=alice&sub=y"},
            ("alice", True, "y"),
        ),
        # After the landing, the site says which link it was.
        ({"affiliate_id": "alice", "affiliate_link": "video", "url": SHOP}, None, ("alice", False, "video")),
        ({"affiliate_id": "alice", "affiliate_link": 7, "url": SHOP}, None, ("alice", False, "7")),
        ({"affiliate_id": "alice", "affiliate_link": ["x"], "url": SHOP}, None, ("alice", False, "")),
        ({"affiliate_id": "alice", "affiliate_link": None, "url": SHOP}, None, ("alice", False, "")),
        # A click has the link that was clicked, also if it has no name.
        ({"affiliate_link": "old", "url": f"{SHOP}?ref=alice"}, None, ("alice", True, "")),
        ({"affiliate_link": "old", "url": f"{SHOP}?ref=alice&sub=new"}, None, ("alice", True, "new")),
    ],
)
def test_a_click_and_its_link(properties, page_context, seen):
    view = read(page(properties, {"page": page_context}))
    assert (view.affiliate_id, view.click, view.link) == seen


LINKS = [
    ("video", "video"),
    (" video 1 / ", "video 1"),
    ("Video", "Video"),
    ("20231106", "20231106"),
    ("x" * 65, "x" * 64),
    ("é" * 33, "é" * 32),
    ("gclid-Xk39fQ7pLmZr8Ab1Ww0", "gclid-Xk39fQ7pLmZr8Ab1Ww0"),
    ("to ann@mail.example", "to (email)"),
    ("ann%40mail.example", "(email)"),
    ("50%", "50%"),
    ("", ""),
    ("  ", ""),
    ("undefined", ""),
    ("{{link}}", ""),
    ("a\tb", ""),
    ("a\0b", ""),
    ("\u200e", ""),
]


@pytest.mark.parametrize(("given", "link"), LINKS)
def test_the_name_of_a_link_is_the_same_wherever_it_comes_from(given, link):
    clicked = read(landing(f"?ref=alice&sub={quote(given)}"))
    later = read(page({"affiliate_id": "alice", "affiliate_link": given, "url": SHOP}))
    ordered = read(order(affiliate_link=given))
    assert (clicked.link, later.link, ordered.link) == (link, link, link)


def test_the_first_parameter_that_names_a_link_counts():
    view = read(landing("?ref=alice&subid=b&sub={sub}&sub=a&campaign=c"), link_parameters=("sub", "subid"))
    assert view.link == "a"
    assert read(landing("?ref=alice&sub=a"), link_parameters=("subid",)).link == ""


ids = st.text("ab é/%+&=?#", min_size=1, max_size=4)


@given(ids, ids, st.sampled_from(["ref", "via"]))
def test_an_affiliate_is_found_in_an_address_however_it_is_encoded(affiliate_id, named, parameter):
    """What the address says alone is what it says beside the affiliate that the site remembers."""
    address = f"{SHOP}?{parameter}={quote(named, safe='')}&sub=x"
    alone = read(page({"url": address}))
    both = read(page({"affiliate_id": affiliate_id, "url": address}))
    if isinstance(alone, LeftOut):
        assert both is LeftOut.NO_AFFILIATE or not both.click
    elif not isinstance(both, LeftOut):
        assert both.click == (both.affiliate_id == alone.affiliate_id)


# Orders


@pytest.mark.parametrize(
    ("properties", "revenue"),
    [
        ({}, None),
        ({"revenue": 29.99}, 29_990_000),
        ({"revenue": "29.99", "total": 35}, 29_990_000),
        ({"revenue": None, "total": "35.00"}, 35_000_000),
        ({"revenue": "", "total": 35}, 35_000_000),
        ({"revenue": 0}, 0),
        # What cannot be read costs the affiliate nothing.
        ({"revenue": "unknown", "total": 35}, None),
        ({"revenue": -5}, None),
        ({"revenue": True}, None),
        ({"revenue": [1]}, None),
        ({"revenue": 1e9}, None),
    ],
)
def test_the_revenue_of_an_order(properties, revenue):
    sale, reversal = (read(order(event, **properties)) for event in ("Order Completed", "Order Refunded"))
    assert (sale.micros, sale.revenue) == (7_500_000, revenue)
    assert (reversal.micros, reversal.revenue) == (-7_500_000, revenue if revenue is None else -revenue)


def test_with_a_rate_the_commission_is_a_part_of_the_revenue():
    sale = read(order(commission=..., revenue=30), commission_rate=Decimal("0.3"))
    assert (sale.micros, sale.revenue) == (9_000_000, 30_000_000)


@pytest.mark.parametrize("name", ["revenue", "coupon", "affiliate_link"])
def test_bytes_that_are_not_utf8_beside_a_commission_cost_it_nothing(name):
    document = json.dumps(order(**{name: "Jos<E9>"})).encode().replace(b"<E9>", b"\xe9")
    sale = read(document)
    assert (sale.micros, sale.revenue, sale.coupon, sale.link) == (7_500_000, None, "", "")


@pytest.mark.parametrize(
    ("given", "coupon"),
    [
        ("ALICE15", "ALICE15"),
        (" Alice15 ", "Alice15"),
        (2026, "2026"),
        ("x" * 65, "x" * 64),
        ("a/", "a/"),
        (None, ""),
        ("null", ""),
        ("a\nb", ""),
        (["ALICE15"], ""),
        (True, ""),
    ],
)
def test_the_coupon_of_an_order(given, coupon):
    assert read(order(coupon=given)).coupon == coupon


# Whose it is


@pytest.mark.parametrize(
    ("properties", "directory", "expected"),
    [
        ({"affiliate_id": "bob", "coupon": "ALICE15"}, DIRECTORY, "bob"),  # an id comes before a code
        ({"affiliate_id": ..., "coupon": "ALICE15"}, DIRECTORY, "alice"),
        ({"affiliate_id": "", "coupon": " alice15\n"}, DIRECTORY, "alice"),
        ({"affiliate_id": "undefined", "coupon": "Summer"}, DIRECTORY, "bob"),
        ({"affiliate_id": None, "coupon": 2026}, DIRECTORY, "bob"),
        ({"affiliate_id": ..., "coupon": "NOBODY"}, DIRECTORY, LeftOut.UNKNOWN_CODE),
        ({"affiliate_id": ..., "coupon": "NOBODY"}, None, LeftOut.UNKNOWN_CODE),
        ({"affiliate_id": ..., "coupon": "OLD"}, DIRECTORY, LeftOut.UNKNOWN_AFFILIATE),
        ({"affiliate_id": ..., "coupon": ""}, DIRECTORY, LeftOut.NO_AFFILIATE),
        ({"affiliate_id": ..., "coupon": "null"}, DIRECTORY, LeftOut.NO_AFFILIATE),
        ({"affiliate_id": ...}, DIRECTORY, LeftOut.NO_AFFILIATE),
        ({"affiliate_id": "carol", "coupon": "ALICE15"}, DIRECTORY, LeftOut.UNKNOWN_AFFILIATE),
        ({"affiliate_id": "Alice"}, DIRECTORY, LeftOut.UNKNOWN_AFFILIATE),
        ({"affiliate_id": "carol"}, None, "carol"),
    ],
)
def test_the_affiliate_of_an_order(properties, directory, expected):
    for event in ("Order Completed", "Order Refunded"):
        found = read(order(event, **properties), directory=directory)
        assert (found if isinstance(found, LeftOut) else found.affiliate_id) == expected


def test_a_code_that_is_longer_than_what_is_stored_is_known():
    directory = Directory(frozenset({"alice"}), {"x" * 65: "alice", "x" * 64: "bob"})
    sale = read(order(affiliate_id=..., coupon="X" * 65), directory=directory)
    assert (sale.affiliate_id, sale.coupon) == ("alice", "X" * 64)


def test_a_page_view_of_an_affiliate_that_is_not_in_the_directory_is_left_out():
    assert read(landing("?ref=alice"), directory=DIRECTORY).affiliate_id == "alice"
    assert read(landing("?ref=carol"), directory=DIRECTORY) is LeftOut.UNKNOWN_AFFILIATE
    assert read(landing(""), directory=DIRECTORY) is LeftOut.NO_AFFILIATE
    assert read(page({"affiliate_id": "carol"}), directory=DIRECTORY) is LeftOut.UNKNOWN_AFFILIATE


# Payouts


def payout(event: str = "Commission Paid", **properties: Any) -> dict[str, Any]:
    given = {"affiliate_id": "alice", "amount": "120.50", "currency": "eur", "payout_id": "2026-10"}
    return order(event, order_id=..., commission=..., website=..., **given | properties)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (payout(), Payout(MILLISECONDS, "alice", "EUR", "2026-10", 120_500_000)),
        (payout(" commission PAID "), Payout(MILLISECONDS, "alice", "EUR", "2026-10", 120_500_000)),
        (payout(amount=7, currency=...), Payout(MILLISECONDS, "alice", "USD", "2026-10", 7_000_000)),
        (payout(payout_id=...), Payout(MILLISECONDS, "alice", "EUR", "m", 120_500_000)),
        (payout(payout_id=17), Payout(MILLISECONDS, "alice", "EUR", "17", 120_500_000)),
        (payout(affiliate_id="carol"), LeftOut.UNKNOWN_AFFILIATE),
        (payout(affiliate_id=..., coupon="ALICE15"), LeftOut.NO_AFFILIATE),
        (payout(affiliate_id="x" * 129), f"affiliate_id is not a valid affiliate id: '{'x' * 40}'"),
        (payout(amount=...), "amount is missing"),
        (payout(amount=-5), "amount is not a valid amount: '-5'"),
        (payout(amount="all"), "amount is not a valid amount: 'all'"),
        (payout(currency="euros"), "currency is not an ISO 4217 code: 'euros'"),
        (payout() | {"messageId": None}, "messageId is missing"),
        (
            payout() | {"timestamp": "2023-11-06T10:33:04.317Z"},
            "the event lies in the future: 3600 s after its receipt",
        ),
    ],
)
def test_a_payout(document, expected):
    assert read(document, directory=DIRECTORY) == expected


def test_a_payout_from_a_browser_is_anyones_claim():
    assert read(payout(), Source.WEB) is LeftOut.UNTRUSTED_SOURCE
