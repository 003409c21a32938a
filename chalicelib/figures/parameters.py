"""A request's parameters, each checked, as a query."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from chalicelib.errors import RequestError
from chalicelib.events import MAX_AFFILIATE_ID, is_affiliate_id
from chalicelib.figures.queries import Metric, MetricQuery
from chalicelib.figures.timerange import (
    Interval,
    TimeWindow,
    allowed_intervals,
    default_interval,
    time_range_at,
)
from chalicelib.figures.wallclock import zone, zone_names

REQUIRED = ("affiliateId", "metricType", "timeWindow")
OPTIONAL = ("timeZone", "interval")

_Word = TypeVar("_Word", bound=StrEnum)


def parse_query(parameters: Mapping[str, list[str]], now: datetime) -> MetricQuery:
    """The query that a request's parameters (name to values, decoded) ask for at `now`.

    Raises RequestError, naming the first parameter that is unknown, missing, repeated or wrong.
    """
    values = _single_values(parameters)
    affiliate_id = _parse_affiliate_id(values["affiliateId"])
    metric = _parse_word(Metric, "metricType", values["metricType"])
    window = _parse_word(TimeWindow, "timeWindow", values["timeWindow"])
    time_zone = _parse_zone(values.get("timeZone", "UTC"))
    interval = _parse_interval(window, values.get("interval", default_interval(window)))
    return MetricQuery(metric, affiliate_id, time_range_at(window, interval, time_zone, now))


def _single_values(parameters: Mapping[str, list[str]]) -> dict[str, str]:
    for name in parameters:
        if name not in REQUIRED + OPTIONAL:
            raise RequestError(name, f"is not a parameter: allowed are {', '.join(REQUIRED + OPTIONAL)}")
    for name in REQUIRED:
        if not parameters.get(name):
            raise RequestError(name, "is missing")
    for name, values in parameters.items():
        if len(values) != 1:
            raise RequestError(name, f"must be given once, not {len(values)} times")
    return {name: value for name, (value,) in parameters.items()}


def _parse_affiliate_id(text: str) -> str:
    if not is_affiliate_id(text):
        raise RequestError("affiliateId", f"must be 1 to {MAX_AFFILIATE_ID} printable characters")
    return text


def _parse_word(words: type[_Word], parameter: str, text: str) -> _Word:
    if text not in set(words):
        raise RequestError(parameter, f"must be {_choice(words)}")
    return words(text)


def _parse_zone(text: str) -> ZoneInfo:
    if text not in zone_names():
        raise RequestError("timeZone", "must be a name of the IANA time zone database, such as Europe/Paris")
    return zone(text)


def _parse_interval(window: TimeWindow, text: str) -> Interval:
    interval = _parse_word(Interval, "interval", text)
    if interval not in allowed_intervals(window):
        raise RequestError("interval", f"must be {_choice(allowed_intervals(window))} for {window}")
    return interval


def _choice(words: Iterable[str]) -> str:
    *rest, last = words
    return f"{', '.join(rest)} or {last}"
