"""The portal in front of the local AppSync, and of a REST API whose answers a test sets."""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chalicelib.config import Config
from chalicelib.errors import RequestError
from chalicelib.figures import Route, affiliates, balances, breakdowns, entries
from chalicelib.figures.answers import to_query
from chalicelib.figures.breakdowns import BreakdownQuery, By
from chalicelib.figures.queries import MONEY, Metric, MetricQuery, Part, Row
from devstack.appsync.local import USERS
from devstack.site.portal import portal, small_portal
from tests.answering import answers
from tests.appsync.stand import Stand, served, stand

NOW: Final = datetime(2026, 11, 23, 14, 20, tzinfo=UTC)
CONFIG: Final = Config(events_bucket="events")

Counts = Mapping[str, float]
"""The value of a bin by website. Commissions are in whole units, by website and currency: `x USD`."""


@dataclass(slots=True)
class Api:
    """A REST API with made-up figures: see `rows_of`."""

    now: datetime = NOW
    sites: Mapping[Metric, Counts] = field(default_factory=lambda: SITES)
    parts: Mapping[By, Sequence[str]] = field(default_factory=lambda: PARTS)
    """The names of each breakdown, the largest first."""
    sales: Sequence[entries.Row] = field(default_factory=lambda: ENTRIES)
    owed: Sequence[balances.Row] = field(default_factory=lambda: BALANCES)
    program: Sequence[affiliates.Row] = field(default_factory=lambda: PROGRAM)
    owed_to_all: Sequence[balances.EveryRow] = field(default_factory=lambda: OWED_TO_ALL)
    status: int = 200
    seconds: float = 0
    """The delay before each answer."""
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        await asyncio.sleep(self.seconds)
        if self.status != 200:
            return JSONResponse({"Code": "Error", "Message": "no"}, self.status)
        route = Route(request.url.path.removeprefix("/"))
        parameters = {name: request.query_params.getlist(name) for name in request.query_params}
        try:
            query = to_query(route, parameters, self.now, CONFIG.hold_days)
            rows = list(_ROWS[route](self, query))
            body = answers(lambda _: rows, names=lambda: NAMES).answer(route, parameters, self.now)
        except RequestError as error:
            return JSONResponse({"Code": "BadRequestError", "Message": str(error)}, 400)
        return Response(body, media_type="application/json")


def rows_of(query: MetricQuery, counts: Counts) -> Iterator[Row]:
    """The rows of an engine: `counts` in each bin, 1.5 times as much in every third, and
    a third of it in a partial bin. In the earlier span there was 0.8 times as much.

    An empty name stands for twelve websites that share a series.
    """
    is_money = query.metric in MONEY
    for name, count in counts.items():
        website, _, currency = name.partition(" ")
        values = []
        for position, bin_ in enumerate(query.time_range.bins):
            share = (1.5 if position % 3 == 2 else 1) / (3 if bin_.partial else 1)
            values.append(round(count * share * (1_000_000 if is_money else 1)))
            rank = 0 if website else len(counts) - 1 + 12
            yield Row(website or None, values[-1], bin_.label, currency or None, rank)
        total = max(values) * 2 if query.metric is Metric.VISITORS else sum(values)
        if query.metric is Metric.VISITORS:
            yield Row(website or None, total, None, currency or None, rank, Part.TOTAL)
        if query.earlier:
            yield Row(website or None, round(total * 0.8), None, currency or None, rank, Part.EARLIER_TOTAL)
    if query.metric is Metric.VISITORS and counts:
        everyone = round(sum(counts.values()) * 2)
        yield Row(None, everyone, None, None, 0, Part.OVERALL)
        if query.earlier:
            yield Row(None, round(everyone * 0.8), None, None, 0, Part.EARLIER_OVERALL)


