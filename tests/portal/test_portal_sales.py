"""The pages "Sales" and "Statement"."""

import csv
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from chalicelib.figures import entries
from tests.browser import visit
from tests.portal.looks import fits_and_is_accessible, fits_on_paper
from tests.portal.stage import NOW, Stage, figures_shown, plain, sign_in
from tests.portal.test_portal_figures import READER

NEWEST: Final = datetime(2026, 11, 20, 12)  # noqa: DTZ001 - in UTC, as engines give it
LONG: Final = "x" * 63


def sales(
    count: int, newest: datetime = NEWEST, step: timedelta = timedelta(minutes=10)
) -> list[entries.Row]:
    """Sales with order numbers from `count` down."""
    return [
        entries.Row(
            newest - place * step,
            "shop.example",
            "EUR",
            f"{count - place}",
            "sale",
            None,
            None,
            5_500_000,
            5_500_000,
            0,
            1,
        )
        for place in range(count)
    ]


UNUSUAL: Final = (
    entries.Row(
        NEWEST,
        f"{LONG}.example",
        "USD",
        LONG,
        "sale",
        LONG,
        LONG,
        123_456_789_012_340_000,
        123_456_789_012_340_000,
        0,
        1,
    ),
    entries.Row(
        NEWEST - timedelta(hours=1),
        "متجر.example",
        "EUR",
        "7",
        "reversal",
        "نشرة",
        None,
        -5_500_000,
        0,
        1,
        1,
    ),
    *sales(3, NEWEST - timedelta(days=1)),
)


def rows(page: Page) -> list[list[str]]:
    """The texts of the table's cells."""
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    return [[plain(cell) for cell in row] for row in page.locator(".entries tbody tr").evaluate_all(script)]


def count(page: Page) -> Locator:
    return page.locator("#page-sales .number")


def orders(page: Page) -> list[str]:
    return [row[1] for row in rows(page)]


