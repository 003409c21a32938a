"""The portal in front of the local AppSync, and of a REST API whose answers a test sets."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.sync_api import Page
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chalicelib.config import Config
from chalicelib.errors import RequestError
from chalicelib.figures.parameters import parse_metric_query
from chalicelib.figures.queries import MONEY, Metric, MetricQuery, Part, Row
from devstack.appsync.local import USERS
from devstack.site.portal import portal
from tests.answering import answer
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
    status: int = 200
    seconds: float = 0
    """The delay before each answer."""
    asked: list[Mapping[str, str]] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        await asyncio.sleep(self.seconds)
        if self.status != 200:
            return JSONResponse({"Code": "Error", "Message": "no"}, self.status)
        parameters = {name: request.query_params.getlist(name) for name in request.query_params}
        try:
            query = parse_metric_query(parameters, self.now)
            rows = list(rows_of(query, self.sites[query.metric]))
            body = answer(parameters, rows, self.now)
        except RequestError as error:
            return JSONResponse({"Code": "BadRequestError", "Message": str(error)}, 400)
        return Response(body, media_type="application/json")


def rows_of(query: MetricQuery, counts: Counts) -> Iterator[Row]:
    """The rows of an engine: `counts` in each bin, 1.5 times as much in every third, and
    a third of it in a partial bin.

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
        if query.metric is Metric.VISITORS:
            yield Row(website or None, max(values) * 2, None, currency or None, rank, Part.TOTAL)


SITES: Final[Mapping[Metric, Counts]] = {
    Metric.PAGE_VIEWS: {"serverless.example": 30, "shop.books.example": 21, "testing.example": 12},
    Metric.VISITORS: {"serverless.example": 9, "shop.books.example": 6, "testing.example": 4},
    Metric.COMMISSIONS: {
        "serverless.example USD": 74.7,
        "shop.books.example USD": 11.7,
        "testing.example EUR": 147,
    },
}
NOTHING: Final[Mapping[Metric, Counts]] = {metric: {} for metric in Metric}


@dataclass(frozen=True, slots=True)
class Stage:
    """The running portal. A test may change `api`."""

    url: str
    stand: Stand
    api: Api

    def reset(self) -> None:
        """Reset the API to its defaults."""
        new = Api()
        for each in fields(Api):
            setattr(self.api, each.name, getattr(new, each.name))


def sign_in(page: Page, name: str = "alice") -> None:
    """Choose a user, and wait for the figures."""
    page.get_by_role("button", name=name, exact=True).click()
    figures_shown(page)


def figures_shown(page: Page) -> None:
    """Wait until the page shows the figures of the current view."""
    page.locator("#results[data-state=shown]").wait_for()


def plain(text: str) -> str:
    """`text` with plain spaces, hyphens and apostrophes."""
    return " ".join(text.translate({0x2013: "-", 0x2212: "-", 0x2019: "'"}).split())


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Run a portal, and an AppSync that keeps its key in `folder`."""
    api = Api()
    with stand(folder) as appsync:
        appsync.rest.answer = api
        with served(portal(f"{appsync.url}/graphql", USERS, appsync.issuer.issue, refresh_seconds=1)) as url:
            yield Stage(f"{url}/", appsync, api)
