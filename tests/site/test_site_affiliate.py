"""The affiliate of a visitor: `affiliate.js` in a real browser, and `ingest` for the same pages."""

import time
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote

import pytest
from playwright.sync_api import Browser, BrowserContext

from chalicelib.events import MAX_TEXT, LeftOut, PageView
from devstack.sample.world import AFFILIATES
from tests.browser import visitor
from tests.site.stand import Stand, read_event, standing, without_affiliate
from tests.site.system import UBUNTU, Visitor, visiting

THIRTY_DAYS = 30 * 24 * 60 * 60
ADDRESSES = {
    "/?ref=alice": "alice",
    "/?aff=bob&via=carol": "bob",
    "/?via=bob&ref=alice": "alice",
    "/?ref=&ref=alice": "alice",
    "/?Ref=alice": "",
    "/?ref=Alice": "Alice",
    "/?ref=O%27Brien+%26%20S%C3%B6hne": "O'Brien & Söhne",
    "/?ref=a%3Bb%2Cc%3Dd%25%2B%F0%9F%A6%8A": "a;b,c=d%+🦊",
    "/?ref=alice?via=bob": "alice?via=bob",
    "/?ref=%FF&via=bob": "bob",
    "/?ref=a%0Ab": "",
    "/?ref=a%C2%A0b": "",
    "/?ref=alice/": "alice",
    "/?ref=%C2%A0alice%20/+": "alice",
    "/?ref=a/b": "a/b",
    "/?ref=undefined&via=bob": "bob",
    "/?ref=null": "",
    "/?ref={affiliate_id}": "",
    "/?ref=%5BID%5D/": "",
    "/?ref=%25AFFILIATE%25": "",
    "/?ref=Null": "Null",
    f"/?ref={'x' * 128}": "x" * 128,
    f"/?ref={'x' * 129}&aff=bob": "bob",
    "/faq#/pricing?ref=alice": "alice",
    "/?ref=alice#/pricing?ref=bob": "alice",
    "/faq?page=2#ref=alice": "",
}
"""Addresses of pages, each with the affiliate that it names."""
LINKS = {
    "/?ref=alice&sub=newsletter": "newsletter",
    "/?sub=newsletter&ref=alice": "newsletter",
    "/?ref=alice": "",
    "/?ref=alice&sub=": "",
    "/?ref=alice&sub=&sub=second": "second",
    "/?ref=alice&sub=%20/": "",
    "/?ref=alice&sub=+Q%26A%20%2B%20notes+/": "Q&A + notes",
    "/?ref=alice&sub=%F0%9F%A6%8A;%3D%25%2C": "🦊;=%,",
    "/?ref=alice&sub={campaign}": "",
    "/?ref=alice&sub=undefined&sub=b": "b",
    "/?ref=alice&sub=a%0Ab": "",
    "/?ref=alice&sub=%FF&sub=b": "b",
    "/?ref=alice&Sub=newsletter": "",
    f"/?ref=alice&sub={'x' * 300}": "x" * 256,
    f"/?ref=alice&sub={'%F0%9F%A6%8A' * 300}": "🦊" * 256,
    "/faq#/pricing?ref=alice&sub=hash": "hash",
    "/?sub=newsletter": "",
    "/?ref=undefined&sub=newsletter": "",
}
"""Addresses of pages, each with the name of the affiliate link that led to it."""


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with standing() as stand:
        yield stand


@pytest.fixture
def window(browser: Browser, stand: Stand) -> Iterator[BrowserContext]:
    stand.delivered.clear()
    with visitor(browser, user_agent=UBUNTU) as context:
        yield context


@pytest.fixture
def somebody(window: BrowserContext, stand: Stand) -> Iterator[Visitor]:
    with visiting(window, stand.site_url) as somebody:
        yield somebody


def links(stand: Stand) -> list[tuple[str, str]]:
    """The affiliate and the link's name that each page view so far was sent with."""
    return [(sent.get("affiliate_id", ""), sent.get("affiliate_link", "")) for sent in stand.properties()]


def test_the_script_and_ingest_find_the_same_affiliate_in_an_address(
    window: BrowserContext, somebody: Visitor, stand: Stand
) -> None:
    for address in ADDRESSES:
        window.clear_cookies()
        somebody.open(address)

    plain = [read_event(source, without_affiliate(document)) for source, document in stand.delivered]
    assert dict(zip(ADDRESSES, map(_affiliate, plain), strict=True)) == ADDRESSES
    assert dict(zip(ADDRESSES, map(_affiliate, stand.events()), strict=True)) == ADDRESSES


def test_the_script_and_ingest_find_the_same_name_of_a_link_in_an_address(
    window: BrowserContext, somebody: Visitor, stand: Stand
) -> None:
    for address, name in LINKS.items():
        window.clear_cookies()
        somebody.open(address)
        kept = {cookie["name"]: unquote(cookie["value"]) for cookie in window.cookies()}
        assert kept.get("affiliate_link", "") == name, address

    plain = [read_event(source, without_affiliate(document)) for source, document in stand.delivered]
    credited = ["alice" if "ref=alice" in address else "" for address in LINKS]
    assert links(stand) == list(zip(credited, LINKS.values(), strict=True))
    assert [_clicked_link(event) for event in plain] == [_stored(name) for name in LINKS.values()]


