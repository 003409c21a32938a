"""Documents to events: every rule for page views and commissions."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.engines.timestream.records import to_records
from chalicelib.errors import EventError
from chalicelib.events import Commission, Entry, LeftOut, PageView, Payout, hashed_visitor
from chalicelib.rudderstack import Rules, Source, to_event
from chalicelib.rudderstack.messages import decode_document

RULES = Rules(("ref", "aff", "via"), None, websites=frozenset(), max_age_days=7)
WIRE = Path(__file__).parents[1] / "wire" / "events"
TIME = "2023-11-06T09:33:04.317Z"
MILLISECONDS = 1699263184317


def read(document: Any, source: Source = Source.SERVER, **rules: Any) -> Any:
    """The event, the reason it is left out, or what is wrong with it."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    try:
        return to_event(decode_document(data), source, replace(RULES, **rules))
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
                hashed_visitor("7effd250-16c8-454c-957b-f0f2b357d356"),
                "bb934032-05c6-4c8c-a2d8-5d1b6ed58bbf",
                "/workshop",
                "blog.alice.dev",
                "newsletter",
                utm_campaign="nov",
                device="desktop",
                click=True,
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
                hashed_visitor("px-1"),
                "5b9e8b8e-6a52-4b0e-8d66-0f6b1c8c9f10",
                "/",
                device="desktop",
                click=True,
            ),
        ),
        (
            "08_track_order_completed_server",
            Commission(
                1699264031123, "alice", "(none)", "USD", "1234", Entry.SALE, "1234", 7_500_000, 15_000_000
            ),
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
                hashed_visitor("878e8f5f-9b6c-4aef-b5d3-1b970a13f17a"),
                "a3a3a3a3-0000-4000-8000-000000000013",
                "/caf%C3%A9",
                "com.google.android.gm",
                device="desktop",
                click=True,
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
        ({"url": "https://x.com/?ref=alice/"}, None, "alice"),
        ({"url": "https://x.com/?ref=alice%20%2F/+"}, None, "alice"),
        ({"url": "https://x.com/?ref=%09alice%C2%A0"}, None, "alice"),
        ({"affiliate_id": " alice/ ", "url": "https://x.com/"}, None, "alice"),
        ({"affiliate_id": "undefined", "url": "https://x.com/?ref=alice"}, None, "alice"),
        ({"url": "https://x.com/?ref=undefined&via=bob"}, None, "bob"),
        ({"url": "https://x.com/?ref=a/b"}, None, "a/b"),
        ({"url": "https://x.com/?ref=Null"}, None, "Null"),
        ({"url": "https://x.com/?ref=100%25"}, None, "100%"),
    ],
)
def test_the_affiliate_of_a_page_view(properties, page_context, affiliate_id):
    event = read(page(properties, {"page": page_context}))
    assert event.affiliate_id == affiliate_id


PLACEHOLDERS = [
    "undefined",
    "null",
    "NULL",
    "None",
    "NaN",
    "[object Object]",
    "{affiliate_id}",
    "{{ affiliate.id }}",
    "${id}",
    "$affiliate",
    "[ID]",
    "<your-id>",
    "%AFFILIATE%",
    " undefined/",
]
"""What pages and templates put where they have no affiliate."""

