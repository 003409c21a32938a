"""The charts and the table of their figures."""

import re
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect

from chalicelib.figures.queries import Metric
from tests.browser import visit
from tests.portal.looks import AXE, violations
from tests.portal.stage import NOTHING, SITES, Stage, plain, sign_in

READER: Final[Mapping[str, Any]] = {
    "locale": "en-GB",
    "timezone_id": "Europe/Paris",
    "reduced_motion": "reduce",
}
CANVAS: Final = "figure canvas[role=img]"
SETTLED: Final = """async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(done));
}"""


def series(page: Page) -> list[list[dict[str, Any]]]:
    """The series of each chart, once it is drawn with the line of the earlier time."""
    page.locator(".swatch.before").first.wait_for()
    drawn: list[list[dict[str, Any]]] = page.locator(CANVAS).evaluate_all(
        """canvases => canvases.map(canvas => Chart.getChart(canvas).data.datasets.map(
            ({ type, label, data, backgroundColor }) => ({ type, label, data, colour: backgroundColor })))"""
    )
    return drawn


def rows(page: Page, section: str = "tbody") -> list[list[str]]:
    """The texts of the table's cells."""
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    found: list[list[str]] = page.locator(f"#data {section} tr").evaluate_all(script)
    return [[plain(cell) for cell in row] for row in found]


def show_table(page: Page) -> None:
    page.locator("#data summary").click()
    page.locator("#data tbody tr").first.wait_for()


def test_chart_is_stacked_by_website_with_the_earlier_time_as_a_line(portal: Stage, browser: Browser) -> None:
    url = f"{portal.url}?window=Last7Days"
    with visit(browser, url, expected=("getImageData",), **READER) as page:
        sign_in(page)
        (clicks,) = series(page)
        assert [(each["type"], each["label"], each["data"]) for each in clicks] == [
            ("bar", "serverless.example", [20, 20, 30, 20, 20, 30, 7]),
            ("bar", "shop.books.example", [12, 12, 18, 12, 12, 18, 4]),
            ("bar", "testing.example", [8, 8, 12, 8, 8, 12, 3]),
            ("line", "the time before", [40, 40, 60, 40, 40, 60, 40]),
        ]
        legend = [plain(item) for item in page.locator(".legend li").all_inner_texts()]
        assert legend == [
            "serverless.example 147",
            "shop.books.example 88",
            "testing.example 59",
            "the time before",
            "incomplete",
        ]
        point_at(page, bin_=6)
        assert plain(page.locator(".tip").inner_text()) == (
            "Mon, 23 Nov 2026 testing.example 3 shop.books.example 4 serverless.example 7 "
            "All 14 Before 40 Incomplete"
        )
        # A refresh with the same figures changes nothing under the pointer.
        updated = page.locator("#freshness time").get_attribute("datetime")
        expect(page.locator("#freshness time")).not_to_have_attribute("datetime", updated or "")
        assert page.locator(".tip").is_visible()
        label = "Bar chart: Clicks, last 7 days. The table has the figures."
        assert page.locator(CANVAS).get_attribute("aria-label") == label

        assert [colours_of_bar(page, bin_) for bin_ in (0, 5)] == [1, 1]
        assert colours_of_bar(page, 6) > 1  # hatched: today is not over

        # Each currency has a chart of its own, and a website has its colour in all of them.
        colours = {each["label"]: each["colour"] for each in clicks[:3]}
        page.get_by_role("radio", name=re.compile("^Commission")).check()
        expect(page.locator("figcaption")).to_have_text(["US Dollar", "Euro"])
        dollars, euros = series(page)
        assert [each["label"] for each in dollars] == [
            "serverless.example",
            "shop.books.example",
            "the time before",
        ]
        assert [each["label"] for each in euros] == ["testing.example", "the time before"]
        assert {each["label"]: each["colour"] for each in (*dollars[:2], euros[0])} == colours
        assert len(set(colours.values())) == 3


def colours_of_bar(page: Page, bin_: int) -> int:
    """The number of colours in the middle of the lowest bar of a bin."""
    number: int = page.locator(CANVAS).evaluate(
        """(canvas, bin) => {
            const chart = Chart.getChart(canvas);
            const { x, y, base } = chart.getDatasetMeta(0).data[bin];
            const middle = [x - 4, (y + base) / 2 - 4].map((each) => each * chart.currentDevicePixelRatio);
            const { data } = chart.ctx.getImageData(...middle, 8, 8);
            return new Set(new Uint32Array(data.buffer)).size;
        }""",
        bin_,
    )
    return number


