"""What the clients of Timestream make of answers that are cut off, empty, or another server's."""

import json
from collections.abc import Callable
from contextlib import closing

import pytest
from botocore.exceptions import ClientError, HTTPClientError

import app
from chalicelib.engines.timestream.reader import query_client, rows
from chalicelib.engines.timestream.records import Dimension, Record
from chalicelib.engines.timestream.writer import Table, Writer, write_client
from chalicelib.errors import UnavailableError, WriteError
from tests.scripted import Answer, Request, as_json, timestream

PAGE = json.dumps({"QueryId": "q", "ColumnInfo": [], "Rows": []}).encode()
INGESTED = b'{"RecordsIngested":{"Total":1,"MemoryStore":1,"MagneticStore":0}}'
HTML = b"<html><body>Sign in to this network</body></html>"
ERROR = {"__type": "com.amazonaws.timestream.v20181101#InternalServerException", "message": "?"}

Always = Callable[[Request], Answer | None]


def always(answer: Answer | None) -> Always:
    return lambda _: answer


CUT_OFF = {
    "cut off in the body": Answer(200, PAGE[:20], length=len(PAGE)),
    "cut off before the body": Answer(200, b"", length=len(PAGE)),
    "cut off, and closed in good order": Answer(200, PAGE[:20]),
    "empty": Answer(200, b""),
    "closed without an answer": None,
    "another server's page": Answer(200, HTML),
    "not text": Answer(200, b"\xff\xfe"),
    "503 in HTML": Answer(503, HTML),
    "500": as_json(ERROR, 500),
}
"""An answer that says nothing about the question, however often it is asked."""


@pytest.fixture
def query(monkeypatch: pytest.MonkeyPatch) -> Callable[[Always], list[object]]:
    """The rows that the reader makes of an answer."""

    def ask(answer: Always) -> list[object]:
        with timestream(otherwise=answer) as service:
            monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_QUERY", service.url)
            with closing(query_client(app.session())) as client:
                return list(rows(client, "SELECT 1"))

    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    return ask


@pytest.mark.parametrize("kind", CUT_OFF)
def test_a_question_without_an_answer_can_be_asked_again(query, kind):
    with pytest.raises(UnavailableError):
        query(always(CUT_OFF[kind]))


def test_a_question_is_asked_again_if_the_connection_ends(query):
    answers = [None, Answer(200, PAGE)]
    assert query(lambda _: answers.pop(0)) == []
    assert answers == []


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Callable[[Always], int]:
    """How many records the writer says that Timestream refused."""
    record = Record((Dimension("affiliate_id", "alice"),), "0")

    def send(answer: Always) -> int:
        with timestream(otherwise=answer) as service:
            monkeypatch.setenv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", service.url)
            with closing(write_client(app.session())) as client:
                return len(Writer(client).write(Table("d", "t", {}), [record]))

    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    return send


@pytest.mark.parametrize("kind", CUT_OFF)
def test_records_without_an_answer_are_not_taken_for_written(write, kind):
    with pytest.raises((WriteError, ClientError, HTTPClientError)):
        write(always(CUT_OFF[kind]))


def test_records_are_sent_again_if_the_connection_ends(write):
    answers = [None, Answer(200, INGESTED)]
    assert write(lambda _: answers.pop(0)) == 0
    assert answers == []
