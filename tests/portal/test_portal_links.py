"""The page "My link", and the addresses that it makes."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.rudderstack import addresses
from tests.browser import visit
from tests.portal.looks import fits_and_is_accessible
from tests.portal.stage import Stage, sign_in
from tests.portal.test_portal_figures import READER

SITES: Final = [
    {"name": "Serverless course", "url": "https://www.serverless.example/", "pages": ["/pricing", "/faq"]},
    {"name": "متجر الكتب", "url": "https://shop.books.example/courses/"},
]

PAGES: Final = {
    "": "https://www.serverless.example/",
    " /pricing ": "https://www.serverless.example/pricing",
    "pricing": "https://www.serverless.example/pricing",
    "about.html": "https://www.serverless.example/about.html",
    "?plan=pro#faq": "https://www.serverless.example/?plan=pro#faq",
    "/straße/größe 5": "https://www.serverless.example/stra%C3%9Fe/gr%C3%B6%C3%9Fe%205",
    "https://serverless.example/pricing": "https://serverless.example/pricing",
    "http://WWW.Serverless.example:80/pricing": "http://www.serverless.example/pricing",
    "www.serverless.example/pricing": "https://www.serverless.example/pricing",
    "serverless.example/pricing": "https://serverless.example/pricing",
    "https://me:secret@serverless.example/": "https://serverless.example/",
    "https://shop.books.example/python": "https://shop.books.example/python",  # another of the sites
    "https://other.example/pricing": "other.example is another website. Links to it do not count. "
    "Use a page of serverless.example.",
    "other.example/pricing": "other.example is another website. Links to it do not count. "
    "Use a page of serverless.example.",
    "https://serverless.example@other.example/": "other.example is another website. "
    "Links to it do not count. Use a page of serverless.example.",
    "https://serverless.example:8443/": "serverless.example:8443 is another website. "
    "Links to it do not count. Use a page of serverless.example.",
    "javascript:alert(1)": "The address of a page begins with https:// or http://.",
    "mailto:me@serverless.example": "The address of a page begins with https:// or http://.",
    "https://": "This is not the address of a page.",
}
"""What the user writes as the page, and the address or the refusal."""

AFFILIATES: Final = (
    "alice",
    "O'Brien & Söhne",
    "a+b=c&d#e?f/g%20h",
    "100 % (fair) *new*! ",
    "Acme Inc.",
    "امیر",
    "李明 😀",
    '"<script>"',
)
CAMPAIGN: Final = "Black Friday: 50 % & more"


@pytest.fixture(scope="module")
def scripts(running: Stage, browser: Browser) -> Iterator[Page]:
    """A page that can run the portal's modules."""
    with visit(browser, running.url, **READER) as page:
        yield page


def links_of(page: Page, address: str, values: list[list[str]]) -> str:
    made: str = page.evaluate(
        """async ([address, values]) => {
            const { toLink } = await import('/js/addresses.js');
            return toLink(new URL(address), values);
        }""",
        [address, values],
    )
    return made


def test_links_name_the_affiliate_as_ingest_reads_it(scripts: Page) -> None:
    for affiliate in AFFILIATES:
        values = [["ref", affiliate], ["sub", f"{affiliate}/news"], ["utm_campaign", CAMPAIGN]]
        link = links_of(scripts, "https://shop.example/?q=a%20b&x#/top?ref=eve", values)
        assert link.isascii()
        assert not set(link) & set("'\"()<> ")
        assert addresses.parameters(link, ("ref", "aff", "via"))[0] == affiliate
        assert addresses.parameters(link, ("sub",)) == [f"{affiliate}/news"]
        assert addresses.parameters(link, ("utm_campaign",)) == [CAMPAIGN]
        assert addresses.parameters(link, ("q",)) == ["a b"]
        assert addresses.host(link) == "shop.example"


LINKS: Final[dict[str, tuple[str, list[list[str]]]]] = {
    "https://shop.example/?ref=alice": ("https://shop.example", [["ref", "alice"], ["sub", ""]]),
    "https://shop.example/?ref=Acme%20Inc%2E": ("https://shop.example/", [["ref", "Acme Inc."]]),
    "https://shop.example/a?ref=alice#b": ("https://shop.example/a#b", [["ref", "alice"]]),
    "https://shop.example/?a=1&b&ref=alice": ("https://shop.example/?a=1&&b&", [["ref", "alice"]]),
    "https://shop.example/?a=%E4&ref=alice": ("https://shop.example/?a=%E4", [["ref", "alice"]]),
    "https://shop.example/?sub=x&ref=alice": (
        "https://shop.example/?r%65f=eve&sub=x&ref=bob",
        [["ref", "alice"], ["sub", ""]],
    ),
    "https://shop.example/?ref=alice&sub=y": (
        "https://shop.example/?sub=x&ref=bob",
        [["ref", "alice"], ["sub", "y"]],
    ),
}
"""The link that is made of a page and parameters: all but the changed part of the query stays as it is."""


