"""Accessibility, size and security of the portal."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect

from tests.browser import visit
from tests.portal.stage import NOTHING, Stage, figures_shown, sign_in
from tests.portal.test_portal_figures import READER

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ROOT / "node_modules"
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
NARROW: Final[ViewportSize] = {"width": 320, "height": 640}
"""1280 pixels at a zoom of 400 % (WCAG 1.4.10)."""

Show = Callable[[Stage, Page], None]


def shown(portal: Stage, page: Page) -> None:
    sign_in(page)


def shown_money(portal: Stage, page: Page) -> None:
    page.goto(f"{portal.url}?metric=Commissions&window=Last365Days&interval=Month")
    sign_in(page)


def signed_out(portal: Stage, page: Page) -> None:
    page.get_by_role("button", name="alice").wait_for()


def loading(portal: Stage, page: Page) -> None:
    portal.api.seconds = 2
    page.get_by_role("button", name="alice").click()


def empty(portal: Stage, page: Page) -> None:
    portal.api.sites = NOTHING
    sign_in(page)


def failed(portal: Stage, page: Page) -> None:
    portal.api.status = 500
    page.get_by_role("button", name="alice").click()
    page.locator("#failure").wait_for()


def failed_above_figures(portal: Stage, page: Page) -> None:
    sign_in(page)
    portal.api.status = 500
    page.locator("#failure").wait_for()


STATES: Final = (shown, shown_money, signed_out, loading, empty, failed, failed_above_figures)


@pytest.mark.parametrize("show", STATES)
def test_axe_finds_no_problems(portal: Stage, browser: Browser, show: Show) -> None:
    """In light mode on a desktop and in dark mode on a phone. Everything fits at a zoom of 400 %."""
    with visit(browser, portal.url, **READER) as page:
        show(portal, page)
        page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text())
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        assert violations(page) == []
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def violations(page: Page) -> list[dict[str, Any]]:
    """The problems that axe-core finds with all its rules but the experimental ones."""
    script = """async () => (await axe.run()).violations.map(({ id, help, nodes }) => ({
        id, help, where: nodes.map(({ target, failureSummary }) => [target.join(' '), failureSummary]),
    }))"""
    found: list[dict[str, Any]] = page.evaluate(script)
    return found


def test_keyboard_reaches_every_control(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        page.get_by_role("button", name="alice").wait_for()
        press(page, "Tab", "Tab", "Enter")
        figures_shown(page)
        # The chosen button is gone, so the focus is at the start of the figures.
        press(page, "Tab", "ArrowRight")
        expect(page.get_by_role("radio", name="90 days")).to_be_focused()
        press(page, "Tab", "ArrowRight")
        expect(page.get_by_role("radio", name="Week")).to_be_focused()
        press(page, "Tab", "U", "T", "C", "Tab", "ArrowRight")
        expect(page.get_by_role("radio", name=re.compile("^Visitors"))).to_be_focused()
        expect(page.locator("#chart-title")).to_have_text("Visitors by week")
        figures_shown(page)
        assert page.url.endswith("?metric=Visitors&window=Last90Days&interval=Week&zone=UTC")
        press(page, "Tab", "Tab", "Tab", "ArrowDown", "Tab", "Enter")
        assert page.locator("[aria-sort=ascending]").inner_text() == "Time"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_screen_reader_finds_the_cards_the_chart_and_the_table(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        expect(page.get_by_role("group", name="Metric").get_by_role("radio")).to_have_count(3)
        card = page.get_by_role("radio", name="Page views 463 by visitors from your links")
        expect(card).to_be_checked()
        chart = page.get_by_role(
            "img", name="Bar chart: page views in the last 7 days. The table has the figures."
        )
        expect(chart).to_be_visible()
        assert page.get_by_role("status").inner_text() == "page views in the last 7 days: 463"
        table = page.get_by_role("region", name="Data by day").get_by_role("table")
        expect(table.get_by_role("rowheader", name="Sun, 22 Nov 2026")).to_be_visible()
        expect(table.get_by_role("columnheader", name="testing.example")).to_be_visible()


def test_page_is_smaller_than_400_kb(portal: Stage, browser: Browser) -> None:
    responses: list[Response] = []

    def keep(response: Response) -> None:  # Playwright does not accept a method of a built-in type
        responses.append(response)

    with visit(browser, "about:blank", **READER) as page:
        page.on("response", keep)
        page.goto(portal.url)
        sign_in(page)
        page_ = [each for each in responses if each.url.startswith(portal.url)]
        assert sum(len(each.body()) for each in page_) < 400_000
        assert {each.url.removeprefix(portal.url).split("?")[0] for each in page_} >= {
            "",
            "portal.css",
            "js/main.js",
        }


def test_only_the_portals_own_scripts_run(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, expected=("Content Security Policy", "TrustedScript"), **READER) as page:
        sign_in(page)
        assert not page.evaluate(
            """() => {
                const script = document.createElement('script');
                try { script.textContent = 'window.ran = true' } catch { return false }
                document.body.append(script);
                return window.ran === true;
            }"""
        )
        refused = page.evaluate(
            """() => Promise.all(['https://example.com/', 'http://127.0.0.1:1/'].map(
                (url) => fetch(url).then(() => 'sent', () => 'refused'),
            ))"""
        )
        assert refused == ["refused", "refused"]


def test_headers_limit_what_the_page_may_load(portal: Stage) -> None:
    headers = httpx.get(portal.url).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {portal.stand.url}/graphql"
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_other_websites_cannot_read_the_tokens(portal: Stage) -> None:
    assert httpx.get(f"{portal.url}identities.json", headers={"Host": "rebound.example"}).status_code == 403
    for origin in ("http://elsewhere.example", "http://localhost:3000"):
        answer = httpx.get(f"{portal.url}identities.json", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_chart_library_is_the_file_from_npm() -> None:
    """To update the file: `cp node_modules/chart.js/dist/chart.umd.min.js portal/vendor/`."""
    vendored = ROOT / "portal" / "vendor"
    package = PACKAGES / "chart.js"
    assert (vendored / "chart.umd.min.js").read_bytes() == (
        package / "dist" / "chart.umd.min.js"
    ).read_bytes()
    assert (vendored / "chart.umd.min.LICENSE.md").read_bytes() == (package / "LICENSE.md").read_bytes()
