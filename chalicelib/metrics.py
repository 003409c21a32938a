"""The metrics route's story: parameters to a query, the query to rows, the rows to an answer."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import msgspec

from chalicelib.config import Config
from chalicelib.parameters import parse_query
from chalicelib.queries import MetricQuery, Row, to_sql
from chalicelib.series import DataPoint, DataSet, Total, to_data_set, to_timestamp
from chalicelib.timerange import Interval


class Answer(msgspec.Struct, frozen=True, rename={"start": "from", "end": "to", "time_zone": "timeZone"}):
    """What the route answers, as JSON has it."""

    dataset: list[DataPoint]
    totals: list[Total]
    start: str
    end: str
    time_zone: str
    interval: Interval


def answer(
    parameters: Mapping[str, list[str]],
    *,
    config: Config,
    rows: Callable[[str], Iterable[Row]],
    now: datetime,
) -> bytes:
    """The JSON that answers a request's parameters (name to values, decoded) at `now`.

    `rows` runs a statement; what it raises is let through. Raises RequestError for parameters that ask for
    what there is not.
    """
    query = parse_query(parameters, now)
    data_set = to_data_set(query, rows(to_sql(query, config)))
    return _ENCODER.encode(_to_answer(query, data_set))


def _to_answer(query: MetricQuery, data_set: DataSet) -> Answer:
    time_range = query.time_range
    return Answer(
        data_set.points,
        data_set.totals,
        start=to_timestamp(time_range.start, time_range),
        end=to_timestamp(time_range.end, time_range),
        time_zone=time_range.zone.key,
        interval=time_range.interval,
    )


_ENCODER = msgspec.json.Encoder(decimal_format="number")
