"""Documents to events: every rule for page views and commissions."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import EventError
from chalicelib.events import Commission, Entry, LeftOut, PageView
from chalicelib.messages import decode_document
from chalicelib.records import to_record
from chalicelib.rudderstack import Rules, Source, to_event

RULES = Rules(("ref", "aff", "via"), None)
WIRE = Path(__file__).parent / "wire" / "events"
TIME = "2023-11-06T09:33:04.317Z"
MILLISECONDS = 1699263184317


def read(document: Any, source: Source = Source.SERVER, rate: str | None = None) -> Any:
    """The event, the reason it is left out, or what is wrong with it."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    rules = Rules(RULES.affiliate_parameters, Decimal(rate) if rate else None)
    try:
        return to_event(decode_document(data), source, rules)
    except EventError as error:
        return str(error)


def page(properties: Any = None, context: Any = None, **fields: Any) -> dict[str, Any]:
    """A page event as small as can be, with what is given on top."""
    return {
        "type": "page",
        "messageId": "m",
        "anonymousId": "v",
        "timestamp": TIME,
        "receivedAt": TIME,
        "properties": {"url": "https://www.example.com/a?ref=alice"} if properties is None else properties,
        "context": context,
    } | fields


def order(event: str = "Order Completed", **properties: Any) -> dict[str, Any]:
    given = {"affiliate_id": "alice", "order_id": "o", "commission": "7.50", "website": "shop.example"}
    return {
        "type": "track",
        "event": event,
        "messageId": "m",
        "timestamp": TIME,
        "receivedAt": TIME,
        "properties": {name: value for name, value in (given | properties).items() if value is not ...},
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "01_page_js_v3_affiliate_landing",
            PageView(
                1699263184317,
                "alice",
                "example-courses.com",
                "7effd250-16c8-454c-957b-f0f2b357d356",
                "bb934032-05c6-4c8c-a2d8-5d1b6ed58bbf",
                "/workshop",
                "blog.alice.dev",
                "newsletter",
                utm_campaign="nov",
                device="desktop",
            ),
        ),
        ("02_page_js_v3_second_page_no_ref", LeftOut.NO_AFFILIATE),
        ("03_page_js_v2_verbatim_fixture", LeftOut.NO_AFFILIATE),
        ("04_page_offset_timestamps_verbatim_fixture", LeftOut.NO_AFFILIATE),
        ("05_page_http_api_minimal", LeftOut.NO_AFFILIATE),
        (
            "06_page_pixel_api",
            PageView(
                1699264860000,
                "bob",
                "example-courses.com",
                "px-1",
                "5b9e8b8e-6a52-4b0e-8d66-0f6b1c8c9f10",
                "/",
                device="desktop",
            ),
        ),
        (
            "08_track_order_completed_server",
            Commission(1699264031123, "alice", "(none)", "USD", "1234", Entry.SALE, "1234", 7_500_000),
        ),
        ("09_track_order_refunded", LeftOut.NO_AFFILIATE),
        ("10_identify_js_clock_skew", LeftOut.NOT_A_PAGE_VIEW),
        ("11_screen_kotlin", LeftOut.NOT_A_PAGE_VIEW),
        ("12_page_bot_flagged", LeftOut.BOT),
        (
            "13_page_awkward_text",
            PageView(
                1699264980000,
                "✓b c",
                "example-courses.com",
                "878e8f5f-9b6c-4aef-b5d3-1b970a13f17a",
                "a3a3a3a3-0000-4000-8000-000000000013",
                "/caf%C3%A9",
                "com.google.android.gm",
                device="desktop",
            ),
        ),
        ("14_page_late_and_skewed", LeftOut.NO_AFFILIATE),
        ("15_page_future_timestamp", LeftOut.NO_AFFILIATE),
    ],
)
def test_events_as_they_really_come(name, expected):
    assert read((WIRE / f"{name}.json").read_bytes()) == expected


