"""What the local system tells its user: figures and addresses on the screen, and log files."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from decimal import Decimal
from math import ceil
from pathlib import Path
from shlex import quote
from typing import Any, TextIO

import httpx
from rich.console import Console
from rich.table import Table

from devstack.appsync.local import OWNER
from devstack.appsync.tokens import User
from devstack.environment import REGION
from devstack.errors import DevstackError
from devstack.sample.world import WEBSITES
from devstack.stack import WRITE_KEYS, Stack

DELIVERIES = logging.getLogger("devstack.deliveries")
METRICS = ("PageViews", "Visitors", "Commissions")
AFFILIATE = "alice"
QUERY = """query ($metricType: MetricType!) {
  getAnalyticsData(metricType: $metricType, timeWindow: Last30Days) {
    dataset { series value currency }
    totals { series value currency }
  }
}"""

OWNERS_QUERY = """query ($limit: Int!) {
  affiliates(timeWindow: Last30Days, limit: $limit) {
    rows { affiliateId name clicks orders money { currency commissions } }
    total { clicks orders money { currency commissions } }
    affiliates
  }
}"""
LISTED = 3
"""Affiliates in the owner's table: those with the most clicks."""

Answer = Mapping[str, Any]


def plain_console(file: TextIO) -> Console:
    """A console that prints lines as they are: not wrapped, so they can be copied, and without markup."""
    width = None if file.isatty() else 100
    return Console(file=file, width=width, soft_wrap=True, markup=False, emoji=False, highlight=False)


def print_metrics(console: Console, stack: Stack) -> None:
    """Print what GraphQL answers to alice and to the owner.

    That is a table for each metric of alice, by website, and one of the affiliates with the most clicks.
    """
    with _client(stack, User(AFFILIATE)) as client:
        for metric in METRICS:
            console.print()
            answer = _ask(client, QUERY, metricType=metric)
            console.print(metric_table(metric, answer["getAnalyticsData"]))
    with _client(stack, OWNER) as client:
        page = _ask(client, OWNERS_QUERY, limit=LISTED)["affiliates"]
    if page["rows"]:
        console.print()
        console.print(affiliates_table(page))


def metric_table(metric: str, answer: Answer) -> Table:
    """A table with a line for each series: a chart, the value of the last day, and the total."""
    table = _table(f"{AFFILIATE}: {metric}, last 30 days")
    table.add_column("website", no_wrap=True)
    table.add_column("by day", style="cyan", no_wrap=True)
    table.add_column("today", justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True, style="bold")
    for total in answer["totals"]:
        values = _values(answer["dataset"], total)
        row = (total["series"], sparkline(values), _figure(values[-1], total), _figure(total["value"], total))
        table.add_row(*row)
    return table


def affiliates_table(page: Answer) -> Table:
    """A table with a line for each affiliate on a page, and one for all affiliates."""
    table = _table("the owner: all affiliates, last 30 days")
    table.add_column("affiliate", no_wrap=True)
    for name in ("clicks", "orders", "commission"):
        table.add_column(name, justify="right", no_wrap=True)
    names = [row["name"] or row["affiliateId"] for row in page["rows"]]
    total = page["total"]
    for name, row in [*zip(names, page["rows"], strict=True), (f"all {page['affiliates']}", total)]:
        money = ", ".join(_figure(each["commissions"], each) for each in row["money"])
        table.add_row(name, f"{row['clicks']:,}", f"{row['orders']:,}", money)
    return table


def sparkline(values: Sequence[Decimal]) -> str:
    """A chart with one character for each value. A negative value looks like zero."""
    top = max([*values, Decimal(0)])
    if not top:
        return _BLOCKS[0] * len(values)
    heights = (max(value, Decimal(0)) * (len(_BLOCKS) - 1) / top for value in values)
    # Even the smallest value looks different from zero.
    return "".join(_BLOCKS[max(round(height), height > 0)] for height in heights)


def print_addresses(console: Console, stack: Stack, state: Path) -> None:
    """Print the address of each part, and commands to try. `state` is the state folder."""
    console.print()
    console.print("The system is running:", style="bold")
    for name, address in (
        ("Demo site", f"{stack.site_url}/?ref={AFFILIATE}  ({AFFILIATE}'s affiliate link)"),
        (
            "Portal",
            f"{stack.portal_url}  (for affiliates: sign in as {AFFILIATE}; for the owner: as the owner)",
        ),
        ("GraphQL", f"{stack.graphql_url}/graphql"),
        (
            "GraphiQL",
            f"{stack.graphql_url}/graphiql  (signed in as {AFFILIATE}; you can choose another user)",
        ),
        ("RudderStack", f"{stack.rudderstack_url}  (write keys: {', '.join(WRITE_KEYS.values())})"),
        ("Firehose", f"{stack.firehose_url}  (streams: {', '.join(WRITE_KEYS)})"),
        ("REST", f"{stack.rest_url}/metrics  (accepts only requests that AppSync signed)"),
        ("S3", f"{stack.s3.url}  (bucket {stack.config.events_bucket})"),
        stack.database,
    ):
        console.print(f"  {name:<11} {address}")
    console.print("Send a page view, then see it counted after Firehose has delivered it:", style="bold")
    for line in try_lines(stack.rudderstack_url, stack.graphql_url, state, stack.hints.seconds):
        console.print(f"  {line}")
    console.print("As the owner, download a payout list in the portal, pay it, and record it:", style="bold")
    console.print(f"  {payout_line(stack.s3.url, stack.firehose_url, stack.config.events_bucket)}")


