"""The real handler over real inputs: notification → S3 → Timestream, dead letters and outcome."""

import base64
import gzip
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.config import Config
from chalicelib.engines.batches import HELD, BatchSink, Refusal
from chalicelib.engines.timestream.records import Record
from chalicelib.engines.timestream.sink import Records, sink, tables
from chalicelib.events import hashed_visitor
from chalicelib.figures import R, Statement
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from tests.answering import DIALECT
from tests.deployment import BUCKET, WIRE, Deployment, notification

NOW = datetime(2023, 11, 6, 10, 40, tzinfo=UTC)
PAGE = (WIRE / "events/01_page_js_v3_affiliate_landing.json").read_bytes().strip()
SALE = (WIRE / "events/08_track_order_completed_server.json").read_bytes().strip()
ALL_EVENTS = {
    "documents": 15,
    "written": 5,
    "duplicates": 0,
    "left_out": {"no_affiliate": 7, "not_a_page_view": 2, "bot": 1},
    "malformed": {},
    "rejected": {},
}


EVENTS: dict[str, dict[str, Any]] = {
    "01_page_js_v3_affiliate_landing": {"written": 1},
    "02_page_js_v3_second_page_no_ref": {"left_out": {"no_affiliate": 1}},
    "03_page_js_v2_verbatim_fixture": {"left_out": {"no_affiliate": 1}},
    "04_page_offset_timestamps_verbatim_fixture": {"left_out": {"no_affiliate": 1}},
    "05_page_http_api_minimal": {"left_out": {"no_affiliate": 1}},
    "06_page_pixel_api": {"written": 1},
    "07_track_order_completed_js": {"left_out": {"untrusted_source": 1}},
    "08_track_order_completed_server": {"left_out": {"untrusted_source": 1}},
    "09_track_order_refunded": {"left_out": {"untrusted_source": 1}},
    "10_identify_js_clock_skew": {"left_out": {"not_a_page_view": 1}},
    "11_screen_kotlin": {"left_out": {"not_a_page_view": 1}},
    "12_page_bot_flagged": {"left_out": {"bot": 1}},
    "13_page_awkward_text": {"written": 1},
    "14_page_late_and_skewed": {"left_out": {"no_affiliate": 1}},
    "15_page_future_timestamp": {"left_out": {"no_affiliate": 1}},
}
"""What becomes of each when it comes from a browser's source."""

FROM_A_SERVER: dict[str, dict[str, Any]] = {
    "07_track_order_completed_js": {"written": 1},
    "08_track_order_completed_server": {"written": 1},
    "09_track_order_refunded": {"left_out": {"no_affiliate": 1}},
}
"""What is otherwise when it comes from a server's."""

NOTHING: dict[str, Any] = {
    "documents": 0,
    "written": 0,
    "duplicates": 0,
    "left_out": {},
    "malformed": {},
    "rejected": {},
}


def object_named(part: str) -> bytes:
    (path,) = (path for path in (WIRE / "objects").iterdir() if part in path.name)
    return path.read_bytes()


@pytest.fixture
def live(deployment: Deployment) -> Deployment:
    deployment.timestream.clock.set(NOW)
    return deployment


@pytest.mark.parametrize("folder", ["web", "server"])
@pytest.mark.parametrize("name", sorted(path.stem for path in (WIRE / "events").iterdir()))
def test_events_as_they_really_come(live, name, folder):
    body = (WIRE / f"events/{name}.json").read_bytes()
    fate = FROM_A_SERVER.get(name, EVENTS[name]) if folder == "server" else EVENTS[name]
    outcome = live.deliver(f"events/{folder}/2023/11/06/10/object", body)
    assert outcome == NOTHING | {"documents": 1, "bytes": len(body)} | fate


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("put_one", [1]),
        ("put_duplicate_delivery", [1]),
        ("put_two_records_and_a_delete", [1, 1]),
        ("put_encoded_key_versioned", [1]),
        ("empty_object", [0]),
        ("error_prefix_object", [0]),
        ("s3_test_event", []),
        ("lambda_on_failure_destination_record", [1]),
    ],
)
def test_notifications_as_they_really_come(live, name, written):
    """Twice each, as S3 may deliver them."""
    event = json.loads((WIRE / f"s3-events/{name}.json").read_text())
    for record in event.get("requestPayload", event).get("Records", [])[:2]:
        body = {"empty_object": b"", "error_prefix_object": object_named("error_processing")}.get(name, PAGE)
        key = unquote_plus(record["s3"]["object"]["key"])
        live.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        record["s3"]["object"].pop("versionId", None)  # a version has a test of its own
    for _ in range(2):
        assert [outcome["written"] for outcome in live.notify(event)] == written


