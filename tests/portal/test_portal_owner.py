"""The owner's pages: all affiliates, all balances, and the payout list."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Download, Page, Route, expect

from tests.browser import visit
from tests.portal.looks import AXE, violations
from tests.portal.stage import NOW, Stage, figures_shown, plain, refresh, sign_in
from tests.portal.test_portal_figures import READER
from tests.portal.test_portal_quality import NARROW, PHONE

Json = Mapping[str, Any]


def affiliate(place: int, id_: str, name: str | None, **more: Any) -> Json:
    """A made-up affiliate: the larger `place`, the less it has, and the longer it is quiet."""
    return {
        "affiliateId": id_,
        "name": name,
        "clicks": 900 // place,
        "visitors": 600 // place,
        "orders": 90 // place,
        "conversionRate": 0.1,
        "refundRate": place / 40,
        "money": [{"currency": "USD", "commissions": 1234.5 / place}],
        "lastSeen": (NOW - timedelta(days=3 * place - 2)).isoformat(),
        **more,
    }


def owes(id_: str, name: str | None, **due: float) -> Json:
    """The balances of an affiliate: what is due in each currency."""
    balances = [
        {"currency": currency, "held": 10, "due": value, "paid": 100} for currency, value in due.items()
    ]
    return {"affiliateId": id_, "name": name, "balances": balances}


AFFILIATES: Final = (
    affiliate(1, "alice", "Alice Martin"),
    affiliate(2, "O'Brien & Söhne", "The O'Briens & Söhne"),
    affiliate(3, "maha", "مها الأحمد", money=[{"currency": "EUR", "commissions": 123456789012.34}]),
    affiliate(4, "x" * 63, None, conversionRate=None, refundRate=None, clicks=0),
    affiliate(6, "=bob", "=HYPERLINK()", money=[{"currency": "USD", "commissions": -3}]),
)
BALANCES: Final = (
    owes("alice", "Alice Martin", USD=1234.567, EUR=5),
    owes("O'Brien & Söhne", "The O'Briens & Söhne", USD=20),
    owes("maha", "مها الأحمد", EUR=123456789012.349),
    owes("=bob", "=HYPERLINK()", USD=-3),
    owes("zoe", None, USD=0.005),
)
TOTAL: Final[Json] = {
    "clicks": 1725,
    "visitors": 1200,
    "orders": 202,
    "conversionRate": 0.117,
    "refundRate": 0.04,
    "money": [
        {"currency": "USD", "commissions": 1848.75},
        {"currency": "EUR", "commissions": 123456789012.34},
    ],
}


@dataclass  # without slots: Playwright adds an attribute
class Answers:
    """What the API answers to the owner's questions. A test may change it."""

    affiliates: Sequence[Json] = AFFILIATES
    balances: Sequence[Json] = BALANCES
    size: int = 1000
    """The rows of a page."""
    broken: bool = False
    """Whether all pages after the first fail."""
    asked: list[Json] = field(default_factory=list)
    """The variables of each question."""

    def give(self, route: Route) -> None:
        """Answer the owner's questions. Others go to the API."""
        question = json.loads(route.request.post_data or "{}")
        name = next((each for each in _MADE if f" {each}(" in question["query"]), None)
        if name is None:
            route.fallback()
            return
        self.asked.append(question["variables"])
        start = int(question["variables"]["nextToken"] or 0)
        if self.broken and start:
            route.fulfill(status=500)
            return
        rows = getattr(self, name)
        end = start + self.size
        page = {
            "rows": rows[start:end],
            "affiliates": len(rows),
            "nextToken": str(end) if end < len(rows) else None,
            **_MADE[name](rows),
        }
        route.fulfill(json={"data": {name: page}})


def _total_due(rows: Sequence[Json]) -> Json:
    found: dict[str, list[Json]] = {}
    for row in rows:
        for each in row["balances"]:
            found.setdefault(each["currency"], []).append(each)
    total = [
        {
            "currency": currency,
            **{state: sum(each[state] for each in given) for state in ("held", "due", "paid")},
        }
        for currency, given in found.items()
    ]
    return {"total": total}