def test_a_sale_from_a_browser_is_anyones_claim():
    event = (WIRE / "07_track_order_completed_js.json").read_bytes()
    assert read(event, Source.WEB) == LeftOut.UNTRUSTED_SOURCE


@pytest.mark.parametrize(
    ("properties", "page_context", "affiliate_id"),
    [
        ({"affiliate_id": "bob", "url": "https://x.com/?ref=alice"}, None, "bob"),
        ({"affiliate_id": 42, "url": "https://x.com/"}, None, "42"),
        ({"affiliate_id": None, "url": "https://x.com/?ref=alice"}, None, "alice"),
        ({"affiliate_id": "", "url": "https://x.com/?ref=alice"}, None, "alice"),
        ({"affiliate_id": "x" * 129, "url": "https://x.com/?ref=alice"}, None, "alice"),
        ({"affiliate_id": {"a": 1}, "url": "https://x.com/?ref=alice"}, None, "alice"),
        ({"url": "https://x.com/?via=v&aff=a&ref=r"}, None, "r"),
        ({"url": "https://x.com/?via=v&aff=a&ref="}, None, "a"),
        ({"url": "https://x.com/?Ref=r&via=Alice"}, None, "Alice"),
        ({"url": "https://x.com/?ref=first&ref=second"}, None, "first"),
        ({"url": "https://x.com/?ref=a%20b%2Bc+d"}, None, "a b+c d"),
        ({"url": "https://x.com/?ref=%E2%9C%93"}, None, "✓"),
        ({"url": "https://x.com/?ref=%FF&via=bob"}, None, "bob"),
        ({"url": "https://x.com/?ref=a%00b&via=bob"}, None, "bob"),
        ({"url": "https://x.com/?r%65f=alice"}, None, "alice"),
        ({"url": "https://x.com/", "search": "?ref=alice"}, None, "alice"),
        ({"url": "https://x.com/", "search": "ref=alice"}, None, "alice"),
        ({"url": "https://x.com/", "tab_url": "https://x.com/?ref=alice#top"}, None, "alice"),
        ({"url": "https://x.com/", "tab_url": "https://x.com/#/page?ref=alice"}, None, "alice"),
        ({"url": "https://x.com/"}, {"url": "https://x.com/?ref=alice"}, "alice"),
        ({"url": "https://x.com/"}, {"search": "?ref=alice"}, "alice"),
        ({"url": "https://x.com/"}, {"tab_url": "https://x.com/?ref=alice"}, "alice"),
        ({"url": "https://x.com/?ref=" + "x" * 128}, None, "x" * 128),
    ],
)
def test_the_affiliate_of_a_page_view(properties, page_context, affiliate_id):
    event = read(page(properties, {"page": page_context}))
    assert event.affiliate_id == affiliate_id


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (page({"url": "https://x.com/"}), LeftOut.NO_AFFILIATE),
        (page({"url": "https://x.com/?ref=" + "x" * 129}), LeftOut.NO_AFFILIATE),
        (page({"url": "https://x.com/?xref=alice&ref"}), LeftOut.NO_AFFILIATE),
        (page({"affiliate_id": "a\tb"}), LeftOut.NO_AFFILIATE),
        (page({"affiliate_id": True}), LeftOut.NO_AFFILIATE),
        (page([]), LeftOut.NO_AFFILIATE),
        (page("x", 3), LeftOut.NO_AFFILIATE),
        (page({"affiliate_id": "alice"}), LeftOut.NO_WEBSITE),
        (page({"affiliate_id": "alice", "url": "/path"}), LeftOut.NO_WEBSITE),
        (page({"affiliate_id": "alice", "url": "/path//example.com"}), LeftOut.NO_WEBSITE),
        (page({"affiliate_id": "alice", "url": "https://[::1"}), LeftOut.NO_WEBSITE),
        (page(context={"isBot": True}), LeftOut.BOT),
        (page(context={"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}), LeftOut.BOT),
        (page(context={"userAgent": "Mozilla/5.0 (X11) HeadlessChrome/119.0"}), LeftOut.BOT),
        (page(category="RudderJS-Initiated", name="ad-block page request"), LeftOut.ADBLOCK_PAGE),
        (
            page({"category": "RudderJS-Initiated", "name": "ad-block page request", "affiliate_id": "a"}),
            LeftOut.ADBLOCK_PAGE,
        ),
        (page(type="identify"), LeftOut.NOT_A_PAGE_VIEW),
        (page(type=7), LeftOut.NOT_A_PAGE_VIEW),
        ({}, LeftOut.NOT_A_PAGE_VIEW),
        ({"type": "track", "event": "Product Viewed"}, LeftOut.NOT_A_PAGE_VIEW),
        ({"type": "track", "event": None}, LeftOut.NOT_A_PAGE_VIEW),
        ({"rawData": "e30=", "errorCode": "Lambda.FunctionError"}, LeftOut.FIREHOSE_ERROR),
        (order(affiliate_id=...), LeftOut.NO_AFFILIATE),
        (order(affiliate_id=None), LeftOut.NO_AFFILIATE),
        (order(affiliate_id=""), LeftOut.NO_AFFILIATE),
    ],
)
def test_left_out(document, reason):
    assert read(document) == reason


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([1], "the document is no JSON object"),
        ("page", "the document is no JSON object"),
        (page(messageId=None), "messageId is missing"),
        (page(anonymousId="", userId=None), "anonymousId is missing"),
        (page(timestamp=None), "timestamp is no moment with an offset"),
        (
            page(timestamp="2023-11-06T09:33:04"),
            "timestamp is no moment with an offset",
        ),
        (page(receivedAt="yesterday"), "receivedAt is no moment with an offset"),
        (page(timestamp="2023-11-06T09:48:04.318Z"), "the event lies in the future: 900 s after its receipt"),
        (page(timestamp="1969-12-31T23:59:59.999Z"), "the event lies before 1970"),
        (order(affiliate_id="x" * 129), f"affiliate_id can be no affiliate's: '{'x' * 40}'"),
        (order(affiliate_id=[]), "affiliate_id can be no affiliate's: ''"),
        (order(order_id=...), "order_id is missing"),
        (order(order_id={}), "order_id is missing"),
        (order(currency="Dollars"), "currency is no ISO 4217 code: 'Dollars'"),
        (order(commission=...), "there is no commission, and no rate or revenue to compute it from"),
        (order(commission="free"), "commission is no amount: 'free'"),
        (order(commission=-1), "commission is no amount: '-1'"),
        (order(commission=True), "commission is no amount: ''"),
        (order(commission="NaN"), "commission is no amount: 'NaN'"),
        (order(commission="1_000"), "commission is no amount: '1_000'"),
        (order(commission="1e999"), "commission is too large: '1e999'"),
        (order(commission=1e12), "commission is too large: '1000000000000.0'"),
    ],
)
def test_malformed(document, problem):
    assert read(document) == problem