NO_HOSTS = [
    ";=1+1;",
    "=1+1",
    "-1+1",
    "@SUM(A1)",
    "a b",
    "a,b",
    "a..b",
    ".",
    "a../",
    "%00",
    "a%2Fb",
    "<b>",
    "x" * 64 + ".example",
    "a." * 127 + "example",
    "ü" * 300,
    "u" * 2000 + "@example.com",
    "[fe80::1%25eth0]",
]


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
        *(
            (page({"url": f"https://x.com/?ref={quote(value)}"}), LeftOut.NO_AFFILIATE)
            for value in PLACEHOLDERS
        ),
        *(
            (page({"url": "https://x.com/", "affiliate_id": value}), LeftOut.NO_AFFILIATE)
            for value in PLACEHOLDERS
        ),
        *((order(affiliate_id=value), LeftOut.NO_AFFILIATE) for value in PLACEHOLDERS),
        (page({"affiliate_id": "a\ufffdb", "url": "https://x.com/"}), LeftOut.NO_AFFILIATE),
        (page({"affiliate_id": "alice"}), LeftOut.NO_WEBSITE),
        *(
            (page({"url": f"https://{host}/", "affiliate_id": "alice"}), LeftOut.NO_WEBSITE)
            for host in NO_HOSTS
        ),
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
        (order(affiliate_id=" / "), LeftOut.NO_AFFILIATE),
    ],
)
def test_left_out(document, reason):
    assert read(document) == reason


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([1], "the document is not a JSON object"),
        ("page", "the document is not a JSON object"),
        (page(messageId=None), "messageId is missing"),
        (page(anonymousId="", userId=None), "anonymousId is missing"),
        (page(timestamp=None), "timestamp is not a time with an offset"),
        (
            page(timestamp="2023-11-06T09:33:04"),
            "timestamp is not a time with an offset",
        ),
        (page(receivedAt="yesterday"), "receivedAt is not a time with an offset"),
        (page(timestamp="2023-11-06T09:48:04.318Z"), "the event lies in the future: 900 s after its receipt"),
        (page(timestamp="1969-12-31T23:59:59.999Z"), "the event lies before 1970"),
        (order(affiliate_id="x" * 129), f"affiliate_id is not a valid affiliate id: '{'x' * 40}'"),
        (order(affiliate_id=[]), "affiliate_id is not a valid affiliate id: ''"),
        (order(order_id=...), "order_id is missing"),
        (order(order_id={}), "order_id is missing"),
        (order(currency="Dollars"), "currency is not an ISO 4217 code: 'Dollars'"),
        (order(commission=...), "there is no commission, and no rate or revenue to compute it from"),
        (order(commission="free"), "commission is not a valid amount: 'free'"),
        (order(commission=-1), "commission is not a valid amount: '-1'"),
        (order(commission=True), "commission is not a valid amount: ''"),
        (order(commission="NaN"), "commission is not a valid amount: 'NaN'"),
        (order(commission="1_000"), "commission is not a valid amount: '1_000'"),
        (order(commission="1e999"), "commission is too large: '1e999'"),
        (order(commission=1e9), "commission is too large: '1000000000.0'"),
        (order(commission="."), "commission is not a valid amount: '.'"),
        (order(commission="+5"), "commission is not a valid amount: '+5'"),
        (order(commission="1,5"), "commission is not a valid amount: '1,5'"),
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
        ({"commission": "999999999.999999"}, None, 999_999_999_999_999),
        ({"commission": ".5"}, None, 500_000),
        ({"commission": "5."}, None, 5_000_000),
        ({"commission": ".05e1"}, None, 500_000),
        ({"commission": 7.5, "revenue": 1}, "0.5", 7_500_000),
        ({"commission": ..., "revenue": 15, "total": 20}, "0.5", 7_500_000),
        ({"commission": ..., "revenue": None, "total": "20.00"}, "0.5", 10_000_000),
        ({"commission": None, "revenue": "0.000001"}, "0.5", 0),
    ],
)
def test_the_amount_of_a_commission(properties, rate, micros):
    assert read(order(**properties), commission_rate=rate and Decimal(rate)).micros == micros


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
        ("Order Canceled", {"refund_id": 7}, (Entry.REVERSAL, "7", -7_500_000)),
        ("Completed Order", {}, (Entry.SALE, "o", 7_500_000)),
        (" ORDER completed ", {}, (Entry.SALE, "o", 7_500_000)),
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
        ({"website": "Bücher.example."}, None, "xn--bcher-kva.example"),
        ({"website": "My Academy"}, None, "My Academy"),
        ({"website": "=1+1", "affiliation": "The Shop"}, None, "The Shop"),
        ({"website": ";=1+1;", "affiliation": "@SUM(A1)"}, None, "(none)"),
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
        ("https://www./", "www"),
        ("http://[::1]:8000/", "::1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
        ("https://shop.example./", "shop.example"),
        ("https://www.shop.example.:443/", "shop.example"),
        ("https://müller.example/", "xn--mller-kva.example"),
        ("https://M\u00fcller.example./", "xn--mller-kva.example"),
        ("https://mu\u0308ller.example/", "xn--mller-kva.example"),
        ("https://m%C3%BCller.example/", "xn--mller-kva.example"),
        ("https://XN--MLLER-KVA.example/", "xn--mller-kva.example"),
        ("https://straße.example/", "xn--strae-oqa.example"),
        ("https://💩.example/", "xn--ls8h.example"),
        ("https://shop。example/", "shop.example"),
        ("https://my_shop.example/", "my_shop.example"),
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
        ({"userAgent": "Opera/9.80 (Android; Opera Mini/7.6.40234/36.2084; U; de) Presto/2.12"}, "mobile"),
        ({"userAgent": "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS); U; en) Presto/2.5"}, "mobile"),
        ({"userAgent": "Opera/9.80 (iPad; Opera Mini/7.0.5/191.283; U; es) Presto/2.12"}, "tablet"),
        ({"userAgent": "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Tablet PC 2.0)"}, "desktop"),
        ({"userAgent": "Mozilla/5.0 (Linux; Android 9; X) Version/4.0 [FB_IAB/FB4A;FBAV/4;]"}, "mobile"),
        ({"userAgent": "Mozilla/5.0 (iPhone; iOS 18) [FBAN/FBIOS;FBDV/iPhone15,2]"}, "mobile"),
        ({"userAgent": "Mozilla/5.0 (Windows NT 10.0) osmeta/10.3 [FBAN/FBW;FBDV/WindowsDevice]"}, "desktop"),
        ({"userAgent": "Mozilla/5.0 (Linux; Android 16; Pixel) Safari/537.36 MetaIAB Facebook"}, "mobile"),
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
        ({"referring_domain": "$direct"}, ("/p", "")),
        ({"referrer": "$direct", "referring_domain": "$direct"}, ("/p", "")),
        ({"referrer": "https://X.com./other"}, ("/p", "")),
        ({"referring_domain": "www.x.com:443"}, ("/p", "")),
        ({"referrer": "https://blog.x.com/"}, ("/p", "blog.x.com")),
        ({"referrer": "https://bücher.example/"}, ("/p", "xn--bcher-kva.example")),
        ({"path": "/a?token=1#b"}, ("/a", "")),
    ],
)
def test_path_and_referrer(given, expected):
    event = read(page({"url": "https://x.com/p?ref=a", **given}))
    assert (event.path, event.referrer) == expected


