"""Accessibility, size and security of the portal."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from chalicelib.figures.breakdowns import By
from chalicelib.figures.queries import Metric
from tests.browser import visit
from tests.portal.looks import AXE, violations
from tests.portal.stage import NOTHING, PARTS, SITES, Stage, choose_user, figures_shown, refresh, sign_in
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


def shown_narrowed(portal: Stage, page: Page) -> None:
    page.goto(f"{portal.url}?window=Custom&from=2026-11-01&to=2026-11-20&country=DE&by=Country")
    sign_in(page)


def signed_out(portal: Stage, page: Page) -> None:
    page.get_by_role("button", name="alice").wait_for()


def loading(portal: Stage, page: Page) -> None:
    portal.api.seconds = 2
    choose_user(page, "alice")


def empty(portal: Stage, page: Page) -> None:
    portal.api.sites = NOTHING
    sign_in(page)


def failed(portal: Stage, page: Page) -> None:
    portal.api.status = 500
    choose_user(page, "alice")
    page.locator("#failure").wait_for()


def failed_above_figures(portal: Stage, page: Page) -> None:
    sign_in(page)
    portal.api.status = 500
    refresh(page)
    page.locator("#failure").wait_for()


STATES: Final = (shown, shown_money, shown_narrowed, signed_out, loading, empty, failed, failed_above_figures)


@pytest.mark.parametrize("show", STATES)
def test_axe_finds_no_problems(portal: Stage, browser: Browser, show: Show) -> None:
    """In light mode on a desktop and in dark mode on a phone. Everything fits at a zoom of 400 %."""
    with visit(browser, portal.url, **READER) as page:
        show(portal, page)
        page.evaluate(AXE.read_text())
        assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size(PHONE)
        assert violations(page) == []
        page.set_viewport_size(NARROW)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


WIDTHS: Final = (320, 390, 640, 785, 820, 880, 950, 1024, 1440)


def test_everything_fits_at_every_width(portal: Stage, browser: Browser) -> None:
    """Also a website's name of 63 letters, and sums of twelve digits in three currencies."""
    name = "a" * 63 + ".example"
    money = {f"{name} {currency}": 123_456_789_012.34 for currency in ("EUR", "JPY", "USD")}
    portal.api.sites = {**SITES, Metric.CLICKS: {name: 1_234_567_890}, Metric.COMMISSIONS: money}
    portal.api.parts = {**PARTS, By.WEBSITE: (name, "none.example")}
    with visit(browser, f"{portal.url}?window=LastMonth&website={name}", **READER) as page:
        sign_in(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate(_OVERFLOW)
            assert found == [], width
        controls = page.locator("#controls select").evaluate_all("all => all.map(each => each.clientWidth)")
        assert min(controls) > 60


_OVERFLOW: Final = """() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page'] : [];
    const boxes = document.querySelectorAll('.card, .sum, .rates dd, #controls select, #zone, #pages a');
    const isCut = each => each.scrollWidth > each.clientWidth + 1
        || each.getBoundingClientRect().right > innerWidth + 1;
    const cut = [...boxes].filter(isCut).map(each => each.id || each.className || each.textContent);
    return [...wide, ...cut];
}"""


def test_text_of_twice_the_size_fits(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER, viewport={"width": 820, "height": 900}) as page:
        sign_in(page)
        page.evaluate("document.documentElement.style.fontSize = '32px'")
        assert page.evaluate(_OVERFLOW) == []


def test_what_is_chosen_can_be_seen_in_forced_colours(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER, forced_colors="active") as page:
        sign_in(page)
        for chosen, other in (
            (".card:has(:checked)", ".card:not(:has(:checked))"),
            (".tabs :checked + span", ".tabs :not(:checked) + span"),
            ("#pages a[aria-current]", "#pages a:not([aria-current])"),
        ):
            colour = "element => getComputedStyle(element).backgroundColor"
            assert page.locator(chosen).first.evaluate(colour) != page.locator(other).first.evaluate(colour)


def test_keyboard_reaches_every_control(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        page.locator("#choices").wait_for()
        press(page, "Tab", "Tab", "Enter")
        figures_shown(page)
        # The chosen button is gone, so the focus is at the start of the figures.
        press(page, "Tab", "ArrowDown")
        expect(page.locator("#window")).to_be_focused()
        press(page, "Tab", "ArrowDown")
        press(page, "Tab", "Tab", "ArrowRight")
        expect(page.get_by_role("radio", name=re.compile("^Visitors"))).to_be_focused()
        expect(page.locator("#chart-title")).to_have_text("Visitors by week")
        figures_shown(page)
        assert "?metric=Visitors&window=Last90Days&interval=Week" in page.url


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_screen_reader_finds_the_cards_and_the_breakdown(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        expect(page.get_by_role("group", name="Metric").get_by_role("radio")).to_have_count(5)
        card = page.get_by_role(
            "radio", name=re.compile("^Clicks 294 +25% +more than the time before on your links")
        )
        expect(card).to_be_checked()
        assert page.get_by_role("status").inner_text() == "Clicks, last 7 days: 294"
        table = page.get_by_role("region", name="What works").get_by_role("table")
        expect(table.get_by_role("rowheader", name="testing.example")).to_be_visible()
        expect(table.get_by_role("columnheader", name="Conversion")).to_be_visible()
        expect(
            page.get_by_role("navigation", name="Pages").get_by_role("link", name="Overview")
        ).to_be_visible()


MOST_BYTES: Final = 120_000
MOST_FILES: Final = 12
"""That are there before the first answer: the page, its styles, settings and scripts, the icon."""


def test_deployed_page_is_small(portal: Stage, browser: Browser) -> None:
    """With its answers, compressed. How long it takes on a slow network is measured in benchmarks/."""
    loaded: list[tuple[str, float]] = []
    with visit(browser, portal.small_url, **READER) as page:
        sign_in(page)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        urls: dict[str, str] = {}

        def sent(event: dict[str, Any]) -> None:
            urls[event["requestId"]] = event["request"]["url"]

        def done(event: dict[str, Any]) -> None:
            if url := urls.get(event["requestId"]):  # else it was sent before
                loaded.append((url, event["encodedDataLength"]))

        network.on("Network.requestWillBeSent", sent)
        network.on("Network.loadingFinished", done)
        page.reload()
        figures_shown(page)
        page.locator("figure canvas[role=img]").wait_for()
    names = [url.rpartition("/")[2] for url, _ in loaded]
    assert "portal.css" in names
    assert "chart.umd.min.js" in names
    assert sum(size for _, size in loaded) < MOST_BYTES
    assert names.index("graphql") <= MOST_FILES


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