def point_at(page: Page, bin_: int) -> None:
    """Move the pointer over a bin."""
    place = page.locator(CANVAS).evaluate(
        "(canvas, bin) => ({ x: Chart.getChart(canvas).getDatasetMeta(0).data[bin].x, y: 60 })", bin_
    )
    page.locator(CANVAS).hover(position=place)
    page.locator(".tip").wait_for()


def test_table_can_be_opened_sorted_copied_and_saved(portal: Stage, browser: Browser) -> None:
    german = {**READER, "locale": "de-DE"}
    with visit(browser, f"{portal.url}?window=Last7Days&metric=Commissions", **german) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        sign_in(page)
        series(page)
        assert page.locator("#data tr").count() == 0
        show_table(page)
        assert rows(page, "thead") == [["Time", "USD", "USD before", "EUR", "EUR before"]]
        assert rows(page)[0] == ["Mon, 23 Nov 2026 so far", "US$28.80", "US$86.40", "€49.00", "€147.00"]
        assert rows(page, "tfoot") == [["Last 7 days", "US$633.60", "US$506.88", "€1,078.00", "€862.40"]]
        assert page.locator("[aria-sort]").get_attribute("aria-sort") == "descending"
        button = page.locator("#data thead button").nth(1)
        button.click()
        assert [row[1] for row in rows(page)][:3] == ["US$129.60", "US$129.60", "US$86.40"]
        button.click()
        assert [row[1] for row in rows(page)][:2] == ["US$28.80", "US$86.40"]
        assert page.locator("[aria-sort=ascending]").inner_text() == "USD"

        # A German spreadsheet takes 28.8 for a date.
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert copied[1].split("\t") == ["2026-11-23T00:00:00+01:00", "28,8", "86,4", "49", "147", "yes"]

        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        name = r"commission-last-7-days-by-day-Europe-Paris-20\d\d-\d\d-\d\d\.csv"
        assert re.fullmatch(name, download.value.suggested_filename)
        saved = download.value.path().read_bytes().decode("utf-8-sig").split("\r\n")
        assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
        assert saved[0] == "Start,Website,Value,Currency,Partial"
        assert saved[7:9] == [
            "2026-11-23T00:00:00+01:00,serverless.example,24.9,USD,yes",
            "2026-11-17T00:00:00+01:00,shop.books.example,11.7,USD,no",
        ]
        assert len(saved) == 1 + 3 * 7 + 1

        # New figures change neither the order nor the focus.
        sites = {"serverless.example USD": 100, "shop.books.example USD": 50, "testing.example EUR": 0}
        button.focus()
        portal.api.sites = {**SITES, Metric.COMMISSIONS: sites}
        page.get_by_role("cell", name="US$225.00").first.wait_for()
        assert [row[1] for row in rows(page)][:2] == ["US$50.00", "US$150.00"]
        assert button.evaluate("button => button === document.activeElement")
        assert page.locator("td.zero").first.inner_text() == "€0.00"


def test_names_of_websites_never_become_html_or_formulas(portal: Stage, browser: Browser) -> None:
    name = "=<img/src='x'onerror='alert(1)'>"
    portal.api.sites = {**NOTHING, Metric.CLICKS: {name: 1}, Metric.COMMISSIONS: {"shop.example USD": -11.7}}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        expect(page.locator(".legend bdi").first).to_have_text(name)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert download.value.path().read_text("utf-8-sig").splitlines()[1].split(",")[1:3] == [
            f"'{name}",
            "1",
        ]

        # A negative number is a number. Where there are refunds, zero is a line of its own.
        page.get_by_role("radio", name=re.compile("^Commission")).check()
        expect(page.locator(".legend bdi").first).to_have_text("shop.example")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        assert download.value.path().read_text("utf-8-sig").splitlines()[1].split(",")[1:3] == [
            "shop.example",
            "-11.7",
        ]
        assert page.locator(CANVAS).evaluate("canvas => Chart.getChart(canvas).scales.y.min") == -20
        assert colour_at_zero(page) == theme(page, "--axis-zero")


def colour_at_zero(page: Page) -> list[int]:
    """The colour of the canvas at the height of zero, between two bars."""
    page.evaluate(SETTLED)
    pixel: list[int] = page.locator(CANVAS).evaluate(
        """canvas => {
            const { ctx, scales, currentDevicePixelRatio: ratio } = Chart.getChart(canvas);
            const x = (scales.x.getPixelForValue(0) + scales.x.getPixelForValue(1)) / 2;
            const y = Math.round(scales.y.getPixelForValue(0)) - 0.5;
            return [...ctx.getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
        }"""
    )
    return pixel


