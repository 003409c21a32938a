"""The figures that an affiliate sees in the portal."""

from typing import Final

from playwright.sync_api import Browser

from tests.browser import visitor
from tests.portal.stage import sign_in

CARDS: Final = ("Clicks", "Visitors", "PageViews", "Orders", "Commissions")


def read_portal(browser: Browser, url: str, affiliate_id: str) -> list[str]:
    """Sign in as the affiliate and read the cards: the totals of the last 7 days in UTC."""
    with visitor(browser, locale="en-US", timezone_id="UTC") as window:
        page = window.new_page()
        page.goto(f"{url}/?window=Last7Days")
        sign_in(page, affiliate_id)
        texts = [page.locator(f"#sums-{metric}").inner_text() for metric in CARDS]
        return [text.partition("\n")[0] for text in texts]  # without the change
