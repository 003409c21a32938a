"""Checks of how a page of the portal looks: on any screen, for any reader, and on paper."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAPER: Final = 688
"""Pixels of A4 between the margins of css/print.css."""

TOO_WIDE: Final = """limit => [...document.querySelectorAll('body *')].filter((each) => {
    const { width, right } = each.getBoundingClientRect();
    const isFull = each.matches(':is(tbody, tfoot) > tr > *') && each.scrollWidth > each.clientWidth + 1;
    return isFull || (width > 1 && right > limit + 1);
}).map((each) => `${each.tagName}.${each.className}: ${each.getBoundingClientRect().right}`)"""
"""The elements that reach beyond the page, and cells that are too small for their contents.

Elements that only a screen reader sees are one pixel wide.
"""


def fits_and_is_accessible(page: Page) -> None:
    """Check with axe-core in light and dark mode, and that nothing is wider than a screen of any size."""
    page.evaluate(AXE.read_text())
    assert violations(page) == []
    for width in (1440, 820, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(TOO_WIDE, width) == [], width
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    page.set_viewport_size({"width": 820, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(TOO_WIDE, 820) == []
    page.evaluate("document.documentElement.style.fontSize = ''")


def fits_on_paper(page: Page) -> None:
    """Check what dark mode prints: black on white, nothing to click, nothing cut."""
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.evaluate(DRAWN)
    assert page.evaluate(TOO_WIDE, PAPER) == []
    assert page.evaluate(BUTTONS) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert set(page.evaluate(COLOURS)) <= {"rgb(0, 0, 0)", "rgb(68, 68, 68)"}
    assert page.evaluate(CUT) == []


BUTTONS: Final = """() => [...document.querySelectorAll('button, input:not(#zone), nav a')].filter(
    (each) => each.checkVisibility() && !each.closest('th, td, #filters, label:has(:checked)')
).map((each) => each.textContent || each.id)"""
COLOURS: Final = """() => [...document.querySelectorAll('main *')].filter(
    (each) => each.checkVisibility() && [...each.childNodes].some((node) => node.nodeType === 3)
).map((each) => getComputedStyle(each).color)"""
DRAWN: Final = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Resolves when charts have the page's new width."""
CUT: Final = """() => [...document.querySelectorAll('main *')].filter(
    (each) => each.checkVisibility() && !each.closest(".unseen")
        && getComputedStyle(each).overflow !== "visible"
        && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
).map((each) => `${each.tagName}.${each.className}`)"""
"""The elements that hide or scroll a part of their content."""


def violations(page: Page) -> list[dict[str, Any]]:
    """The problems that axe-core finds with all its rules but the experimental ones."""
    script = """async () => (await axe.run()).violations.map(({ id, help, nodes }) => ({
        id, help, where: nodes.map(({ target, failureSummary }) => [target.join(' '), failureSummary]),
    }))"""
    found: list[dict[str, Any]] = page.evaluate(script)
    return found
