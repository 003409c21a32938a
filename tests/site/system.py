"""The demo site in a test: visitors who look at pages, and the figures of affiliates."""

import gzip
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import BrowserContext, Page

from chalicelib.objects import documents
from devstack.appsync.tokens import User
from devstack.s3.storage import s3_client
from devstack.stack import Stack

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

UBUNTU = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
"""A normal user agent. Without it, Chromium is HeadlessChrome, which is left out as a bot."""
SITE = "serverless.example"
"""The website that the pages name as theirs."""

QUERY = """query ($metricType: MetricType!) {
  getAnalyticsData(metricType: $metricType, timeWindow: Last7Days) {
    dataset { series timestamp value currency }
    totals { series value currency }
  }
}"""

Figures = dict[tuple[str, str | None], Decimal]


class Calendar:
    """The clock of RudderStack and the shop. A test can set it to another time."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def set(self, moment: datetime) -> None:
        self._ahead = moment - datetime.now(UTC)

    def unset(self) -> None:
        self._ahead = timedelta()


@dataclass(frozen=True)
class System:
    stack: Stack
    calendar: Calendar

    def settle(self) -> None:
        """Wait until all events that were sent are ingested."""
        self.stack.flush()
        assert self.stack.failed == 0

    def delivered(self) -> list[tuple[str, bytes]]:
        """The documents that Firehose has delivered so far, each with its source."""
        self.settle()
        config = self.stack.config
        with closing(s3_client(self.stack.s3.url)) as s3:
            listed = s3.list_objects_v2(Bucket=config.events_bucket, Prefix=config.events_prefix)
            return [
                (found["Key"].removeprefix(config.events_prefix).partition("/")[0], document.data)
                for found in listed.get("Contents", [])
                for document in documents([_plain(s3, config.events_bucket, found["Key"])], len)
            ]

    @contextmanager
    def directory(self, body: bytes) -> Iterator[None]:
        """Have a directory of affiliates in the bucket, for what is sent within the context."""
        self.settle()
        bucket, key = self.stack.config.events_bucket, self.stack.config.directory_key
        with closing(s3_client(self.stack.s3.url)) as s3:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
            try:
                yield
                self.settle()
            finally:
                s3.delete_object(Bucket=bucket, Key=key)

    def answer(self, affiliate_id: str, metric: str) -> Any:
        """GraphQL's answer for the affiliate and the last 7 days."""
        self.settle()
        answer = httpx.post(
            f"{self.stack.graphql_url}/graphql",
            headers={"Authorization": self.stack.appsync.issuer.issue(User(affiliate_id))},
            json={"query": QUERY, "variables": {"metricType": metric}},
            timeout=30,
        ).json(parse_float=Decimal, parse_int=Decimal)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]["getAnalyticsData"]

    def totals(self, affiliate_id: str, metric: str) -> Figures:
        """The totals of the last 7 days, by website and currency."""
        totals = self.answer(affiliate_id, metric)["totals"]
        return {(total["series"], total["currency"]): total["value"] for total in totals}

    def days(self, affiliate_id: str, metric: str) -> dict[date, Decimal]:
        """The values of the last 7 days, without days that have none."""
        points = self.answer(affiliate_id, metric)["dataset"]
        found = ((datetime.fromisoformat(point["timestamp"]).date(), point["value"]) for point in points)
        return {day: value for day, value in found if value}


@dataclass(frozen=True)
class Visitor:
    """A visitor who opens pages one after another, and waits until each page view is sent."""

    page: Page
    site: str

    def open(self, address: str) -> None:
        with _reported(self.page, "page"):
            self.page.goto(f"{self.site}{address}")

    def follow(self, link: str) -> None:
        with _reported(self.page, "page"):
            self.page.get_by_role("link", name=link).click()

    def fill(self, field: str, text: str) -> None:
        self.page.get_by_label(field).fill(text)

    def press(self, button: str) -> None:
        with _reported(self.page, "page"):
            self.page.get_by_role("button", name=button).click()

    def track(self, event: str, properties: dict[str, str]) -> None:
        """Call the SDK that the page has loaded, as anybody can do in the console."""
        call = """([event, properties]) => import('/sdk.js').then(
            ({ RudderAnalytics }) => new RudderAnalytics().track(event, properties))"""
        with _reported(self.page, "track"):
            self.page.evaluate(call, [event, properties])


@contextmanager
def visiting(window: BrowserContext, site: str) -> Iterator[Visitor]:
    """A page in the window. It is closed at the end."""
    page = window.new_page()
    yield Visitor(page, site)
    page.close()


def _plain(s3: "S3Client", bucket: str, key: str) -> bytes:
    with closing(s3.get_object(Bucket=bucket, Key=key)["Body"]) as body:
        return gzip.decompress(body.read())


@contextmanager
def _reported(page: Page, kind: str) -> Iterator[None]:
    with page.expect_response(f"**/v1/{kind}") as answer:
        yield
    assert answer.value.ok
