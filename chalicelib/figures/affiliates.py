"""The figures of a window for every affiliate: what the owner of the program sees first."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from chalicelib.figures.breakdowns import Money, to_money
from chalicelib.figures.dialect import NO_TEXT, Dialect, Statement, Values
from chalicelib.figures.everyone import Position, is_somebody, to_page
from chalicelib.figures.series import fraction
from chalicelib.figures.sources import EVERYONE, Sources, Span
from chalicelib.figures.timerange import TimeRange


class Order(StrEnum):
    """What to sort by, as the GraphQL schema says it: the largest first, but ids from the first on."""

    CLICKS = "Clicks"
    PAGE_VIEWS = "PageViews"
    VISITORS = "Visitors"
    ORDERS = "Orders"
    COMMISSIONS = "Commissions"
    REVENUE = "Revenue"
    LAST_SEEN = "LastSeen"
    ID = "Id"


class AffiliatesQuery(msgspec.Struct, frozen=True):
    """One question: the figures of all affiliates over a time range."""

    time_range: TimeRange
    sort_by: Order
    limit: int
    """Affiliates at most."""
    after: Position | None
    """Where the page before this one ended."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of an answer: an affiliate's counts of page views, or of orders in one currency."""

    affiliate_id: str
    currency: str | None
    page_views: int
    visitors: int
    new_visitors: int
    """Those that are counted for this affiliate in the total: each for one of the affiliates they came by."""
    clicks: int
    orders: int
    refunded: int
    """Orders with a refund or cancellation, of all or of a part."""
    commissions: int
    """Micros."""
    revenue: int
    """Micros."""
    last_seen: datetime | None
    """The time of the last event, in UTC, without a zone."""


class AffiliateTotal(msgspec.Struct, frozen=True, rename="camel"):
    """The figures of one affiliate, or of all."""

    page_views: int
    visitors: int
    clicks: int
    orders: int
    conversion_rate: float | None
    """Orders for each click. None without clicks."""
    refund_rate: float | None
    """Of the orders, those with a refund or cancellation in the window. None without orders."""
    money: list[Money]
    """In the order of the currencies' codes."""


class AffiliateRow(AffiliateTotal, frozen=True, rename="camel", kw_only=True):
    """The figures of one affiliate."""

    affiliate_id: str
    name: str | None
    """None if the directory has none."""
    last_seen: str | None
    """The time of the last event in the window: ISO 8601 with milliseconds and the zone's offset."""


class AffiliatePage(
    msgspec.Struct,
    frozen=True,
    rename={"next_token": "nextToken", "start": "from", "end": "to", "time_zone": "timeZone"},
):
    """The JSON that the route answers with."""

    rows: list[AffiliateRow]
    total: AffiliateTotal
    """Of all affiliates, those of other pages too. Each visitor counts once."""
    affiliates: int
    """How many there are, on all pages."""
    next_token: str | None
    """None at the end."""
    start: str
    end: str
    time_zone: str


def to_statement(query: AffiliatesQuery, dialect: Dialect) -> Statement[Row]:
    """The one statement that answers `query`, whatever it is sorted by and whichever page it asks for.

    It is bounded by time alone. An affiliate has a row for its page views, and for each currency two. Of a
    visitor who came by several affiliates, the first one in the order of ids has the new visitor.
    """
    return _Writer(query.time_range, dialect).statement()


def to_affiliates(query: AffiliatesQuery, rows: Iterable[Row], names: Mapping[str, str]) -> AffiliatePage:
    """The answer in the rows that `to_statement(query)` brought. `names` has the affiliates' names by id."""
    of_each: defaultdict[str, list[Row]] = defaultdict(list)
    for row in filter(is_somebody, rows):
        of_each[row.affiliate_id].append(row)
    lines = _sorted([_line(of_each[affiliate_id]) for affiliate_id in sorted(of_each)], query.sort_by)
    shown, next_token = to_page(lines, query.after, query.limit)
    everyones = [row for rows in of_each.values() for row in rows]
    return AffiliatePage(
        [_row(line, query.time_range, names) for line in shown],
        _total(_line(everyones), sum(row.new_visitors for row in everyones)),
        affiliates=len(lines),
        next_token=next_token,
        **query.time_range.edges(),
    )


