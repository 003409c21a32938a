"""Whatever an affiliate or a website is called: its figures are its own, and its name comes back."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.events import MAX_AFFILIATE_ID, is_affiliate_id
from tests.deployment import Deployment

SIGNS = "'\"\\;-%_() /*\N{RIGHT SINGLE QUOTATION MARK}éß✓🎉日"
names = st.text(
    st.sampled_from("ab" + SIGNS) | st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30
)
affiliate_ids = names.filter(lambda name: is_affiliate_id(name) and name == _trimmed(name)) | st.sampled_from(
    ["x" * MAX_AFFILIATE_ID, "' OR '1'='1", "''", "\\'"]
)
websites = names.filter(lambda name: name == name.strip() and name.isprintable() and name[0].isalnum())


def _trimmed(name: str) -> str:
    """As `ingest` takes an affiliate's id from a link."""
    return name.strip().rstrip("/ ")


def sale(number: int, affiliate_id: str, website: str, time: str) -> bytes:
    properties = {
        "affiliate_id": affiliate_id,
        "order_id": f"{time}-{number}",
        "commission": 1 + number,
        "affiliation": website,
    }
    event = {
        "type": "track",
        "event": "Order Completed",
        "messageId": str(number),
        "timestamp": time,
        "receivedAt": time,
        "properties": properties,
    }
    return json.dumps(event).encode()


@pytest.fixture
def ledger() -> defaultdict[str, Counter[str]]:
    """What has been written in this test: amounts by affiliate and website."""
    return defaultdict(Counter)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales=st.lists(st.tuples(affiliate_ids, websites), min_size=1, max_size=6))
def test_an_affiliate_sees_its_own_figures_and_no_others(deployment: Deployment, ledger: Any, sales: Any):
    now = datetime.now(UTC).isoformat()
    events = [sale(number, affiliate, website, now) for number, (affiliate, website) in enumerate(sales)]
    deployment.deliver("events/server/sales", b"".join(events))
    for number, (affiliate, website) in enumerate(sales):
        ledger[affiliate][website] += 1 + number
    for affiliate in {affiliate for affiliate, _ in sales}:
        status, answer = deployment.get(
            affiliateId=affiliate, metricType="Commissions", timeWindow="Last7Days"
        )
        assert status == 200
        assert {total["series"]: total["value"] for total in answer["totals"]} == ledger[affiliate]


@pytest.mark.parametrize("text", ["", "a\nb", "a\0b", "a\x7fb", "\u2028", "x" * 129])
def test_what_cannot_be_an_affiliates_name_is_refused(deployment: Deployment, text: str):
    status, answer = deployment.get(affiliateId=text, metricType="PageViews", timeWindow="Last24Hours")
    assert (status, answer["Message"]) == (400, "affiliateId: must be 1 to 128 printable characters")