def theme(page: Page, name: str) -> list[int]:
    """A colour of css/charts.css."""
    colour: list[int] = page.evaluate(
        """async name => {
            const { resolved } = await import('/js/charts/colours.js');
            const place = document.querySelector('.charts') ?? document.body;
            return resolved(`var(${name})`, place).match(/\\d+/g).map(Number);
        }""",
        name,
    )
    return colour


CONTRASTS: Final = """async () => {
    const { resolved } = await import('/js/charts/colours.js');
    const light = (name) => {
        const parts = resolved(`var(${name})`, document.body).match(/\\d+/g).map((part) => part / 255);
        const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        const [red, green, blue] = parts.map(linear);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    };
    return Array.from({ length: 12 }, (_, index) => {
        const pair = [light('--panel'), light(`--series-${index + 1}`)];
        return Math.max(...pair) / Math.min(...pair);
    });
}"""


def test_every_website_keeps_its_colour(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        page.locator("#choices button").first.wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert min(page.evaluate(CONTRASTS)) >= 3

        colours = """async (views) => {
            const { Palette } = await import('/js/charts/colours.js');
            const palette = new Palette();
            return views.map(([charts, websites]) => Object.fromEntries(palette.colours(charts, websites)));
        }"""
        first, more, many, crowd, again = page.evaluate(
            colours,
            [
                [[["a", "b"], ["b", "c"]], ["a", "b", "c"]],
                [[["new", "c", "b", "a"]], ["a", "b", "c", "new"]],
                [[[f"site{n}" for n in range(7)]], [f"site{n}" for n in range(70)]],
                [[[f"site{n}" for n in range(30, 37)]], [f"site{n}" for n in range(70)]],
                [[["a", "site0", "site31"]], ["a", "site0", "site31"]],
            ],
        )
        assert more == {**first, "new": more["new"]}
        for seen in (first, more, many, crowd, again):
            assert len(set(seen.values())) == len(seen)
        assert again["a"] == first["a"]
        # The same websites have the same colours tomorrow, whatever is looked at first.
        (later,) = page.evaluate(colours, [[[["c"]], ["c", "b", "a"]]])
        assert later["c"] == first["c"]


def test_name_of_a_file_says_what_is_in_it(portal: Stage, browser: Browser) -> None:
    with visit(browser, portal.url, **READER) as page:
        view = {
            "affiliate": "O'Brien & Söhne",
            "metric": "PageViews",
            "window": "Custom",
            "from": "2026-01-01",
            "to": "2026-01-31",
            "interval": "Week",
            "zone": "Etc/GMT+3",
        }
        named = page.evaluate(
            "async view => (await import('/js/tables/spreadsheet.js')).fileName(view, '2026-02-03')", view
        )
        assert named == ("O-Brien-Söhne-page-views-2026-01-01-to-2026-01-31-by-week-Etc-GMT+3-2026-02-03.csv")


SHARED: Final = {**{f"site{number:02}.example": number + 1 for number in range(30)}, "": 1000}


def test_smaller_websites_share_the_last_colour(portal: Stage, browser: Browser) -> None:
    portal.api.sites = {**NOTHING, Metric.CLICKS: SHARED}
    with visit(browser, f"{portal.url}?window=Last7Days", **READER) as page:
        sign_in(page)
        (clicks,) = series(page)
        assert [each["label"] for each in clicks] == [
            *(f"site{number}.example" for number in range(29, 22, -1)),
            "35 other websites",
            "the time before",
        ]
        assert clicks[7]["data"][0] == sum(range(1, 24)) + 1000
        assert [int(part) for part in re.findall(r"\d+", clicks[7]["colour"])] == theme(page, "--others")
        show_table(page)
        # One column for all: thirty were more than anyone reads.
        assert rows(page, "thead") == [["Time", "Clicks", "Before"]]
        assert page.locator("#data *").count() < 120
        page.evaluate(AXE.read_text())
        assert violations(page) == []


LONG: Final = "a" * 63 + ".example"


def test_chart_fits_every_screen_text_size_and_paper(portal: Stage, browser: Browser) -> None:
    portal.api.sites = {**SITES, Metric.CLICKS: {**SHARED, LONG: 5000}}
    with visit(browser, f"{portal.url}?window=Last30Days", **READER) as page:
        page.emulate_media(color_scheme="dark")
        sign_in(page)
        series(page)
        show_table(page)
        for width in (1440, 820, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(SETTLED)
            assert fits(page), width
            point_at(page, bin_=15)
            assert fits(page), width

        page.set_viewport_size({"width": 820, "height": 800})
        page.evaluate(SETTLED)
        before = chart_size(page)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        expect(page.locator(CANVAS)).to_have_css("height", "448px")  # 14 rem
        page.evaluate(SETTLED)
        after = chart_size(page)
        assert after["letters"] == 2 * before["letters"] == 24
        assert after["labels"] < before["labels"]
        assert fits(page)
        page.evaluate("document.documentElement.style.fontSize = ''")

        # On paper it has light colours, is as wide as the page, and no row is missing.
        dark = fill(page)
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size({"width": 700, "height": 900})
        page.evaluate(SETTLED)
        assert theme(page, "--back") == [255, 255, 255]
        assert fill(page) != dark
        place, canvas = (page.locator(each).bounding_box() for each in (".charts .canvas", CANVAS))
        assert place is not None
        assert canvas is not None
        assert abs(place["width"] - canvas["width"]) < 1
        assert abs(place["height"] - canvas["height"]) < 1
        table = page.locator("#data .scrolled")
        assert table.evaluate("table => table.scrollHeight <= table.clientHeight + 1")
        page.emulate_media(media="screen", color_scheme="dark")
        page.evaluate(SETTLED)
        assert fill(page) == dark

        # A canvas does not have the user's own colours by itself.
        page.emulate_media(forced_colors="active", color_scheme="dark")
        page.evaluate(SETTLED)
        ink = "Chart.getChart(document.querySelector('figure canvas')).options.scales.x.ticks.color"
        assert page.evaluate(ink) == "rgb(255, 255, 255)"


def fill(page: Page) -> str:
    """The colour of the lowest bars."""
    colour: str = page.locator(CANVAS).evaluate(
        "canvas => Chart.getChart(canvas).data.datasets[0].backgroundColor"
    )
    return colour


def fits(page: Page) -> bool:
    fitting: bool = page.evaluate(
        f"""() => {{
            const [canvas, charts] = ['{CANVAS}', '.charts'].map((each) => document.querySelector(each));
            return canvas.clientWidth <= charts.clientWidth
                && document.documentElement.scrollWidth <= innerWidth;
        }}"""
    )
    return fitting


def chart_size(page: Page) -> dict[str, float]:
    """The height of the chart, the size of its letters, and the number of labels on the x axis."""
    size: dict[str, float] = page.locator(CANVAS).evaluate(
        """canvas => {
            const { height, scales, options } = Chart.getChart(canvas);
            return { height, letters: options.scales.x.ticks.font.size, labels: scales.x.ticks.length };
        }"""
    )
    return size


LONGEST: Final = """async () => {
    await import('/vendor/chart.umd.min.js');
    const { Charts } = await import('/js/charts/charts.js');
    const place = document.querySelector('main').appendChild(document.createElement('div'));
    const hour = (bin) => new Date(Date.UTC(2026, 9, 1, bin)).toISOString().replace('.000Z', '+00:00');
    const bins = [...Array(720).keys()].map((bin) => ({ timestamp: hour(bin), partial: bin === 719 }));
    const series = Array.from({ length: 70 }, (_, site) => {
        const values = bins.map((_, bin) => (bin + site) % 50);
        return { name: `${site}.example`, values, total: 9000 - site };
    });
    const groups = [{ currency: null, series, earlier: bins.map((_, bin) => bin % 40) }];
    const drawing = { bins, groups, interval: 'Hour', websites: series.map(({ name }) => name) };
    const charts = new Charts(place);
    const times = [];
    for (let turn = 0; turn < 4; turn++) {
        const began = performance.now();
        charts.show({ ...drawing, title: `turn ${turn}`, earlierName: 'before' });
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        times.push(performance.now() - began);
    }
    place.remove();
    return Math.min(...times);
}"""


def test_seventy_websites_by_the_hour_are_drawn_at_once(portal: Stage, browser: Browser) -> None:
    """Within 200 ms, from the figures to the pixels."""
    with visit(browser, portal.url, **READER) as page:
        page.locator("#choices button").first.wait_for()
        assert page.evaluate(LONGEST) < 200
