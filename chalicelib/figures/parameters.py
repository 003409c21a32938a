"""A request's parameters, each checked, as a query."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from chalicelib.errors import RequestError
from chalicelib.events import MAX_AFFILIATE_ID, is_affiliate_id
from chalicelib.figures import affiliates, breakdowns, entries, everyone
from chalicelib.figures.affiliates import AffiliatesQuery
from chalicelib.figures.balances import BalanceQuery, EveryBalanceQuery
from chalicelib.figures.breakdowns import BreakdownQuery, By
from chalicelib.figures.comparison import Comparison, earlier_span
from chalicelib.figures.entries import EntryQuery
from chalicelib.figures.filters import COLUMNS, Filter, Filters, knows_money
from chalicelib.figures.queries import OF_ORDERS, Metric, MetricQuery
from chalicelib.figures.sources import Span
from chalicelib.figures.timerange import (
    FIRST_DATE,
    LAST_DATE,
    MAX_BINS,
    Dates,
    Interval,
    TimeRange,
    TimeWindow,
    allowed_intervals,
    begins_in_future,
    default_interval,
    time_range_at,
)
from chalicelib.figures.wallclock import zone, zone_names

_WINDOW: Final = ("affiliateId", "timeWindow")
_ZONE: Final = ("timeZone", "from", "to")

METRICS: Final = (("affiliateId", "metricType", "timeWindow"), ("interval", "compareTo", *_ZONE, *COLUMNS))
BREAKDOWN: Final = ((*_WINDOW, "by"), ("limit", *_ZONE, *COLUMNS))
ENTRIES: Final = (_WINDOW, ("limit", "nextToken", *_ZONE, *COLUMNS))
BALANCE: Final = (("affiliateId",), ())
AFFILIATES: Final = (("timeWindow",), (*_ZONE, "sortBy", "limit", "nextToken"))
BALANCES: Final[tuple[tuple[str, ...], tuple[str, ...]]] = ((), ("limit", "nextToken"))
"""The parameters of each route that are required, and those that are optional."""

MAX_FILTER: Final = 1024
"""Characters. What is stored of any text is far shorter."""

_Word = TypeVar("_Word", bound=StrEnum)
_Position = TypeVar("_Position")


def parse_metric_query(parameters: Mapping[str, list[str]], now: datetime) -> MetricQuery:
    """The metric query that a request's parameters (name to values, decoded) ask for at `now`.

    Raises RequestError, naming the first parameter that is unknown, missing, repeated or wrong. So do the
    other functions here.
    """
    given = _Given(parameters, METRICS, now)
    affiliate_id = given.affiliate_id()
    metric = given.word(Metric, "metricType")
    time_range = given.time_range()
    filters = given.filters()
    if metric in OF_ORDERS:
        _check_money(filters, str(metric))
    return MetricQuery(metric, affiliate_id, time_range, filters, given.earlier())


def parse_breakdown_query(parameters: Mapping[str, list[str]], now: datetime) -> BreakdownQuery:
    """The breakdown that a request's parameters ask for at `now`."""
    given = _Given(parameters, BREAKDOWN, now)
    return BreakdownQuery(
        affiliate_id=given.affiliate_id(),
        by=given.word(By, "by"),
        time_range=given.time_range(),
        filters=given.filters(),
        limit=given.limit(breakdowns.DEFAULT_LIMIT, breakdowns.MAX_LIMIT),
    )


def parse_entry_query(parameters: Mapping[str, list[str]], now: datetime, hold_days: int) -> EntryQuery:
    """The page of entries that a request's parameters ask for at `now`."""
    given = _Given(parameters, ENTRIES, now)
    affiliate_id, time_range, filters = given.affiliate_id(), given.time_range(), given.filters()
    _check_money(filters, "entries")
    limit = given.limit(entries.DEFAULT_LIMIT, entries.MAX_LIMIT)
    held_since = now - timedelta(days=hold_days)
    after = given.position(entries.parse_position)
    return EntryQuery(affiliate_id, time_range, filters, limit, after, now, held_since)


def parse_balance_query(parameters: Mapping[str, list[str]], now: datetime, hold_days: int) -> BalanceQuery:
    """The balance that a request's parameters ask for at `now`."""
    return BalanceQuery(_Given(parameters, BALANCE, now).affiliate_id(), now, now - timedelta(days=hold_days))


def parse_affiliates_query(parameters: Mapping[str, list[str]], now: datetime) -> AffiliatesQuery:
    """The page of all affiliates that a request's parameters ask for at `now`."""
    given = _Given(parameters, AFFILIATES, now)
    time_range, sort_by = given.time_range(), given.optional_word(affiliates.Order, "sortBy")
    limit = given.limit(everyone.DEFAULT_LIMIT, everyone.MAX_LIMIT)
    after = given.position(everyone.parse_position)
    return AffiliatesQuery(time_range, sort_by or affiliates.Order.CLICKS, limit, after)


def parse_every_balance_query(
    parameters: Mapping[str, list[str]], now: datetime, hold_days: int
) -> EveryBalanceQuery:
    """The page of all balances that a request's parameters ask for at `now`."""
    given = _Given(parameters, BALANCES, now)
    limit = given.limit(everyone.DEFAULT_LIMIT, everyone.MAX_LIMIT)
    after = given.position(everyone.parse_position)
    return EveryBalanceQuery(now, now - timedelta(days=hold_days), limit, after)


