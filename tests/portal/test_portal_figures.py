"""What the overview shows: cards, rates, the balance, breakdowns, filters and the address."""

from typing import Any, Final

from playwright.sync_api import Browser, Page, expect

from chalicelib.figures.breakdowns import By
from chalicelib.figures.queries import Metric
from tests.browser import visit
from tests.portal.stage import NOTHING, PARTS, SITES, Stage, figures_shown, plain, refresh, sign_in

READER: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}


def cards(page: Page) -> list[str]:
    """The value on each card, with its change."""
    return [plain(card) for card in page.locator(".sums").all_inner_texts()]


def rates(page: Page) -> dict[str, str]:
    """The values below the cards, by name."""
    items = page.locator(".rates dl > div").all()
    return {plain(item.locator("dt").inner_text()): plain(item.locator("dd").inner_text()) for item in items}


def breakdown(page: Page, section: str = "tbody") -> list[list[str]]:
    """The texts of the breakdown's cells."""
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    found: list[list[str]] = page.locator(f"#breakdown {section} tr").evaluate_all(script)
    return found


def test_an_affiliate_sees_metrics_with_changes_rates_and_the_balance(
    portal: Stage, browser: Browser
) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        assert cards(page) == [
            "294 ▲ 25% more than the time before",
            "38 ▲ 27% more than the time before",
            "463 ▲ 25% more than the time before",
            "24 ▲ 33% more than the time before",
            "€1,078.00 ▲ 25% more than the time before US$633.60 ▲ 25% more than the time before",
        ]
        assert rates(page) == {
            "Conversion rate": "8.2% 7.7% before",
            "Earnings per click": "€3.67 US$2.16 commission for each click",
            "Held": "€147.00 US$74.70 may still be refunded",
            "Due": "€147.00 US$149.40 paid next",
            "Paid": "€147.00 US$373.50 so far",
        }
        assert page.locator("#chart-title").inner_text() == "Clicks by day"
        assert plain(page.locator("#range").inner_text()) == "17 - 23 Nov 2026, Europe/Paris"
        page.get_by_role("radio", name="Commission").check()
        expect(page.locator("#chart-title")).to_have_text("Commission by day")