@pytest.mark.parametrize(
    ("properties", "rate", "micros"),
    [
        ({"commission": 7.5}, None, 7_500_000),
        ({"commission": "7.50"}, None, 7_500_000),
        ({"commission": 0}, None, 0),
        ({"commission": 0.1}, None, 100_000),
        ({"commission": " 12 "}, None, 12_000_000),
        ({"commission": "1e3"}, None, 1_000_000_000),
        ({"commission": "7.0000005"}, None, 7_000_000),
        ({"commission": "7.0000015"}, None, 7_000_002),
        ({"commission": "999999999999.999999"}, None, 999_999_999_999_999_999),
        ({"commission": 7.5, "revenue": 1}, "0.5", 7_500_000),
        ({"commission": ..., "revenue": 15, "total": 20}, "0.5", 7_500_000),
        ({"commission": ..., "revenue": None, "total": "20.00"}, "0.5", 10_000_000),
        ({"commission": None, "revenue": "0.000001"}, "0.5", 0),
    ],
)
def test_the_amount_of_a_commission(properties, rate, micros):
    assert read(order(**properties), rate=rate).micros == micros


@pytest.mark.parametrize(
    ("event", "properties", "expected"),
    [
        ("Order Completed", {}, (Entry.SALE, "o", 7_500_000)),
        (
            "order completed",
            {"order_id": 12345678901234567890},
            (Entry.SALE, "12345678901234567890", 7_500_000),
        ),
        ("Order Refunded", {}, (Entry.REVERSAL, "m", -7_500_000)),
        ("Order Refunded", {"refund_id": "r-1"}, (Entry.REVERSAL, "r-1", -7_500_000)),
        ("Order Cancelled", {"refund_id": 7}, (Entry.REVERSAL, "7", -7_500_000)),
    ],
)
def test_sales_and_reversals(event, properties, expected):
    commission = read(order(event, **properties))
    assert (commission.entry, commission.entry_id, commission.micros) == expected


