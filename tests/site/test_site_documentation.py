"""docs/tracking.md is correct."""

import re
from pathlib import Path

import msgspec
import pytest

from chalicelib.config import Config
from chalicelib.events import Commission, Entry
from devstack.rudderstack.processor import Receipt, parse_time, to_delivered
from tests.site.stand import read_event

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/tracking.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


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
    event = msgspec.json.decode(blocks("json")[block])
    time = parse_time(event["timestamp"])
    assert time
    delivered = to_delivered({**event, "type": "track"}, Receipt(time, "127.0.0.1"), lambda: "new")

    assert read_event("server", msgspec.json.encode(delivered)) == Commission(
        time=round(time.timestamp() * 1000),
        affiliate_id="alice",
        website="example.com",
        currency="USD",
        order_id="1001",
        entry=entry,
        entry_id=entry_id,
        micros=micros,
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