@pytest.mark.parametrize(
    ("properties", "page_context", "path"),
    [
        ({"url": "https://x.com/a"}, None, "/a"),
        ({"tab_url": "https://x.com/a#/b"}, None, "/a"),
        ({}, {"url": "https://x.com/a?b"}, "/a"),
        ({}, {"tab_url": "https://x.com/a"}, "/a"),
        ({}, {"url": "https://x.com/a", "path": "/b"}, "/b"),
        ({"path": "/c"}, {"url": "https://x.com/a", "path": "/b"}, "/c"),
        ({"url": "https://x.com/a"}, {"url": "https://x.com/b", "path": "/b"}, "/a"),
        ({"url": "x"}, {"url": "https://x.com/b"}, "/b"),
        ({"url": "https://x.com"}, None, ""),
    ],
)
def test_the_path_is_read_where_the_website_is(properties, page_context, path):
    assert read(page({"affiliate_id": "a", **properties}, {"page": page_context})).path == path


@pytest.mark.parametrize(
    ("url", "is_counted"),
    [
        ("https://shop.example/", True),
        ("https://www.Shop.example.:443/", True),
        ("https://blog.shop.example/", False),
        ("https://a.courses.example/", True),
        ("https://a.b.courses.example/", True),
        ("https://courses.example/", False),
        ("https://evilcourses.example/", False),
        ("https://xn--mller-kva.example/", True),
        ("https://evil.example/", False),
    ],
)
def test_only_known_websites_count_if_they_are_listed(url, is_counted):
    websites = frozenset({"shop.example", "*.courses.example", "xn--mller-kva.example"})
    event = read(page({"url": url, "affiliate_id": "a"}), websites=websites)
    assert (event is not LeftOut.UNKNOWN_WEBSITE) == is_counted


def test_a_commission_counts_whatever_its_website():
    assert isinstance(read(order(), websites=frozenset({"other.example"})), Commission)


@pytest.mark.parametrize(
    ("timestamp", "source", "days", "is_too_old"),
    [
        ("2023-10-30T09:33:04.317Z", Source.WEB, 7, False),
        ("2023-10-30T09:33:04.316Z", Source.WEB, 7, True),
        ("1970-01-01T00:00:00Z", Source.WEB, 7, True),
        ("1970-01-01T00:00:00Z", Source.SERVER, 7, False),
        ("2023-11-05T09:33:04.316Z", Source.WEB, 1, True),
    ],
)
def test_a_page_view_from_a_browser_can_be_too_old_at_its_receipt(timestamp, source, days, is_too_old):
    event = read(page(timestamp=timestamp), source, max_age_days=days)
    assert (event is LeftOut.TOO_OLD) == is_too_old


