"""The checkout, and the events that it sends to RudderStack."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chalicelib.events import Commission, Entry, LeftOut
from devstack.http.ports import HOST, listen
from devstack.http.serving import serving
from devstack.site.app import PAGES, site
from devstack.site.sales import Reports, order_completed, order_refunded
from devstack.site.shop import Order, Shop
from tests.site.stand import Stand, standing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def served() -> Iterator[Stand]:
    with standing() as stand:
        yield stand


@pytest.fixture
def stand(served: Stand) -> Stand:
    served.delivered.clear()
    return served


@pytest.fixture
def client(stand: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stand.site_url, follow_redirects=True) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_each_page_names_the_website_as_canonical(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'<link rel="canonical" href="https://www.serverless.example{path}">' in answer.text


def test_a_sale_and_its_refund_are_two_entries(stand: Stand, client: httpx.Client) -> None:
    client.cookies.set("affiliate", "O%27Brien%20%26%20S%C3%B6hne")
    order = client.post("/orders")
    assert "Thank you" in order.text
    refunded = client.post(f"{order.url}/refund")
    assert "Your order is refunded" in refunded.text

    sale, reversal = stand.events()
    assert isinstance(sale, Commission)
    assert isinstance(reversal, Commission)
    assert (sale.affiliate_id, sale.website, sale.currency) == (
        "O'Brien & Söhne",
        "serverless.example",
        "USD",
    )
    assert (sale.entry, sale.micros, sale.revenue) == (Entry.SALE, 74_700_000, 249_000_000)
    assert (reversal.entry, reversal.micros, reversal.revenue) == (
        Entry.REVERSAL,
        -74_700_000,
        -249_000_000,
    )
    assert (reversal.affiliate_id, reversal.order_id) == (sale.affiliate_id, sale.order_id)


CODES = {"ALICE15": "ALICE15", " alice15 ": "ALICE15", "söhne15": "SÖHNE15", "WELCOME15": "WELCOME15"}
"""What customers type, each with the code that the shop knows it as."""


@pytest.mark.parametrize("typed", CODES)
def test_a_code_lowers_the_price_and_the_commission(stand: Stand, client: httpx.Client, typed: str) -> None:
    client.cookies.set("affiliate_link", "a name without an affiliate")
    order = client.post("/orders", data={"code": typed})
    assert f"is paid: 211.65 USD, with the code {CODES[typed]}." in order.text
    client.post(f"{order.url}/refund")

    sale, reversal = stand.properties()
    expected = {"coupon": CODES[typed], "revenue": "211.65", "commission": "63.50"}
    # No affiliate: the code alone credits the order.
    assert sale == {
        **expected,
        "order_id": sale["order_id"],
        "currency": "USD",
        "website": "www.serverless.example",
    }
    assert reversal == {**sale, "refund_id": f"{sale['order_id']}-refund"}


def test_a_code_of_another_affiliate_is_sent_beside_the_affiliate_of_the_link(
    stand: Stand, client: httpx.Client
) -> None:
    client.cookies.set("affiliate", "bob")
    client.cookies.set("affiliate_link", "Q%26A")
    client.post("/orders", data={"code": "ALICE15"})
    (sale,) = stand.properties()
    credit = {name: sale[name] for name in ("affiliate_id", "affiliate_link", "coupon")}
    assert credit == {"affiliate_id": "bob", "affiliate_link": "Q&A", "coupon": "ALICE15"}


@pytest.mark.parametrize("typed", ["ALICE 15", '"><script>', "\udcff"])
def test_an_unknown_code_is_refused_on_the_page(stand: Stand, client: httpx.Client, typed: str) -> None:
    body = urlencode({"code": typed}, errors="surrogateescape")
    answer = client.post(
        "/orders", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 422
    assert "We do not know this code." in answer.text
    assert "<script>" not in answer.text.partition("<main>")[2]
    assert stand.delivered == []


def test_a_repeated_refund_is_one_entry(stand: Stand, client: httpx.Client) -> None:
    client.cookies.set("affiliate", "alice")
    order = client.post("/orders")
    for _ in range(2):
        client.post(f"{order.url}/refund")

    _, first, second = stand.events()
    assert first == second


def test_a_sale_without_an_affiliate_is_left_out(stand: Stand, client: httpx.Client) -> None:
    client.post("/orders")
    assert stand.events() == [LeftOut.NO_AFFILIATE]


def test_only_its_customer_can_see_an_order(stand: Stand, client: httpx.Client) -> None:
    order = client.post("/orders")
    stand.delivered.clear()
    for method, path in (("GET", ""), ("POST", "/refund")):
        answer = httpx.request(method, f"{order.url}{path}", cookies={"customer": "somebody else"})
        assert (answer.status_code, answer.text) == (404, "You do not have this order.\n")
    assert stand.delivered == []


def test_the_event_of_a_sale() -> None:
    assert order_completed(Order("1001", "c", "alice", NOON, "newsletter", "ALICE15")) == {
        "event": "Order Completed",
        "messageId": "1001-completed",
        "userId": "c",
        "timestamp": "2026-11-20T12:00:00.000Z",
        "properties": {
            "order_id": "1001",
            "revenue": "211.65",
            "commission": "63.50",
            "currency": "USD",
            "website": "www.serverless.example",
            "affiliate_id": "alice",
            "affiliate_link": "newsletter",
            "coupon": "ALICE15",
        },
    }


def test_the_event_of_a_refund() -> None:
    assert order_refunded(Order("1001", "c", "alice", NOON, refunded_at=NOON)) == {
        "event": "Order Refunded",
        "messageId": "1001-refunded",
        "userId": "c",
        "timestamp": "2026-11-20T12:00:00.000Z",
        "properties": {
            "order_id": "1001",
            "revenue": "249.00",
            "commission": "74.70",
            "currency": "USD",
            "website": "www.serverless.example",
            "affiliate_id": "alice",
            "refund_id": "1001-refund",
        },
    }


def test_an_event_that_rudderstack_refuses_is_sent_with_the_next_sale() -> None:
    statuses, taken = [503, 503, 200, 200, 200], []

    async def track(request: Request) -> Response:
        status = statuses.pop(0)
        if status == 200:
            taken.append((await request.json())["messageId"])
        return Response(status_code=status)

    listener = listen(0)
    reports = Reports(f"http://{HOST}:{listener.getsockname()[1]}", "server-write-key")
    with serving(Starlette(routes=[Route("/v1/track", track, methods=["POST"])]), listener):
        for order_id in ("1", "2", "3"):
            reports.send(order_completed(Order(order_id, "c", None, NOON)))
    assert taken == ["1-completed", "2-completed", "3-completed"]


def test_a_missing_sdk_is_a_503_that_says_how_to_install_it(tmp_path: Path) -> None:
    pages = site(
        Shop(lambda: NOON),
        Reports("http://127.0.0.1:1", "k"),
        data_plane="http://127.0.0.1:1",
        write_key="k",
        portal_url="http://portal.example",
        sdk=tmp_path / "none",
    )
    listener = listen(0)
    with serving(pages, listener):
        answer = httpx.get(f"http://{HOST}:{listener.getsockname()[1]}/sdk.js")
    assert (answer.status_code, answer.text) == (
        503,
        "// RudderStack's SDK is not installed. Run `make setup`.\n",
    )