def test_links_keep_the_query_and_the_fragment_of_the_page(scripts: Page) -> None:
    assert [links_of(scripts, *given) for given in LINKS.values()] == list(LINKS)


def test_page_of_a_link_is_one_of_the_websites(scripts: Page) -> None:
    script: Any = """async ([texts, sites]) => {
        const { AddressError, toPage } = await import('/js/addresses.js');
        return texts.map((text) => {
            try { return toPage(text, sites[0], sites).href } catch (error) {
                if (error instanceof AddressError) return error.message;
                throw error;
            }
        });
    }"""
    read = scripts.evaluate(script, [list(PAGES), SITES])
    assert dict(zip(PAGES, read, strict=True)) == PAGES


def open_links(page: Page, url: str, name: str, sites: object) -> None:
    """Show "My link" of an affiliate in a portal that has `sites` in its config.json."""
    page.route("**/config.json", lambda route: route.fulfill(json={**route.fetch().json(), "sites": sites}))
    page.goto(f"{url}?view=links")
    sign_in(page, name)


def test_affiliate_copies_the_link_to_a_website(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        open_links(page, portal.url, "O'Brien & Söhne", SITES)
        assert page.locator(".own-links code").all_inner_texts() == [
            "https://www.serverless.example/?ref=O%27Brien%20%26%20S%C3%B6hne",
            "https://shop.books.example/courses/?ref=O%27Brien%20%26%20S%C3%B6hne",
        ]
        page.get_by_role("button", name="Copy متجر الكتب").click()
        page.locator("button", has_text="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert addresses.parameters(copied, ("ref",)) == ["O'Brien & Söhne"]


def test_builder_makes_a_link_while_the_affiliate_types(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        open_links(page, portal.url, "alice", SITES)
        built, name = page.get_by_label("Your link to this page"), page.get_by_label("Name of this link")
        copy = page.get_by_role("button", name="Copy the link to this page")
        expect(built).to_have_text("https://www.serverless.example/?ref=alice")
        page.get_by_role("combobox", name="Page", exact=True).fill("/pricing?plan=pro#faq")
        name.fill(" summer news ")
        page.get_by_label("Campaign").fill("sale & more")
        made = "pricing?plan=pro&ref=alice&sub=summer%20news&utm_campaign=sale%20%26%20more#faq"
        expect(built).to_have_text(f"https://www.serverless.example/{made}")
        page.get_by_label("Website").select_option("متجر الكتب")
        expect(built).to_have_text(f"https://shop.books.example/{made}")
        name.press("Enter")  # copies
        expect(copy).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"https://shop.books.example/{made}"

        page.get_by_role("combobox", name="Page", exact=True).fill("https://other.example/")
        expect(page.locator("#link-page-problem")).to_contain_text("other.example is another website.")
        expect(built).to_have_text("")
        expect(copy).to_be_disabled()
        page.get_by_role("combobox", name="Page", exact=True).fill("")
        expect(page.locator("#link-page-problem")).to_be_hidden()
        name.fill("é" * 33)
        expect(page.locator("#link-name-problem")).to_have_text(
            f"This is too long. Your figures will show: {'é' * 32}"
        )
        name.fill("reader@mail.example")
        expect(page.locator("#link-name-problem")).to_contain_text("do not show e-mail addresses")
        expect(copy).to_be_enabled()


def test_portal_without_websites_makes_links_to_any(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        open_links(page, portal.url, "alice", [])
        expect(page.get_by_text("has not said which websites take part")).to_be_visible()
        assert page.locator(".own-links code").inner_text() == "?ref=alice"
        address, built = page.get_by_label("Address of the page"), page.locator("#link-built")
        expect(built).to_have_text("")
        address.fill("shop.example/pricing")
        expect(built).to_have_text("https://shop.example/pricing?ref=alice")
        address.fill("ftp://shop.example/")
        expect(page.locator("#link-page-problem")).to_contain_text("begins with https://")


def test_my_link_fits_any_screen_and_is_accessible(portal: Stage, browser: Browser) -> None:
    long = [{"name": "x" * 63, "url": f"https://{'x' * 63}.example/"}, *SITES]
    with visit(browser, "about:blank", **READER) as page:
        open_links(page, portal.url, "alice", long)
        page.get_by_role("combobox", name="Page", exact=True).fill("https://other.example/")
        fits_and_is_accessible(page)