class _Writer:
    def __init__(self, time_range: TimeRange, dialect: Dialect) -> None:
        self._dialect, self._values = dialect, Values()
        self._sources = Sources(EVERYONE, (), dialect, self._values)
        self._span = Span(time_range.start, time_range.end)

    def statement(self) -> Statement[Row]:
        views, entries = self._dialect.page_views, self._dialect.commissions.table
        text = f"""\
{self._sources.every(views, entries)}\
SELECT affiliate_id, {NO_TEXT} AS currency, sum(page_views) AS page_views, count(*) AS visitors,
  sum(CASE WHEN number = 1 THEN 1 ELSE 0 END) AS new_visitors, sum(clicks) AS clicks, 0 AS orders,
  0 AS refunded, 0 AS commissions, 0 AS revenue, {self._in_utc("max(time)")} AS last_seen
FROM (
SELECT affiliate_id, page_views, clicks, time,
  row_number() OVER (PARTITION BY visitor_id ORDER BY affiliate_id) AS number
FROM (
{self._sources.for_each(views, self._seen())}
) AS seen
) AS numbered
GROUP BY affiliate_id
UNION ALL
{self._sources.for_each(entries, self._sold())}
UNION ALL
{self._sources.for_each(entries, self._revenue())}"""
        return self._values.statement(text, Row)

    def _seen(self) -> str:
        """Each visitor of each affiliate."""
        return f"""\
SELECT affiliate_id, visitor_id, count(*) AS page_views,
  sum(CASE WHEN {self._sources.is_click} THEN 1 ELSE 0 END) AS clicks, max(time) AS time
{self._sources.page_views(self._span, ("visitor_id", "click"))}
GROUP BY affiliate_id, visitor_id"""

    def _sold(self) -> str:
        """Orders and commissions of each affiliate and currency."""
        amounts = self._dialect.commissions
        return f"""\
SELECT affiliate_id, currency, 0 AS page_views, 0 AS visitors, 0 AS new_visitors, 0 AS clicks,
  sum(sales) AS orders, sum(CASE WHEN reversals > 0 THEN sales ELSE 0 END) AS refunded,
  sum(micros) AS commissions, 0 AS revenue, {self._in_utc("max(time)")} AS last_seen
FROM (
SELECT affiliate_id, currency, sum(CASE WHEN entry = 'sale' THEN 1 ELSE 0 END) AS sales,
  sum(CASE WHEN entry = 'reversal' THEN 1 ELSE 0 END) AS reversals,
  sum({self._sources.micros(amounts)}) AS micros, max(time) AS time
{self._sources.entries(amounts, self._span, ("order_id", "entry"))}
GROUP BY affiliate_id, website, currency, order_id
) AS orders
GROUP BY affiliate_id, currency"""

    def _revenue(self) -> str:
        """Revenue of each affiliate and currency."""
        amounts = self._dialect.revenues
        return f"""\
SELECT affiliate_id, currency, 0 AS page_views, 0 AS visitors, 0 AS new_visitors, 0 AS clicks, 0 AS orders,
  0 AS refunded, 0 AS commissions, sum({self._sources.micros(amounts)}) AS revenue,
  {self._dialect.no_label} AS last_seen
{self._sources.entries(amounts, self._span)}
GROUP BY affiliate_id, currency"""

    def _in_utc(self, moment: str) -> str:
        return self._dialect.in_utc.format(moment)


class _Line(msgspec.Struct, frozen=True):
    """The sums of rows: of one affiliate, or of all."""

    affiliate_id: str
    """The first row's."""
    page_views: int
    visitors: int
    clicks: int
    orders: int
    refunded: int
    commissions: dict[str, int]
    revenue: dict[str, int]
    """Both in micros, by currency."""
    last_seen: datetime | None


def _line(rows: Sequence[Row]) -> _Line:
    commissions: defaultdict[str, int] = defaultdict(int)
    revenue: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row.currency is not None:
            commissions[row.currency] += row.commissions
            revenue[row.currency] += row.revenue
    return _Line(
        rows[0].affiliate_id if rows else "",
        **{name: sum(getattr(row, name) for row in rows) for name in _COUNTS},
        commissions=commissions,
        revenue=revenue,
        last_seen=max((row.last_seen for row in rows if row.last_seen), default=None),
    )


def _total(line: _Line, visitors: int) -> AffiliateTotal:
    return AffiliateTotal(
        line.page_views,
        visitors,
        line.clicks,
        line.orders,
        conversion_rate=fraction(line.orders, line.clicks),
        refund_rate=fraction(line.refunded, line.orders),
        money=[
            to_money(currency, micros, line.revenue[currency], line.clicks)
            for currency, micros in sorted(line.commissions.items())
        ],
    )


def _row(line: _Line, time_range: TimeRange, names: Mapping[str, str]) -> AffiliateRow:
    seen = line.last_seen.replace(tzinfo=UTC).astimezone(time_range.zone) if line.last_seen else None
    return AffiliateRow(
        **msgspec.structs.asdict(_total(line, line.visitors)),
        affiliate_id=line.affiliate_id,
        name=names.get(line.affiliate_id),
        last_seen=seen.isoformat(timespec="milliseconds") if seen else None,
    )


def _sorted(lines: list[_Line], order: Order) -> list[_Line]:
    """The lines in another order than that of ids, in which they stay where they are equal."""
    if order is Order.ID:
        return lines
    value = _VALUES[order]
    currencies = _currencies(lines)
    return sorted(lines, key=lambda line: value(line, currencies), reverse=True)


def _currencies(lines: Iterable[_Line]) -> list[str]:
    """All currencies, that of the most affiliates first; of two, the first in the order of codes."""
    numbers = Counter(currency for line in lines for currency in line.commissions)
    return sorted(numbers, key=lambda currency: (-numbers[currency], currency))


def _amounts(amounts: Mapping[str, int], currencies: Iterable[str]) -> list[int]:
    """The amount in the first of the currencies, then in the next: amounts of two are never compared."""
    return [amounts.get(currency, 0) for currency in currencies]


_COUNTS: Final = ("page_views", "visitors", "clicks", "orders", "refunded")

_VALUES: Final[dict[Order, Callable[[_Line, list[str]], Any]]] = {
    Order.CLICKS: lambda line, _: line.clicks,
    Order.PAGE_VIEWS: lambda line, _: line.page_views,
    Order.VISITORS: lambda line, _: line.visitors,
    Order.ORDERS: lambda line, _: line.orders,
    Order.COMMISSIONS: lambda line, currencies: _amounts(line.commissions, currencies),
    Order.REVENUE: lambda line, currencies: _amounts(line.revenue, currencies),
    Order.LAST_SEEN: lambda line, _: (line.last_seen is not None, line.last_seen),
}
"""What is sorted by, for an affiliate and the currencies of all."""