_WINDOW: Final = {
    "from": "2026-10-25T00:00:00+02:00",
    "to": "2026-11-24T00:00:00+01:00",
    "timeZone": "Europe/Paris",
}
_MADE: Final[Mapping[str, Callable[[Sequence[Json]], Json]]] = {
    "affiliates": lambda _rows: {"total": TOTAL, **_WINDOW},
    "balances": _total_due,
}


@contextmanager
def owner(portal: Stage, browser: Browser, search: str, answers: Answers, **options: Any) -> Iterator[Page]:
    """The page of an owner who is signed in, at the time of the made-up figures."""
    with visit(browser, "about:blank", **(READER | options)) as page:
        page.clock.set_fixed_time(NOW)
        page.route("**/graphql", answers.give)
        page.goto(portal.url + search)
        sign_in(page, "owner")
        yield page


def rows(page: Page, section: str = "tbody") -> list[list[str]]:
    """The texts of the cells."""
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    found: list[list[str]] = page.locator(f".owner:visible {section} tr").evaluate_all(script)
    return [[plain(text) for text in row] for row in found]


def names(page: Page) -> list[str]:
    """The names in the order of the table."""
    return page.locator(".owner:visible tbody a").all_text_contents()


def sort(page: Page, title: str) -> None:
    page.locator(".owner:visible").get_by_role("button", name=title, exact=True).click()


def saved(download: Download) -> tuple[str, list[list[str]]]:
    """The name of a CSV file, and its rows. It begins with a byte order mark."""
    text = download.path().read_bytes().decode()
    assert text.startswith("\ufeff")
    return download.suggested_filename, list(csv.reader(text[1:].splitlines()))


def test_an_owner_sees_all_affiliates(portal: Stage, browser: Browser) -> None:
    answers = Answers()
    with owner(portal, browser, "", answers) as page:
        assert "view=affiliates" in page.url
        assert rows(page, "thead") == [
            [
                "Affiliate", "Clicks", "Visitors", "Orders", "Commission (USD)", "Commission (EUR)",
                "Conversion rate", "Refund rate", "Last seen",
            ]
        ]  # fmt: skip
        assert rows(page)[0] == [
            "Alice Martin alice", "900", "600", "90", "US$1,234.50", "€0.00", "10%", "2.5%", "yesterday"
        ]  # fmt: skip
        assert rows(page)[3] == [
            "=HYPERLINK() =bob", "150", "100", "15", "-US$3.00", "€0.00", "10%", "15%", "2 weeks ago"
        ]  # fmt: skip
        assert rows(page)[4][-3:] == ["-", "-", "10 days ago"]
        assert rows(page, "tfoot") == [
            [
                "All 5 affiliates",
                "1,725",
                "1,200",
                "202",
                "US$1,848.75",
                "€123,456,789,012.34",
                "12%",
                "4%",
                "",
            ]
        ]
        seen = page.locator("tbody time").first
        assert seen.get_attribute("title") == "22 Nov 2026, 14:20"
        assert page.get_by_role("status").first.inner_text() == "5 affiliates"
        assert answers.asked[0] == {
            "window": "Last30Days", "zone": "Europe/Paris", "from": None, "to": None, "nextToken": None
        }  # fmt: skip