# The fifteen events, in order: 01 written; 02 to 05 no affiliate; 06 written; 07 and 08 are the same sale,
# reported by browser and server; 09 names no affiliate; 10, 11 no page views; 12 a bot; 13 written; 14, 15 no
# affiliate.
@pytest.mark.parametrize(
    ("name", "folder", "expected"),
    [
        ("11111111", "server", ALL_EVENTS),
        ("22222222", "server", ALL_EVENTS),
        ("33333333", "server", ALL_EVENTS),
        ("44444444", "server", ALL_EVENTS),
        ("55555555", "server", ALL_EVENTS),
        (
            "11111111",
            "web",
            ALL_EVENTS
            | {
                "written": 3,
                "left_out": {"no_affiliate": 6, "not_a_page_view": 2, "bot": 1, "untrusted_source": 3},
            },
        ),
        # one page view four times, once of them sent again later; and a sale from a browser twice
        (
            "duplicates",
            "web",
            {
                "documents": 6,
                "written": 1,
                "duplicates": 3,
                "left_out": {"untrusted_source": 2},
                "malformed": {},
                "rejected": {},
            },
        ),
        (
            "corrupt_middle",
            "web",
            {
                "documents": 5,
                "written": 1,
                "duplicates": 0,
                "left_out": {"no_affiliate": 1, "untrusted_source": 1},
                "malformed": {"not_json": 2},
                "rejected": {},
            },
        ),
        (
            "truncated_tail",
            "web",
            {
                "documents": 3,
                "written": 1,
                "duplicates": 0,
                "left_out": {"no_affiliate": 1},
                "malformed": {"not_json": 1},
                "rejected": {},
            },
        ),
        (
            "mixed_delims",
            "web",
            {
                "documents": 7,
                "written": 1,
                "duplicates": 0,
                "left_out": {"no_affiliate": 1, "untrusted_source": 1},
                "malformed": {"not_json": 1, "not_an_event": 3},
                "rejected": {},
            },
        ),
        (
            "empty",
            "web",
            NOTHING,
        ),
        (
            "error_processing",
            "web",
            {
                "documents": 1,
                "written": 0,
                "duplicates": 0,
                "left_out": {"firehose_error": 1},
                "malformed": {},
                "rejected": {},
            },
        ),
    ],
)
def test_objects_as_they_really_come(live, name, folder, expected):
    body = object_named(name)
    outcome = live.deliver(f"events/{folder}/2023/11/06/10/object", body)
    assert outcome == expected | {"bytes": len(body)}


VIEW = (
    "affiliate_id", "website", "visitor_id", "event_id", "path", "referrer", "utm_source", "device", "time",
    "measure_name", "measure_value::bigint",
)  # fmt: skip


