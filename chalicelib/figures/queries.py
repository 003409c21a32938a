"""A metric query, and the rows of its answer."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from chalicelib.figures.filters import Filters
from chalicelib.figures.sources import Span
from chalicelib.figures.timerange import TimeRange


class Metric(StrEnum):
    """What to count, as the GraphQL schema says it."""

    PAGE_VIEWS = "PageViews"
    VISITORS = "Visitors"
    COMMISSIONS = "Commissions"
    CLICKS = "Clicks"
    ORDERS = "Orders"
    REVENUE = "Revenue"


MONEY: Final = (Metric.COMMISSIONS, Metric.REVENUE)
"""The metrics that are amounts of a currency."""

OF_ORDERS: Final = (*MONEY, Metric.ORDERS)
"""The metrics that know only what orders know: no page, no country and so on."""


class MetricQuery(msgspec.Struct, frozen=True):
    """One question: a metric of one affiliate over a time range."""

    metric: Metric
    affiliate_id: str
    time_range: TimeRange
    filters: Filters = ()
    earlier: Span | None = None
    """What the time range is compared with."""


class Part(IntEnum):
    """What a row's value is of."""

    BIN = 0
    """A series in a bin."""
    TOTAL = 1
    """A series over the whole time range. Only distinct counts have it: they do not add up."""
    OVERALL = 2
    """All websites over the whole time range. Only distinct counts have it."""
    EARLIER_TOTAL = 3
    """A series over the earlier span."""
    EARLIER_OVERALL = 4
    """All websites over the earlier span. Only distinct counts have it."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line of an answer: a website, and in what currency, in one bin or over a whole span."""

    website: str | None
    """None for all the websites together that have no series of their own, and for those of Part.OVERALL."""
    value: int
    """A count, or micros."""
    timestamp: datetime | None
    """The bin's label; None for a whole span."""
    currency: str | None = None
    """Of money."""
    rank: int = 0
    """1 for the largest website of the currency; of several together, the rank of the smallest,
    in the bin or in all of them."""
    part: int = Part.BIN
    """A Part."""


MAX_SERIES = 50
"""In one answer. Anyone can post page views of websites that do not exist."""

MAX_POINTS = 8_000
"""In one answer: less than 1 MB, where AppSync may refuse it. A data point is some 120 bytes."""


def max_series(time_range: TimeRange) -> int:
    """How many series an answer has at most; fewer where they have many bins."""
    return min(MAX_SERIES, MAX_POINTS // len(time_range.bins))
