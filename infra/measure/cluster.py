"""What CloudWatch says of an Aurora DSQL cluster."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

NAMESPACE: Final = "AWS/AuroraDSQL"

UNITS: Final = ("TotalDPU", "ReadDPU", "WriteDPU", "ComputeDPU")
"""Metrics that are sums. https://docs.aws.amazon.com/aurora-dsql/latest/userguide/cloudwatch-monitoring.html"""

MINUTE: Final = timedelta(minutes=1)


def used_units(
    cloudwatch: Any,
    cluster: str,
    since: datetime,
    until: datetime,
    *,
    patience: float,
    pause: float = 20.0,
    clock: Callable[[], float] = time.monotonic,
) -> Mapping[str, float]:
    """The DPU that a cluster used, by metric. Empty if CloudWatch has none after `patience` seconds.

    Waits until there is a value for the minute of `until`: CloudWatch is a few minutes late.
    """
    deadline = clock() + patience
    while True:
        found = {name: _values(cloudwatch, name, cluster, since) for name in UNITS}
        latest = max((moment for moment, _ in found[UNITS[0]]), default=since - MINUTE)
        if latest > until - MINUTE or clock() >= deadline:
            return {name: sum(value for _, value in values) for name, values in found.items() if values}
        time.sleep(pause)


def _values(cloudwatch: Any, metric: str, cluster: str, since: datetime) -> list[tuple[datetime, float]]:
    values = []
    for dimensions in _dimensions(cloudwatch, metric, cluster):
        answer = cloudwatch.get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=metric,
            Dimensions=dimensions,
            StartTime=since - MINUTE,
            EndTime=datetime.now(UTC) + MINUTE,
            Period=60,
            Statistics=["Sum"],
        )
        values += [(each["Timestamp"], each["Sum"]) for each in answer["Datapoints"]]
    return values


def _dimensions(cloudwatch: Any, metric: str, cluster: str) -> list[list[dict[str, str]]]:
    """The dimensions that name the cluster and nothing else, whatever AWS calls them."""
    listed = cloudwatch.list_metrics(Namespace=NAMESPACE, MetricName=metric)["Metrics"]
    found = [each["Dimensions"] for each in listed]
    return [each for each in found if [dimension["Value"] for dimension in each] == [cluster]]
