"""CloudWatch's evaluation of alarms: as much of its rules as our silence alarm uses.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}
MISSING = {"breaching": True, "notBreaching": False}


def state(alarm: Mapping[str, Any], points: Sequence[float | None]) -> str:
    """The state of an alarm whose metric has had these values, a period each; None where it had none.

    Before the first value, and for as long as the alarm looks back, the metric had none.
    """
    periods = alarm["EvaluationPeriods"]
    seen = [None] * periods + list(points)
    breaches = (
        MISSING[alarm["TreatMissingData"]]
        if point is None
        else OPERATORS[alarm["ComparisonOperator"]](point, alarm["Threshold"])
        for point in seen[-periods:]
    )
    return "ALARM" if all(breaches) else "OK"


def composite_state(rule: str, states: Mapping[str, str]) -> str:
    """The state of a composite alarm whose rule is an AND of states, for these states of the others."""
    terms = [re.fullmatch(r'(ALARM|OK)\("([\w-]+)"\)', term) for term in rule.split(" AND ")]
    assert all(terms), rule
    return "ALARM" if all(term and states[term[2]] == term[1] for term in terms) else "OK"
