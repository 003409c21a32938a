"""What the metrics route does: parameters → a query → rows → an answer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from sys import getsizeof

import msgspec

from chalicelib.figures.cache import Cache
from chalicelib.figures.dialect import Dialect, Statement
from chalicelib.figures.parameters import parse_query
from chalicelib.figures.queries import MetricQuery, Row, to_statement
from chalicelib.figures.series import DataPoint, DataSet, Total, to_data_set
from chalicelib.figures.timerange import Interval, to_timestamp


class Answer(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to", "time_zone": "timeZone"}):
    """The JSON that the route answers with."""

    dataset: list[DataPoint]
    totals: list[Total]
    start: str
    end: str
    time_zone: str
    interval: Interval


KEPT_BYTES = 32 * 1024 * 1024
"""Of all answers that are kept. Most take a few KB; a year by day of twenty websites takes some 900."""

_ENTRY_BYTES = 2_000
"""Besides the answer and its statement's text: the statement's values, and the cache's own bookkeeping."""


Rows = Callable[[Statement], Iterable[Row]]
"""Runs a statement."""

Key = tuple[Statement, str]
"""A statement, and the name of the time zone that its answer is written in."""


class Answers:
    """Answers requests, and keeps each answer for as long as `cache` does.

    An answer is kept by its statement and time zone. So all who ask the same within the same bin get the same
    answer, and the first to ask in a new bin gets a new one.
    """

    def __init__(self, dialect: Dialect, rows: Rows, cache: Cache[Key, bytes]) -> None:
        """`dialect` and `rows` are those of one engine."""
        self._dialect, self._rows, self._cache = dialect, rows, cache

    def answer(self, parameters: Mapping[str, list[str]], now: datetime) -> bytes:
        """The JSON that answers a request's parameters (name → values, decoded) at `now`.

        Raises RequestError for parameters that are wrong, and whatever the engine raises.
        """
        query = parse_query(parameters, now)
        statement = to_statement(query, self._dialect)
        key = statement, query.time_range.zone.key
        return self._cache.get(key, lambda: _encode(query, self._rows(statement)))


def weigh(key: Key, body: bytes) -> int:
    """About how many bytes it takes to keep an answer with its key."""
    statement, _ = key
    return getsizeof(statement.text) + getsizeof(body) + _ENTRY_BYTES


def _encode(query: MetricQuery, rows: Iterable[Row]) -> bytes:
    return _ENCODER.encode(_to_answer(query, to_data_set(query, rows)))


def _to_answer(query: MetricQuery, data_set: DataSet) -> Answer:
    time_range = query.time_range
    return Answer(
        data_set.points,
        data_set.totals,
        start=to_timestamp(time_range.start, time_range.zone),
        end=to_timestamp(time_range.end, time_range.zone),
        time_zone=time_range.zone.key,
        interval=time_range.interval,
    )


_ENCODER = msgspec.json.Encoder(decimal_format="number")
