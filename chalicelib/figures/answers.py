"""What the routes do: parameters → a query → rows → an answer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from sys import getsizeof
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

import msgspec

from chalicelib.errors import RequestError
from chalicelib.figures import affiliates, balances, breakdowns, entries, queries, statements
from chalicelib.figures.cache import Cache
from chalicelib.figures.dialect import Dialect, Statement
from chalicelib.figures.everyone import Names
from chalicelib.figures.parameters import (
    parse_affiliates_query,
    parse_balance_query,
    parse_breakdown_query,
    parse_entry_query,
    parse_every_balance_query,
    parse_metric_query,
)
from chalicelib.figures.queries import MetricQuery
from chalicelib.figures.series import Change, DataPoint, Overall, Total, to_data_set
from chalicelib.figures.timerange import WIDTHS, Interval, TimeRange, to_timestamp

MAX_BYTES: Final = 1_000_000
"""Of one answer. AppSync may refuse a larger one."""

KEPT_BYTES: Final = 32 * 1024 * 1024
"""Of all answers that are kept. Most take a few KB; a year by day of twenty websites takes some 900."""

_ENTRY_BYTES: Final = 1_000
"""Besides the answer and what was asked: the cache's own bookkeeping."""


class Route(StrEnum):
    """A question that can be asked, as the path of its route says it."""

    METRICS = "metrics"
    BREAKDOWN = "breakdown"
    ENTRIES = "entries"
    BALANCE = "balance"
    AFFILIATES = "affiliates"
    BALANCES = "balances"


OF_EVERYONE: Final = (Route.AFFILIATES, Route.BALANCES)
"""The owner's questions. They take no affiliate's id: so one that is missing never means everyone."""


