"""The rows of an answer, as series of data points."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from chalicelib.events import MICROS
from chalicelib.queries import Metric, MetricQuery, Row
from chalicelib.timerange import TimeRange


class DataPoint(msgspec.Struct, frozen=True, gc=False):
    """One series in one bin."""

    series: str
    """A website."""
    timestamp: str
    """The start of the bin: ISO 8601, with the zone's offset."""
    value: int | Decimal
    """A count, or an amount of the currency."""
    partial: bool
    currency: str | None
    """ISO 4217; of commissions only."""


class Total(msgspec.Struct, frozen=True, gc=False):
    """One series over the whole time range."""

    series: str
    value: int | Decimal
    currency: str | None


class DataSet(msgspec.Struct, frozen=True):
    """Every series, ordered by website and currency."""

    points: list[DataPoint]
    """Of each series one for every bin, in the order of time."""
    totals: list[Total]


def to_data_set(query: MetricQuery, rows: Iterable[Row]) -> DataSet:
    """The data points and totals of the rows that `queries.to_sql(query)` brought.

    Raises KeyError for a label that is no bin's, and for visitors not counted over the whole range: then the
    statement and this module disagree, which is our mistake.
    """
    bins, whole = _by_series(query.time_range, rows)
    totals = whole if query.metric is Metric.VISITORS else {key: sum(counts) for key, counts in bins.items()}
    to_value = to_amount if query.metric is Metric.COMMISSIONS else int
    named = zip(query.time_range.timestamps, query.time_range.bins, strict=True)
    times = [(timestamp, bin_.partial) for timestamp, bin_ in named]
    data_set = DataSet([], [])
    for website, currency in sorted(bins):
        data_set.points.extend(
            DataPoint(website, timestamp, to_value(count), partial, currency)
            for (timestamp, partial), count in zip(times, bins[website, currency], strict=True)
        )
        data_set.totals.append(Total(website, to_value(totals[website, currency]), currency))
    return data_set


def to_amount(micros: int) -> Decimal:
    """Whole units of a currency, exact, with no more digits than it takes."""
    return Decimal(micros) / MICROS


_Key = tuple[str, str | None]
"""Website and currency."""


def _by_series(time_range: TimeRange, rows: Iterable[Row]) -> tuple[dict[_Key, list[int]], dict[_Key, int]]:
    """What was counted of each series: in every bin, zeros included, and over the whole range."""
    positions = {bin_.label: position for position, bin_ in enumerate(time_range.bins)}
    bins: dict[_Key, list[int]] = defaultdict(lambda: [0] * len(positions))
    whole: dict[_Key, int] = {}
    for row in rows:
        key = row.website, row.currency
        counts = bins[key]
        if row.timestamp is None:
            whole[key] = row.value
        else:
            counts[positions[row.timestamp]] = row.value
    return bins, whole
