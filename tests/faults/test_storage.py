"""S3's faults: the errors that a client gets, and whether the request is carried out."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
)

from tests.faults.storage import FaultyStorage, StorageFault, serving

BUCKET = "storage-with-faults"


@pytest.fixture
def storage() -> FaultyStorage:
    return FaultyStorage(seed=1, delay=60)  # a test waits only until `hasty` gives up


@pytest.fixture
def url(storage: FaultyStorage) -> Iterator[str]:
    with serving(storage) as url:
        yield url


@pytest.fixture
def s3(storage: FaultyStorage, url: str) -> Iterator[Any]:
    """A client that tries once, and a bucket that contains `there`."""
    with client_of(url, patience=30) as client:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client.put_object(Bucket=BUCKET, Key="there", Body=b"0123456789")
        yield client
        storage.reads = storage.writes = {}
        for key in keys(client):
            client.delete_object(Bucket=BUCKET, Key=key)
        client.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def hasty(url: str) -> Iterator[Any]:
    """A client that tries once, and gives up after half a second."""
    with client_of(url, patience=0.5) as client:
        yield client


def client_of(url: str, patience: float) -> "closing[Any]":
    config = Config(retries={"total_max_attempts": 1}, read_timeout=patience)
    client: Any = boto3.client("s3", endpoint_url=url, config=config)
    return closing(client)


def keys(s3: Any) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]


@pytest.mark.parametrize(
    ("fault", "error", "is_done"),
    [
        (StorageFault.SLOW_DOWN, ClientError, False),
        (StorageFault.ERROR_AFTER, ClientError, True),
        (StorageFault.CUT, ConnectionClosedError, True),
        (StorageFault.STALL, ReadTimeoutError, True),
    ],
)
def test_a_failed_write_may_have_been_carried_out(storage, s3, hasty, fault, error, is_done):
    storage.writes = {fault: 1}
    client = hasty if fault is StorageFault.STALL else s3
    with pytest.raises(error):
        client.put_object(Bucket=BUCKET, Key="new", Body=b"new")
    assert ("new" in keys(s3)) is is_done


@pytest.mark.parametrize(
    ("fault", "error"), [(StorageFault.CUT, IncompleteReadError), (StorageFault.STALL, ReadTimeoutError)]
)
def test_a_read_fails_in_the_middle_of_the_body(storage, s3, hasty, fault, error):
    storage.reads = {fault: 1}
    client = hasty if fault is StorageFault.STALL else s3
    body = client.get_object(Bucket=BUCKET, Key="there")["Body"]
    with closing(body), pytest.raises(error):
        list(body.iter_chunks(5))


@pytest.mark.parametrize("fault", [StorageFault.SLOW_DOWN, StorageFault.ERROR_AFTER])
def test_a_read_is_refused(storage, s3, fault):
    storage.reads = {fault: 1}
    with pytest.raises(ClientError):
        s3.get_object(Bucket=BUCKET, Key="there")
