import gzip
import logging
from collections import Counter
from contextlib import closing
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from devstack.firehose.api import MAX_RECORDS, firehose_api
from devstack.firehose.buffer import MAX_RECORD_BYTES, DeliveredObject, Hints
from devstack.firehose.delivery import to_stream
from devstack.firehose.streams import Firehose
from devstack.http.ports import HOST, listen
from devstack.http.serving import serving

PREFIXES = {"web": "events/web/", "server": "events/server/"}


def test_each_stream_has_its_own_objects_and_all_are_delivered_on_closing() -> None:
    delivered: list[DeliveredObject] = []
    with Firehose(PREFIXES, delivered.append, Hints(seconds=900)) as firehose:
        for stream in ("web", "server", "web"):
            firehose.put_record(stream, stream.encode())
        assert delivered == []

    found = {one.key.split("/")[1]: gzip.decompress(one.body) for one in delivered}
    assert found == {"web": b"webweb", "server": b"server"}


def test_records_are_delivered_without_a_call_when_they_are_due() -> None:
    arrived = Event()
    with Firehose(PREFIXES, lambda _: arrived.set(), Hints(seconds=0.01)) as firehose:
        firehose.put_record("web", b"{}")
        assert arrived.wait(10)


def test_flush_returns_when_everything_is_delivered() -> None:
    delivered: list[DeliveredObject] = []
    with Firehose(PREFIXES, delivered.append, Hints(seconds=900)) as firehose:
        firehose.put_record("web", b"{}")
        firehose.flush()
        assert len(delivered) == 1
        firehose.flush()
        assert len(delivered) == 1


def test_records_can_come_from_many_threads() -> None:
    delivered: list[DeliveredObject] = []
    with Firehose(PREFIXES, delivered.append, Hints(seconds=0.001)) as firehose:

        def put(record: bytes) -> None:
            for _ in range(200):
                firehose.put_record("web", record)

        threads = [Thread(target=put, args=(record,)) for record in (b"a", b"b", b"c", b"d")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert Counter(b"".join(gzip.decompress(one.body) for one in delivered)) == dict.fromkeys(b"abcd", 200)


def test_an_event_that_firehose_refuses_is_logged_and_the_others_are_delivered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    delivered: list[DeliveredObject] = []
    with (
        caplog.at_level(logging.ERROR, "devstack.deliveries"),
        Firehose(PREFIXES, delivered.append, Hints(seconds=900)) as firehose,
    ):
        take = to_stream(firehose)
        take("web", b"x" * (MAX_RECORD_BYTES + 1))
        take("web", b"{}")

    assert [one.documents for one in delivered] == [1]
    assert "dropped" in caplog.text


def test_a_program_puts_records_with_the_sdk_and_is_refused_as_by_firehose() -> None:
    delivered: list[DeliveredObject] = []
    listener = listen(0)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    with (
        Firehose(PREFIXES, delivered.append, Hints(seconds=900)) as firehose,
        serving(firehose_api(firehose), listener),
        closing(boto3.client("firehose", endpoint_url=address)) as client,
    ):

        def put(stream: str, *records: bytes) -> Any:
            given = [{"Data": record} for record in records]
            return client.put_record_batch(DeliveryStreamName=stream, Records=given)

        answer = put("server", b"{}\n", b"\xff")
        assert answer["FailedPutCount"] == 0
        assert len({each["RecordId"] for each in answer["RequestResponses"]}) == 2
        for code, refused in (
            ("ResourceNotFoundException", lambda: put("nowhere", b"{}")),
            ("ValidationException", lambda: put("web", *[b"{}"] * (MAX_RECORDS + 1))),
            ("InvalidArgumentException", lambda: put("web", *[b"x" * MAX_RECORD_BYTES] * 5)),
            ("UnknownOperationException", client.list_delivery_streams),
        ):
            with pytest.raises(ClientError) as error:
                refused()
            assert error.value.response["Error"]["Code"] == code

    assert [(one.key.split("/")[1], gzip.decompress(one.body)) for one in delivered] == [
        ("server", b"{}\n\xff")
    ]
