"""What is asked of both engines: each metric, window and interval, in zones whose clocks just changed."""

from datetime import UTC, datetime
from itertools import product
from typing import Final

from chalicelib.figures import Metric
from chalicelib.figures.timerange import TimeWindow, allowed_intervals
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

KINDS: Final = [
    (metric, window, interval)
    for metric, window in product(Metric, TimeWindow)
    for interval in allowed_intervals(window)
]


def questions(affiliate: str, every: int = 1, first: int = 0) -> list[tuple[Question, datetime]]:
    """Each question with the moment it is asked at; or every so many of them, beginning with the `first`."""
    return [
        (
            {
                "affiliateId": affiliate,
                "metricType": metric,
                "timeWindow": window,
                "interval": interval,
                "timeZone": zone,
            },
            now,
        )
        for (zone, now), (metric, window, interval) in list(product(ZONES, KINDS))[first::every]
    ]
