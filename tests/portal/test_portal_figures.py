"""What the portal shows: cards, charts, the table and the address."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.figures.queries import Metric
from tests.browser import visit
from tests.portal.stage import NOTHING, SITES, Stage, figures_shown, plain, sign_in

READER: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}


def cards(page: Page) -> list[str]:
    return [plain(card) for card in page.locator(".sums").all_inner_texts()]


def rows(page: Page, section: str = "tbody") -> list[list[str]]:
    """The texts of the table's cells."""
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    found: list[list[str]] = page.locator(f"#table-panel {section} tr").evaluate_all(script)
    return found


def charts(page: Page) -> list[list[dict[str, Any]]]:
    """The series of each chart: label, values, and which bars are hatched."""
    drawn: list[list[dict[str, Any]]] = page.locator("figure canvas[role=img]").evaluate_all(
        """canvases => canvases.map(canvas => Chart.getChart(canvas).data.datasets.map(each => ({
            label: each.label,
            data: each.data,
            hatched: each.backgroundColor.map(fill => fill instanceof CanvasPattern),
        })))"""
    )
    return drawn


def test_an_affiliate_sees_totals_a_stacked_chart_and_a_table(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        assert cards(page) == ["463", "58", "US$633.60 €1,078.00"]
        assert page.locator("#chart-title").inner_text() == "Page views by day"
        assert plain(page.locator("#range").inner_text()) == "17 - 23 Nov 2026, Europe/Paris"
        assert rows(page, "thead") == [
            ["Time", "serverless.example", "shop.books.example", "testing.example", "All"]
        ]
        assert rows(page)[:2] == [
            ["Mon, 23 Nov 2026 so far", "10", "7", "4", "21"],
            ["Sun, 22 Nov 2026", "45", "32", "18", "95"],
        ]
        assert rows(page, "tfoot") == [["Last 7 days", "220", "155", "88", "463"]]
        (bars,) = charts(page)
        assert [each["label"] for each in bars] == [
            "serverless.example",
            "shop.books.example",
            "testing.example",
        ]
        assert bars[0]["data"] == [30, 30, 45, 30, 30, 45, 10]
        assert bars[0]["hatched"] == [False] * 6 + [True]


def test_each_currency_has_a_chart_of_its_own(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days&metric=Commissions", **READER) as page:
        sign_in(page)
        assert page.locator("figcaption").all_inner_texts() == ["US Dollar", "Euro"]
        dollars, euros = charts(page)
        assert [each["label"] for each in dollars] == ["serverless.example", "shop.books.example"]
        assert [each["label"] for each in euros] == ["testing.example"]
        assert rows(page, "tfoot") == [["Last 7 days", "US$547.80", "US$85.80", "US$633.60", "€1,078.00"]]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en-US", ["463", "58", "$633.60 €1,078.00"]),
        ("de-DE", ["463", "58", "633,60 $ 1.078,00 €"]),
        ("fr-FR", ["463", "58", "633,60 $US 1 078,00 €"]),
    ],
)
def test_numbers_follow_the_users_locale(
    portal: Stage, browser: Browser, locale: str, expected: list[str]
) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **(READER | {"locale": locale})) as page:
        sign_in(page)
        assert cards(page) == expected