def test_sales_are_listed_with_what_became_of_them(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?view=sales&website=serverless.example&country=DE", **READER) as page:
        sign_in(page)
        assert [" ".join(row) for row in rows(page)[:4]] == [
            "22 Nov 2026, 10:30 order-100 serverless.example - ALICE15 Sale \u25cb Held US$74.70",
            "21 Nov 2026, 10:30 order-99 serverless.example newsletter - Sale \u25cb Held US$74.70",
            "20 Nov 2026, 10:30 order-98 serverless.example - - Refund \u00d7 Reversed -US$74.70",
            "19 Nov 2026, 10:30 order-97 serverless.example newsletter ALICE15 Sale \u25cb Held US$74.70",
        ]
        expect(page.get_by_role("table").get_by_role("columnheader")).to_have_count(8)
        assert page.get_by_role("definition").count() == 3
        expect(page.get_by_text("the other filters do not apply here")).to_be_visible()
        assert portal.api.asked[-1]["website"] == "serverless.example"
        assert "country" not in portal.api.asked[-1]
        expect(count(page)).to_have_text("8 entries")
        expect(page.get_by_role("button", name="Show more")).to_be_hidden()
        portal.api.sales = ()
        page.get_by_role("heading", name="No sales or refunds").wait_for()
        expect(page.get_by_role("table")).to_be_hidden()


def test_more_sales_are_shown_and_kept_up_to_date(portal: Stage, browser: Browser) -> None:
    portal.api.sales = sales(600)
    with visit(browser, f"{portal.url}?view=sales", **READER) as page:
        sign_in(page)
        more = page.get_by_role("button", name="Show more")
        expect(count(page)).to_have_text("The newest 50 entries")
        for total in (150, 450):
            more.click()
            expect(count(page)).to_have_text(f"The newest {total} entries")
        assert orders(page) == [str(order) for order in range(600, 150, -1)]
        expect(more).to_be_focused()
        # A refresh gets as many entries again. The one after them stays.
        new = entries.Row(
            NEWEST + timedelta(minutes=1), "shop.example", "EUR", "new", "sale", None, None, 1, 1, 0, 1
        )
        portal.api.sales = [new, *portal.api.sales]
        expect(count(page)).to_have_text("The newest 451 entries")
        assert orders(page) == ["new", *(str(order) for order in range(600, 150, -1))]
        expect(more).to_be_focused()
        more.click()
        expect(count(page)).to_have_text("601 entries")
        expect(more).to_be_hidden()
        # Other dates are another list.
        page.locator("#window").select_option("Last90Days")
        expect(count(page)).to_have_text("The newest 50 entries")


def test_all_sales_are_saved_as_csv(portal: Stage, browser: Browser) -> None:
    portal.api.sales = [
        *UNUSUAL[:2],
        *sales(1200, NEWEST - timedelta(days=1)),
    ]
    with visit(browser, f"{portal.url}?view=sales", **READER) as page:
        sign_in(page)
        portal.api.seconds = 0.4  # so that the page refreshes itself meanwhile
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
            expect(page.get_by_role("button", name="Loading 50 entries …")).to_be_visible()
        assert download.value.suggested_filename.startswith("sales-last-30-days-europe-paris-20")
        assert download.value.suggested_filename.endswith(".csv")
        with download.value.path().open(encoding="utf-8-sig", newline="") as file:
            saved: list[list[str]] = list(csv.reader(file))
        assert saved[0] == "time order website link code kind state amount currency".split()  # noqa: SIM905
        assert saved[2] == [
            "2026-11-20T12:00:00.000+01:00", "7", "متجر.example", "نشرة", "",
            "Refund", "Reversed", "-5.5", "EUR",
        ]  # fmt: skip
        assert [row[1] for row in saved[3:]] == [str(order) for order in range(1200, 0, -1)]
        expect(page.get_by_role("button", name="Download CSV")).to_be_visible()


def test_failure_to_load_more_leaves_the_list(portal: Stage, browser: Browser) -> None:
    portal.api.sales = sales(60)

    def refuse(route: Route, request: Request) -> None:
        if json.loads(request.post_data or "{}")["variables"].get("after"):
            route.abort()
        else:
            route.continue_()

    with visit(browser, f"{portal.url}?view=sales", expected=("ERR_FAILED",), **READER) as page:
        page.route("**/graphql", refuse)
        sign_in(page)
        page.get_by_role("button", name="Show more").click()
        expect(page.get_by_role("alert")).to_contain_text("No connection.")
        assert len(rows(page)) == 50
        page.unroute("**/graphql")
        page.get_by_role("button", name="Show more").click()
        expect(count(page)).to_have_text("60 entries")
        expect(page.get_by_role("alert")).to_be_hidden()


def facts(page: Page, kind: str) -> dict[str, str]:
    names, values = (page.locator(f".{kind} {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, map(plain, values), strict=True))


def test_statement_shows_a_month(portal: Stage, browser: Browser) -> None:
    october = datetime(2026, 10, 31, 22, 30)  # noqa: DTZ001 - in Paris, half an hour before November
    portal.api.sales = [*sales(1, october + timedelta(hours=1)), *sales(1001, october)]
    with visit(browser, "about:blank", **READER) as page:
        page.clock.set_fixed_time(NOW)
        page.goto(f"{portal.url}?view=statement")
        sign_in(page)
        expect(page.get_by_role("heading", name="Statement, October 2026")).to_be_visible()
        expect(page.get_by_role("button", name="Print")).to_be_enabled()
        assert facts(page, "facts") == {
            "Affiliate": "alice",
            "Period": "1 - 31 Oct 2026",
            "Time zone": "Europe/Paris",
            "Issued": "23 Nov 2026, 15:20",
        }
        assert facts(page, "totals") == {
            "Clicks": "103",
            "Visitors": "103",
            "Orders": "16",
            "Commission": "US$1,195.20",
        }
        websites = page.locator(".websites").inner_text().split("\n")
        assert plain(websites[0]) == "Website Clicks Visitors Orders Commission"
        assert plain(" ".join(websites[1:3])) == "serverless.example 50 50 8 US$597.60"
        assert (
            plain(page.locator(".balance tbody tr").last.inner_text()) == "USD US$74.70 US$149.40 US$373.50"
        )
        # The list has many pages, and no order of November. It ends where it would be too long to print.
        assert orders(page) == [str(order) for order in range(1001, 1, -1)]
        expect(page.get_by_text("These are the newest 1,000 entries.")).to_be_visible()

        months = page.get_by_label("Month", exact=True).locator("option").all_inner_texts()
        assert (months[:2], months[-1]) == (["November 2026 (so far)", "October 2026"], "December 2024")
        assert len(months) == 24
        page.get_by_label("Month", exact=True).select_option("November 2026 (so far)")
        expect(page.get_by_role("heading", name="Statement, November 2026 so far")).to_be_visible()
        assert facts(page, "facts")["Period"] == "1 - 23 Nov 2026"
        assert orders(page) == ["1"]
        assert "month=2026-11" in page.url
        portal.api.sales = ()
        page.get_by_text("There were none in this month.").wait_for()
        page.go_back()
        expect(page.get_by_role("heading", name="Statement, October 2026")).to_be_visible()


def shown(page: Page, portal: Stage, name: str, sales_: Sequence[entries.Row]) -> None:
    portal.api.sales = sales_
    page.clock.set_fixed_time(NOW)
    page.goto(f"{portal.url}?view={name}&month=2026-11&window=Last30Days&zone=Europe/Paris&country=DE")
    sign_in(page)


def test_lists_fit_any_screen_and_paper_and_are_accessible(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        shown(page, portal, "sales", UNUSUAL)
        fits_and_is_accessible(page)
        fits_on_paper(page)
        assert page.locator(".entries thead").evaluate("head => getComputedStyle(head).display") == (
            "table-header-group"  # so it is repeated on each page
        )
        page.emulate_media(media="screen", color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.get_by_role("link", name="Statement").click()
        expect(page.get_by_role("heading", name="Statement, November 2026 so far")).to_be_visible()
        figures_shown(page)
        fits_and_is_accessible(page)
        fits_on_paper(page)
        assert b"/Type /Page\n" in page.pdf(format="A4", prefer_css_page_size=True)
