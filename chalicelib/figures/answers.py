"""The metrics route's story: parameters to a query, the query to rows, the rows to an answer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from sys import getsizeof

import msgspec

from chalicelib.config import Config
from chalicelib.figures.cache import Cache
from chalicelib.figures.parameters import parse_query
from chalicelib.figures.queries import MetricQuery, Row, to_sql
from chalicelib.figures.series import DataPoint, DataSet, Total, to_data_set
from chalicelib.figures.timerange import Interval, to_timestamp


class Answer(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to", "time_zone": "timeZone"}):
    """What the route answers, as JSON has it."""

    dataset: list[DataPoint]
    totals: list[Total]
    start: str
    end: str
    time_zone: str
    interval: Interval


Rows = Callable[[str], Iterable[Row]]
"""Runs a statement."""

KEPT_BYTES = 32 * 1024 * 1024
"""For all answers that are kept: most have a few KB, a year by day of twenty websites has some 900."""

_ENTRY_BYTES = 2_000
"""What keeping an answer takes besides the answer and its statement."""


class Answers:
    """Answers requests, each answer kept for as long as `cache` keeps it.

    Kept by statement and zone: whoever asks the same within the same bin is answered alike, and the first to
    ask in a new bin is not answered from the last.
    """

    def __init__(self, config: Config, rows: Rows, cache: Cache[tuple[str, str], bytes]) -> None:
        self._config, self._rows, self._cache = config, rows, cache

    def answer(self, parameters: Mapping[str, list[str]], now: datetime) -> bytes:
        """The JSON that answers a request's parameters (name to values, decoded) at `now`.

        Raises RequestError for parameters that ask for what there is not, and whatever `rows` raises.
        """
        query = parse_query(parameters, now)
        statement = to_sql(query, self._config)
        key = statement, query.time_range.zone.key
        return self._cache.get(key, lambda: _encode(query, self._rows(statement)))


def weigh(key: tuple[str, str], body: bytes) -> int:
    """About how many bytes it takes to keep an answer with its statement and zone."""
    statement, _ = key
    return getsizeof(statement) + getsizeof(body) + _ENTRY_BYTES


def answer(parameters: Mapping[str, list[str]], *, config: Config, rows: Rows, now: datetime) -> bytes:
    """What `Answers` answers, without keeping it."""
    query = parse_query(parameters, now)
    return _encode(query, rows(to_sql(query, config)))


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