def test_what_is_in_timestream_afterwards(live):
    live.deliver("events/server/2023/11/06/10/object.gz", object_named("22222222"))
    views = live.rows(f'SELECT {", ".join(VIEW)} FROM "WebAnalyticsDb"."PageViewsTable" ORDER BY time')
    site = "example-courses.com"
    assert [dict(zip(VIEW, row, strict=True)) for row in views] == [
        {
            "affiliate_id": "alice",
            "website": site,
            "visitor_id": hashed_visitor("7effd250-16c8-454c-957b-f0f2b357d356"),
            "event_id": "bb934032-05c6-4c8c-a2d8-5d1b6ed58bbf",
            "path": "/workshop",
            "referrer": "blog.alice.dev",
            "utm_source": "newsletter",
            "device": "desktop",
            "time": "2023-11-06 09:33:04.317000000",
            "measure_name": "page_view",
            "measure_value::bigint": "1",
        },
        {
            "affiliate_id": "bob",
            "website": site,
            "visitor_id": hashed_visitor("px-1"),
            "event_id": "5b9e8b8e-6a52-4b0e-8d66-0f6b1c8c9f10",
            "path": "/",
            "referrer": None,
            "utm_source": None,
            "device": "desktop",
            "time": "2023-11-06 10:01:00.000000000",
            "measure_name": "page_view",
            "measure_value::bigint": "1",
        },
        {
            "affiliate_id": "✓b c",
            "website": site,
            "visitor_id": hashed_visitor("878e8f5f-9b6c-4aef-b5d3-1b970a13f17a"),
            "event_id": "a3a3a3a3-0000-4000-8000-000000000013",
            "path": "/caf%C3%A9",
            "referrer": "com.google.android.gm",
            "utm_source": None,
            "device": "desktop",
            "time": "2023-11-06 10:03:00.000000000",
            "measure_name": "page_view",
            "measure_value::bigint": "1",
        },
    ]
    commissions = live.rows(
        'SELECT website, currency, order_id, entry, entry_id, time, measure_value::bigint '
        'FROM "WebAnalyticsDb"."CommissionsTable" ORDER BY time, measure_name'
    )  # fmt: skip
    assert commissions == [
        ["(none)", "USD", "1234", "sale", "1234", "2023-11-06 09:47:11.123000000", "7500000"],
        ["(none)", "USD", "1234", "sale", "1234", "2023-11-06 09:47:11.123000000", "15000000"],
        [site, "USD", "1234", "sale", "1234", "2023-11-06 09:47:12.900000000", "7500000"],
        [site, "USD", "1234", "sale", "1234", "2023-11-06 09:47:12.900000000", "15000000"],
    ]


def test_dead_letters_hold_the_documents_and_say_why(live):
    key = "events/web/2023/11/06/10/a+b%c✓"
    live.deliver(key, object_named("mixed_delims") + b"\xff")
    place = {"bucket": BUCKET, "key": key}
    no_event = {"reason": "not_an_event", "detail": "the document is not a JSON object", **place}
    no_json = {"reason": "not_json", "detail": "not JSON: Expecting value at byte 0", **place}
    assert live.dead_letters(key) == [
        no_json | {"offset": 3832, "document": ","},
        no_event | {"offset": 5654, "document": "[1,2]"},
        no_event | {"offset": 5659, "document": '"str"'},
        no_event | {"offset": 5664, "document": "null"},
        no_json | {"offset": 5668, "document_base64": base64.b64encode(b"\xff").decode()},
    ]


def test_dead_letters_are_those_of_the_last_attempt(live):
    live.deliver("events/web/o", PAGE + b"x")
    assert len(live.dead_letters("events/web/o")) == 1
    live.deliver("events/web/o", PAGE)
    assert live.dead_letters("events/web/o") == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            b"\x82SNAPPY\x00\x00\x00\x00\x01",
            "the object is in Snappy, which is not supported: set Firehose to GZIP",
        ),
        (gzip.compress(PAGE)[:-12], "the gzip stream ends early"),
        (b"\x00\x01garbage" * 1000, "not JSON: Expecting value at byte 0"),
        (
            b'{"type":"page","title":"' + b"x" * 1_023_990 + b'"}',
            "no document ends within 1,024,000 bytes, and Firehose takes no larger one",
        ),
    ],
)
def test_an_object_that_cannot_be_read_is_a_dead_letter(live, body, detail):
    outcome = live.deliver("events/web/o", body)
    letters = live.dead_letters("events/web/o")
    assert outcome["malformed"] == {"not_json": len(letters)}
    assert letters[0]["detail"] == detail