def test_the_owners_questions_are_the_apis(portal: Stage, browser: Browser) -> None:
    """Without made-up answers: the deployed page asks through the resolvers and the routes."""
    with visit(browser, portal.small_url, **READER) as page:
        page.clock.set_fixed_time(NOW)
        sign_in(page, "owner")
        assert rows(page) == [
            ["Alice Martin alice", "200", "300", "20", "€0.00", "US$747.00", "10%", "5%", "1 hour ago"],
            ["bob", "50", "60", "1", "€9.90", "US$0.00", "2%", "0%", "3 weeks ago"],
        ]
        assert page.locator("tbody time").last.get_attribute("title") == "2 Nov 2026, 10:00"
        assert rows(page, "tfoot")[0][:4] == ["All 2 affiliates", "250", "340", "21"]
        page.get_by_role("link", name="Balances").click()
        expect(page.get_by_role("region", name="Table of balances").get_by_role("row")).to_have_count(4)
        assert rows(page) == [
            ["Alice Martin alice", "US$74.70", "US$149.40", "US$373.50"],
            ["bob", "US$0.00", "US$19.99", "US$0.00"],
        ]


def test_a_row_opens_the_affiliates_own_page(portal: Stage, browser: Browser) -> None:
    with owner(portal, browser, "?window=Last7Days&zone=UTC", Answers()) as page:
        link = page.get_by_role("link", name="The O'Briens & Söhne")
        href = link.get_attribute("href") or ""
        assert "affiliate=O%27Brien+%26+S%C3%B6hne" in href
        assert "window=Last7Days" in href
        with page.context.expect_page() as opened:
            link.click(modifiers=["ControlOrMeta"])
        opened.value.close()
        assert "view=affiliates" in page.url
        page.get_by_role("row", name="Alice Martin").get_by_role("cell", name="900").click()
        expect(page.locator("#banner")).to_contain_text("as alice sees it")
        figures_shown(page)
        assert "affiliate=alice" in page.url
        assert "window=Last7Days" in page.url
        page.get_by_role("link", name="All affiliates").click()
        expect(page.get_by_role("link", name="Alice Martin")).to_be_visible()


def test_order_and_focus_survive_a_refresh(portal: Stage, browser: Browser) -> None:
    answers = Answers()
    with owner(portal, browser, "", answers) as page:
        alice, obrien, maha = "Alice Martin", "The O'Briens & Söhne", "مها الأحمد"
        nobody, bob = "x" * 63, "=HYPERLINK()"
        assert names(page) == [alice, obrien, maha, bob, nobody]
        sort(page, "Affiliate")
        assert names(page) == [bob, alice, obrien, nobody, maha]
        sort(page, "Affiliate")
        assert names(page) == [maha, nobody, obrien, alice, bob]
        sort(page, "Refund rate")
        assert names(page) == [bob, maha, obrien, alice, nobody]
        sort(page, "Refund rate")
        assert names(page) == [alice, obrien, maha, bob, nobody]  # the one without a rate is last again
        sort(page, "Commission (USD)")
        assert page.locator("th[aria-sort=descending]").inner_text() == "Commission (USD)"
        assert names(page)[-1] == bob
        link = page.get_by_role("link", name=alice)
        link.focus()
        row = page.get_by_role("row", name=alice).element_handle()
        answers.affiliates = (
            affiliate(1, "alice", alice, money=[{"currency": "USD", "commissions": -50}]),
            *AFFILIATES[1:],
        )
        refresh(page)
        expect(page.get_by_role("cell", name="-US$50.00")).to_be_visible()
        assert names(page)[-1] == alice
        expect(link).to_be_focused()
        assert row.evaluate("row => row.isConnected")


def test_search_ignores_accents_and_the_file_has_what_is_found(portal: Stage, browser: Browser) -> None:
    with owner(portal, browser, "?window=Custom&from=2026-10-01&to=2026-10-31", Answers()) as page:
        search = page.get_by_label("Search")
        search.fill("SOHNE o")
        assert names(page) == ["The O'Briens & Söhne"]
        assert page.locator(".found").inner_text() == "1 of 5 affiliates"
        search.fill("nobody")
        expect(page.get_by_text("No affiliate has such a name or id.")).to_be_visible()
        assert names(page) == []
        search.fill("=B")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        name, lines = saved(download.value)
        assert name == "affiliates-2026-10-01-to-2026-10-31-Europe-Paris-2026-11-23.csv"
        assert lines == [
            [
                "Affiliate", "Name", "Clicks", "Visitors", "Orders", "Commission (USD)", "Commission (EUR)",
                "Conversion rate", "Refund rate", "Last seen",
            ],
            [
                "'=bob", "'=HYPERLINK()", "150", "100", "15", "-3", "0", "0.1", "0.15",
                "2026-11-07T14:20:00+00:00",
            ],
        ]  # fmt: skip


