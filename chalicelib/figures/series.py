"""The rows of an answer → series of data points, totals, and what they are compared with."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import msgspec

from chalicelib.events import MICROS
from chalicelib.figures.queries import MONEY, Metric, MetricQuery, Part, Row
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
    """ISO 4217; of money only."""


class Total(msgspec.Struct, frozen=True, gc=False):
    """One series over the whole time range."""

    series: str
    value: int | Decimal
    currency: str | None


class Overall(msgspec.Struct, frozen=True, gc=False):
    """All websites over the whole time range."""

    value: int | Decimal
    currency: str | None


class Change(Overall, frozen=True, gc=False):
    """All websites over the earlier span, and what became of it."""

    change: float | None
    """The difference as a fraction of the earlier value, such as 0.25 for a quarter more. None if the earlier
    value is zero."""


class Earlier(msgspec.Struct, frozen=True):
    """What the time range is compared with."""

    totals: list[Total]
    overall: list[Change]
    """In each currency of either span."""


class DataSet(msgspec.Struct, frozen=True):
    """Every series, ordered by website and currency; those of several websites come last."""

    points: list[DataPoint]
    """Of each series one for every bin, in the order of time."""
    totals: list[Total]
    overall: list[Overall]
    """One for each currency, in the order of their codes. Of a count one, also if it is zero."""
    earlier: Earlier | None = None


def to_data_set(query: MetricQuery, rows: Iterable[Row]) -> DataSet:
    """The data points and totals of the rows that `statements.to_statement(query)` brought.

    Raises KeyError for a label that is not a bin's, and for visitors that were not counted over the whole
    range. Then the statement and this module do not agree, which is a bug.
    """
    counted = _by_series(query.time_range, rows)
    names = {key: _name(key, counted) for key in sorted(counted.keys, key=_order)}
    return _Values(query, counted, names).data_set()


def to_amount(micros: int) -> Decimal:
    """Whole units of a currency, exact, with no more digits than it takes."""
    return Decimal(micros) / MICROS


def fraction(part: Decimal | int, whole: Decimal | int) -> float | None:
    """`part` as a fraction of `whole`; None if `whole` is zero."""
    return float(Decimal(part) / Decimal(whole)) if whole else None


_Key = tuple[str | None, str | None]
"""Website (None for several together) and currency."""


class _Counted(msgspec.Struct, frozen=True):
    """The counts of each series."""

    bins: dict[_Key, list[int]]
    """In every bin, zeros included."""
    parts: dict[Part, dict[_Key, int]]
    """Over a whole span."""
    ranks: dict[_Key, int]
    """The greatest rank, of several websites together."""

    @property
    def keys(self) -> set[_Key]:
        """All series, those of the earlier span included."""
        return self.bins.keys() | self.parts[Part.EARLIER_TOTAL].keys()


class _Values:
    """Writes the values of a metric as an answer has them."""

    def __init__(self, query: MetricQuery, counted: _Counted, names: Mapping[_Key, str]) -> None:
        self._query, self._counted, self._names = query, counted, names
        self._is_distinct = query.metric is Metric.VISITORS
        self._is_money = query.metric in MONEY
        self._value: Callable[[int], int | Decimal] = to_amount if self._is_money else int

    def data_set(self) -> DataSet:
        counted = self._counted
        totals = {
            key: counted.parts[Part.TOTAL][key] if self._is_distinct else sum(counted.bins[key])
            for key in self._names
            if key in counted.bins
        }
        overall = self._overall(Part.OVERALL, totals)
        return DataSet(
            self._points(),
            self._totals(totals),
            [Overall(self._value(value), currency) for currency, value in overall.items()],
            self._earlier(overall) if self._query.earlier else None,
        )

    def _points(self) -> list[DataPoint]:
        time_range = self._query.time_range
        named = zip(time_range.timestamps, time_range.bins, strict=True)
        times = [(timestamp, bin_.partial) for timestamp, bin_ in named]
        return [
            DataPoint(name, timestamp, self._value(count), partial, key[1])
            for key, name in self._names.items()
            if key in self._counted.bins
            for (timestamp, partial), count in zip(times, self._counted.bins[key], strict=True)
        ]

    def _totals(self, totals: Mapping[_Key, int]) -> list[Total]:
        return [Total(self._names[key], self._value(value), key[1]) for key, value in totals.items()]

    def _overall(self, part: Part, totals: Mapping[_Key, int]) -> dict[str | None, int]:
        """By currency."""
        if self._is_distinct:
            return {None: self._counted.parts[part].get((None, None), 0)}
        found: dict[str | None, int] = {} if self._is_money else {None: 0}
        for (_, currency), value in sorted(totals.items(), key=lambda item: item[0][1] or ""):
            found[currency] = found.get(currency, 0) + value
        return found

    def _earlier(self, overall: Mapping[str | None, int]) -> Earlier:
        found = self._counted.parts[Part.EARLIER_TOTAL]
        totals = {key: found[key] for key in self._names if key in found}
        before = self._overall(Part.EARLIER_OVERALL, totals)
        changes = []
        for currency in sorted({*overall, *before}, key=lambda each: each or ""):
            now, then = overall.get(currency, 0), before.get(currency, 0)
            changes.append(Change(self._value(then), currency, fraction(now - then, abs(then))))
        return Earlier(self._totals(totals), changes)


def _by_series(time_range: TimeRange, rows: Iterable[Row]) -> _Counted:
    positions = {bin_.label: position for position, bin_ in enumerate(time_range.bins)}
    bins: dict[_Key, list[int]] = defaultdict(lambda: [0] * len(positions))
    parts: dict[Part, dict[_Key, int]] = {part: {} for part in Part}
    ranks: dict[_Key, int] = defaultdict(int)
    for row in rows:
        key = row.website, row.currency
        if row.timestamp is not None:
            bins[key][positions[row.timestamp]] = row.value
        else:
            parts[Part(row.part)][key] = row.value
        if row.website is None and row.part not in _OVERALL:
            ranks[key] = max(ranks[key], row.rank)
    return _Counted(dict(bins), parts, ranks)


_OVERALL = (Part.OVERALL, Part.EARLIER_OVERALL)


def _order(key: _Key) -> tuple[bool, str, str]:
    website, currency = key
    return website is None, website or "", currency or ""


def _name(key: _Key, counted: _Counted) -> str:
    website, currency = key
    if website is not None:
        return website
    named = {other for other, its_currency in counted.keys if other is not None and its_currency == currency}
    count = counted.ranks[key] - len(named)
    name = f"({count} other website{'s' if count > 1 else ''})"
    while name in named:  # a shop may call itself anything
        name = f"({name})"
    return name
