"""The figures that an affiliate sees in the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from playwright.sync_api import Browser, Page

from tests.browser import visitor
from tests.portal.stage import figures_shown, sign_in

METRICS: Final = ("PageViews", "Visitors", "Commissions")
NOTHING: Final = ("0", "$0.00")


@dataclass(frozen=True)
class Shown:
    """The figures of the last 7 days in UTC, for each metric."""

    cards: Sequence[str]
    """The totals."""
    days: Sequence[Mapping[date, str]]
    """The first column of figures in the table, without empty cells."""


def read_portal(browser: Browser, url: str, affiliate_id: str) -> Shown:
    """Sign in as the affiliate and read all figures."""
    with visitor(browser, locale="en-US", timezone_id="UTC") as window:
        page = window.new_page()
        page.goto(f"{url}/?window=Last7Days")
        sign_in(page, affiliate_id)
        return Shown(
            cards=[page.locator(f"#sums-{metric}").inner_text() for metric in METRICS],
            days=[_days(page, metric) for metric in METRICS],
        )


def _days(page: Page, metric: str) -> dict[date, str]:
    page.locator(f"input[name=metric][value={metric}]").check(force=True)  # a card covers it
    figures_shown(page)
    rows = page.locator("#table-panel tbody tr").evaluate_all(_READ_ROWS)
    return {date.fromisoformat(start[:10]): figure for start, figure in rows if figure not in NOTHING}


_READ_ROWS: Final = (
    "(rows) => rows.map((row) => [row.querySelector('time').dateTime, row.cells[1].innerText])"
)
