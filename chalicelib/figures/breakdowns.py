"""The figures of a window, broken down by website, link, page and so on."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.figures.dialect import NO_TEXT, Amounts, Dialect, Statement, Values
from chalicelib.figures.filters import Filters, knows_money
from chalicelib.figures.series import fraction, to_amount
from chalicelib.figures.sources import Sources, Span
from chalicelib.figures.timerange import TimeRange

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 500


class By(StrEnum):
    """What to break down by, as the GraphQL schema says it."""

    WEBSITE = "Website"
    LINK = "Link"
    LANDING_PAGE = "LandingPage"
    """The pages of clicks."""
    PAGE = "Page"
    REFERRER = "Referrer"
    SOURCE = "Source"
    MEDIUM = "Medium"
    CAMPAIGN = "Campaign"
    COUNTRY = "Country"
    DEVICE = "Device"


class BreakdownQuery(msgspec.Struct, frozen=True):
    """One question: the figures of one affiliate over a time range, by something."""

    by: By
    affiliate_id: str
    time_range: TimeRange
    filters: Filters
    limit: int
    """Rows at most."""

    @property
    def has_money(self) -> bool:
        """Whether orders know what is asked for."""
        return self.by in (By.WEBSITE, By.LINK) and knows_money(self.filters)


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of an answer: counts of page views, or of orders in one currency."""

    name: str | None
    """None for the events that have none, and in the total."""
    currency: str | None
    page_views: int
    visitors: int
    clicks: int
    orders: int
    commissions: int
    """Micros."""
    revenue: int
    """Micros."""
    place: int
    """1 for the largest; 0 for the total."""
    places: int
    """How many names there are."""


class Money(msgspec.Struct, frozen=True, rename="camel"):
    """What was earned in one currency."""

    currency: str
    commissions: Decimal
    revenue: Decimal
    earnings_per_click: float | None
    """None without clicks."""


class Figures(msgspec.Struct, frozen=True, rename="camel"):
    """The figures of one line. Those of orders are None if orders do not know what is asked for."""

    page_views: int
    visitors: int
    clicks: int
    orders: int | None
    conversion_rate: float | None
    """Orders for each click. None without clicks."""
    money: list[Money] | None


class Line(Figures, frozen=True, rename="camel", kw_only=True):
    """The figures of one website, link, page and so on."""

    name: str | None
    """None for the events that have none."""