def test_a_change_is_said_in_words_whatever_it_is(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        said = page.evaluate(
            """async () => {
                const { Cards } = await import('/js/cards.js');
                const make = () => document.createElement('div');
                const texts = (overall, before, compare = 'PreviousPeriod') => {
                    const place = make();
                    new Cards(place, make(), () => {}).show(
                        {Clicks: {overall, comparison: {overall: before}}, balance: []},
                        {metric: 'Clicks', compare},
                    );
                    return place.querySelector('.sums').textContent.trim();
                };
                const count = (value, change) => ({value, change, currency: null});
                const money = (value, currency, change) => ({value, change, currency});
                return [
                    texts([count(0)], [count(0, null)]),
                    texts([count(5)], [count(0, null)]),
                    texts([count(5)], [count(5, 0)], 'PreviousYear'),
                    texts([count(0)], [count(5, -1)], 'PreviousYear'),
                    texts([], [money(5, 'EUR', -1)]),
                    texts([money(-2.5, 'EUR')], [money(5, 'EUR', -1.5)]),
                    texts([money(123456789012.34, 'EUR')], []),
                ];
            }"""
        )
        assert [plain(text) for text in said] == [
            "0",
            "5 none before",
            "5 unchanged",
            "0 ▼ 100% less than a year before",
            "€0.00 ▼ 100% less than the time before",
            "-€2.50 ▼ 150% less than the time before",
            "€123,456,789,012.34 none before",
        ]


def test_a_click_on_a_row_narrows_the_whole_page_and_its_address(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        page.get_by_role("button", name="serverless.example").click()
        expect(
            page.get_by_role("button", name="Remove the filter Website: serverless.example")
        ).to_be_visible()
        figures_shown(page)
        assert "website=serverless.example" in page.url
        assert portal.api.asked[-1].get("website", "serverless.example") == "serverless.example"
        page.get_by_role("radio", name="Countries").check()
        page.get_by_role("button", name="Germany").click()
        page.get_by_role("button", name="Remove the filter Country: Germany").wait_for()
        figures_shown(page)
        assert "country=DE" in page.url
        # Orders do not know countries.
        assert [plain(card) for card in page.locator(".card:has(:disabled)").all_inner_texts()] == [
            "Orders - not known for this filter",
            "Commission - not known for this filter",
        ]
        assert breakdown(page, "thead") == [["Countries", "Clicks", "Visitors", "Page views"]]
        page.get_by_role("button", name="none").click()  # a row without a name
        page.get_by_role("button", name="Remove the filter Country: none").click()
        figures_shown(page)
        assert "country" not in page.url
        # A filter for pages gives way to orders, which know none.
        page.goto(f"{portal.url}?metric=Orders&device=mobile")
        figures_shown(page)
        assert "metric=Clicks" in page.url


def test_breakdown_shows_the_largest_first_and_the_rest_behind_more(portal: Stage, browser: Browser) -> None:
    names = tuple(f"site{number:02}.example" for number in range(30))
    portal.api.parts = {**PARTS, By.WEBSITE: names}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        shown = breakdown(page)
        assert [row[0] for row in shown] == list(names[:10])
        assert shown[0] == ["site00.example", "50", "50", "100", "8", "16%", "US$597.60"]
        page.get_by_role("button", name="Show all 31").click()
        expect(page.locator("#breakdown tbody tr")).to_have_count(31)
        assert breakdown(page)[-1][0] == "none"
        widths = page.locator("#breakdown .bar").evaluate_all("bars => bars.map(bar => bar.style.inlineSize)")
        assert widths[:3] == ["100%", "50%", "32%"]


def test_the_page_is_in_english_throughout(portal: Stage, browser: Browser) -> None:
    expected = {
        "en-US": ("$633.60", "Nov 17 - 23, 2026, Europe/Paris"),
        "de-DE": ("US$633.60", "17 - 23 Nov 2026, Europe/Paris"),
        "fa-IR": ("US$633.60", "17 - 23 Nov 2026, Europe/Paris"),
    }
    for locale, (amount, dates) in expected.items():
        with visit(browser, f"{portal.url}?window=Last7Days", **(READER | {"locale": locale})) as page:
            sign_in(page)
            assert amount in cards(page)[-1].split()
            assert plain(page.locator("#range").inner_text()) == dates


def test_the_address_holds_the_view_and_the_back_button_works(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        first = "?metric=Clicks&window=Last30Days&interval=Day&zone=Europe/Paris"
        assert page.url == portal.url + first
        page.get_by_label("Time", exact=True).select_option("Last 24 hours")
        figures_shown(page)
        page.get_by_role("radio", name="Commission").check()
        figures_shown(page)
        page.get_by_label("Days and hours are those of").fill("tokyo")
        page.keyboard.press("Enter")
        figures_shown(page)
        last = "?metric=Commissions&window=Last24Hours&interval=Hour&zone=Asia/Tokyo"
        assert page.url == portal.url + last
        for _ in range(3):
            page.go_back()
        expect(page.locator("#chart-title")).to_have_text("Clicks by day")
        assert page.url == portal.url + first
        assert page.get_by_label("Days and hours are those of").input_value() == "Europe/Paris"
        page.go_forward()
        expect(page.locator("#chart-title")).to_have_text("Clicks by hour")
        assert page.get_by_label("Time", exact=True).input_value() == "Last24Hours"

    # The same address shows the same view in another time zone.
    with visit(browser, portal.url + last, **(READER | {"timezone_id": "America/Lima"})) as page:
        sign_in(page)
        assert page.url == portal.url + last
        assert page.locator("#chart-title").inner_text() == "Commission by hour"
        assert page.locator("#range").inner_text().endswith("Asia/Tokyo")


def test_own_dates_can_be_chosen(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        page.get_by_label("Time", exact=True).select_option("Own dates")
        figures_shown(page)
        page.get_by_label("First day").fill("2026-11-20")
        page.get_by_label("to", exact=True).fill("2026-11-02")  # in the wrong order
        figures_shown(page)
        assert plain(page.locator("#range").inner_text()) == "2 - 20 Nov 2026, Europe/Paris"
        assert "window=Custom&from=2026-11-02&to=2026-11-20" in page.url
        page.get_by_label("Time", exact=True).select_option("Last month")
        figures_shown(page)
        assert "from=" not in page.url


USUAL: Final = "?metric=Clicks&window=Last30Days&interval=Day&zone=Europe/Paris"
ADDRESSES: Final = {
    "": USUAL,
    "?metric=Profit&window=Ever&interval=Minute&zone=Moon/Sea&by=Age&view=secret&month=13": USUAL,
    "?zone=%2B02:00": USUAL,
    "?zone=Etc/Unknown": USUAL,
    "?metric=PageViews&window=Last24Hours": (
        "?metric=PageViews&window=Last24Hours&interval=Hour&zone=Europe/Paris"
    ),
    "?window=Last90Days&interval=Hour&zone=UTC": "?metric=Clicks&window=Last90Days&interval=Day&zone=UTC",
    "?metric=Visitors&window=Last7Days&interval=Week&zone=Asia/Kolkata": (
        "?metric=Visitors&window=Last7Days&interval=Week&zone=Asia/Kolkata"
    ),
    "?window=Custom&from=2026-02-30&to=2026-03-01": USUAL,
    "?window=Custom&from=2026-03-02&to=2026-03-01": USUAL,
    "?window=Custom&from=2026-03-01&to=2026-03-01": (
        "?metric=Clicks&window=Custom&from=2026-03-01&to=2026-03-01&interval=Hour&zone=Europe/Paris"
    ),
    "?window=Custom&from=2020-01-01&to=2026-01-01": (
        "?metric=Clicks&window=Custom&from=2020-01-01&to=2026-01-01&interval=Week&zone=Europe/Paris"
    ),
    "?from=2026-03-01&to=2026-03-02&window=Today": (
        "?metric=Clicks&window=Today&interval=Hour&zone=Europe/Paris"
    ),
    "?metric=Orders&link=&website=a.example": (
        "?metric=Orders&window=Last30Days&interval=Day&zone=Europe/Paris&website=a.example&link="
    ),
    "?metric=Orders&country=DE&by=Device&compare=PreviousYear": (
        f"{USUAL}&compare=PreviousYear&by=Device&country=DE"
    ),
    "?view=statement&month=2026-10&affiliate=O%27Brien+%26+S%C3%B6hne": (
        "?view=statement&affiliate=O%27Brien+%26+S%C3%B6hne&metric=Clicks&window=Last30Days&interval=Day"
        "&zone=Europe/Paris&month=2026-10"
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
        sign_in(page)
        page.goto(f"{portal.url}?window=Ever")
        page.wait_for_url(portal.url + USUAL)


RANGES: Final = {
    # The next day begins at one o'clock: clocks go forward at midnight.
    (
        "2026-08-31T00:00:00-04:00",
        "2026-09-06T01:00:00-03:00",
        "Day",
        "America/Santiago",
    ): "31 Aug - 5 Sept 2026",
    ("2026-04-18T00:00:00+02:00", "2026-04-24T01:00:00+03:00", "Day", "Africa/Cairo"): "18 - 23 Apr 2026",
    ("2026-10-26T00:00:00+01:00", "2026-11-02T00:00:00+01:00", "Week", "Europe/Paris"): "26 Oct - 1 Nov 2026",
    # The week and the month go on after today.
    ("2026-11-09T00:00:00+00:00", "2026-11-30T00:00:00+00:00", "Week", "UTC"): "9 - 25 Nov 2026",
    ("2026-11-01T00:00:00+09:00", "2026-12-01T00:00:00+09:00", "Month", "Asia/Tokyo"): "1 - 26 Nov 2026",
    ("2026-11-25T00:00:00+00:00", "2026-11-26T00:00:00+00:00", "Hour", "UTC"): (
        "25 Nov 2026, 00:00 - 26 Nov 2026, 00:00"
    ),
}
"""Timestamps of a window, its interval and its zone, and what the heading says on 25 November, 20:00 UTC."""


def test_heading_names_the_days_that_there_are(portal: Stage, browser: Browser) -> None:
    with visit(browser, "about:blank", **READER) as page:
        page.clock.set_fixed_time("2026-11-25T20:00:00Z")
        page.goto(portal.url)
        script = """async ranges => {
            const { rangeName } = await import('/js/formats.js');
            return ranges.map(each => rangeName(...each));
        }"""
        named = page.evaluate(script, [list(each) for each in RANGES])
        assert dict(zip(RANGES, map(plain, named), strict=True)) == RANGES


ZONES: Final = {
    "kyiv": "Europe/Kyiv",
    "Europe/Kiev": "Europe/Kyiv",
    "asia/calcutta": "Asia/Kolkata",
    "Ho Chi Minh": "Asia/Ho_Chi_Minh",
    "new york": "America/New_York",
    " utc ": "UTC",
    "Atlantis": None,
    "": None,
}
"""What a user may type, and the zone that it stands for."""


def test_zones_are_found_by_todays_and_by_old_names(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        script = """async texts => {
            const { parseZone, zoneNames } = await import('/js/zones.js');
            return [texts.map(text => parseZone(text) ?? null), zoneNames()];
        }"""
        found, names = page.evaluate(script, list(ZONES))
        assert dict(zip(ZONES, found, strict=True)) == ZONES
        assert {"Europe/Kyiv", "Asia/Kolkata", "UTC"} <= set(names)
        assert not {"Europe/Kiev", "Asia/Calcutta", "America/Godthab"} & set(names)
        sign_in(page)
        page.get_by_label("Days and hours are those of").fill("Atlantis")
        page.keyboard.press("Enter")
        assert (
            page.locator("#zone")
            .evaluate("field => field.validationMessage")
            .startswith("Choose a time zone")
        )
        assert "zone=Europe/Paris" in page.url


def test_new_figures_appear_without_a_reload_and_nothing_else_moves(portal: Stage, browser: Browser) -> None:
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        page.evaluate("window.isTheSamePage = true")
        chosen = page.get_by_role("radio", name="Links", exact=True)
        chosen.check()
        figures_shown(page)
        portal.api.sites = {**SITES, Metric.CLICKS: {"serverless.example": 300, "testing.example": 0}}
        refresh(page)
        page.get_by_text("2,200").first.wait_for()
        assert page.get_by_role("status").inner_text() == "Clicks, last 7 days: 2,200"
        assert chosen.evaluate("element => element === document.activeElement")
        assert page.evaluate("window.isTheSamePage")


def test_nothing_jumps_when_something_is_chosen(portal: Stage, browser: Browser) -> None:
    boxes = """() => [...document.querySelectorAll('#controls select, .tabs label, .card, #pages a')]
        .map(each => each.getBoundingClientRect()).map(({x, width}) => [x, width].map(Math.round))"""
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        before = page.evaluate(boxes)
        page.get_by_role("radio", name="Devices").check()
        page.get_by_role("radio", name="Orders").check()
        page.get_by_label("Interval").select_option("By week")
        figures_shown(page)
        assert page.evaluate(boxes) == before


def test_names_never_become_html(portal: Stage, browser: Browser) -> None:
    name = "=<img/src='x'onerror='alert(1)'>"
    portal.api.sites = {**NOTHING, Metric.CLICKS: {name: 1}}
    portal.api.parts = {**PARTS, By.WEBSITE: (name,)}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        assert breakdown(page)[0][0] == name
        assert page.locator("#place img").count() == 0
