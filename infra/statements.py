"""The app's statements, as a deployment and a probe try them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from chalicelib.figures import OF_EVERYONE, Dialect, Metric, Route, Statement
from chalicelib.figures.answers import to_query, to_statement
from chalicelib.figures.breakdowns import By
from chalicelib.figures.timerange import TimeWindow
from chalicelib.figures.wallclock import zone

ZONE: Final = zone("America/New_York")
"""A time zone with clock changes, for which statements are longest."""

HOLD_DAYS: Final = 30


class Question(NamedTuple):
    """A route, and what it is asked for, besides the affiliate. The owner's are about all affiliates."""

    route: Route
    parameters: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return ", ".join([str(self.route), *(value for _, value in self.parameters)])

    def statement(self, affiliate: str, dialect: Dialect, now: datetime) -> Statement[Any]:
        """The statement that answers the question. The affiliate's id may be one that no request can name."""
        asked = {name: [value] for name, value in self.parameters}
        if self.route not in (Route.BALANCE, Route.BALANCES):
            asked["timeZone"] = [ZONE.key]
        if self.route in OF_EVERYONE:
            return to_statement(self.route, to_query(self.route, asked, now, HOLD_DAYS), dialect)
        query = to_query(self.route, {**asked, "affiliateId": ["anyone"]}, now, HOLD_DAYS)
        return to_statement(self.route, replace(query, affiliate_id=affiliate), dialect)


def metric_question(metric: Metric, window: TimeWindow, **others: str) -> Question:
    """A metric over a time window."""
    return Question(Route.METRICS, (("metricType", metric), ("timeWindow", window), *others.items()))


def _questions() -> Iterator[Question]:
    for metric in Metric:
        yield metric_question(metric, TimeWindow.LAST_24_HOURS)
        yield metric_question(metric, TimeWindow.LAST_365_DAYS)
        yield metric_question(metric, TimeWindow.THIS_MONTH, compareTo="PreviousYear", link="")
    for by in By:
        yield Question(Route.BREAKDOWN, (("by", by), ("timeWindow", TimeWindow.LAST_30_DAYS)))
    yield Question(Route.ENTRIES, (("timeWindow", TimeWindow.LAST_30_DAYS), ("nextToken", "0-1")))
    yield Question(Route.BALANCE, ())
    yield Question(Route.AFFILIATES, (("timeWindow", TimeWindow.LAST_30_DAYS),))
    yield Question(Route.BALANCES, ())


QUESTIONS: Final = tuple(_questions())
"""Each metric by hour, by day and with a comparison, each breakdown, and the other routes."""
