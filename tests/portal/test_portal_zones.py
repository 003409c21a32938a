"""Bins and their names when the clocks change in the user's time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from playwright.sync_api import Browser, Page

from tests.browser import visit
from tests.portal.stage import Stage, figures_shown, plain, sign_in
from tests.portal.test_portal_charts import CANVAS

READER: Final[dict[str, Any]] = {"locale": "en-US", "timezone_id": "UTC", "reduced_motion": "reduce"}


@dataclass(frozen=True, slots=True)
class Case:
    """A user's time zone, a moment in UTC, and what the page shows then."""

    zone: str
    now: datetime
    window: str
    range: str
    rows: dict[int, str]
    """Names of bins by row of the table. The first row is the current bin."""
    length: int
    ticks: str
    """The labels of the x axis, in order. A `|` separates two lines of a label."""


CASES = {
    "New York puts its clocks back: one hour appears twice": Case(
        zone="America/New_York",
        now=datetime(2026, 11, 1, 16, 30, tzinfo=UTC),
        window="Last24Hours",
        range="Oct 31, 2026, 1:00 PM - Nov 1, 2026, 12:00 PM, America/New York",
        rows={
            0: "Sun, Nov 1, 2026, 11:00 AM (UTC-05:00) so far",
            9: "Sun, Nov 1, 2026, 2:00 AM (UTC-05:00)",
            10: "Sun, Nov 1, 2026, 1:00 AM (UTC-05:00)",
            11: "Sun, Nov 1, 2026, 1:00 AM (UTC-04:00)",
            12: "Sun, Nov 1, 2026, 12:00 AM (UTC-04:00)",
        },
        length=24,
        ticks=(
            "2:00 PM|Oct 31, 4:00 PM, 6:00 PM, 8:00 PM, 10:00 PM, 12:00 AM|Nov 1, 2:00 AM, "
            "4:00 AM, 6:00 AM, 8:00 AM, 10:00 AM"
        ),
    ),
    "New York puts its clocks forward: one hour is missing": Case(
        zone="America/New_York",
        now=datetime(2026, 3, 8, 16, 30, tzinfo=UTC),
        window="Last24Hours",
        range="Mar 7, 2026, 12:00 PM - Mar 8, 2026, 1:00 PM, America/New York",
        rows={
            0: "Sun, Mar 8, 2026, 12:00 PM (UTC-04:00) so far",
            9: "Sun, Mar 8, 2026, 3:00 AM (UTC-04:00)",
            10: "Sun, Mar 8, 2026, 1:00 AM (UTC-05:00)",
        },
        length=24,
        ticks=(
            "12:00 PM|Mar 7, 2:00 PM, 4:00 PM, 6:00 PM, 8:00 PM, 10:00 PM, 12:00 AM|Mar 8, "
            "4:00 AM, 6:00 AM, 8:00 AM, 10:00 AM, 12:00 PM"
        ),
    ),
    "New York: a day of 25 hours among days": Case(
        zone="America/New_York",
        now=datetime(2026, 11, 3, 4, 59, tzinfo=UTC),  # a minute to midnight
        window="Last7Days",
        range="Oct 27 - Nov 2, 2026, America/New York",
        rows={0: "Mon, Nov 2, 2026 so far", 1: "Sun, Nov 1, 2026", 6: "Tue, Oct 27, 2026"},
        length=7,
        ticks="Oct 27|2026, Oct 28, Oct 29, Oct 30, Oct 31, Nov 1, Nov 2",
    ),
    "India: half an hour from the full hours of UTC": Case(
        zone="Asia/Kolkata",
        now=datetime(2026, 11, 22, 18, 35, tzinfo=UTC),  # five past midnight
        window="Last24Hours",
        range="Nov 22, 2026, 1:00 AM - Nov 23, 2026, 1:00 AM, Asia/Kolkata",
        rows={0: "Mon, Nov 23, 2026, 12:00 AM so far", 1: "Sun, Nov 22, 2026, 11:00 PM"},
        length=24,
        ticks=(
            "2:00 AM|Nov 22, 4:00 AM, 6:00 AM, 8:00 AM, 10:00 AM, 12:00 PM, 2:00 PM, 4:00 PM, "
            "6:00 PM, 8:00 PM, 10:00 PM, 12:00 AM|Nov 23"
        ),
    ),
    "Chatham puts its clocks forward at a quarter to three": Case(
        zone="Pacific/Chatham",
        now=datetime(2026, 9, 26, 16, 30, tzinfo=UTC),
        window="Last24Hours",
        range="Sep 26, 2026, 6:00 AM - Sep 27, 2026, 7:00 AM, Pacific/Chatham",
        rows={
            0: "Sun, Sep 27, 2026, 6:00 AM (UTC+13:45) so far",
            2: "Sun, Sep 27, 2026, 4:00 AM (UTC+13:45)",
            3: "Sun, Sep 27, 2026, 3:45 AM (UTC+13:45)",
            4: "Sun, Sep 27, 2026, 2:00 AM (UTC+12:45)",
        },
        length=25,
        ticks=(
            "6:00 AM|Sep 26, 8:00 AM, 10:00 AM, 12:00 PM, 2:00 PM, 4:00 PM, 6:00 PM, 8:00 PM, "
            "10:00 PM, 12:00 AM|Sep 27, 2:00 AM, 4:00 AM, 6:00 AM"
        ),
    ),
    "Chatham puts its clocks back at a quarter to four": Case(
        zone="Pacific/Chatham",
        now=datetime(2026, 4, 4, 16, 30, tzinfo=UTC),
        window="Last24Hours",
        range="Apr 4, 2026, 7:00 AM - Apr 5, 2026, 6:00 AM, Pacific/Chatham",
        rows={
            0: "Sun, Apr 5, 2026, 5:00 AM (UTC+12:45) so far",
            2: "Sun, Apr 5, 2026, 3:00 AM (UTC+12:45)",
            3: "Sun, Apr 5, 2026, 2:45 AM (UTC+12:45)",
            4: "Sun, Apr 5, 2026, 3:00 AM (UTC+13:45)",
            5: "Sun, Apr 5, 2026, 2:00 AM (UTC+13:45)",
        },
        length=25,
        ticks=(
            "8:00 AM|Apr 4, 10:00 AM, 12:00 PM, 2:00 PM, 4:00 PM, 6:00 PM, 8:00 PM, 10:00 PM, "
            "12:00 AM|Apr 5, 2:00 AM, 4:00 AM"
        ),
    ),
    "Chatham: a day of 23 hours among days": Case(
        zone="Pacific/Chatham",
        now=datetime(2026, 9, 28, 0, 0, tzinfo=UTC),
        window="Last7Days",
        range="Sep 22 - 28, 2026, Pacific/Chatham",
        rows={0: "Mon, Sep 28, 2026 so far", 1: "Sun, Sep 27, 2026", 6: "Tue, Sep 22, 2026"},
        length=7,
        ticks="Sep 22|2026, Sep 23, Sep 24, Sep 25, Sep 26, Sep 27, Sep 28",
    ),
}


