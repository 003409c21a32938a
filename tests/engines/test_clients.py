"""What the clients of Timestream make of broken answers: which error, after how many attempts."""

import json
from collections.abc import Callable
from contextlib import closing

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

import app
from chalicelib.engines.timestream.reader import query_client, rows
from chalicelib.engines.timestream.records import Dimension, Record
from chalicelib.engines.timestream.writer import Table, Writer, write_client
from chalicelib.errors import UnavailableError, WriteError
from chalicelib.figures import Row, Statement
from tests.scripted import Answer, Reply, Scripted, as_json, timestream

PAGE = json.dumps({"QueryId": "q", "ColumnInfo": [], "Rows": []}).encode()
INGESTED = b'{"RecordsIngested":{"Total":1,"MemoryStore":1,"MagneticStore":0}}'
HTML = b"<html><body>Sign in to this network</body></html>"
ERROR = {"__type": "com.amazonaws.timestream.v20181101#InternalServerException", "message": "?"}

CONNECTION_ENDS: dict[str, Reply] = {
    "closed without an answer": None,
    "cut off in the first line": b"HTTP/1.1 2",
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
}
SERVER_FAILS: dict[str, Reply] = {
    "500": as_json(ERROR, 500),
    "503 in HTML": Answer(503, HTML),
}
SEEMS_WHOLE: dict[str, Reply] = {
    "cut off in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "cut off before the body": Answer(200, b"", length=len(PAGE)),
    "cut off in the body": Answer(200, PAGE[:20], length=len(PAGE)),
    "a part, announced as the whole": Answer(200, PAGE[:20]),
    "empty": Answer(200, b""),
    "another server's page": Answer(200, HTML),
    "not text": Answer(200, b"\xff\xfe"),
}
"""botocore takes these for success, so it does not try again."""

REDIRECT: dict[str, Reply] = {"redirect": Answer(302, HTML, {"Location": "http://127.0.0.1:9/"})}


def table(*parts: tuple[dict[str, Reply], type[Exception], int]) -> list[object]:
    """For each reply: the reply, the error that is raised, and the number of requests."""
    return [
        pytest.param(reply, error, requests, id=kind)
        for replies, error, requests in parts
        for kind, reply in replies.items()
    ]


def requests(service: Scripted) -> int:
    return sum(request.operation != "DescribeEndpoints" for request in service.asked)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's retries follow at once."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[Scripted], list[object]]:
    """Reads the rows of a statement."""

    def ask(service: Scripted) -> list[object]:
        monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_QUERY", service.url)
        with closing(query_client(app.session())) as client:
            return list(rows(client, Statement("SELECT 1", (), Row)))

    return ask


@pytest.mark.parametrize(
    ("reply", "error", "attempts"),
    table(
        (CONNECTION_ENDS, UnavailableError, 3),
        (SERVER_FAILS, UnavailableError, 3),
        (SEEMS_WHOLE, UnavailableError, 1),
        (REDIRECT, ClientError, 1),
    ),
)
def test_reading_a_broken_answer_raises_an_error(read, reply, error, attempts):
    with timestream(otherwise=lambda _: reply) as service, pytest.raises(error):
        read(service)
    assert requests(service) == attempts


@pytest.mark.parametrize("broken", [*CONNECTION_ENDS.values(), *SERVER_FAILS.values()])
def test_a_statement_is_sent_again_after_a_failure(read, broken):
    with timestream(broken, Answer(200, PAGE)) as service:
        assert read(service) == []
    assert requests(service) == 2


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Callable[[Scripted], list[object]]:
    """Writes one record, and returns the refusals."""
    record = Record((Dimension("affiliate_id", "alice"),), "0")

    def send(service: Scripted) -> list[object]:
        monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", service.url)
        with closing(write_client(app.session())) as client:
            return list(Writer(client).write(Table("d", "t", {}), [record]))

    return send


@pytest.mark.parametrize(
    ("reply", "error", "attempts"),
    table(
        (CONNECTION_ENDS, ConnectionClosedError, 6),
        (SERVER_FAILS, ClientError, 6),
        (SEEMS_WHOLE, WriteError, 1),
        (REDIRECT, ClientError, 1),
    ),
)
def test_a_record_with_a_broken_answer_does_not_count_as_written(write, reply, error, attempts):
    with timestream(otherwise=lambda _: reply) as service, pytest.raises(error):
        write(service)
    assert requests(service) == attempts


@pytest.mark.parametrize("broken", [*CONNECTION_ENDS.values(), *SERVER_FAILS.values()])
def test_a_record_is_sent_again_after_a_failure(write, broken):
    with timestream(broken, Answer(200, INGESTED)) as service:
        assert write(service) == []
    assert requests(service) == 2
