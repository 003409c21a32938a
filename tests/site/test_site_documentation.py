"""docs/tracking.md is correct."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from chalicelib.config import Config
from chalicelib.events import Commission, Entry, Event, LeftOut, Payout
from devstack.rudderstack.processor import Receipt, to_delivered
from tests.site.stand import read_event

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/tracking.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def ingested(block: int) -> Event | LeftOut:
    """What `ingest` reads from a documented event."""
    event = msgspec.json.decode(blocks("json")[block])
    received = datetime.fromtimestamp(milliseconds(block) / 1000, UTC)
    delivered = to_delivered({**event, "type": "track"}, Receipt(received, "127.0.0.1"), lambda: "new")
    return read_event("server", msgspec.json.encode(delivered))


def milliseconds(block: int) -> int:
    """The time of a documented event."""
    time = datetime.fromisoformat(msgspec.json.decode(blocks("json")[block])["timestamp"])
    return round(time.timestamp() * 1000)


def test_the_documented_script_is_that_of_the_demo() -> None:
    assert blocks("js")[0] == (ROOT / "devstack/site/static/affiliate.js").read_text(encoding="utf-8")


def test_the_documented_page_call_is_that_of_the_demo() -> None:
    lines = (ROOT / "devstack/site/static/analytics.js").read_text(encoding="utf-8").splitlines()
    assert set(filter(None, blocks("js")[1].splitlines())) <= set(lines)


@pytest.mark.parametrize(
    ("block", "entry", "entry_id", "micros"),
    [(0, Entry.SALE, "1001", 74_700_000), (1, Entry.REVERSAL, "2001", -74_700_000)],
)
def test_the_documented_events_are_ingested_as_described(
    block: int, entry: Entry, entry_id: str, micros: int
) -> None:
    assert ingested(block) == Commission(
        time=milliseconds(block),
        affiliate_id="alice",
        website="example.com",
        currency="USD",
        order_id="1001",
        entry=entry,
        entry_id=entry_id,
        micros=micros,
        revenue=249_000_000 if micros > 0 else -249_000_000,
        link="newsletter",
        coupon="ALICE15",
    )


def test_the_documented_payout_is_ingested_as_described() -> None:
    assert ingested(2) == Payout(
        time=milliseconds(2), affiliate_id="alice", currency="USD", payout_id="3001", micros=74_700_000
    )


def test_the_documented_parameters_are_those_of_the_settings() -> None:
    found = {
        name: tuple(re.findall(r"'(\w+)'", values))
        for name, values in re.findall(r"^const (\w*PARAMETERS) = \[(.*?)\]", TEXT, re.MULTILINE)
    }
    settings = Config("bucket")
    assert found == {
        "PARAMETERS": settings.affiliate_parameters,
        "LINK_PARAMETERS": settings.link_parameters,
    }
