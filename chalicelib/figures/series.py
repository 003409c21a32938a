"""The rows of an answer → series of data points."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from chalicelib.events import MICROS
from chalicelib.figures.queries import Metric, MetricQuery, Row
from chalicelib.figures.timerange import TimeRange


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
    """Every series, ordered by website and currency; those of several websites come last."""

    points: list[DataPoint]
    """Of each series one for every bin, in the order of time."""
    totals: list[Total]


def to_data_set(query: MetricQuery, rows: Iterable[Row]) -> DataSet:
    """The data points and totals of the rows that `queries.to_statement(query)` brought.

    Raises KeyError for a label that is not a bin's, and for visitors that were not counted over the whole
    range. Then the statement and this module do not agree, which is a bug.
    """
    counted = _by_series(query.time_range, rows)
    is_visitors = query.metric is Metric.VISITORS
    to_value = to_amount if query.metric is Metric.COMMISSIONS else int
    named = zip(query.time_range.timestamps, query.time_range.bins, strict=True)
    times = [(timestamp, bin_.partial) for timestamp, bin_ in named]
    data_set = DataSet([], [])
    for key in sorted(counted.bins, key=_order):
        name, (_, currency), counts = _name(key, counted), key, counted.bins[key]
        total = counted.whole[key] if is_visitors else sum(counts)
        data_set.points.extend(
            DataPoint(name, timestamp, to_value(count), partial, currency)
            for (timestamp, partial), count in zip(times, counts, strict=True)
        )
        data_set.totals.append(Total(name, to_value(total), currency))
    return data_set


def to_amount(micros: int) -> Decimal:
    """Whole units of a currency, exact, with no more digits than it takes."""
    return Decimal(micros) / MICROS


_Key = tuple[str | None, str | None]
"""Website (None for several together) and currency."""


class _Counted(msgspec.Struct, frozen=True):
    """The counts of each series."""

    bins: dict[_Key, list[int]]
    """In every bin, zeros included."""
    whole: dict[_Key, int]
    """Over the whole range."""
    ranks: dict[_Key, int]
    """The greatest rank, of several websites together."""


def _by_series(time_range: TimeRange, rows: Iterable[Row]) -> _Counted:
    positions = {bin_.label: position for position, bin_ in enumerate(time_range.bins)}
    counted = _Counted(defaultdict(lambda: [0] * len(positions)), {}, defaultdict(int))
    bins, whole, ranks = counted.bins, counted.whole, counted.ranks
    for row in rows:
        key = row.website, row.currency
        counts = bins[key]
        if row.timestamp is None:
            whole[key] = row.value
        else:
            counts[positions[row.timestamp]] = row.value
        if row.website is None:
            ranks[key] = max(ranks[key], row.rank)
    return counted


def _order(key: _Key) -> tuple[bool, str, str]:
    website, currency = key
    return website is None, website or "", currency or ""


def _name(key: _Key, counted: _Counted) -> str:
    website, currency = key
    if website is not None:
        return website
    named = {other for other, its_currency in counted.bins if other is not None and its_currency == currency}
    count = counted.ranks[key] - len(named)
    name = f"({count} other website{'s' if count > 1 else ''})"
    while name in named:  # a shop may call itself anything
        name = f"({name})"
    return name
