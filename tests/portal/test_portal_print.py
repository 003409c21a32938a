"""The portal on paper."""

import re
from typing import Final

from playwright.sync_api import Browser, Page, expect

from tests.browser import visit
from tests.portal.looks import fits_on_paper
from tests.portal.stage import Stage, plain, sign_in
from tests.portal.test_portal_figures import READER
from tests.portal.test_portal_links import SITES, open_links

PAGES: Final = re.compile(rb"/Type /Page\n")


def chosen(page: Page) -> list[str]:
    """What the controls print, as they are shown."""
    script = """parts => parts.filter(part => part.checkVisibility()).map(part =>
        part.selectedOptions?.[0].text ?? part.innerText)"""
    found: list[str] = page.locator("#controls select, #filters button bdi").evaluate_all(script)
    return [plain(text) for text in found]


def test_overview_prints_what_is_chosen_and_all_columns(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?website=serverless.example", **READER) as page:
        sign_in(page)
        fits_on_paper(page)
        assert chosen(page) == [
            "Last 30 days",
            "By day",
            "vs. before",
            "serverless.example",
        ]
        expect(page.locator("#range")).to_contain_text("Europe/Paris")
        assert page.locator("#breakdown thead th").evaluate_all(
            "cells => cells.filter(cell => cell.checkVisibility()).map(cell => cell.innerText)"
        ) == ["Websites", "Clicks", "Visitors", "Page views", "Orders", "Conversion", "Commission"]
        expect(page.locator(".cards .sum").first).to_be_visible()
        assert len(PAGES.findall(page.pdf(format="A4"))) in {1, 2}
        page.emulate_media(media="screen")
        expect(page.locator(".cards .sum").first).to_be_visible()


def test_my_link_prints_the_links_alone(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        open_links(page, portal.url, "alice", SITES)
        fits_on_paper(page)
        expect(page.locator(".own-links code").first).to_be_visible()
        expect(page.get_by_text("Link to a page")).to_be_hidden()
        assert chosen(page) == []
