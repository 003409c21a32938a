"""An object that is read again and again: a value as it is now, kept as long as the object stays the same."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest

from chalicelib.objects import Latest
from tests.deployment import forget_objects

BUCKET = "some-bucket"
KEY = "folder/numbers"


@pytest.fixture
def s3(s3_url: str) -> Iterator[Any]:
    forget_objects(s3_url)
    with closing(boto3.client("s3", endpoint_url=s3_url)) as client:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


@pytest.fixture
def parsed() -> list[bytes]:
    """What was read of the object, each time it was read whole."""
    return []


@pytest.fixture
def latest(s3: Any, parsed: list[bytes]) -> Latest[int]:
    def parse(data: bytes) -> int:
        parsed.append(data)
        return int(data)

    return Latest(s3, BUCKET, KEY, parse)


def put(s3: Any, body: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=body)


def test_an_object_is_read_whole_only_after_it_changed(s3: Any, latest: Latest[int], parsed: list[bytes]):
    assert [latest.read(), latest.read()] == [None, None]
    put(s3, b"1")
    assert [latest.read(), latest.read(), latest.read()] == [1, 1, 1]
    put(s3, b"2")
    assert [latest.read(), latest.read()] == [2, 2]
    assert parsed == [b"1", b"2"]


def test_a_deleted_object_has_no_value_and_may_come_back(s3: Any, latest: Latest[int], parsed: list[bytes]):
    put(s3, b"1")
    assert latest.read() == 1
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert [latest.read(), latest.read()] == [None, None]
    put(s3, b"1")
    assert [latest.read(), latest.read()] == [1, 1]
    assert parsed == [b"1", b"1"]


def test_an_object_that_cannot_be_parsed_is_an_error_each_time(
    s3: Any, latest: Latest[int], parsed: list[bytes]
):
    put(s3, b"1")
    assert latest.read() == 1
    put(s3, b"one")
    for _ in range(2):
        with pytest.raises(ValueError, match="one"):
            latest.read()
    put(s3, b"1")
    assert latest.read() == 1
    assert parsed == [b"1", b"one", b"one"]


def test_what_s3_refuses_is_an_error(s3: Any):
    with pytest.raises(s3.exceptions.NoSuchBucket):
        Latest(s3, "another-bucket", KEY, int).read()