def _breakdown_rows(api: Api, query: BreakdownQuery) -> Iterator[breakdowns.Row]:
    """A row for each name: the first has 100 page views, the second half of it, and so on."""
    names: Sequence[str | None] = (*api.parts[query.by], None)
    total = [0, 0, 0, 0, 0]
    for place, name in enumerate(names, start=1):
        views, clicks, orders = 100 // place, 50 // place, 8 // place if query.has_money else 0
        amount = orders * 74_700_000
        if place <= query.limit:
            yield breakdowns.Row(name, None, views, views // 2, clicks, 0, 0, 0, place, len(names))
            if orders:
                yield breakdowns.Row(name, "USD", 0, 0, 0, orders, amount, 3 * amount, place, len(names))
        for position, value in enumerate((views, views // 2, clicks, orders, amount)):
            total[position] += value
    views, visitors, clicks, orders, amount = total
    yield breakdowns.Row(None, None, views, 0, clicks, 0, 0, 0, 0, 0)
    yield breakdowns.Row(None, None, 0, visitors, 0, 0, 0, 0, 0, 0)
    if query.has_money:
        yield breakdowns.Row(None, "USD", 0, 0, 0, orders, amount, 3 * amount, 0, 0)


def _entry_rows(api: Api, query: entries.EntryQuery) -> Iterator[entries.Row]:
    """The entries of the window after the position. There are never two of the same time."""
    window, end = query.time_range, query.after.time if query.after else query.time_range.end
    for row in api.sales:
        if window.start <= row.time.replace(tzinfo=UTC) < end:
            yield row


_ROWS: Final[Mapping[Route, Callable[[Api, Any], Iterable[Any]]]] = {
    Route.METRICS: lambda api, query: rows_of(query, api.sites[query.metric]),
    Route.BREAKDOWN: _breakdown_rows,
    Route.ENTRIES: _entry_rows,
    Route.BALANCE: lambda api, _query: api.owed,
    Route.AFFILIATES: lambda api, _query: api.program,
    Route.BALANCES: lambda api, _query: api.owed_to_all,
}

SITES: Final[Mapping[Metric, Counts]] = {
    Metric.CLICKS: {"serverless.example": 20, "shop.books.example": 12, "testing.example": 8},
    Metric.PAGE_VIEWS: {"serverless.example": 30, "shop.books.example": 21, "testing.example": 12},
    Metric.VISITORS: {"serverless.example": 9, "shop.books.example": 6, "testing.example": 4},
    Metric.ORDERS: {"serverless.example": 1, "shop.books.example": 1, "testing.example": 1},
    Metric.REVENUE: {"serverless.example USD": 249, "shop.books.example USD": 39, "testing.example EUR": 490},
    Metric.COMMISSIONS: {
        "serverless.example USD": 74.7,
        "shop.books.example USD": 11.7,
        "testing.example EUR": 147,
    },
}
PARTS: Final[Mapping[By, Sequence[str]]] = {
    By.WEBSITE: ("serverless.example", "shop.books.example", "testing.example"),
    By.LINK: ("newsletter", "youtube"),
    By.LANDING_PAGE: ("/", "/pricing"),
    By.PAGE: ("/", "/pricing", "/faq"),
    By.REFERRER: ("google.com", "news.example"),
    By.SOURCE: ("newsletter",),
    By.MEDIUM: ("email",),
    By.CAMPAIGN: ("black-friday",),
    By.COUNTRY: ("US", "DE", "GB"),
    By.DEVICE: ("desktop", "mobile"),
}
ENTRIES: Final[Sequence[entries.Row]] = tuple(
    entries.Row(
        datetime(2026, 11, 22 - place, 9, 30),  # noqa: DTZ001 - in UTC, as engines give it
        "serverless.example",
        "USD",
        f"order-{100 - place}",
        "reversal" if place == 2 else "sale",
        "newsletter" if place % 2 else None,
        None if place % 3 else "ALICE15",
        -74_700_000 if place == 2 else 74_700_000,
        0 if place == 2 else 74_700_000,
        1 if place == 2 else 0,
        1,
    )
    for place in range(8)
)
BALANCES: Final[Sequence[balances.Row]] = (
    balances.Row("EUR", 147_000_000, 294_000_000, 147_000_000),
    balances.Row("USD", 74_700_000, 522_900_000, 373_500_000),
)
PROGRAM: Final[Sequence[affiliates.Row]] = (
    affiliates.Row("alice", None, 900, 300, 300, 200, 0, 0, 0, 0, datetime(2026, 11, 23, 13)),  # noqa: DTZ001
    affiliates.Row("alice", "USD", 0, 0, 0, 0, 20, 1, 747_000_000, 0, datetime(2026, 11, 20, 9)),  # noqa: DTZ001
    affiliates.Row("bob", None, 90, 60, 40, 50, 0, 0, 0, 0, datetime(2026, 11, 2, 9)),  # noqa: DTZ001
    affiliates.Row("bob", "EUR", 0, 0, 0, 0, 1, 0, 9_900_000, 0, datetime(2026, 11, 2, 9)),  # noqa: DTZ001
)
OWED_TO_ALL: Final[Sequence[balances.EveryRow]] = (
    balances.EveryRow("USD", 74_700_000, 522_900_000, 373_500_000, "alice"),
    balances.EveryRow("USD", 0, 19_990_000, 0, "bob"),
)
NAMES: Final = {"alice": "Alice Martin"}
NOTHING: Final[Mapping[Metric, Counts]] = {metric: {} for metric in Metric}


@dataclass(frozen=True, slots=True)
class Stage:
    """The running portal. A test may change `api`."""

    url: str
    small_url: str
    """Of the same page as it is deployed, in fewer and smaller files."""
    stand: Stand
    api: Api

    def reset(self) -> None:
        """Reset the API to its defaults."""
        new = Api()
        for each in fields(Api):
            setattr(self.api, each.name, getattr(new, each.name))


def sign_in(page: Page, name: str = "alice") -> None:
    """Choose a user, and wait for the figures."""
    choose_user(page, name)
    figures_shown(page)


def choose_user(page: Page, name: str) -> None:
    """Choose a user to sign in as."""
    named = page.locator("bdi", has_text=re.compile(f"^{re.escape(name)}$"))
    page.locator("#choices button", has=named).click()


def figures_shown(page: Page) -> None:
    """Wait until the page shows the figures of the current view."""
    page.locator("#place[data-state=shown]").wait_for()


def refresh(page: Page) -> None:
    """Have the page ask for new figures now, as when a connection is back."""
    page.evaluate("dispatchEvent(new Event('online'))")


def plain(text: str) -> str:
    """`text` with plain spaces, hyphens and apostrophes."""
    return " ".join(text.translate({0x2013: "-", 0x2212: "-", 0x2019: "'"}).split())


@contextmanager
def stage(folder: Path, refresh_seconds: float = 1) -> Iterator[Stage]:
    """Run a portal, and an AppSync that keeps its key in `folder`."""
    api = Api()
    with stand(folder) as appsync:
        appsync.rest.answer = api
        graphql = f"{appsync.url}/graphql"
        app = portal(graphql, USERS, appsync.issuer.issue, refresh_seconds)
        small = portal(graphql, USERS, appsync.issuer.issue, refresh_seconds, small_portal(folder / "portal"))
        with served(app) as url, served(small) as small_url:
            yield Stage(f"{url}/", f"{small_url}/", appsync, api)
