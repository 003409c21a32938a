import gzip
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from types_boto3_s3 import S3Client

from devstack.errors import DevstackError
from devstack.s3.storage import s3_client, storage

BODY = gzip.compress(b"{}{}", mtime=0)


@contextmanager
def opened(path: Path) -> Iterator[S3Client]:
    with storage(0, "bucket", path) as s3, closing(s3_client(s3.url)) as client:
        yield client


def test_an_object_is_as_firehose_writes_it(tmp_path: Path) -> None:
    with storage(0, "bucket", tmp_path / "s3.sqlite") as s3, closing(s3_client(s3.url)) as client:
        stored = s3.put("events/web/a.gz", BODY)
        answer = client.get_object(Bucket="bucket", Key="events/web/a.gz")
        with closing(answer["Body"]) as body:
            assert body.read() == BODY

    assert (answer["ContentType"], answer["ContentEncoding"]) == ("application/octet-stream", "gzip")
    assert (stored.bucket, stored.key, stored.size) == ("bucket", "events/web/a.gz", len(BODY))
    assert answer["ETag"] == f'"{stored.etag}"'


def test_an_object_is_added_only_if_its_key_has_none(tmp_path: Path) -> None:
    path = tmp_path / "s3.sqlite"
    with storage(0, "bucket", path) as s3:
        assert s3.add("directory/affiliates.json", b"{}", "application/json")
        assert not s3.add("directory/affiliates.json", b"[]", "application/json")
    with storage(0, "bucket", path) as s3, closing(s3_client(s3.url)) as client:
        assert not s3.add("directory/affiliates.json", b"[]", "application/json")
        answer = client.get_object(Bucket="bucket", Key="directory/affiliates.json")
        with closing(answer["Body"]) as body:
            assert body.read() == b"{}"
    assert answer["ContentType"] == "application/json"
    assert "ContentEncoding" not in answer


def test_objects_of_all_writers_are_kept_after_the_server_stops(tmp_path: Path) -> None:
    path = tmp_path / "s3.sqlite"
    with storage(0, "bucket", path) as s3, closing(s3_client(s3.url)) as client:
        s3.put("events/web/kept.gz", BODY)
        s3.put("events/web/deleted.gz", BODY)
        s3.put("events/web/replaced.gz", BODY)
        client.put_object(Bucket="bucket", Key="../dead letters/é", Body=b"text", ContentType="text/plain")
        client.put_object(Bucket="bucket", Key="events/web/replaced.gz", Body=b"new")
        client.delete_object(Bucket="bucket", Key="events/web/deleted.gz")

    with opened(path) as client:
        listed = client.list_objects_v2(Bucket="bucket")["Contents"]
        assert [found["Key"] for found in listed] == [
            "../dead letters/é",
            "events/web/kept.gz",
            "events/web/replaced.gz",
        ]
        kept = client.head_object(Bucket="bucket", Key="events/web/kept.gz")
        assert (kept["ContentEncoding"], kept["ContentType"]) == ("gzip", "application/octet-stream")
        text = client.get_object(Bucket="bucket", Key="../dead letters/é")
        with closing(text["Body"]) as body:
            assert (body.read(), text["ContentType"]) == (b"text", "text/plain")


def test_an_object_is_in_the_file_as_soon_as_it_is_put(tmp_path: Path) -> None:
    with storage(0, "bucket", tmp_path / "s3.sqlite") as s3:
        s3.put("a", BODY)
        (tmp_path / "copy.sqlite").write_bytes((tmp_path / "s3.sqlite").read_bytes())
        s3.put("b", BODY)

    with opened(tmp_path / "copy.sqlite") as client:  # which has what its own file has, and no more
        assert [found["Key"] for found in client.list_objects_v2(Bucket="bucket")["Contents"]] == ["a"]


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s3.sqlite"
    path.write_text("something else, and long enough to be looked at " * 100)
    with pytest.raises(DevstackError, match="not a database"), storage(0, "bucket", path):
        pass
