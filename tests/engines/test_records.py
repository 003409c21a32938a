"""Events to Timestream records. The golden test is a promise: see `records`."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engines.timestream.records import (
    COMMISSION,
    COMMON_ATTRIBUTES,
    MEASURES,
    PAGE_VIEW,
    to_records,
)
from chalicelib.events import Commission, Entry, PageView, Payout

PAGE = PageView(
    time=1699263184317,
    affiliate_id="alice",
    website="example-courses.com",
    visitor_id="7effd250-16c8-454c-957b-f0f2b357d356",
    event_id="bb934032-05c6-4c8c-a2d8-5d1b6ed58bbf",
    path="/workshop",
    referrer="blog.alice.dev",
    utm_source="newsletter",
    utm_medium="email",
    utm_campaign="nov",
    country="NO",
    device="desktop",
)
SALE = Commission(1699264031123, "alice", "example-courses.com", "USD", "1234", Entry.SALE, "1234", 7_500_000)


def wire(event: PageView | Commission) -> object:
    [record] = json.loads(msgspec.json.encode(to_records(event)))
    return record


def test_golden_page_view():
    """Do not change this: every event that is delivered again would become a new record, and count twice."""
    assert COMMON_ATTRIBUTES[PAGE_VIEW] == {
        "MeasureName": "page_view",
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "TimeUnit": "MILLISECONDS",
    }
    assert wire(PAGE) == {
        "Dimensions": [
            {"Name": "affiliate_id", "Value": "alice"},
            {"Name": "website", "Value": "example-courses.com"},
            {"Name": "visitor_id", "Value": "7effd250-16c8-454c-957b-f0f2b357d356"},
            {"Name": "event_id", "Value": "bb934032-05c6-4c8c-a2d8-5d1b6ed58bbf"},
            {"Name": "path", "Value": "/workshop"},
            {"Name": "referrer", "Value": "blog.alice.dev"},
            {"Name": "utm_source", "Value": "newsletter"},
            {"Name": "utm_medium", "Value": "email"},
            {"Name": "utm_campaign", "Value": "nov"},
            {"Name": "country", "Value": "NO"},
            {"Name": "device", "Value": "desktop"},
        ],
        "Time": "1699263184317",
    }


def test_golden_commission():
    """Do not change this either."""
    assert COMMON_ATTRIBUTES[COMMISSION] == {
        "MeasureName": "commission",
        "MeasureValueType": "BIGINT",
        "TimeUnit": "MILLISECONDS",
    }
    assert wire(SALE) == {
        "Dimensions": [
            {"Name": "affiliate_id", "Value": "alice"},
            {"Name": "website", "Value": "example-courses.com"},
            {"Name": "currency", "Value": "USD"},
            {"Name": "order_id", "Value": "1234"},
            {"Name": "entry", "Value": "sale"},
            {"Name": "entry_id", "Value": "1234"},
        ],
        "Time": "1699264031123",
        "MeasureValue": "7500000",
    }


def test_golden_long_values():
    """Nor this: ids are hashed, descriptions are cut between characters."""
    event = PageView(0, "a", "w", "v" * 129, "é" * 64, path="/" + "é" * 128, utm_source="🎉" * 25)
    assert wire(event) == {
        "Dimensions": [
            {"Name": "affiliate_id", "Value": "a"},
            {"Name": "website", "Value": "w"},
            {
                "Name": "visitor_id",
                "Value": "sha256:0ee6e32cf821a84424583c89314d90584af607ef11899911dd8e89c2bde4325c",
            },
            {"Name": "event_id", "Value": "é" * 64},
            {"Name": "path", "Value": "/" + "é" * 127},
            {"Name": "utm_source", "Value": "🎉" * 24},
        ],
        "Time": "0",
    }


text = st.text(st.characters(exclude_categories=["Cs"]))
long_text = st.sampled_from(["é", "x", "🎉"]).flatmap(
    lambda sign: st.integers(0, 3000).map(lambda times: sign * times)
)
any_text = text | long_text
affiliates = st.sampled_from(["é", "x", "🎉"]).map(lambda sign: sign * 128)
page_views = st.builds(
    PageView,
    st.integers(0, 2**53),
    affiliates,
    any_text.filter(bool),
    *[any_text.filter(bool)] * 2,
    *[any_text] * 6,
    st.sampled_from(["", "desktop"]),
    st.booleans(),
    any_text,
)
amounts = st.integers(-(10**18), 10**18)
commissions = st.builds(
    Commission,
    st.integers(0, 2**53),
    affiliates,
    any_text.filter(bool),
    st.just("USD"),
    any_text.filter(bool),
    st.sampled_from(Entry),
    any_text.filter(bool),
    amounts,
    st.none() | amounts,
    any_text,
    any_text,
)
payouts = st.builds(Payout, st.integers(0, 2**53), affiliates, st.just("USD"), any_text.filter(bool), amounts)


@given(page_views | commissions | payouts)
def test_no_record_passes_timestreams_limits(event):
    """2 KB for a record and for its dimensions, no empty value (Timestream Developer Guide, Quotas)."""
    for record, measure in zip(to_records(event), MEASURES[type(event)], strict=False):
        dimensions = sum(len(d.name.encode()) + len(d.value.encode()) for d in record.dimensions)
        assert dimensions + len(measure) + 8 + len(record.time) <= 2048
        assert all(dimension.value for dimension in record.dimensions)


@given(any_text, any_text)
def test_two_ids_never_become_one(one, other):
    views = [PageView(0, "a", "w", "v", event_id) for event_id in (f"{one}.", f"{other}.")]
    assert (to_records(views[0]) == to_records(views[1])) == (one == other)