def test_many_affiliates_are_read_and_drawn_in_parts(portal: Stage, browser: Browser) -> None:
    many = [
        affiliate(1, f"partner-{place}", f"Partner {place}", clicks=place) for place in range(1200, 0, -1)
    ]
    answers = Answers(affiliates=many, size=500, broken=True)
    watch = """() => {
        window.parts = [];
        const added = (records) => records.reduce((sum, { addedNodes }) => sum + addedNodes.length, 0);
        new MutationObserver((records) => parts.push(added(records)))
            .observe(document.querySelector('.owner tbody'), { childList: true });
    }"""
    with owner(portal, browser, "", answers, expected=("500",)) as page:
        found = page.locator(".found")
        expect(found).to_have_text("500 affiliates (only 500 of 1,200 could be loaded)")
        page.evaluate(watch)
        answers.broken = False
        page.get_by_role("button", name="Try again").click()
        expect(found).to_have_text("1,200 affiliates")
        expect(page.locator("tbody tr")).to_have_count(1200)
        assert max(page.evaluate("parts")) <= 100
        further = [asked for asked in answers.asked if asked["nextToken"]]
        sort(page, "Affiliate")
        assert names(page)[:2] == ["Partner 1", "Partner 2"]
        with page.expect_response("**/graphql"):
            refresh(page)
        figures_shown(page)
        assert [asked for asked in answers.asked if asked["nextToken"]] == further, "figures are the same"


def test_payouts_are_exact_and_rounded_down(portal: Stage, browser: Browser) -> None:
    read = """async (cases) => {
        const { sumOf, toPayoutCells, toPayouts } = await import('/js/owner/payouts.js');
        return cases.map(([currency, ...due]) => {
            const rows = due.map((each, place) => ({ affiliateId: `${place}`, name: null, due: each }));
            const payouts = toPayouts(rows, currency, 0);
            const amounts = toPayoutCells(payouts, currency, 'id').slice(1).map((cells) => cells.at(-1));
            return [...amounts, sumOf(payouts, currency)];
        });
    }"""
    cases = [
        ["USD", 1.15, 0.1, 0.2, 1.159999],
        ["USD", -5, 0, 0.009999, 0.000001],
        ["USD", 123456789012.34, 0.01],
        ["JPY", 1500.9, 0.5],
        ["KWD", 1.2345, 10],
    ]
    with visit(browser, portal.url, **READER) as page:
        assert page.evaluate(read, cases) == [
            ["1.15", "0.10", "0.20", "1.15", 2.6],
            [0],
            ["123456789012.34", "0.01", 123456789012.35],
            ["1500", 1500],
            ["1.234", "10.000", 11.234],
        ]


def test_list_ends_after_5000_affiliates(portal: Stage, browser: Browser) -> None:
    """An affiliate that is on two pages, because figures have changed in between, is one row."""
    read = """async (count) => {
        const { PagedList } = await import('/js/owner/paged.js');
        const row = (place) => ({ affiliateId: `${place}` });
        const batch = (start) => ({
            rows: Array.from({ length: Math.min(1000, count - start) }, (_, place) => row(start + place)),
            affiliates: count,
            nextToken: start + 1000 < count ? `${start + 999}` : null,
        });
        const list = new PagedList();
        const seen = [];
        const note = () => seen.push(`${list.reading.rows.length} ${list.reading.state}`);
        await list.start(batch(0), 'all', async (token) => batch(Number(token)), note);
        return seen;
    }"""
    with visit(browser, portal.url, **READER) as page:
        assert page.evaluate(read, 7000)[-2:] == ["4996 reading", "5995 cut"]
        assert page.evaluate(read, 1500) == ["1000 reading", "1500 whole"]