class _Given:
    """The parameters of one request, with one value each."""

    def __init__(
        self,
        parameters: Mapping[str, list[str]],
        known: tuple[tuple[str, ...], tuple[str, ...]],
        now: datetime,
    ) -> None:
        self._values, self._now = _single_values(parameters, *known), now

    def affiliate_id(self) -> str:
        text = self._values["affiliateId"]
        if not is_affiliate_id(text):
            raise RequestError("affiliateId", f"must be 1 to {MAX_AFFILIATE_ID} printable characters")
        return text

    def word(self, words: type[_Word], parameter: str) -> _Word:
        return _parse_word(words, parameter, self._values[parameter])

    def optional_word(self, words: type[_Word], parameter: str) -> _Word | None:
        return self.word(words, parameter) if parameter in self._values else None

    def time_range(self) -> TimeRange:
        window, time_zone, dates = self._window
        allowed = allowed_intervals(window, dates)
        if not allowed:
            raise RequestError("from", f"must be closer to `to`: at most {MAX_BINS} months are in one answer")
        interval = self.optional_word(Interval, "interval") or default_interval(window, dates)
        if interval not in allowed:
            of = "these dates" if window is TimeWindow.CUSTOM else window
            raise RequestError("interval", f"must be {_choice(allowed)} for {of}")
        return time_range_at(window, interval, time_zone, self._now, dates)

    def earlier(self) -> Span | None:
        if not (comparison := self.optional_word(Comparison, "compareTo")):
            return None
        window, time_zone, dates = self._window
        return Span(*earlier_span(comparison, window, time_zone, self._now, dates), "earlier_")

    def filters(self) -> Filters:
        return tuple(
            Filter(parameter, _parse_filter(parameter, self._values[parameter]))
            for parameter in COLUMNS
            if parameter in self._values
        )

    def limit(self, default: int, most: int) -> int:
        text = self._values.get("limit", str(default))
        if not (re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= most):
            raise RequestError("limit", f"must be a whole number from 1 to {most}")
        return int(text)

    def position(self, parse: Callable[[str], _Position | None]) -> _Position | None:
        if (token := self._values.get("nextToken")) is None:
            return None
        if not (position := parse(token)):
            raise RequestError("nextToken", "must be the nextToken of an earlier answer")
        return position

    @cached_property
    def _window(self) -> tuple[TimeWindow, ZoneInfo, Dates | None]:
        window = self.word(TimeWindow, "timeWindow")
        time_zone = _parse_zone(self._values.get("timeZone", "UTC"))
        return window, time_zone, self._dates(window, time_zone)

    def _dates(self, window: TimeWindow, time_zone: ZoneInfo) -> Dates | None:
        given = {name: self._values[name] for name in ("from", "to") if name in self._values}
        if window is not TimeWindow.CUSTOM:
            for name in given:
                raise RequestError(name, f"is allowed only with the timeWindow {TimeWindow.CUSTOM}")
            return None
        for name in ("from", "to"):
            if name not in given:
                raise RequestError(name, f"is missing: the timeWindow {TimeWindow.CUSTOM} needs it")
        dates = Dates(_parse_date("from", given["from"]), _parse_date("to", given["to"]))
        if dates.last < dates.first:
            raise RequestError("to", "must not be before `from`")
        if begins_in_future(dates, time_zone, self._now):
            raise RequestError("from", "must not be in the future")
        return dates


def _single_values(
    parameters: Mapping[str, list[str]], required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, str]:
    for name in parameters:
        if name not in required + optional:
            raise RequestError(name, f"is not a parameter: allowed are {', '.join(required + optional)}")
    for name in required:
        if not parameters.get(name):
            raise RequestError(name, "is missing")
    for name, values in parameters.items():
        if len(values) != 1:
            raise RequestError(name, f"must be given once, not {len(values)} times")
    return {name: value for name, (value,) in parameters.items()}


def _parse_word(words: type[_Word], parameter: str, text: str) -> _Word:
    if text not in set(words):
        raise RequestError(parameter, f"must be {_choice(words)}")
    return words(text)


def _parse_zone(text: str) -> ZoneInfo:
    if text not in zone_names():
        raise RequestError("timeZone", "must be a name of the IANA time zone database, such as Europe/Paris")
    return zone(text)


def _parse_date(parameter: str, text: str) -> date:
    found = None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            found = date.fromisoformat(text)
        except ValueError:  # such as February 30
            found = None
    if found is None:
        raise RequestError(parameter, "must be a date such as 2026-01-31")
    if not FIRST_DATE <= found <= LAST_DATE:
        raise RequestError(parameter, f"must be a date from {FIRST_DATE} to {LAST_DATE}")
    return found


def _parse_filter(parameter: str, text: str) -> str:
    if len(text) > MAX_FILTER or not text.isprintable():
        raise RequestError(parameter, f"must be at most {MAX_FILTER} printable characters")
    return text


def _check_money(filters: Filters, asked: str) -> None:
    if not knows_money(filters):
        wrong = next(each.parameter for each in filters if not knows_money((each,)))
        raise RequestError(wrong, f"cannot narrow {asked}: orders know only website and link")


def _choice(words: Iterable[str]) -> str:
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last