@pytest.mark.parametrize(
    ("properties", "context", "website"),
    [
        ({}, None, "shop.example"),
        ({"website": "https://WWW.Shop.example:8443/x"}, None, "shop.example"),
        ({"url": "https://a.example/"}, None, "a.example"),
        ({}, {"page": {"url": "https://b.example/"}}, "b.example"),
        ({"website": None, "affiliation": " The Shop "}, None, "The Shop"),
        ({"website": None, "affiliation": "a\nb"}, None, "(none)"),
        ({"website": None}, None, "(none)"),
    ],
)
def test_the_website_of_a_commission(properties, context, website):
    assert read(order(**properties) | {"context": context}).website == website


@pytest.mark.parametrize(
    ("url", "website"),
    [
        ("https://www.Example.com:8443/x", "example.com"),
        ("https://user:secret@example.com", "example.com"),
        ("http://www.example.co.uk?x", "example.co.uk"),
        ("http://example.com?next=/x", "example.com"),
        ("//example.com#/x//y", "example.com"),
        ("https://www./", "www."),
        ("http://[::1]:8000/", "::1"),
        ("https://müller.example/", "müller.example"),
    ],
)
def test_the_website_of_a_page_view(url, website):
    assert read(page({"url": url, "affiliate_id": "a"})).website == website


@pytest.mark.parametrize(
    ("context", "device"),
    [
        ({}, ""),
        ({"userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Mobile/15E148"}, "mobile"),
        ({"userAgent": "Mozilla/5.0 (iPad; CPU OS 17_1 like Mac OS X) Mobile/15E148"}, "tablet"),
        (
            {"userAgent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/119.0 Mobile Safari/537.36"},
            "mobile",
        ),
        ({"userAgent": "Mozilla/5.0 (Linux; Android 13; SM-X906C) Chrome/119.0 Safari/537.36"}, "tablet"),
        ({"userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Firefox/119.0"}, "desktop"),
        ({"userAgent": "Mozilla/5.0 (X11)", "ua-ch": {"mobile": True}}, "mobile"),
        ({"userAgent": "Mozilla/5.0 (X11)", "ua-ch": {"mobile": False, "platform": "Android"}}, "tablet"),
        ({"userAgent": "x Mobile", "ua-ch": {"mobile": False, "platform": "Windows"}}, "desktop"),
        ({"userAgent": "x Mobile", "ua-ch": {"mobile": "no"}}, "mobile"),
        ({"userAgent": "x Mobile", "ua-ch": []}, "mobile"),
    ],
)
def test_the_device(context, device):
    assert read(page(context=context)).device == device


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"path": "/a", "referrer": "https://www.B.example:81/c"}, ("/a", "b.example")),
        ({"referrer": "$direct"}, ("/p", "")),
        ({"referrer": "", "referring_domain": "b.example:81"}, ("/p", "b.example")),
        ({"referrer": 5, "path": 6}, ("/p", "")),
    ],
)
def test_path_and_referrer(given, expected):
    event = read(page({"url": "https://x.com/p?ref=a", **given}))
    assert (event.path, event.referrer) == expected