def ticks(page: Page) -> list[str]:
    """The labels of the x axis."""
    script = "canvas => Chart.getChart(canvas).scales.x.ticks.map(({label}) => label.join('|'))"
    found: list[str] = page.locator(CANVAS).evaluate(script)
    return found


def headings(page: Page) -> list[str]:
    """The names of the rows of the table."""
    return [plain(text) for text in page.locator("#data tbody th").all_inner_texts()]


def look(page: Page, url: str) -> None:
    """Go to a view, and open its table."""
    page.goto(url)
    figures_shown(page)
    page.locator("#data summary").click()
    page.locator("#data tbody tr").first.wait_for()


def test_chart_and_table_use_the_chosen_time_zone(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        for name, case in CASES.items():
            portal.api.now = case.now
            page.clock.set_fixed_time(case.now)
            look(page, f"{portal.url}?window={case.window}&zone={case.zone}")
            rows = headings(page)
            assert plain(page.locator("#range").inner_text()) == case.range, name
            assert len(rows) == case.length, name
            assert {place: rows[place] for place in case.rows} == case.rows, name
            assert ", ".join(map(plain, ticks(page))) == case.ticks, name
            # Each bar has the name of its bin.
            labels = page.locator(CANVAS).evaluate("canvas => Chart.getChart(canvas).data.labels")
            assert [plain(label) for label in labels] == [row.removesuffix(" so far") for row in rows][::-1]


INTERVALS = {
    ("Last30Days", "Week"): ("Oct 19 - 25, 2026 incomplete", "Nov 23 - 29, 2026 so far", "Oct 19|2026"),
    ("Last90Days", "Month"): ("August 2026 incomplete", "November 2026 so far", "Aug|2026"),
    ("Last365Days", "Month"): ("November 2025 incomplete", "November 2026 so far", "Nov|2025"),
    ("Last365Days", "Day"): ("Mon, Nov 24, 2025", "Mon, Nov 23, 2026 so far", "Dec 1|2025"),
    ("Last30Days", "Hour"): (
        "Sun, Oct 25, 2026, 12:00 AM",
        "Mon, Nov 23, 2026, 2:00 PM so far",
        "Oct 26|2026",
    ),
}
"""By time window and interval: the first bin, the last bin, and the first label of the x axis."""


def test_bin_names_fit_the_interval(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        sign_in(page)
        for (window, interval), expected in INTERVALS.items():
            look(page, f"{portal.url}?window={window}&interval={interval}&zone=UTC")
            rows, written = headings(page), ticks(page)
            assert (rows[-1], rows[0], written[0]) == expected
            assert 4 <= len(written) <= 17
