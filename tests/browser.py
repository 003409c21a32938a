"""A real browser: Debian's Chromium, headless, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

EXECUTABLE: Final = shutil.which("chromium")
DISABLED: Final = (
    # Each window would load two pages for its address bar: more work than the page that is looked at.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "SpareRendererForSitePerProcess",  # a process that waits for a page that is not opened
    # Playwright's own: Chromium heeds the last list alone.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
FLAGS: Final = (
    f"--disable-features={','.join(DISABLED)}",
    "--no-sandbox",  # a container's root has no other way
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


# Not for the session: as long as it runs, Playwright's event loop is this thread's, and no other test could
# start one.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser for a folder's tests. Without Chromium they are skipped, and in CI they fail."""
    if EXECUTABLE is None:
        missing = "Chromium is not installed: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def visitor(browser: Browser, *, expected: tuple[str, ...] = (), **options: Any) -> Iterator[BrowserContext]:
    """A browser window of its own, without anything remembered.

    `options` are Playwright's for a context. On leaving, every error or warning in a page's console that has
    none of the `expected` texts in it, every uncaught error, and every request to another machine, fails the
    test.
    """
    faults: list[str] = []
    context = browser.new_context(**options)
    context.on("weberror", lambda event: faults.append(f"uncaught: {event.error}"))
    context.on("console", lambda message: faults.extend(_complaint(message)))
    context.on("request", lambda request: faults.extend(_elsewhere(request)))
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        context.close()
    unexpected = [fault for fault in faults if not any(text in fault for text in expected)]
    assert not unexpected, unexpected


@contextmanager
def visit(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """The page at `url` in a `visitor`'s window, with the `visitor`'s options."""
    with visitor(browser, **options) as context:
        page = context.new_page()
        page.goto(url)
        yield page


def _complaint(message: ConsoleMessage) -> Iterator[str]:
    if message.type in {"error", "warning"}:
        yield f"{message.type}: {message.text} ({message.location.get('url')})"


def _elsewhere(request: Request) -> Iterator[str]:
    if not request.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:")):
        yield f"request: {request.url}"