def test_personal_data_are_not_stored():
    properties = {"url": "https://x.com/u/jane.doe@example.com/reset/SECRET-TOKEN?ref=a"}
    campaign = {"source": "jane@example.com", "medium": "+49 170 1234567", "name": "0" * 8 + "abcdef12" * 4}
    event = read(page(properties, {"campaign": campaign}, anonymousId=None, userId="jane@example.com"))
    assert (event.path, event.utm_source, event.utm_medium, event.utm_campaign) == (
        "/u/(email)/reset/(token)",
        "(email)",
        "(phone)",
        "(token)",
    )
    assert event.visitor_id == hashed_visitor("jane@example.com") == "8c87b489ce35cf2e2f39f80e282cb2e8"


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
    assert read(page(**ids)).visitor_id == hashed_visitor(visitor)


HOUR = 3_600_000


def computed(timestamp: str, *, received: str, sent: str) -> dict[str, str]:
    times = {"timestamp": timestamp, "receivedAt": received, "sentAt": sent}
    return {name: f"2023-11-06T{time}Z" for name, time in times.items()} | {"originalTimestamp": TIME}


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"timestamp": TIME}, MILLISECONDS),
        ({"timestamp": "2023-11-06T15:03:04.317+05:30"}, MILLISECONDS),
        # computed by RudderStack: the producer's clock, corrected by whole ten minutes
        (computed("09:33:04.526", received="09:33:04.611", sent="09:33:04.402"), MILLISECONDS),
        (computed("09:33:04.527", received="11:33:04.611", sent="11:33:04.402"), MILLISECONDS),
        (computed("07:33:04.526", received="09:33:04.611", sent="11:33:04.402"), MILLISECONDS - 2 * HOUR),
        (computed("09:33:34.217", received="09:33:34.217", sent="09:33:04.317"), MILLISECONDS),
        (computed("09:43:04.217", received="09:43:04.217", sent="09:33:04.317"), MILLISECONDS + HOUR // 6),
        # set by the producer: it is the time
        (
            {"timestamp": "2023-11-06T09:33:04.316Z", "sentAt": TIME, "originalTimestamp": TIME},
            MILLISECONDS - 1,
        ),
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
    skew=st.integers(-10 * HOUR, 10 * HOUR),
    delays=st.lists(
        st.tuples(st.integers(0, 10 * 24 * HOUR), st.integers(0, 29_000)), min_size=2, max_size=5
    ),
)
def test_an_event_has_one_record_however_often_it_is_sent(skew, delays):
    """A clock that is hours wrong, sent again days later, over networks up to 29 s slow."""
    # A clock near to an odd number of five minutes off can be rounded either way: docs/architecture.md.
    assume(not 270_000 <= -skew % 600_000 <= 300_000)
    original = MILLISECONDS + skew
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
        records.add(to_records(read(page(**times))))
    assert len(records) == 1


@pytest.mark.parametrize(
    "received", ["2023-11-06T09:33:04.317Z", "9999-12-31T23:59:59.999-14:00", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:55Z", "9999-12-31T23:59:59.999-14:00", "0001-01-01T00:00:00+14:00"]
)
def test_the_ends_of_the_calendar_are_times_like_others(moment, received):
    for sent in (moment, received):
        times = {"timestamp": moment, "receivedAt": received, "sentAt": sent, "originalTimestamp": moment}
        assert isinstance(read(page(**times)), PageView | str)


@pytest.mark.parametrize("name", ["affiliate_id", "order_id", "refund_id", "commission", "currency"])
def test_bytes_that_are_not_utf8_are_told(name):
    document = json.dumps(order("Order Refunded", **{name: "Jos<E9>"})).encode().replace(b"<E9>", b"\xe9")
    assert read(document).startswith(f"{name} is not UTF-8: 'utf-8' codec can't decode byte 0xe9")


def test_half_an_emoji_costs_no_view():
    document = json.dumps(
        page({"url": "https://x.com/?ref=a", "title": "x \ud83d"}, {"page": {"title": "\udc4d"}})
    )
    assert isinstance(read(document.encode()), PageView)


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
    assert isinstance(read(document), PageView | Commission | Payout | LeftOut | str)


def test_long_texts_are_not_kept():
    """What is remembered of an event is bounded, whatever a stranger sends."""

    def read_long(number: int) -> None:
        long = f"{number}" + "x" * 100_000
        properties = {
            "url": f"https://example.com/{long}?ref=a",
            "path": long,
            "referrer": f"https://{long}/",
        }
        campaign = {"source": long, "medium": long, "name": long}
        event = read(page(properties, {"userAgent": long, "campaign": campaign, "geo": {"country": long}}))
        to_records(event)

    read_long(0)
    tracemalloc.start()
    try:
        for number in range(1, 50):
            read_long(number)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 50 * 100_000 / 10
