"""Inputs that broke other people's pipelines, or once broke this one, through the real handler."""

import gzip
import json
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from tests.deployment import BUCKET, Deployment, notification

WEB, SERVER = "events/web/object", "events/server/object"
HOUR_AGO = -3600.0


def at(seconds: float) -> str:
    """The moment so many seconds after now (before, if negative)."""
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def page(
    message: str = "m1", url: str = "https://www.example.com/a?ref=alice", **fields: Any
) -> dict[str, Any]:
    times = {"timestamp": at(HOUR_AGO), "receivedAt": at(HOUR_AGO)}
    given = {"type": "page", "messageId": message, "anonymousId": "v1", "properties": {"url": url}, **times}
    return given | fields


def sale(order: str, commission: str, website: str = "shop.example", **fields: Any) -> dict[str, Any]:
    properties = {"affiliate_id": "alice", "order_id": order, "commission": commission, "website": website}
    times = {"timestamp": at(HOUR_AGO), "receivedAt": at(HOUR_AGO)}
    given = {"type": "track", "event": "Order Completed", "messageId": order, "userId": "u", **times}
    return given | {"properties": properties} | fields


def encoded(*documents: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(document).encode() for document in documents)


def zipped(*bodies: bytes, name: str = "") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, body in enumerate(bodies):
            archive.writestr(name or str(number), body)
    return file.getvalue()


def gzipped(separator: bytes) -> bytes:
    return separator.join(gzip.compress(encoded(page(f"m{number}"))) for number in range(4))


def without(body: bytes, start: int, end: int) -> bytes:
    return body[:start] + body[end:]


def seen_by(user_agent: str) -> bytes:
    return encoded(page(context={"userAgent": user_agent}))


GOOD = page("good", anonymousId="good")
AT_THE_CALENDARS_END = page(
    timestamp="9999-12-31T23:59:55.000Z",
    originalTimestamp="9999-12-31T23:59:10.000Z",
    receivedAt="2023-11-06T09:33:04.317Z",
    sentAt="2023-11-06T09:32:19.317Z",
)
NOT_UTF8 = encoded(GOOD) + encoded(
    page(url="https://www.example.com/")
    | {"properties": {"url": "https://a.example", "affiliate_id": "Jos<E9>"}}
).replace(b"<E9>", b"\xe9")
DEEP = json.dumps({"z": "}{", "deep": "<D>"}).replace(
    '"<D>"', '{"a":' * 1500 + '"' + '\\"' * 40_000 + '"' + "}" * 1500
)

OBJECTS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a parameter's name encoded without end": (
        encoded(page(url="https://www.example.com/?" + "%41" * 21_333)),
        {"left_out": {"no_affiliate": 1}},
    ),
    "deep nesting around escaped quotes": (DEEP.encode(), {"documents": 1}),
    "a byte that is not UTF-8 in an affiliate's id": (NOT_UTF8, {"documents": 2, "written": 1}),
    "a time at the end of the calendar": (
        encoded(GOOD, AT_THE_CALENDARS_END),
        {"documents": 2, "written": 1},
    ),
    "half an emoji in a title": (
        encoded(page(properties={"url": "https://www.example.com/?ref=alice", "title": "x \ud83d"})),
        {"written": 1},
    ),
    "half an emoji in the context": (encoded(page(context={"page": {"title": "\udc4d ok"}})), {"written": 1}),
    "gzip members with a line feed between them": (gzipped(b"\n"), {"documents": 4, "written": 4}),
    "gzip members with a line break between them": (gzipped(b"\r\n"), {"documents": 4, "written": 4}),
    "two zip files end to end": (zipped(encoded(page("m1"))) + zipped(encoded(page("m2"))), {"written": 2}),
    "a zip file that lost bytes": (
        without(zipped(encoded(*(page(f"m{number}") for number in range(20)))), 60, 84),
        {"documents": 1, "malformed": {"not_json": 1}},
    ),
    "Facebook's in-app browser on an iPhone": (
        seen_by("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6) Mobile/22G100 Safari/604.1 MetaIAB Facebook"),
        {"written": 1},
    ),
    "Instagram on Android 15": (
        seen_by(
            "Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv) AppleWebKit/537.36 "
            "Version/4.0 Chrome/142.0.7444.142 Mobile Safari/537.36 Instagram 406.0.0.58.159"
        ),
        {"written": 1},
    ),
    "Sogou's browser on a phone": (
        seen_by(
            "Mozilla/5.0 (Linux; U; Android 5.0.2; zh-cn; Redmi Note 2 Build/LRX22G) AppleWebKit/534.30 "
            "Version/4.0 Mobile Safari/534.30 SogouMSE,SogouMobileBrowser/5.2.2"
        ),
        {"written": 1},
    ),
    "Viber's in-app browser": (
        seen_by(
            "Mozilla/5.0 (Linux; Android 9; SM-G955U Build/PPR1.180610.011; wv) AppleWebKit/537.36 "
            "Version/4.0 Chrome/79.0.3945.93 Mobile Safari/537.36 Viber/12.1.0.11"
        ),
        {"written": 1},
    ),
}


@pytest.mark.parametrize(("body", "expected"), OBJECTS.values(), ids=OBJECTS)
def test_the_outcome(deployment: Deployment, body: bytes, expected: dict[str, Any]):
    outcome = deployment.deliver(WEB, body)
    assert {name: outcome[name] for name in expected} == expected
    assert len(deployment.dead_letters(WEB)) == sum(outcome["malformed"].values())