def test_a_document_too_large_costs_no_other(live):
    too_large = b'{"type":"page","title":"' + b"x" * 1_100_000 + b'"}'
    outcome = live.deliver("events/web/o", PAGE + too_large + PAGE.replace(b"bb934032", b"eeeeeeee"))
    assert outcome["written"] == 2
    letters = live.dead_letters("events/web/o")
    assert "".join(letter["document"] for letter in letters).encode() == too_large


def test_a_record_timestream_refuses_is_a_dead_letter_and_costs_no_other(live):
    old = PAGE.replace(b"2023-11-06T", b"2003-11-06T").replace(b"bb934032", b"cccccccc")
    outcome = live.deliver("events/web/o", PAGE + old + PAGE.replace(b"bb934032", b"dddddddd"))
    assert (outcome["written"], outcome["rejected"]) == (2, {"out_of_retention": 1})
    (letter,) = live.dead_letters("events/web/o")
    assert letter["reason"] == "out_of_retention"
    assert letter["detail"].startswith("The record timestamp is outside the time range [")
    assert letter["document"].encode() == old


def test_a_notification_of_many_objects_and_other_events(live):
    event = json.loads((WIRE / "s3-events/put_two_records_and_a_delete.json").read_text())
    keys = [record["s3"]["object"]["key"] for record in event["Records"][:2]]
    for key, body in zip(keys, (PAGE, gzip.compress(PAGE.replace(b"bb934032", b"eeeeeeee"))), strict=True):
        live.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    assert [outcome["written"] for outcome in live.notify(event)] == [1, 1]


def test_an_encoded_key_and_its_version(live):
    event = json.loads((WIRE / "s3-events/put_encoded_key_versioned.json").read_text())
    live.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    key = "events/year=2023/month=11/a b+c✓/stream-1-2023-11-06-10-35-00-11111111-1111-4111-8111-111111111111"
    version = live.s3.put_object(Bucket=BUCKET, Key=key, Body=PAGE)["VersionId"]
    live.s3.put_object(Bucket=BUCKET, Key=key, Body=PAGE + PAGE)
    event["Records"][0]["s3"]["object"]["versionId"] = version
    assert live.notify(event)[0]["documents"] == 1


@pytest.mark.parametrize(
    "event", [{}, {"Records": []}, json.loads((WIRE / "s3-events/s3_test_event.json").read_text())]
)
def test_a_notification_of_no_object(live, event):
    assert live.notify(event) == []


def test_an_object_that_cannot_be_had_fails_and_costs_no_other(live):
    live.s3.put_object(Bucket=BUCKET, Key="events/web/there", Body=PAGE)
    event = notification("events/web/there", "events/web/there")
    event["Records"][0]["s3"]["bucket"]["name"] = "another-bucket"
    with pytest.raises(ExceptionGroup) as raised:
        live.notify(event)
    (failure,) = raised.value.exceptions
    assert "NoSuchBucket" in str(failure)
    assert live.rows('SELECT count(*) FROM "WebAnalyticsDb"."PageViewsTable"') == [["1"]]