class Breakdown(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to", "time_zone": "timeZone"}):
    """The JSON that the route answers with."""

    rows: list[Line]
    """The largest first."""
    more: int
    """How many names have no row."""
    total: Figures
    start: str
    end: str
    time_zone: str


def to_statement(query: BreakdownQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`.

    The largest name is the one with the most page views; of two, the one with more orders, then the first in
    the order of names.
    """
    return _Writer(query, dialect).statement()


def to_breakdown(query: BreakdownQuery, rows: Iterable[Row]) -> Breakdown:
    """The answer in the rows that `to_statement(query)` brought."""
    lines: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        lines[row.place].append(row)
    total = _figures(query, lines.pop(_TOTAL, []))
    shown = [(lines[place][0].name, _figures(query, lines[place])) for place in sorted(lines)]
    names = max((row.places for found in lines.values() for row in found), default=0)
    return Breakdown(
        [Line(**msgspec.structs.asdict(figures), name=name) for name, figures in shown],
        more=names - len(shown),
        total=total,
        **query.time_range.edges(),
    )


def to_money(currency: str, commissions: int, revenue: int, clicks: int) -> Money:
    """What was earned in one currency, of micros."""
    earned = to_amount(commissions)
    return Money(currency, earned, to_amount(revenue), earnings_per_click=fraction(earned, clicks))


class _Writer:
    def __init__(self, query: BreakdownQuery, dialect: Dialect) -> None:
        self._query, self._dialect, self._values = query, dialect, Values()
        self._sources = Sources(query.affiliate_id, query.filters, dialect, self._values)
        self._span = Span(query.time_range.start, query.time_range.end)
        self._column = _COLUMNS[query.by]

    def statement(self) -> Statement[Row]:
        limit = self._values.add("limit", self._query.limit)
        text = f"""\
WITH counted AS (
{self._counted()}
),
sized AS (
SELECT {_COLUMN_NAMES},
  sum(page_views) OVER (PARTITION BY name) AS size, sum(orders) OVER (PARTITION BY name) AS sales
FROM counted
),
placed AS (
SELECT {_COLUMN_NAMES}, dense_rank() OVER (ORDER BY size DESC, sales DESC, name) AS place
FROM sized
),
numbered AS (
SELECT {_COLUMN_NAMES}, place, max(place) OVER () AS places
FROM placed
)
SELECT {_COLUMN_NAMES}, place, places
FROM numbered
WHERE place <= {limit}
UNION ALL
SELECT {NO_TEXT} AS name, currency, sum(page_views) AS page_views, 0 AS visitors, sum(clicks) AS clicks,
  sum(orders) AS orders, sum(commissions) AS commissions, sum(revenue) AS revenue,
  {_TOTAL} AS place, 0 AS places
FROM counted
GROUP BY currency
UNION ALL
SELECT {NO_TEXT} AS name, {NO_TEXT} AS currency, 0 AS page_views, count(DISTINCT visitor_id) AS visitors,
  0 AS clicks, 0 AS orders, 0 AS commissions, 0 AS revenue, {_TOTAL} AS place, 0 AS places
{self._views(["visitor_id"])}"""
        return self._values.statement(text, Row)

    def _counted(self) -> str:
        """Counts of page views for each name, and of orders for each name and currency."""
        counted = [self._page_views()]
        if self._query.has_money:
            counted += [
                self._entries(self._dialect.commissions, _COMMISSIONS),
                self._entries(self._dialect.revenues, _REVENUE),
            ]
        return "\nUNION ALL\n".join(counted)

    def _page_views(self) -> str:
        return f"""\
SELECT {self._column} AS name, {NO_TEXT} AS currency, count(*) AS page_views,
  count(DISTINCT visitor_id) AS visitors,
  sum(CASE WHEN {self._sources.is_click} THEN 1 ELSE 0 END) AS clicks,
  0 AS orders, 0 AS commissions, 0 AS revenue
{self._views([self._column, "visitor_id", "click"])}
GROUP BY {self._column}"""

    def _entries(self, amounts: Amounts, sums: str) -> str:
        return f"""\
SELECT {self._column} AS name, currency, 0 AS page_views, 0 AS visitors, 0 AS clicks,
  {sums.format(self._sources.micros(amounts))}
{self._sources.entries(amounts, self._span, [self._column, "entry"])}
GROUP BY {self._column}, currency"""

    def _views(self, columns: list[str]) -> str:
        is_landing = self._query.by is By.LANDING_PAGE
        return (self._sources.clicks if is_landing else self._sources.page_views)(self._span, columns)


def _figures(query: BreakdownQuery, rows: Iterable[Row]) -> Figures:
    counts = dict.fromkeys(_COUNTS, 0)
    money: dict[str, tuple[int, int]] = {}
    for row in rows:
        for name in _COUNTS:
            counts[name] += getattr(row, name)
        if row.currency is not None:
            commissions, revenue = money.get(row.currency, (0, 0))
            money[row.currency] = commissions + row.commissions, revenue + row.revenue
    clicks, orders = counts["clicks"], counts["orders"]
    if not query.has_money:
        return Figures(counts["page_views"], counts["visitors"], clicks, None, None, None)
    return Figures(
        counts["page_views"],
        counts["visitors"],
        clicks,
        orders,
        conversion_rate=fraction(orders, clicks),
        money=[to_money(currency, *amounts, clicks) for currency, amounts in sorted(money.items())],
    )


_COLUMNS: Final = {
    By.WEBSITE: "website",
    By.LINK: "link",
    By.LANDING_PAGE: "path",
    By.PAGE: "path",
    By.REFERRER: "referrer",
    By.SOURCE: "utm_source",
    By.MEDIUM: "utm_medium",
    By.CAMPAIGN: "utm_campaign",
    By.COUNTRY: "country",
    By.DEVICE: "device",
}

_COUNTS: Final = ("page_views", "visitors", "clicks", "orders")
_COLUMN_NAMES: Final = "name, currency, page_views, visitors, clicks, orders, commissions, revenue"
_COMMISSIONS: Final = (
    "sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS orders, sum({}) AS commissions, 0 AS revenue"
)
_REVENUE: Final = "0 AS orders, 0 AS commissions, sum({}) AS revenue"
_TOTAL: Final = 0
"""The place of the total."""
