"""The writer against the local Timestream: rejections, halves, retries, and the hook it stands on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Barrier

import pytest
from botocore.exceptions import ClientError

import app
from chalicelib.engines.batches import Refusal
from chalicelib.engines.timestream.records import COMMISSION, COMMON_ATTRIBUTES, PAGE_VIEW, Dimension, Record
from chalicelib.engines.timestream.writer import Table, Writer, write_client
from chalicelib.errors import WriteError
from chalicelib.outcomes import Rejected
from tests.deployment import Deployment
from tests.scripted import Answer, Request, Scripted, timestream

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000)
PAGE_VIEWS = Table("WebAnalyticsDb", "PageViewsTable", COMMON_ATTRIBUTES[PAGE_VIEW])
COMMISSIONS = Table("WebAnalyticsDb", "CommissionsTable", COMMON_ATTRIBUTES[COMMISSION])


def record(number: int, value: str = "", *, time: int = MILLISECONDS, extra: str = "x") -> Record:
    values = {"affiliate_id": "alice", "event_id": str(number), "extra": extra}
    return Record(tuple(Dimension(name, text) for name, text in values.items()), str(time), value)


def invalid_record(number: int) -> Record:
    """One for which Timestream refuses the whole request: it names a dimension twice."""
    whole = record(number)
    return Record((*whole.dimensions, Dimension("extra", "again")), whole.time)


@pytest.fixture
def live(deployment):
    deployment.timestream.clock.set(NOW)
    return deployment


@pytest.fixture
def writer(live) -> Iterator[Writer]:
    client = write_client(app.session())
    yield Writer(client)
    client.close()


def count(live: Deployment) -> list[list[str | None]]:
    return live.rows('SELECT count(*) FROM "WebAnalyticsDb"."PageViewsTable"')


def test_what_is_written_is_what_was_given(live, writer):
    """Holds botocore to the event that hands it the body: else nothing would be here."""
    assert writer.write(PAGE_VIEWS, [record(1, extra="é\u2028\"'\\")]) == []
    assert live.rows(
        'SELECT event_id, extra, time, measure_value::bigint FROM "WebAnalyticsDb"."PageViewsTable"'
    ) == [["1", "é\u2028\"'\\", "2026-11-23 12:00:00.000000000", "1"]]


def test_a_record_twice_in_a_batch_is_sent_once(live, writer):
    refusals = writer.write(COMMISSIONS, [record(1, "5"), record(2, "5"), record(1, "5"), record(1, "6")])
    assert [(refusal.index, refusal.reason) for refusal in refusals] == [(2, None), (3, None)]
    sums = live.rows(
        'SELECT event_id, measure_value::bigint FROM "WebAnalyticsDb"."CommissionsTable" ORDER BY event_id'
    )
    assert sums == [["1", "5"], ["2", "5"]]


def test_a_record_that_is_there_with_another_value_is_no_news(live, writer):
    writer.write(COMMISSIONS, [record(1, "5")])
    refusals = writer.write(COMMISSIONS, [record(2, "7"), record(1, "6")])
    assert [(refusal.index, refusal.reason) for refusal in refusals] == [(1, None)]


def test_a_record_out_of_retention_costs_no_other(live, writer):
    refusals = writer.write(PAGE_VIEWS, [record(1), record(2, time=0), record(3)])
    assert [(refusal.index, refusal.reason) for refusal in refusals] == [(1, Rejected.OUT_OF_RETENTION)]
    assert count(live) == [["2"]]


def test_a_request_refused_whole_is_halved_until_the_bad_record_stands_alone(live, writer):
    records = [invalid_record(number) if number in (37, 38, 99) else record(number) for number in range(100)]
    records[36] = records[0]
    refusals = writer.write(PAGE_VIEWS, records)
    assert {refusal.index: refusal.reason for refusal in refusals} == {
        36: None,
        37: Rejected.INVALID,
        38: Rejected.INVALID,
        99: Rejected.INVALID,
    }
    assert count(live) == [["96"]]


def test_a_missing_table_is_no_records_fault(writer):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        writer.write(Table("WebAnalyticsDb", "Nowhere", {}), [record(1)])


def test_threads_share_a_writer(live, writer):
    with ThreadPoolExecutor(8) as pool:
        batches = [[record(100 * batch + number) for number in range(100)] for batch in range(20)]
        assert list(pool.map(lambda batch: writer.write(PAGE_VIEWS, batch), batches)) == [[]] * 20
    assert count(live) == [["2000"]]


def ingested(total: int) -> bytes:
    return b'{"RecordsIngested":{"Total":%d,"MemoryStore":%d,"MagneticStore":0}}' % (total, total)


@contextmanager
def answering(*answers: tuple[int, bytes]) -> Iterator[Scripted]:
    """A Timestream that gives these answers to WriteRecords, and then takes all records."""

    def take(request: Request) -> Answer:
        return Answer(200, ingested(request.body.count(b'"Dimensions"')))

    with timestream(*(Answer(status, body) for status, body in answers), otherwise=take) as running:
        yield running


THROTTLED = 429, b'{"__type":"com.amazonaws.timestream.v20181101#ThrottlingException","message":"slow down"}'


def test_a_throttled_request_is_sent_again_as_it_was(monkeypatch):
    with answering(THROTTLED) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", service.url)
        client = write_client(app.session())
        assert Writer(client).write(PAGE_VIEWS, [record(1)]) == []
        client.close()
    first, second = (request.body for request in service.asked if request.operation == "WriteRecords")
    assert first == second


def test_threads_that_start_cold_discover_the_endpoint_once(monkeypatch):
    with answering() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", service.url)
        client = write_client(app.session())
        writer, together = Writer(client), Barrier(8)

        def write(number: int) -> list[Refusal]:
            together.wait()
            return writer.write(PAGE_VIEWS, [record(number)])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(8)))
        client.close()
    assert [request.operation for request in service.asked].count("DescribeEndpoints") == 1


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bytes], list[Refusal]]:
    """What the writer makes of one answer, to three records."""

    def write(status: int, body: bytes) -> list[Refusal]:
        with answering((status, body)) as service:
            monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", service.url)
            client = write_client(app.session())
            try:
                return Writer(client).write(PAGE_VIEWS, [record(number) for number in range(3)])
            finally:
                client.close()

    return write


def rejections(text: bytes) -> bytes:
    """A RejectedRecordsException with this member in it."""
    return b'{"__type":"com.amazonaws.timestream.v20181101#RejectedRecordsException","message":"no"%b}' % text


UNKNOWN = Rejected.OTHER


@pytest.mark.parametrize(
    ("status", "body", "refusals"),
    [
        (200, ingested(3), []),
        (200, b'{"RecordsIngested":{"Total":3}}', []),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":0,"Reason":"why"}]'), [(0, UNKNOWN, "why")]),
        (400, rejections(b',"RejectedRecords":[{"RecordIndex":2}]'), [(2, UNKNOWN, "")]),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":1,"Reason":null}]'), [(1, UNKNOWN, "")]),
        (
            419,
            rejections(
                b',"RejectedRecords":[{"RecordIndex":1,"Reason":"why"},{"RecordIndex":0,"Reason":"so"},'
                b'{"RecordIndex":1,"Reason":"again"}]'
            ),
            [(1, UNKNOWN, "why"), (0, UNKNOWN, "so")],
        ),
    ],
)
def test_an_answer_that_says_what_became_of_every_record(answered, status, body, refusals):
    assert answered(status, body) == [Refusal(*refusal) for refusal in refusals]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, ingested(2)),
        (200, ingested(0)),
        (200, b""),
        (200, b"{}"),
        (200, b"[]"),
        (200, b'"RecordsIngested"'),
        (200, b"null"),
        (200, b'{"RecordsIngested":{}}'),
        (200, b'{"RecordsIngested":null}'),
        (200, b'{"RecordsIngested":[3]}'),
        (200, b'{"RecordsIngested":3}'),
        (200, b'{"RecordsIngested":{"Total":"3"}}'),
        (200, b'{"RecordsIngested":{"Total":null,"MemoryStore":3}}'),
        (200, b"<html><body>Welcome to this network</body></html>"),
        (200, b"\xff\xfe<\0h\0t\0m\0l\0>\0"),
        (419, rejections(b"")),
        (419, rejections(b',"RejectedRecords":[]')),
        (419, rejections(b',"RejectedRecords":null')),
        (419, rejections(b',"RejectedRecords":{"RecordIndex":0}')),
        (419, rejections(b',"RejectedRecords":[null]')),
        (419, rejections(b',"RejectedRecords":[3]')),
        (419, rejections(b',"RejectedRecords":[{}]')),
        (419, rejections(b',"RejectedRecords":[{"Reason":"why"}]')),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":3,"Reason":"why"}]')),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":-1,"Reason":"why"}]')),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":"0","Reason":"why"}]')),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":0.5,"Reason":"why"}]')),
        (419, rejections(b',"RejectedRecords":[{"RecordIndex":0,"Reason":"why"},{"RecordIndex":7}]')),
    ],
)
def test_an_answer_that_leaves_a_record_s_fate_open_is_a_failure(answered, status, body):
    with pytest.raises(WriteError):
        answered(status, body)


@pytest.mark.parametrize("status", [301, 403, 404, 413])
def test_a_page_of_html_is_a_failure(answered, status):
    with pytest.raises(ClientError):
        answered(status, b"<html>Go away</html>")


def test_the_answer_to_each_half_of_a_refused_request_counts(monkeypatch):
    """The first request is refused whole; then each half is said to have been taken by one record less."""
    refused = b'{"__type":"com.amazonaws.timestream.v20181101#ValidationException","message":"no"}'
    with answering((400, refused), (200, ingested(0))) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", service.url)
        client = write_client(app.session())
        with pytest.raises(WriteError):
            Writer(client).write(PAGE_VIEWS, [record(1), record(2)])
        client.close()


def test_duplicates_are_among_what_timestream_says_that_it_ingested(live, writer):
    for _ in range(2):
        assert writer.write(PAGE_VIEWS, [record(1), record(2)]) == []
