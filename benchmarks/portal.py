"""How long the portal's overview takes on a slow network, and how long it keeps the browser busy.

Chromium, as on a phone: 400 ms for each round trip, 50 KB/s, an empty cache. The user is signed in. *Small*
is the page as it is deployed; *as written* is the folder `portal/` itself. The first figure is the number of
clicks. The chart is drawn once Chart.js has come. The times begin with the request for the page, and are
medians. Behind the page is the local AppSync with its real resolvers and made-up figures.

The longest task is what the browser does in one go, while a click on a card shows another metric of 70
websites by the hour. (The API answers with the ten largest, and all others as one.) What takes more than
200 ms would be felt as a jerk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.tables import spread, to_markdown
from chalicelib.figures import Metric
from chalicelib.figures.breakdowns import By
from tests.browser import EXECUTABLE, FLAGS
from tests.portal.stage import PARTS, Stage, figures_shown, sign_in, stage

SLOW: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
WEBSITES: Final = tuple(f"website{number:02}.example" for number in range(70))
LARGEST: Final = {**{name: 10 + number for number, name in enumerate(WEBSITES[:10])}, "": 60}


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a page: bytes over the network, requests, and milliseconds."""

    kilobytes: float
    files: int
    """That were requested before the first question."""
    figure: float
    chart: float


@dataclass(frozen=True, slots=True)
class Result:
    """Some loads of each page, and the longest tasks in milliseconds."""

    loads: Mapping[str, Sequence[Load]]
    tasks: Sequence[float]


def measure(runs: int) -> Result:
    """Load each page `runs` times, and click as often."""
    with (
        TemporaryDirectory() as folder,
        stage(Path(folder), refresh_seconds=60) as portal,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        urls = {"small": portal.small_url, "as written": portal.url}
        loads = {name: [_load(browser, url) for _ in range(runs)] for name, url in urls.items()}
        tasks = _longest_tasks(browser, portal, runs)
        browser.close()
    return Result(loads, tasks)


def to_table(result: Result) -> str:
    """The result as Markdown."""
    columns = ("KB", "files before the first question", "first figure, s", "ratio", "chart, s")
    small = median(load.figure for load in result.loads["small"])
    rows = [
        [
            name,
            f"{median(load.kilobytes for load in loads):.0f}",
            f"{median(load.files for load in loads):.0f}",
            spread([load.figure / 1000 for load in loads]),
            f"{median(load.figure for load in loads) / small:.1f}",
            spread([load.chart / 1000 for load in loads]),
        ]
        for name, loads in result.loads.items()
    ]
    table = to_markdown(["page"], columns, rows)
    about = "The longest task of a click, with 70 websites by the hour over 30 days"
    return f"{table}\n{about}: {spread(result.tasks, 0)} ms.\n"


def _load(browser: Browser, url: str) -> Load:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(url)
    sign_in(page)
    sizes: list[float] = []
    asked: list[str] = []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    network.send("Network.emulateNetworkConditions", SLOW)
    network.on("Network.requestWillBeSent", lambda sent: asked.append(sent["request"]["url"]))
    network.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    page.reload()
    figures_shown(page)
    page.locator("figure canvas[role=img]").wait_for()
    page.wait_for_timeout(500)  # the animation of the bars, and the last bytes
    seen = page.evaluate("window.seen")
    files = next(place for place, each in enumerate(asked) if each.endswith("/graphql"))
    context.close()
    return Load(sum(sizes) / 1000, files, seen["figure"], seen["chart"])


def _longest_tasks(browser: Browser, portal: Stage, runs: int) -> list[float]:
    portal.api.sites = dict.fromkeys(Metric, LARGEST) | {Metric.COMMISSIONS: {}, Metric.REVENUE: {}}
    portal.api.parts = {**PARTS, By.WEBSITE: WEBSITES}
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.goto(f"{portal.small_url}?window=Last30Days&interval=Hour")
    sign_in(page)
    page.locator("figure canvas[role=img]").wait_for()
    found = [_longest_task(page, metric) for _ in range(runs) for metric in ("Visitors", "Clicks")]
    context.close()
    return found


def _longest_task(page: Page, metric: str) -> float:
    page.evaluate(_OBSERVE)
    page.locator(f"input[value={metric}]").check(force=True)
    figures_shown(page)
    page.wait_for_timeout(1500)  # what is drawn once the earlier time is there
    longest: float = page.evaluate("Math.max(0, ...window.tasks)")
    return longest


_WATCH: Final = """
window.seen = {};
new MutationObserver(() => {
    const shown = (name, isShown) => {
        if (isShown && !window.seen[name]) window.seen[name] = performance.now();
    };
    shown('figure', /[0-9]/.test(document.querySelector('#sums-Clicks')?.textContent ?? ''));
    shown('chart', document.querySelector('figure canvas[role=img]'));
}).observe(document, { childList: true, subtree: true, characterData: true });
"""

_OBSERVE: Final = """() => {
    window.tasks = [];
    window.observer ??= new PerformanceObserver((list) => {
        window.tasks.push(...list.getEntries().map(({ duration }) => duration));
    });
    window.observer.observe({ entryTypes: ['longtask'] });
}"""