class Comparison(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """The values of the earlier span."""

    start: str
    end: str
    totals: list[Total]
    overall: list[Change]


class Answer(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to", "time_zone": "timeZone"}):
    """The JSON that the route `metrics` answers with."""

    dataset: list[DataPoint]
    totals: list[Total]
    overall: list[Overall]
    start: str
    end: str
    time_zone: str
    interval: Interval
    comparison: Comparison | None


Rows: TypeAlias = Callable[[Statement[Any]], Iterable[Any]]
"""Runs a statement. Its rows are those that `statement.row` says."""


class Key(NamedTuple):
    """What is asked for, and the end of the bin that it is asked in."""

    route: Route
    parameters: tuple[tuple[str, str], ...]
    """Sorted by name."""
    bin_end: datetime | None


class Answers:
    """Answers requests, and keeps each answer for as long as `cache` does.

    An answer is kept by what was asked for, so all who ask the same within the same bin get the same answer,
    and the first to ask in a new bin gets a new one.
    """

    def __init__(
        self, dialect: Dialect, rows: Rows, cache: Cache[Key, bytes], hold_days: int, names: Names
    ) -> None:
        """`dialect` and `rows` are those of one engine. A sale is held for `hold_days`. `names` is called for
        the answers that have names.
        """
        self._dialect, self._rows, self._cache = dialect, rows, cache
        self._hold_days, self._names = hold_days, names

    def answer(self, route: Route, parameters: Mapping[str, list[str]], now: datetime) -> bytes:
        """The JSON that answers a request's parameters (name → values, decoded) at `now`.

        Raises RequestError for parameters that are wrong, and whatever the engine raises.
        """
        query = to_query(route, parameters, now, self._hold_days)
        time_range: TimeRange | None = getattr(query, "time_range", None)
        asked = tuple(sorted((name, value) for name, (value,) in parameters.items()))
        key = Key(route, asked, time_range.end if time_range else None)
        return self._cache.get(key, lambda: self._compute(_QUESTIONS[route], query))

    def _compute(self, question: "_Question", query: "Query") -> bytes:
        rows = self._rows(question.to_statement(query, self._dialect))
        body = _ENCODER.encode(question.to_answer(query, rows, self._names))
        if len(body) > MAX_BYTES:
            raise question.too_large(query, len(body))
        return body


Query: TypeAlias = (
    MetricQuery
    | breakdowns.BreakdownQuery
    | entries.EntryQuery
    | balances.BalanceQuery
    | affiliates.AffiliatesQuery
    | balances.EveryBalanceQuery
)


def to_query(route: Route, parameters: Mapping[str, list[str]], now: datetime, hold_days: int) -> Query:
    """What a request's parameters ask for. Raises RequestError for parameters that are wrong."""
    query: Query = _QUESTIONS[route].parse(parameters, now, hold_days)
    return query


def to_statement(route: Route, query: Query, dialect: Dialect) -> Statement[Any]:
    """The one statement that answers a query of the route."""
    return _QUESTIONS[route].to_statement(query, dialect)


def weigh(key: Key, body: bytes) -> int:
    """About how many bytes it takes to keep an answer with its key."""
    return sum(getsizeof(text) for pair in key.parameters for text in pair) + getsizeof(body) + _ENTRY_BYTES


class _Question(NamedTuple):
    parse: Callable[[Mapping[str, list[str]], datetime, int], Any]
    """Takes the parameters, now, and the days that a sale is held."""
    to_statement: Callable[[Any, Dialect], Statement[Any]]
    to_answer: Callable[[Any, Iterable[Any], Names], msgspec.Struct]
    too_large: Callable[[Any, int], RequestError]
    """What to ask instead, if an answer has so many bytes."""


def _to_answer(query: MetricQuery, rows: Iterable[queries.Row]) -> Answer:
    time_range, data_set = query.time_range, to_data_set(query, rows)
    comparison = None
    if query.earlier and data_set.earlier:
        comparison = Comparison(
            to_timestamp(query.earlier.start, time_range.zone),
            to_timestamp(query.earlier.end, time_range.zone),
            data_set.earlier.totals,
            data_set.earlier.overall,
        )
    return Answer(
        data_set.points,
        data_set.totals,
        data_set.overall,
        **query.time_range.edges(),
        interval=time_range.interval,
        comparison=comparison,
    )


def _wider_bins(query: MetricQuery, size: int) -> RequestError:
    """Which intervals give an answer that is small enough."""
    fitting = [
        interval
        for interval in Interval
        if _bins(query.time_range, interval) * size / len(query.time_range.bins) <= MAX_BYTES
    ]
    wider = f"an interval of {' or '.join(fitting)}, or for " if fitting else ""
    return RequestError(
        "interval", f"gives an answer that is too large to send: ask for {wider}one website with `website`"
    )


def _bins(time_range: TimeRange, interval: Interval) -> float:
    """About how many bins of an interval a time range has."""
    return (time_range.end - time_range.start) / WIDTHS[interval] + 1


class _Limited(Protocol):
    @property
    def limit(self) -> int: ...


def _fewer(query: _Limited, size: int) -> RequestError:
    most = max(1, query.limit * MAX_BYTES // size * 9 // 10)
    return RequestError(
        "limit", f"gives an answer that is too large to send: ask for {most} or fewer at a time"
    )


def _nothing_smaller(query: balances.BalanceQuery, size: int) -> RequestError:  # noqa: ARG001 - as the others
    return RequestError("affiliateId", "has money in too many currencies for one answer")


_QUESTIONS: Final = {
    Route.METRICS: _Question(
        lambda parameters, now, _: parse_metric_query(parameters, now),
        statements.to_statement,
        lambda query, rows, _: _to_answer(query, rows),
        _wider_bins,
    ),
    Route.BREAKDOWN: _Question(
        lambda parameters, now, _: parse_breakdown_query(parameters, now),
        breakdowns.to_statement,
        lambda query, rows, _: breakdowns.to_breakdown(query, rows),
        _fewer,
    ),
    Route.ENTRIES: _Question(
        parse_entry_query,
        entries.to_statement,
        lambda query, rows, _: entries.to_page(query, rows),
        _fewer,
    ),
    Route.BALANCE: _Question(
        parse_balance_query,
        balances.to_statement,
        lambda _, rows, __: balances.to_balances(rows),
        _nothing_smaller,
    ),
    Route.AFFILIATES: _Question(
        lambda parameters, now, _: parse_affiliates_query(parameters, now),
        affiliates.to_statement,
        lambda query, rows, names: affiliates.to_affiliates(query, rows, names()),
        _fewer,
    ),
    Route.BALANCES: _Question(
        parse_every_balance_query,
        balances.to_every_statement,
        lambda query, rows, names: balances.to_balance_page(query, rows, names()),
        _fewer,
    ),
}

_ENCODER = msgspec.json.Encoder(decimal_format="number")