def test_the_last_click_decides_about_the_link_too(somebody: Visitor, stand: Stand) -> None:
    for address in ("/?ref=alice&sub=a", "/?sub=b", "/?ref=bob", "/faq", "/?ref=bob&sub=c", "/", "/?ref=bob"):
        somebody.open(address)
    assert links(stand) == [
        ("alice", "a"),
        ("alice", "a"),
        ("bob", ""),
        ("bob", ""),
        ("bob", "c"),
        ("bob", "c"),
        ("bob", ""),
    ]


def test_the_last_click_decides_until_the_next_one(somebody: Visitor, stand: Stand) -> None:
    for address in ("/", "/?ref=alice", "/pricing", "/faq?via=bob", "/pricing", "/?utm_source=alice"):
        somebody.open(address)
    seen = stand.events()
    assert [_affiliate(event) for event in seen] == ["", "alice", "alice", "bob", "bob", "bob"]
    clicks = [isinstance(event, PageView) and event.click for event in seen]
    assert clicks == [False, True, False, True, False, False]


def test_an_affiliate_is_remembered_for_30_days_from_the_click(
    window: BrowserContext, somebody: Visitor
) -> None:
    before = time.time()
    somebody.open("/?ref=alice&sub=a")
    expires = _expires(window)
    assert _expires(window, "affiliate_link") == pytest.approx(expires, abs=1)
    assert before + THIRTY_DAYS - 1 <= expires <= time.time() + THIRTY_DAYS + 1

    somebody.open("/pricing")
    assert _expires(window) == expires  # to come back is not to click

    somebody.open("/?ref=alice")
    assert _expires(window) > expires
    assert [cookie["name"] for cookie in window.cookies()].count("affiliate_link") == 0


def test_the_checkout_credits_the_affiliate_and_link_that_the_browser_remembers(
    somebody: Visitor, stand: Stand
) -> None:
    somebody.open("/?ref=O%27Brien+%26%20S%C3%B6hne;%2B%2541&sub=Q%26A%2B%2541")
    somebody.open("/checkout")
    somebody.press("Buy now")

    (order,) = [sent for sent in stand.properties() if "order_id" in sent]
    assert (order["affiliate_id"], order["affiliate_link"]) == ("O'Brien & Söhne;+%41", "Q&A+%41")


def test_each_page_says_whose_visitor_this_is(somebody: Visitor) -> None:
    said = somebody.page.locator("#visitor")
    somebody.open("/")
    assert said.inner_text() == "You came without an affiliate\u2019s link"
    somebody.follow("newsletter")
    assert said.inner_text() == "You came with a link of Alice Ashdown · newsletter"
    somebody.follow("Questions")
    assert said.inner_text() == "You came with a link of Alice Ashdown · newsletter"
    somebody.open("/?ref=constructor&sub=%3Cb%3Ex")
    assert said.inner_text() == (
        "You came with a link of constructor · <b>x, who is not in the directory of this program"
    )


def test_the_first_page_has_all_links_of_all_affiliates(somebody: Visitor) -> None:
    somebody.open("/")
    addresses = somebody.page.locator("table a").evaluate_all("(links) => links.map((link) => link.search)")
    named = [parse_qs(address.removeprefix("?")) for address in addresses]
    assert [(each["ref"][0], each.get("sub", [""])[0]) for each in named] == [
        (affiliate.id, link.name) for affiliate in AFFILIATES for link in affiliate.links
    ]


@pytest.mark.parametrize("value", ["", "%E0%A4%A", "%0A", "x" * 129])
def test_a_cookie_without_a_valid_affiliate_id_is_ignored(
    window: BrowserContext, somebody: Visitor, stand: Stand, value: str
) -> None:
    for name, given in (("affiliate", value), ("affiliate_link", "a")):
        window.add_cookies([{"name": name, "value": given, "url": stand.site_url}])
    somebody.open("/")
    assert links(stand) == [("", "")]


@pytest.mark.parametrize("value", ["", "%0A", "undefined"])
def test_a_cookie_without_a_valid_link_name_is_ignored(
    window: BrowserContext, somebody: Visitor, stand: Stand, value: str
) -> None:
    for name, given in (("affiliate", "alice"), ("affiliate_link", value)):
        window.add_cookies([{"name": name, "value": given, "url": stand.site_url}])
    somebody.open("/")
    assert links(stand) == [("alice", "")]


def _affiliate(event: object) -> str:
    if isinstance(event, PageView):
        return event.affiliate_id
    assert event is LeftOut.NO_AFFILIATE
    return ""


def _clicked_link(event: object) -> str:
    if isinstance(event, PageView):
        assert event.click
        return event.link
    assert event is LeftOut.NO_AFFILIATE
    return ""


def _stored(name: str) -> str:
    return name.encode()[: MAX_TEXT["link"]].decode(errors="ignore")


def _expires(window: BrowserContext, name: str = "affiliate") -> float:
    return next(cookie["expires"] for cookie in window.cookies() if cookie["name"] == name)
