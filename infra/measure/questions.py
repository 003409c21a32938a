"""The questions that both the stage and this machine are asked, and how their answers differ."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from chalicelib.figures import Metric
from chalicelib.figures.timerange import WINDOWS, TimeWindow

NOBODY = "nobody"
"""An affiliate without events."""

_WINDOWS = [window for window in WINDOWS if window.endswith(("Hours", "Days"))]


class Question(NamedTuple):
    """One request."""

    affiliate: str
    metric: Metric
    window: TimeWindow
    time_zone: str = "UTC"

    @property
    def parameters(self) -> dict[str, str]:
        """As `GET /metrics` takes them."""
        return {
            "affiliateId": self.affiliate,
            "metricType": self.metric,
            "timeWindow": self.window,
            "timeZone": self.time_zone,
        }


def questions(affiliates: Sequence[str]) -> list[Question]:
    """Each metric and rolling window, of each affiliate and of one that does not exist."""
    return [Question(*each) for each in product((*affiliates, NOBODY), Metric, _WINDOWS)]


def in_other_zones(asked: Sequence[Question], times: int) -> list[Question]:
    """The questions again, so many times, each in another time zone: no answer can come from the cache."""
    zones = [f"Etc/GMT{offset:+}" for offset in range(-14, 13) if offset]
    return [each._replace(time_zone=zones[turn % len(zones)]) for turn in range(times) for each in asked]


def differences(here: Mapping[Question, Any], there: Mapping[Question, Any]) -> list[str]:
    """A line for each answer that is not the same, with the first figure that differs."""
    lines = []
    for question, answer in here.items():
        if answer != there[question]:
            name = f"{question.affiliate}, {question.metric}, {question.window}"
            lines.append(f"{name}: {_first_difference(answer, there[question])}")
    return lines


def _first_difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    for name in here:
        if here[name] != there.get(name):
            ours, theirs = _different(here[name], there.get(name))
            return f"{name} here {ours}, there {theirs}"
    return f"there are also {', '.join(sorted(set(there) - set(here)))}"


def _different(ours: Any, theirs: Any) -> tuple[Any, Any]:
    """Of two lists, the first elements that differ."""
    if not (isinstance(ours, list) and isinstance(theirs, list)):
        return ours, theirs
    return next(pair for pair in _pairs(ours, theirs) if pair[0] != pair[1])


def _pairs(ours: list[Any], theirs: list[Any]) -> Iterator[tuple[Any, Any]]:
    for place in range(max(len(ours), len(theirs))):
        yield tuple(each[place] if place < len(each) else None for each in (ours, theirs))  # type: ignore[misc]
