"""S3 on this machine: moto's server, and a file that keeps its objects between runs."""

import sqlite3
import urllib.request
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.datastructures import EnvironHeaders
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from devstack.environment import REGION
from devstack.errors import DamagedStateError
from devstack.http.loopback import refusal
from devstack.http.ports import HOST
from devstack.s3.notifications import StoredObject

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from moto.backends import SERVICE_NAMES
    from types_boto3_s3 import S3Client


@contextmanager
def storage(port: int, bucket: str, path: Path, allowed_hosts: Collection[str] = ()) -> Iterator["Storage"]:
    """Run S3 with one bucket, which has the objects that are in the file `path`.

    `port` 0 means any free port. It answers requests from this machine and from `allowed_hosts`. At the end,
    the file has all objects of the bucket. Raises DamagedStateError if the file cannot be read.
    """
    with _moto(port, allowed_hosts) as url:
        _forget_everything(url)
        with closing(_Kept(path)) as kept, closing(Storage(url, bucket, kept)) as opened:
            opened.restore()
            try:
                yield opened
            finally:
                opened.save()


class Storage:
    """One bucket of a local S3."""

    def __init__(self, url: str, bucket: str, kept: "_Kept") -> None:
        self.url = url
        self.bucket = bucket
        self._kept = kept
        self._client = s3_client(url)

    def put(self, key: str, body: bytes) -> StoredObject:
        """Store a gzipped object as Firehose does, in the bucket and in the file."""
        answer = self._client.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType="application/octet-stream",
            ContentEncoding="gzip",
        )
        etag = answer["ETag"].strip('"')
        self._kept.put(_Object(key, etag, body, "application/octet-stream", "gzip"))
        return StoredObject(self.bucket, key, len(body), etag)

    def add(self, key: str, body: bytes, content_type: str) -> bool:
        """Store an object in the bucket and in the file. Returns False if its key has one, which stays."""
        try:
            answer = self._client.put_object(
                Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*"
            )
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        self._kept.put(_Object(key, answer["ETag"].strip('"'), body, content_type, ""))
        return True

    def restore(self) -> None:
        """Create the bucket and fill it from the file."""
        self._client.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        for kept in self._kept.objects():
            self._client.put_object(
                Bucket=self.bucket,
                Key=kept.key,
                Body=kept.body,
                ContentType=kept.content_type,
                ContentEncoding=kept.content_encoding,
            )

    def save(self) -> None:
        """Copy the bucket into the file, including objects that others have put or deleted."""
        etags = dict(self._list())
        for key in self._kept.stale(etags):
            answer = self._client.get_object(Bucket=self.bucket, Key=key)
            with closing(answer["Body"]) as stream:
                body = stream.read()
            encoding = answer.get("ContentEncoding", "")
            self._kept.put(_Object(key, etags[key], body, answer["ContentType"], encoding))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _list(self) -> Iterator[tuple[str, str]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for found in page.get("Contents", []):
                yield found["Key"], found["ETag"].strip('"')


def s3_client(url: str) -> "S3Client":
    """A client of the local S3, with credentials. It accepts any."""
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - no secret: the local S3 takes anything
    )


@contextmanager
def _moto(port: int, allowed_hosts: Collection[str]) -> Iterator[str]:
    """Run moto and yield its URL."""
    app = _LoopbackOnly(allowed_hosts)
    server = make_server(HOST, port, app, threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever, args=(0.02,), name="storage", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _LoopbackOnly:
    """moto as a WSGI app that refuses requests from elsewhere."""

    def __init__(self, allowed_hosts: Collection[str]) -> None:
        self._moto, self._allowed = DomainDispatcherApplication(_closed_app), allowed_hosts

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        reason = refusal(EnvironHeaders(environ).items(), self._allowed)
        if reason is None:
            answer: Iterable[bytes] = self._moto(environ, start_response)
            return answer
        body = f"<Error><Code>AccessDenied</Code><Message>{escape(reason)}</Message></Error>"
        return Response(body, 403, content_type="application/xml")(environ, start_response)


def _closed_app(service: "SERVICE_NAMES") -> Any:
    """moto's app for a service, without the CORS headers that let any web page read its answers.

    The headers of a bucket's own CORS configuration stay.
    """
    app = create_backend_app(service)
    app.after_request_funcs.clear()
    return app


@dataclass(frozen=True, slots=True)
class _Object:
    key: str
    etag: str
    body: bytes
    content_type: str
    content_encoding: str


class _Kept:
    """The objects in an SQLite file. It stays whole if the process is killed, and a key can be any text."""

    def __init__(self, path: Path) -> None:
        # Two threads use it, never at the same time: Firehose's thread writes, the main thread does the rest.
        with ExitStack() as opened:
            try:
                self._database = sqlite3.connect(path, check_same_thread=False)
                opened.callback(self._database.close)
                with self._database:
                    self._database.execute(_SCHEMA)
                    self._database.execute(_READ_ALL).fetchone()
            except sqlite3.DatabaseError as error:
                raise DamagedStateError(path, error) from error
            opened.pop_all()

    def put(self, kept: _Object) -> None:
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", astuple(kept))

    def objects(self) -> Iterator[_Object]:
        for row in self._database.execute("SELECT * FROM objects ORDER BY key"):
            yield _Object(*row)

    def stale(self, etags: Mapping[str, str]) -> list[str]:
        """Delete objects that are not in `etags`. Returns the keys whose object is missing or has changed."""
        kept = dict(self._database.execute("SELECT key, etag FROM objects"))
        with self._database:
            gone = [(key,) for key in kept if key not in etags]
            self._database.executemany("DELETE FROM objects WHERE key = ?", gone)
        return [key for key, etag in etags.items() if kept.get(key) != etag]

    def close(self) -> None:
        self._database.close()


# SQLite notices damage only in the pages that it reads.
_READ_ALL = "SELECT sum(length(key || etag || body || content_type || content_encoding)) FROM objects"
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS objects (
        key TEXT PRIMARY KEY,
        etag TEXT NOT NULL,
        body BLOB NOT NULL,
        content_type TEXT NOT NULL,
        content_encoding TEXT NOT NULL
    )
"""


def _forget_everything(url: str) -> None:
    # moto keeps its state in its module: a second server in this process would have the first one's objects.
    request = urllib.request.Request(f"{url}/moto-api/reset", method="POST")  # noqa: S310 - our own address
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own address
        answer.read()