def test_the_address_holds_the_view_and_the_back_button_works(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        first = "?metric=PageViews&window=Last30Days&interval=Day&zone=Europe/Paris"
        assert page.url == portal.url + first
        page.get_by_role("radio", name="24 hours").check()
        figures_shown(page)
        page.get_by_role("radio", name="Commission").check()
        figures_shown(page)
        page.get_by_label("Time zone").select_option("Asia/Tokyo")
        figures_shown(page)
        last = "?metric=Commissions&window=Last24Hours&interval=Hour&zone=Asia/Tokyo"
        assert page.url == portal.url + last
        for _ in range(3):
            page.go_back()
        expect(page.locator("#chart-title")).to_have_text("Page views by day")
        assert page.url == portal.url + first
        assert page.get_by_label("Time zone").input_value() == "Europe/Paris"
        page.go_forward()
        expect(page.locator("#chart-title")).to_have_text("Page views by hour")
        assert page.get_by_role("radio", name="24 hours").is_checked()

    # The same address shows the same view in another time zone.
    with visit(browser, portal.url + last, **(READER | {"timezone_id": "America/Lima"})) as page:
        sign_in(page)
        assert page.url == portal.url + last
        assert page.locator("#chart-title").inner_text() == "Commission by hour"
        assert page.locator("#range").inner_text().endswith("Asia/Tokyo")


ADDRESSES = {
    "": "?metric=PageViews&window=Last30Days&interval=Day&zone=Europe/Paris",
    "?metric=Clicks&window=Ever&interval=Minute&zone=Moon/Sea": (
        "?metric=PageViews&window=Last30Days&interval=Day&zone=Europe/Paris"
    ),
    "?zone=%2B02:00": "?metric=PageViews&window=Last30Days&interval=Day&zone=Europe/Paris",
    "?zone=Etc/Unknown": "?metric=PageViews&window=Last30Days&interval=Day&zone=Europe/Paris",
    "?window=Last24Hours": "?metric=PageViews&window=Last24Hours&interval=Hour&zone=Europe/Paris",
    "?window=Last90Days&interval=Hour&zone=UTC": (
        "?metric=PageViews&window=Last90Days&interval=Day&zone=UTC"
    ),
    "?metric=Visitors&window=Last7Days&interval=Week&zone=Asia/Kolkata": (
        "?metric=Visitors&window=Last7Days&interval=Week&zone=Asia/Kolkata"
    ),
}
"""Query strings that a user may type, and what the portal makes of each."""


def test_invalid_address_is_corrected(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        correct = """async searches => {
            const { readersZone, toSearch, toView } = await import('/js/view.js');
            return searches.map(search => toSearch(toView(search, readersZone())));
        }"""
        corrected = page.evaluate(correct, list(ADDRESSES))
        assert dict(zip(ADDRESSES, corrected, strict=True)) == ADDRESSES
        page.goto(f"{portal.url}?window=Ever")
        page.wait_for_url(portal.url + ADDRESSES[""])


def test_table_can_be_sorted_copied_and_saved(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days&metric=Commissions", **READER) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sign_in(page)
        assert page.locator("[aria-sort]").get_attribute("aria-sort") == "descending"
        page.get_by_role("button", name="shop.books.example (USD)").click()
        assert [row[2] for row in rows(page)][:3] == ["US$17.55", "US$17.55", "US$11.70"]
        page.get_by_role("button", name="shop.books.example (USD)").click()
        assert [row[2] for row in rows(page)][:2] == ["US$3.90", "US$11.70"]
        assert page.locator("[aria-sort=ascending]").inner_text() == "shop.books.example (USD)"

        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert copied[1].split("\t") == ["2026-11-23T00:00:00+01:00", "24.9", "3.9", "28.8", "49", "yes"]

        page.get_by_role("button", name="Time").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert download.value.suggested_filename.startswith("Commissions-Last7Days-")
        saved = download.value.path().read_bytes().decode().split("\r\n")
        columns = "serverless.example (USD),shop.books.example (USD),All (USD),testing.example (EUR)"
        assert saved[0] == f"Start,{columns},Partial"
        assert saved[1] == "2026-11-23T00:00:00+01:00,24.9,3.9,28.8,49,yes"
        assert saved[7:] == ["2026-11-17T00:00:00+01:00,74.7,11.7,86.4,147,no", ""]


def test_new_figures_appear_without_a_reload(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        page.evaluate("window.isTheSamePage = true")
        page.get_by_role("button", name="testing.example").click()
        portal.api.sites = {**SITES, Metric.PAGE_VIEWS: {"serverless.example": 300, "testing.example": 0}}
        page.get_by_text("2,200").first.wait_for()
        assert cards(page)[0] == "2,200"
        assert page.get_by_role("status").inner_text() == "page views in the last 7 days: 2,200"
        assert charts(page)[0][0]["data"][0] == 300
        assert page.evaluate("window.isTheSamePage")


def test_sort_order_and_focus_survive_a_refresh(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        button = page.get_by_role("button", name="testing.example")
        button.click()
        portal.api.sites = {**SITES, Metric.PAGE_VIEWS: {**SITES[Metric.PAGE_VIEWS], "testing.example": 1000}}
        page.get_by_role("cell", name="1,500").first.wait_for()
        assert [row[3] for row in rows(page)][:3] == ["1,500", "1,500", "1,000"]
        assert button.evaluate("element => element === document.activeElement")


def test_smaller_websites_share_one_colour(portal: Stage, browser: Browser) -> None:
    counts = {f"site{number:02}.example": number + 1 for number in range(30)}
    portal.api.sites = dict.fromkeys(Metric, counts) | {Metric.COMMISSIONS: {}}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        (bars,) = charts(page)
        assert [each["label"] for each in bars][-2:] == ["site29.example", "23 other websites"]
        assert bars[-1]["data"][0] == sum(range(1, 24))
        assert len(rows(page)[0]) == 1 + 30 + 1


@pytest.mark.parametrize("shared", [5, 1000])
def test_every_website_of_a_shared_series_is_counted(portal: Stage, browser: Browser, shared: int) -> None:
    counts = {f"site{number:02}.example": number + 1 for number in range(30)} | {"": shared}
    portal.api.sites = {**NOTHING, Metric.PAGE_VIEWS: counts}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        (bars,) = charts(page)
        assert [each["label"] for each in bars][-2:] == ["site29.example", "35 other websites"]
        assert bars[-1]["data"][0] == sum(range(1, 24)) + shared
        assert rows(page, "thead")[0][-2:] == ["(12 other websites)", "All"]


def test_website_names_never_become_html_or_formulas(portal: Stage, browser: Browser) -> None:
    name = "=<img/src='x'onerror='alert(1)'>"
    portal.api.sites = {**NOTHING, Metric.PAGE_VIEWS: {name: 1}}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        assert rows(page, "thead") == [["Time", name]]
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert download.value.path().read_text().splitlines()[0] == f"Start,'{name},Partial"


def test_negative_amounts_are_drawn_below_zero(portal: Stage, browser: Browser) -> None:
    portal.api.sites = {**NOTHING, Metric.COMMISSIONS: {"shop.books.example USD": -11.7}}
    with visit(browser, f"{portal.url}?window=Last7Days&metric=Commissions", **READER) as page:
        sign_in(page)
        assert cards(page) == ["0", "0", "-US$85.80"]
        assert (
            page.evaluate("Chart.getChart(document.querySelector('figure canvas[role=img]')).scales.y.min")
            == -20
        )
