"""The app's statements, as a deployment and a probe try them."""

from datetime import datetime
from itertools import product
from typing import Final

from chalicelib.figures import Dialect, Metric, MetricQuery, Statement, to_statement
from chalicelib.figures.timerange import TimeWindow, default_interval, to_time_range
from chalicelib.figures.wallclock import zone

QUESTIONS: Final = tuple(product(Metric, TimeWindow))

ZONE: Final = zone("America/New_York")
"""A time zone with clock changes, for which statements are longest."""


def statement_of(
    metric: Metric, window: TimeWindow, affiliate: str, dialect: Dialect, now: datetime
) -> Statement:
    """The statement that answers a question, by the window's usual interval."""
    time_range = to_time_range(window, default_interval(window), ZONE, now)
    return to_statement(MetricQuery(metric, affiliate, time_range), dialect)
