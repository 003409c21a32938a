"""The alarm that rings when page views stop: made of two others, whose meaning together is what counts."""

import re
from itertools import pairwise
from typing import Any

import pytest

from tests.infra.cloudwatch import composite_state, state
from tests.infra.storage import of_type, storage

DOCUMENT = storage()
PARAMETERS: dict[str, Any] = DOCUMENT["Parameters"]
(STOPPED,) = of_type(DOCUMENT, "CloudWatch::CompositeAlarm").values()
RULE = re.sub(r"\$\{(\w+)\}", r"\1", STOPPED["AlarmRule"]["Fn::Sub"])
PARTS = {name: alarm for name, alarm in of_type(DOCUMENT, "CloudWatch::Alarm").items() if f'"{name}"' in RULE}
HOURS = PARAMETERS["SilenceHours"]["Default"]
DAY = 24
WEEK = 7 * DAY


def rings(views: list[float | None], silence_hours: int) -> list[int]:
    """The hours after which it begins to ring, for the page views that were written in each hour.

    None is an hour without an object, which has no metric; 0 one whose documents were all left out.
    """
    looked_back = {"SilenceHours": silence_hours}
    parts = {}
    for name, alarm in PARTS.items():
        match alarm["EvaluationPeriods"]:
            case {"Ref": str(parameter)}:
                parts[name] = {**alarm, "EvaluationPeriods": looked_back[parameter]}
            case _:
                parts[name] = alarm
    after = [
        composite_state(RULE, {name: state(alarm, views[:hour]) for name, alarm in parts.items()})
        for hour in range(1, len(views) + 1)
    ]
    return [hour for hour, change in enumerate(pairwise(["OK", *after]), 1) if change == ("OK", "ALARM")]


@pytest.mark.parametrize(
    ("views", "after"),
    [
        pytest.param([None] * 3 * WEEK, [], id="never used"),
        pytest.param([0.0] * 3 * WEEK, [], id="documents, and never a page view that counts"),
        pytest.param([5.0] * WEEK, [], id="busy"),
        pytest.param([1.0, *[None] * (HOURS - 1)] * 10, [], id="few, and never silent for long enough"),
        pytest.param([1.0, *[None] * HOURS], [HOURS + 1], id="nothing comes any more"),
        pytest.param([1.0, *[0.0] * HOURS], [HOURS + 1], id="what comes does not count any more"),
        pytest.param([1.0, *[None] * 3 * WEEK], [HOURS + 1], id="told once"),
        pytest.param([1.0, *[None] * 30, 1.0, *[None] * 30], [25, 56], id="told again after a page view"),
        pytest.param([*[None] * 2 * WEEK, 1.0, *[None] * 24], [2 * WEEK + 25], id="first used after weeks"),
    ],
)
def test_it_rings_once_when_page_views_stop(views, after):
    assert rings(views, HOURS) == after


@pytest.mark.parametrize("silence_hours", [1, DAY, PARAMETERS["SilenceHours"]["MaxValue"]])
def test_it_rings_after_any_allowed_number_of_silent_hours(silence_hours):
    assert rings([1.0, *[None] * 2 * WEEK], silence_hours) == [silence_hours + 1]


@pytest.mark.parametrize("part", PARTS)
def test_its_periods_are_within_cloudwatchs_limit(part):
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    declared = PARTS[part]["EvaluationPeriods"]
    longest = PARAMETERS["SilenceHours"]["MaxValue"] if isinstance(declared, dict) else declared
    assert PARTS[part]["Period"] >= 3600
    assert PARTS[part]["Period"] * longest <= 604_800


def test_its_two_parts_send_no_notification():
    assert len(PARTS) == 2
    assert not any(alarm.keys() & {"AlarmActions", "InsufficientDataActions"} for alarm in PARTS.values())
    assert STOPPED["AlarmActions"] == [{"Ref": "AlarmTopic"}]