COLUMNS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "the address is in the context alone": (
        page(properties={}, context={"page": {"url": "https://example.com/pricing?ref=alice"}}),
        "path",
        "/pricing",
    ),
    "the address is the tab's alone": (
        page(properties={"tab_url": "https://example.com/pricing?ref=alice"}),
        "path",
        "/pricing",
    ),
    "no referring domain": (
        page(properties={"url": "https://example.com/?ref=alice", "referring_domain": "$direct"}),
        "referrer",
        None,
    ),
    "Opera Mini on Android": (
        page(
            context={"userAgent": "Opera/9.80 (Android; Opera Mini/7.6.40234/36.2084; U; de) Presto/2.12.423"}
        ),
        "device",
        "mobile",
    ),
}


@pytest.mark.parametrize(("document", "column", "value"), COLUMNS.values(), ids=COLUMNS)
def test_what_is_stored(deployment: Deployment, document: dict[str, Any], column: str, value: str | None):
    # Another view has the column: Timestream knows none that no record has.
    other = {"url": "https://example.com/o?ref=bob", "referrer": "https://blog.example/"}
    deployment.deliver(WEB, encoded(document, page("other", properties=other, context={"userAgent": "X11"})))
    table = '"WebAnalyticsDb"."PageViewsTable"'
    assert deployment.rows(f"SELECT {column} FROM {table} WHERE affiliate_id = 'alice'") == [[value]]


def computed(message: str, original: float, sent: float, received: float, timestamp: float) -> dict[str, Any]:
    times = {"originalTimestamp": original, "sentAt": sent, "receivedAt": received, "timestamp": timestamp}
    return page(message, **{name: at(seconds) for name, seconds in times.items()})


SERIES: dict[str, tuple[str, str, list[dict[str, Any]], dict[str, float]]] = {
    "a host in Unicode and in ASCII": (
        WEB,
        "PageViews",
        [
            page("m1", "https://müller.example/a?ref=alice"),
            page("m2", "https://xn--mller-kva.example/b?ref=alice"),
        ],
        {"xn--mller-kva.example": 2},
    ),
    "a host with a final dot": (
        WEB,
        "PageViews",
        [page("m1", "https://shop.example/?ref=alice"), page("m2", "https://www.shop.example./?ref=alice")],
        {"shop.example": 2},
    ),
    "a producer's own time, one millisecond before its receipt, and its retry": (
        SERVER,
        "PageViews",
        [
            computed("m1", HOUR_AGO, HOUR_AGO, HOUR_AGO, HOUR_AGO - 0.001),
            computed("m1", HOUR_AGO + 10, HOUR_AGO + 10, HOUR_AGO + 10, HOUR_AGO - 0.001),
        ],
        {"example.com": 1},
    ),
    "a clock 29.9 s behind, over networks of 50 and 300 ms": (
        WEB,
        "PageViews",
        [
            computed("m1", HOUR_AGO, HOUR_AGO, HOUR_AGO + 29.95, HOUR_AGO + 29.95),
            computed("m1", HOUR_AGO, HOUR_AGO + 10, HOUR_AGO + 40.2, HOUR_AGO + 30.2),
        ],
        {"example.com": 1},
    ),
    "two shops with one order number": (
        SERVER,
        "Commissions",
        [sale("1001", "10", "shop-a.example"), sale("1001", "20", "shop-b.example")],
        {"shop-a.example": 10, "shop-b.example": 20},
    ),
    "an amount that begins with its point": (SERVER, "Commissions", [sale("1", ".5")], {"shop.example": 0.5}),
    "sums beyond what can be summed": (
        SERVER,
        "Commissions",
        [sale("ok", "1"), *(sale(str(number), "999999999999") for number in range(10))],
        {"shop.example": 1},
    ),
}


@pytest.mark.parametrize(("key", "metric", "documents", "totals"), SERIES.values(), ids=SERIES)
def test_the_figures(
    deployment: Deployment, key: str, metric: str, documents: list[dict[str, Any]], totals: dict[str, float]
):
    for number, document in enumerate(documents):
        deployment.deliver(f"{key}{number}", encoded(document))
    status, answer = deployment.get(affiliateId="alice", metricType=metric, timeWindow="Last7Days")
    assert (status, {total["series"]: total["value"] for total in answer["totals"]}) == (200, totals)


def records(bodies: Iterable[str], source: str) -> dict[str, Any]:
    return {"Records": [{"eventSource": source, "body": body} for body in bodies]}


S3 = notification(WEB)
IN_SNS = {"EventSource": "aws:sns", "Sns": {"Type": "Notification", "Message": json.dumps(S3)}}
EVENT_BRIDGE = {
    "source": "aws.s3",
    "detail-type": "Object Created",
    "detail": {"bucket": {"name": BUCKET}, "object": {"key": WEB}},
}
WRAPPED: dict[str, Any] = {
    "SQS": records([json.dumps(S3)], "aws:sqs"),
    "SNS": {"Records": [IN_SNS]},
    "SNS in SQS": records([json.dumps(IN_SNS["Sns"])], "aws:sqs"),
    "EventBridge": EVENT_BRIDGE,
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED)
def test_a_wrapped_notification_is_read(deployment: Deployment, wrapped: dict[str, Any]):
    deployment.s3.put_object(Bucket=BUCKET, Key=WEB, Body=encoded(page()))
    assert [outcome["written"] for outcome in deployment.notify(wrapped)] == [1]