def test_campaign_and_country():
    campaign = {"source": "s", "medium": "m", "name": "n"}
    event = read(page(context={"campaign": campaign, "geo": {"country": "NO"}}))
    assert (event.utm_source, event.utm_medium, event.utm_campaign, event.country) == ("s", "m", "n", "NO")


@pytest.mark.parametrize(
    ("ids", "visitor"),
    [
        ({"anonymousId": "a", "userId": "u"}, "a"),
        ({"anonymousId": "", "userId": "u"}, "u"),
        ({"anonymousId": None, "userId": 12}, "12"),
        ({"anonymousId": False, "userId": "u"}, "u"),
    ],
)
def test_the_visitor(ids, visitor):
    assert read(page(**ids)).visitor_id == visitor


HOUR = 3_600_000


def computed(timestamp: str, *, received: str, sent: str) -> dict[str, str]:
    times = {"timestamp": timestamp, "receivedAt": received, "sentAt": sent}
    return {name: f"2023-11-06T{time}Z" for name, time in times.items()} | {"originalTimestamp": TIME}


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"timestamp": TIME}, MILLISECONDS),
        ({"timestamp": "2023-11-06T15:03:04.317+05:30"}, MILLISECONDS),
        # computed by RudderStack: the producer's clock, corrected by whole minutes
        (computed("09:33:04.526", received="09:33:04.611", sent="09:33:04.402"), MILLISECONDS),
        (computed("09:33:04.527", received="11:33:04.611", sent="11:33:04.402"), MILLISECONDS),
        (computed("07:33:04.526", received="09:33:04.611", sent="11:33:04.402"), MILLISECONDS - 2 * HOUR),
        # set by the producer: it is the time
        ({"timestamp": "2020-02-02T00:23:09.544Z", "sentAt": TIME, "originalTimestamp": TIME}, 1580602989544),
        ({"timestamp": "2023-11-06T09:48:04.317Z"}, MILLISECONDS + 15 * 60_000),
    ],
)
def test_the_time_of_an_event(times, expected):
    assert read(page(**times)).time == expected


def stamp(milliseconds: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds")


@given(
    skew=st.integers(-1000, 1000),
    delays=st.lists(
        st.tuples(st.integers(0, 10 * 24 * HOUR), st.integers(0, 29_000)), min_size=2, max_size=5
    ),
)
def test_an_event_has_one_record_however_often_it_is_sent(skew, delays):
    """A clock that is minutes wrong, sent again days later, over networks up to 29 s slow."""

    original = MILLISECONDS + skew * 60_000
    records = set()
    for waited, network in delays:
        sent, received = original + waited, MILLISECONDS + waited + network
        computed = received - (sent - original)
        times = {
            "originalTimestamp": stamp(original),
            "sentAt": stamp(sent),
            "receivedAt": stamp(received),
            "timestamp": stamp(computed),
        }
        records.add(to_record(read(page(**times))))
    assert len(records) == 1


text = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.sampled_from(["url", "page", "affiliate_id"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
    max_leaves=4,
)
fields = [
    "type",
    "event",
    "messageId",
    "anonymousId",
    "timestamp",
    "receivedAt",
    "sentAt",
    "originalTimestamp",
]


@given(st.dictionaries(st.sampled_from([*fields, "properties", "context"]), anything), st.booleans())
def test_whatever_a_field_holds_it_is_an_event_a_reason_or_a_problem(values, is_page):
    document = (page() if is_page else order()) | values
    assert isinstance(read(document), PageView | Commission | LeftOut | str)
