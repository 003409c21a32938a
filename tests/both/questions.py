"""What is asked of both engines: metrics over windows, some compared or narrowed, in zones whose clocks just
changed; and breakdowns, entries and balances.
"""

from datetime import UTC, datetime, timedelta
from itertools import cycle, product
from typing import Final

from chalicelib.figures import Metric, Route
from chalicelib.figures.affiliates import Order
from chalicelib.figures.breakdowns import By
from chalicelib.figures.timerange import Dates, Interval, TimeWindow, allowed_intervals
from tests.both.world import NOW, Question

ZONES: Final = (
    ("UTC", NOW),
    ("America/New_York", NOW),  # November 1 has 25 hours
    ("America/New_York", datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC)),  # the last second of a day of 23
    ("Australia/Lord_Howe", datetime(2026, 4, 5, 20, 0, tzinfo=UTC)),  # a change of half an hour cuts an hour
    ("Asia/Kathmandu", NOW),  # UTC+05:45
    ("Asia/Kolkata", NOW),  # UTC+05:30
    ("Africa/Casablanca", datetime(2026, 3, 23, 12, 0, tzinfo=UTC)),  # Ramadan ended
    ("CET", datetime(2026, 3, 30, 0, 0, tzinfo=UTC)),  # PostgreSQL takes the name for one without summer time
)
"""A zone, and when it is asked about."""

_DAYS: Final = ((-33, -5), (-2, 2), (-3, -3))
"""Those of TimeWindow.CUSTOM: the first and the last, from today."""


def _intervals(window: TimeWindow) -> list[Interval]:
    dates = Dates(NOW.date() - timedelta(days=28), NOW.date()) if window is TimeWindow.CUSTOM else None
    return allowed_intervals(window, dates)


def _kinds() -> list[tuple[Metric, TimeWindow, Interval]]:
    """The intervals of a window take turns."""
    pairs = product(enumerate(Metric), enumerate(TimeWindow))
    return [
        (metric, window, _intervals(window)[(place + number) % len(_intervals(window))])
        for (place, metric), (number, window) in pairs
    ]


KINDS: Final = _kinds()
"""Each metric with each window."""

EXTRAS: Final[tuple[Question, ...]] = (
    {},
    {"compareTo": "PreviousPeriod"},
    {"link": ""},
    {"compareTo": "PreviousYear"},
    {"website": "03.example", "link": "a"},
)
"""What questions have by turns."""


def questions(
    affiliate: str, every: int = 1, first: int = 0, at: datetime | None = None
) -> list[tuple[Question, datetime]]:
    """Each question with the moment it is asked at; or every so many of them, beginning with the `first`.

    All are asked `at` one moment if there is one, and else when the clocks of their zone just changed.
    """
    asked = [
        (number, zone, at or now, kind) for number, ((zone, now), kind) in enumerate(product(ZONES, KINDS))
    ]
    return [
        (
            {
                "affiliateId": affiliate,
                "metricType": metric,
                "timeWindow": window,
                "interval": interval,
                "timeZone": zone,
                **dates(window, now, number),
                **EXTRAS[number % len(EXTRAS)],
            },
            now,
        )
        for number, zone, now, (metric, window, interval) in asked[first::every]
    ]


def other_questions(affiliate: str) -> list[tuple[Route, Question, datetime]]:
    """Questions of the other routes, each with the moment it is asked at. Zones and windows take turns."""
    given: list[tuple[Route, Question]] = [
        *((Route.BREAKDOWN, {"by": by, "limit": limit}) for by, limit in product(By, ("2", "500"))),
        *((Route.BREAKDOWN, {"by": "Website", **extra}) for extra in ({"link": "a"}, {"country": ""})),
        *(
            (Route.ENTRIES, extra)
            for extra in ({}, {"limit": "500"}, {"link": "a"}, {"website": "03.example"})
        ),
    ]
    windows = list(TimeWindow)
    asked = []
    for number, (route, question) in enumerate(given):
        window, (zone, now) = windows[number % len(windows)], ZONES[number % len(ZONES)]
        asked.append(
            (
                route,
                {
                    "affiliateId": affiliate,
                    "timeWindow": str(window),
                    "timeZone": zone,
                    **dates(window, now, number),
                    **question,
                },
                now,
            )
        )
    return [*asked, (Route.BALANCE, {"affiliateId": affiliate}, NOW)]


def everyones_questions() -> list[tuple[Route, Question, datetime]]:
    """The owner's questions: each way to sort, in pages and as a whole. Windows and zones take turns."""
    pages = cycle(({"limit": "1000"}, {"limit": "2"}, {"limit": "3", "nextToken": "1-busy"}, {}))
    asked: list[tuple[Route, Question, datetime]] = []
    for number, (order, page) in enumerate(zip([*Order, *Order], pages, strict=False)):
        window, (zone, now) = list(TimeWindow)[number % len(TimeWindow)], ZONES[number % len(ZONES)]
        sort_by = {} if number == 0 else {"sortBy": str(order)}
        window_asked = {"timeWindow": str(window), "timeZone": zone, **dates(window, now, number)}
        asked.append((Route.AFFILIATES, {**window_asked, **sort_by, **page}, now))
    return [*asked, *((Route.BALANCES, next(pages), NOW) for _ in range(4))]


def dates(window: TimeWindow, now: datetime, number: int) -> Question:
    """The dates of a window, if it needs any."""
    if window is not TimeWindow.CUSTOM:
        return {}
    first, last = ((now + timedelta(days=days)).date() for days in _DAYS[number % len(_DAYS)])
    return {"from": str(first), "to": str(last)}