def test_an_object_that_is_gone_is_counted_once_and_told_loudly(live, caplog):
    live.s3.put_object(Bucket=BUCKET, Key="events/web/there", Body=PAGE)
    gone, there = live.notify(notification("events/web/gone", "events/web/there"))
    assert (gone, there["written"]) == (NOTHING | {"bytes": 0, "gone": 1}, 1)
    (told,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert (told.message, told.key) == ("object is gone", "events/web/gone")


def test_dead_letters_outlive_an_object_that_is_gone(live):
    live.deliver("events/web/o", PAGE + b"x")
    live.s3.delete_object(Bucket=BUCKET, Key="events/web/o")
    assert live.notify(notification("events/web/o"))[0]["gone"] == 1
    assert len(live.dead_letters("events/web/o")) == 1


def test_a_version_that_is_gone(live):
    live.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = live.s3.put_object(Bucket=BUCKET, Key="events/web/o", Body=PAGE)["VersionId"]
    live.s3.put_object(Bucket=BUCKET, Key="events/web/o", Body=PAGE + PAGE)
    marker = live.s3.delete_object(Bucket=BUCKET, Key="events/web/o")["VersionId"]
    live.s3.delete_object(Bucket=BUCKET, Key="events/web/o", VersionId=version)
    event = notification("events/web/o", "events/web/o", "events/web/o")
    for record, named in zip(event["Records"], (version, marker, ""), strict=True):
        record["s3"]["object"]["versionId"] = named
    assert [outcome["gone"] for outcome in live.notify(event)] == [1, 1, 1]


def test_every_outcome_is_logged_and_counted(live, caplog, capsys):
    live.deliver("events/web/o", PAGE + PAGE + b"x")
    (logged,) = (record for record in caplog.records if record.message == "object ingested")
    assert logged.key == "events/web/o"
    assert (logged.documents, logged.written, logged.duplicates) == (3, 1, 1)
    assert logged.malformed == {"not_json": 1}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (counted,) = (line for line in lines if "_aws" in line)
    names = ("Documents", "Written", "Duplicates", "LeftOut", "Malformed", "Rejected", "Bytes")
    assert [counted[name] for name in names] == [[3], [1], [1], [0], [1], [0], [2 * len(PAGE) + 1]]


def variants(count: int) -> list[bytes]:
    """So many different events, one in three a sale."""
    return [
        SALE.replace(b"1234", b"%d" % number)
        if number % 3 == 2
        else PAGE.replace(b"bb934032", b"%08d" % number)
        for number in range(count)
    ]


def contents(live: Deployment) -> Sequence[Any]:
    """Everything there is, in the tables that have ever been written to."""
    tables = [row[0] for row in live.rows('SHOW TABLES FROM "WebAnalyticsDb"')]
    described = {table: live.rows(f'DESCRIBE "WebAnalyticsDb"."{table}"') for table in tables}
    return [
        sorted(map(str, live.rows(f'SELECT * FROM "WebAnalyticsDb"."{table}"')))
        for table, columns in described.items()
        if len(columns) > 2
    ]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_redelivery_changes_no_figure(live, data):
    """Whole or in part, in any order, in any framing."""
    events = variants(12)
    live.deliver("events/server/first", b"".join(events))
    before = contents(live)
    for number in range(data.draw(st.integers(1, 3))):
        again = data.draw(st.lists(st.sampled_from(events)))
        joint = data.draw(st.sampled_from([b"", b"\n", b" \r\n"]))
        pack = data.draw(st.sampled_from([bytes, gzip.compress]))
        live.deliver(f"events/server/again-{number}", pack(joint.join(again)))
    assert contents(live) == before


def test_more_than_one_batch_in_flight(live):
    outcome = live.deliver("events/server/o", b"".join(variants(3000)))
    assert (outcome["documents"], outcome["written"]) == (3000, 3000)
    sums = live.rows('SELECT sum(measure_value::bigint) FROM "WebAnalyticsDb"."PageViewsTable"')
    assert sums == [["2000"]]


def test_the_article_s_own_statement_gives_the_sums(live):
    """As it was published: https://theburningmonk.com/2023/11/how-i-implemented-web-analytics-reporting-with-timestream/."""
    other_day = PAGE.replace(b"2023-11-06T", b"2023-11-04T")
    too_old = PAGE.replace(b"2023-11-06T", b"2023-10-06T")
    views = [PAGE.replace(b"bb934032", b"%08d" % number) for number in range(3)]
    live.deliver(
        "events/web/o", b"".join([*views, *views, other_day, too_old, PAGE.replace(b"ref=alice", b"ref=bob")])
    )
    statement = (
        "SELECT website, sum(measure_value::bigint) AS value, date_trunc('day', time) AS timestamp "
        'FROM "WebAnalyticsDb"."PageViewsTable" '
        "WHERE \"affiliate_id\" = 'alice' AND time between ago(7day) and now() "
        "GROUP BY website, date_trunc('day', time)"
    )
    assert sorted(live.rows(statement)) == [
        ["example-courses.com", "1", "2023-11-04 00:00:00.000000000"],
        ["example-courses.com", "3", "2023-11-06 00:00:00.000000000"],
    ]


def page_at(timestamp: str, original: str) -> bytes:
    """A page view whose times are said to be computed, received in 2023."""
    sent = {"receivedAt": "2023-11-06T09:33:04.317Z", "sentAt": "2023-11-06T09:32:19.317Z"}
    times = {"timestamp": timestamp, "originalTimestamp": original, **sent}
    properties = {"url": "https://www.example.com/?ref=alice"}
    page = {"type": "page", "messageId": "m", "anonymousId": "v", "properties": properties, **times}
    return json.dumps(page).encode()


@pytest.mark.parametrize(
    "document",
    [
        PAGE.replace(b'"properties":{', b'"properties":{"affiliate_id":"Jos\xe9",', 1),
        SALE.replace(b'"order_id":"', b'"order_id":"\xff'),
        SALE.replace(b'"currency":"', b'"currency":"\xc3'),
        page_at("9999-12-31T23:59:55.000Z", "9999-12-31T23:59:10.000Z"),
        page_at("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        page_at("0001-01-01T00:00:00.000+14:00", "0001-01-01T00:00:00.000+14:00"),
        page_at("9999-12-31T23:59:59.999-14:00", "9999-12-31T23:59:59.999-14:00"),
    ],
)
def test_what_one_document_raises_is_its_own_dead_letter(live, document):
    """And costs no other: nor are they read again and again for its sake."""
    outcome = live.deliver("events/server/o", PAGE + document + SALE)
    assert (outcome["documents"], outcome["written"]) == (3, 2)
    (letter,) = live.dead_letters("events/server/o")
    shown = letter.get("document", "").encode() or base64.b64decode(letter["document_base64"])
    assert (shown, bool(letter["detail"])) == (document, True)


def test_no_batch_tries_after_the_first_has_failed(live):
    """Each would try for as long, one after another, until Lambda ends them."""
    tried = []

    class Refusing:
        def write(self, _table: object, records: list[object]) -> None:
            tried.append(len(records))
            raise ConnectionError

    live.s3.put_object(Bucket=BUCKET, Key="events/server/o", Body=b"".join(variants(1000)))
    source = ObjectVersion(BUCKET, "events/server/o")
    with pytest.raises(ConnectionError):
        ingest_object(source, s3=live.s3, engine=Writing(Refusing()), config=Config(BUCKET))
    assert tried == [100]


class Writing:
    """Timestream, with a writer of the test's own."""

    dialect = DIALECT

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def sink(self, source: ObjectVersion) -> BatchSink[Records]:
        return sink(self._writer, tables(Config(BUCKET)))

    def rows(self, statement: Statement[R]) -> Iterator[R]:
        raise NotImplementedError


class Taking:
    """A writer that takes everything."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def write(self, _table: object, records: list[Record]) -> list[Refusal]:
        self.records += records
        return []


def test_documents_held_for_an_answer_are_bounded_in_bytes(live):
    """Page views of half a megabyte each: 800 would wait to be sent together, and 3,200 in flight."""
    padding = b'"context":{"traits":{"a":"' + b"x" * 500_000 + b'"},'
    views = (PAGE.replace(b"bb934032", b"%08d" % number) for number in range(150))
    body = b"".join(view.replace(b'"context":{', padding, 1) for view in views)
    live.s3.put_object(Bucket=BUCKET, Key="events/web/o", Body=gzip.compress(body, 1))
    source, taking = ObjectVersion(BUCKET, "events/web/o"), Taking()
    tracemalloc.start()
    outcome = ingest_object(source, s3=live.s3, engine=Writing(taking), config=Config(BUCKET))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (outcome.written, len(taking.records)) == (150, 150)
    assert peak < HELD + 8 * 1024 * 1024 < len(body) / 2