def payout_line(s3_url: str, firehose_url: str, bucket: str) -> str:
    """A shell command that records the payouts of a list in the local system."""
    environment = {
        "AWS_ENDPOINT_URL_S3": s3_url,
        "AWS_ENDPOINT_URL_FIREHOSE": firehose_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    given = " ".join(f"{name}={value}" for name, value in environment.items())
    return f"{given} {_python()} -m infra.payouts record FILE.csv --bucket {bucket} --stream server"


def try_lines(rudderstack_url: str, graphql_url: str, state: Path, seconds: float) -> tuple[str, str]:
    """Two shell commands: the first sends a page view, the second asks for the number of page views.

    The second one first waits for `seconds`, Firehose's buffering interval.
    """
    url = f"https://{WEBSITES[0].host}/?ref={AFFILIATE}"
    event = json.dumps({"anonymousId": "you", "properties": {"url": url}})
    query = "{getAnalyticsData(metricType: PageViews, timeWindow: Last24Hours) {totals {series value}}}"
    post = (
        f"curl -sS -u {WRITE_KEYS['web']}: -H 'Content-Type: application/json'"
        f" -d {quote(event)} {rudderstack_url}/v1/page"
    )
    token = f"{_python()} -m devstack token --affiliate {AFFILIATE} --state {quote(str(state))}"
    ask = (
        f'sleep {ceil(seconds + 1)}; curl -sS -H "Authorization: $({token})"'
        f" -d {quote(json.dumps({'query': query}))} {graphql_url}/graphql"
    )
    return post, ask


@contextmanager
def logs(folder: Path, console: Console) -> Iterator[None]:
    """Write logs and standard output to files in `folder`. Failures are also shown on `console`.

    `deliveries.log` has a line for each object, `ingest.log` has the output of the function (its logs and
    CloudWatch metrics), and `stand-ins.log` has the rest.
    """
    with ExitStack() as opened:
        output = opened.enter_context((folder / "ingest.log").open("a", encoding="utf-8", buffering=1))
        opened.enter_context(redirect_stdout(output))
        opened.enter_context(_attached(logging.getLogger(), _file(folder / "stand-ins.log")))
        opened.enter_context(_attached(DELIVERIES, _file(folder / "deliveries.log")))
        opened.enter_context(_attached(DELIVERIES, _Screen(console, logging.WARNING)))
        DELIVERIES.setLevel(logging.INFO)
        DELIVERIES.propagate = False
        yield


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show each delivery on the screen too."""
    screen = _Screen(console, logging.INFO)
    screen.addFilter(lambda record: record.levelno < logging.WARNING)  # they are on the screen already
    with _attached(DELIVERIES, screen):
        yield


def _python() -> str:
    """The path of the Python interpreter, relative to the current folder if it is inside."""
    path, folder = Path(sys.executable), Path.cwd()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _table(title: str) -> Table:
    # With this padding, a month of days and a large amount fit into 80 columns.
    return Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0))


def _client(stack: Stack, user: User) -> httpx.Client:
    headers = {"Authorization": stack.appsync.issuer.issue(user)}
    return httpx.Client(base_url=stack.graphql_url, headers=headers, timeout=60)


def _ask(client: httpx.Client, query: str, **variables: str | int) -> Answer:
    try:
        answer = client.post("/graphql", json={"query": query, "variables": variables})
    except httpx.HTTPError as error:
        raise DevstackError(f"GraphQL did not answer: {error}.") from error
    decoded = answer.json(parse_float=Decimal, parse_int=Decimal) if answer.is_success else {}
    if "errors" in decoded or not decoded:
        raise DevstackError(f"GraphQL answered {answer.status_code}: {answer.text.strip()}")
    data: Answer = decoded["data"]
    return data


def _values(dataset: Iterable[Mapping[str, Any]], total: Mapping[str, Any]) -> list[Decimal]:
    name = (total["series"], total["currency"])
    return [point["value"] for point in dataset if (point["series"], point["currency"]) == name]


def _figure(value: Decimal, total: Mapping[str, Any]) -> str:
    return f"{value:,.2f} {total['currency']}" if total["currency"] else f"{value:,.0f}"


@contextmanager
def _attached(logger: logging.Logger, handler: logging.Handler) -> Iterator[None]:
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _file(path: Path) -> logging.Handler:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    return handler


class _Screen(logging.Handler):
    """Prints one line for each log record; failures are red."""

    def __init__(self, console: Console, level: int) -> None:
        super().__init__(level)
        self.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        style = "red" if record.levelno >= logging.WARNING else ""
        self._console.print(self.format(record), style=style)


_BLOCKS = " ▁▂▃▄▅▆▇█"
