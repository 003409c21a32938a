"""What the system says of itself, in a terminal or in a file."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import ceil
from shlex import quote
from typing import Any, TextIO
from urllib.parse import urlencode

import httpx
from rich.console import Console
from rich.table import Table

from devstack.errors import DevstackError
from devstack.sample.world import WEBSITES
from devstack.stack import WRITE_KEYS, Stack

METRICS = ("PageViews", "Visitors", "Commissions")
AFFILIATE = "alice"

Answer = Mapping[str, Any]


def plain_console(file: TextIO) -> Console:
    """Prints each line as it is: not wrapped, so that it can be copied, and nothing in it is a style."""
    width = None if file.isatty() else 100
    return Console(file=file, width=width, soft_wrap=True, markup=False, emoji=False, highlight=False)


def print_metrics(console: Console, rest_url: str) -> None:
    """One table for each of alice's metrics, by website, over the last 30 days."""
    with httpx.Client(base_url=rest_url, timeout=60) as client:
        for metric in METRICS:
            console.print()
            console.print(metric_table(metric, _get_metric(client, metric)))


def metric_table(metric: str, answer: Answer) -> Table:
    """A line for each series: its chart, what there was on the last day, and its total."""
    table = Table(
        title=f"{AFFILIATE}: {metric}, last 30 days",
        title_justify="left",
        title_style="bold",
        box=None,
        padding=(0, 1, 0, 0),  # a month of days and a large amount fit into 80 columns
    )
    table.add_column("website", no_wrap=True)
    table.add_column("by day", style="cyan", no_wrap=True)
    table.add_column("today", justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True, style="bold")
    for total in answer["totals"]:
        values = _values(answer["dataset"], total)
        row = (total["series"], sparkline(values), _figure(values[-1], total), _figure(total["value"], total))
        table.add_row(*row)
    return table


def sparkline(values: Sequence[Decimal]) -> str:
    """One character for each value, from none to the largest; below none is drawn as none."""
    top = max([*values, Decimal(0)])
    if not top:
        return _BLOCKS[0] * len(values)
    heights = (max(value, Decimal(0)) * (len(_BLOCKS) - 1) / top for value in values)
    # The smallest something is more than nothing.
    return "".join(_BLOCKS[max(round(height), height > 0)] for height in heights)


def print_addresses(console: Console, stack: Stack) -> None:
    """Where everything is, and two lines to try it with."""
    console.print()
    console.print("The system is running:", style="bold")
    for name, address in (
        ("RudderStack", f"{stack.rudderstack_url}  (write keys: {', '.join(WRITE_KEYS.values())})"),
        ("GET /metrics", f"{stack.rest_url}/metrics"),
        ("S3", f"{stack.s3_url}  (bucket {stack.config.events_bucket})"),
        ("Timestream", f"{stack.timestream_url}  (database {stack.config.timestream_database})"),
    ):
        console.print(f"  {name:<13} {address}")
    console.print("Send a page view, and see it counted (once Firehose has delivered it):", style="bold")
    for line in try_lines(stack.rudderstack_url, stack.rest_url, stack.hints.seconds):
        console.print(f"  {line}")


def try_lines(rudderstack_url: str, rest_url: str, seconds: float) -> tuple[str, str]:
    """Two shell commands: one posts a page view, the other asks for the figure that grows by it.

    `seconds` is Firehose's buffering interval, which the second one waits for.
    """
    url = f"https://{WEBSITES[0].host}/?ref={AFFILIATE}"
    event = f'{{"anonymousId": "you", "properties": {{"url": "{url}"}}}}'
    query = {
        "affiliateId": AFFILIATE,
        "metricType": "PageViews",
        "timeWindow": "Last24Hours",
        "interval": "Day",
    }
    post = (
        f"curl -sS -u {WRITE_KEYS['web']}: -H 'Content-Type: application/json'"
        f" -d {quote(event)} {rudderstack_url}/v1/page"
    )
    return post, f"sleep {ceil(seconds + 1)}; curl -sS {quote(f'{rest_url}/metrics?{urlencode(query)}')}"


def _get_metric(client: httpx.Client, metric: str) -> Answer:
    query = {"affiliateId": AFFILIATE, "metricType": metric, "timeWindow": "Last30Days"}
    try:
        answer = client.get("/metrics", params=query)
    except httpx.HTTPError as error:
        raise DevstackError(f"GET /metrics did not answer: {error}.") from error
    if not answer.is_success:
        raise DevstackError(f"GET /metrics answered {answer.status_code}: {answer.text.strip()}")
    decoded: Answer = answer.json(parse_float=Decimal, parse_int=Decimal)
    return decoded


def _values(dataset: Iterable[Mapping[str, Any]], total: Mapping[str, Any]) -> list[Decimal]:
    name = (total["series"], total["currency"])
    return [point["value"] for point in dataset if (point["series"], point["currency"]) == name]


def _figure(value: Decimal, total: Mapping[str, Any]) -> str:
    return f"{value:,.2f} {total['currency']}" if total["currency"] else f"{value:,}"


_BLOCKS = " ▁▂▃▄▅▆▇█"