def test_an_owner_sees_what_is_due_and_saves_a_payout_list(portal: Stage, browser: Browser) -> None:
    with owner(portal, browser, "?view=balances", Answers()) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        assert [plain(text) for text in page.locator(".purse .due strong").all_inner_texts()] == [
            "US$1,251.57",
            "€123,456,789,017.35",
        ]
        assert rows(page)[0] == ["Alice Martin alice", "US$10.00", "US$1,234.57", "US$100.00"]
        assert rows(page, "tfoot") == [["Total", "US$40.00", "US$1,251.57", "US$400.00"]]
        assert names(page) == ["Alice Martin", "The O'Briens & Söhne", "zoe", "=HYPERLINK()"]
        page.get_by_label("Only those with something due").check()
        assert names(page) == ["Alice Martin", "The O'Briens & Söhne", "zoe"]

        summary = page.locator(".summary")
        assert plain(summary.inner_text()) == (
            "2 affiliates, US$1,254.56 in all. 1 affiliate with less waits for another time."
        )
        page.get_by_label("Smallest amount (USD)").fill("20.01")
        assert plain(summary.inner_text()) == (
            "1 affiliate, US$1,234.56 in all. 2 affiliates with less wait for another time."
        )
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the payout list").click()
        assert saved(download.value) == (
            "payouts-2026-11-23-USD.csv",
            [
                ["payout_id", "affiliate_id", "name", "currency", "amount"],
                ["2026-11-23-USD", "alice", "Alice Martin", "USD", "1234.56"],
            ],
        )
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        command = "python -m infra.payouts record payouts-2026-11-23-USD.csv --stage dev"
        assert page.evaluate("navigator.clipboard.readText()") == command

        page.get_by_role("radio", name="Euro").check()
        assert names(page) == ["مها الأحمد", "Alice Martin"]
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the payout list").click()
        assert saved(download.value)[1][1:] == [
            ["2026-11-23-EUR", "maha", "مها الأحمد", "EUR", "123456789012.34"]
        ]
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert saved(download.value) == (
            "balances-EUR-2026-11-23.csv",
            [
                ["Affiliate", "Name", "Currency", "Held", "Due", "Paid"],
                ["maha", "مها الأحمد", "EUR", "10", "123456789012.349", "100"],
                ["alice", "Alice Martin", "EUR", "10", "5", "100"],
            ],
        )


PAGES: Final = ("?view=affiliates", "?view=balances")


@pytest.mark.parametrize("search", PAGES)
def test_owners_pages_fit_and_axe_finds_no_problems(portal: Stage, browser: Browser, search: str) -> None:
    """On a desktop, on a phone, on paper, and with text of twice the size; with figures and without."""
    fits = "document.documentElement.scrollWidth <= innerWidth"
    answers = Answers()
    with owner(portal, browser, search, answers) as page:
        page.evaluate(AXE.read_text())
        assert violations(page) == []
        page.emulate_media(media="print")
        box = page.locator(".owner .scrolled").first
        assert box.evaluate(
            "box => box.scrollHeight === box.clientHeight && box.scrollWidth === box.clientWidth"
        )
        page.emulate_media(media="screen", color_scheme="dark")
        page.set_viewport_size(PHONE)
        assert violations(page) == []
        assert page.evaluate(fits)
        page.set_viewport_size(NARROW)
        assert page.evaluate(fits)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.set_viewport_size(PHONE)
        assert page.evaluate(fits)
        answers.affiliates = answers.balances = ()
        refresh(page)
        expect(page.locator(".message h2:visible")).to_have_text(EMPTY[search])
        assert violations(page) == []


EMPTY: Final = {
    "?view=affiliates": "Nothing happened in this time",
    "?view=balances": "Nobody has earned anything yet",
}
