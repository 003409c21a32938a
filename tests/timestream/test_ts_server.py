"""The server: edge cases of the protocol, clients that are set up by environment, threads and restarts."""

import http.client
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3
import duckdb
import pytest
from botocore import xform_name

from devstack.timestream.fixture import SettableClock, Timestream
from devstack.timestream.server import MOST_BODY_BYTES, Server

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MILLISECONDS = round(NOW.timestamp() * 1000)
NAME = {"DatabaseName": "Database", "TableName": "Table"}
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=local/20261123/us-east-1/timestream/aws4_request"}


@pytest.fixture
def connection(timestream: Timestream) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(timestream.url.removeprefix("http://"))
    yield connection
    connection.close()


def post(
    connection: http.client.HTTPConnection,
    target: str,
    body: bytes = b"{}",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, dict[str, Any]]:
    connection.request("POST", "/", body, {"X-Amz-Target": target, **SIGNED, **headers})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("timestream-write", "CreateDatabase", {"DatabaseName": "Database"}),
        ("timestream-query", "Query", {"QueryString": "SELECT 1"}),
    ],
)
def test_unmodified_clients_find_the_server_by_their_environment(
    timestream: Timestream,
    monkeypatch: pytest.MonkeyPatch,
    service: Any,
    operation: str,
    members: dict[str, str],
) -> None:
    """With endpoint discovery on, as it is for a client that is not given an endpoint_url."""
    for name, value in timestream.environment.items():
        monkeypatch.setenv(name, value)
    client: Any = boto3.Session().client(service)
    called: list[bytes] = []
    client.meta.events.register(
        "before-send", lambda request, **_: called.append(request.headers["X-Amz-Target"])
    )
    getattr(client, xform_name(operation))(**members)
    assert called == [b"Timestream_20181101.DescribeEndpoints", f"Timestream_20181101.{operation}".encode()]
    assert client.describe_endpoints()["Endpoints"] == [
        {"Address": timestream.url, "CachePeriodInMinutes": 1440}
    ]
    client.close()


@pytest.mark.parametrize(
    ("agent", "address"),
    [
        ("Boto3/1.44.5 md/Botocore#1.44.5", "http://localhost:8086"),
        ("aws-sdk-js/3.1138.0 ua/2.1 os/linux", "localhost"),
    ],
)
def test_each_sdk_gets_an_endpoint_address_that_it_can_read(
    connection: http.client.HTTPConnection, agent: str, address: str
) -> None:
    headers = {"Host": "localhost:8086", "User-Agent": agent}
    _, answer = post(connection, "Timestream_20181101.DescribeEndpoints", headers=headers)
    assert answer["Endpoints"][0]["Address"] == address


NO_NAME = (
    "1 validation error detected: Value null at 'databaseName' failed to satisfy constraint: "
    "Member must not be null"
)
SERVICE = "com.amazon.coral.service#"


@pytest.mark.parametrize(
    ("target", "body", "status", "type_", "message"),
    [
        (
            "Timestream_20181101.CreateBatchLoadTask",
            b"{}",
            400,
            f"{SERVICE}UnknownOperationException",
            "CreateBatchLoadTask is an operation of Timestream that the local Timestream does not have.",
        ),
        (
            "Timestream_20181101.Nothing",
            b"{}",
            400,
            f"{SERVICE}UnknownOperationException",
            "Not an operation of Timestream: Timestream_20181101.Nothing",
        ),
        (
            "Query",
            b"{}",
            400,
            f"{SERVICE}UnknownOperationException",
            "Not an operation of Timestream: Query",
        ),
        (
            "",
            b"{}",
            400,
            f"{SERVICE}UnknownOperationException",
            "Not an operation of Timestream: the X-Amz-Target header is missing",
        ),
        (
            "Timestream_20181101.WriteRecords",
            b"[]",
            400,
            f"{SERVICE}SerializationException",
            "Unexpected field type: expected a structure",
        ),
        (
            "Timestream_20181101.WriteRecords",
            b"{",
            400,
            f"{SERVICE}SerializationException",
            "The body is not JSON: Input data was truncated",
        ),
        (
            "Timestream_20181101.DescribeDatabase",
            b"",
            400,
            "com.amazon.coral.validate#ValidationException",
            NO_NAME,
        ),
        (
            "Timestream_20181101.DescribeDatabase",
            b'{"DatabaseName": "Database"}',
            404,
            "com.amazonaws.timestream.v20181101#ResourceNotFoundException",
            "The database Database does not exist.",
        ),
    ],
)
def test_errors_have_the_format_of_the_service(
    connection: http.client.HTTPConnection, target: str, body: bytes, status: int, type_: str, message: str
) -> None:
    assert post(connection, target, body) == (status, {"__type": type_, "message": message})
    # The connection can be used again.
    assert post(connection, "Timestream_20181101.ListDatabases") == (200, {"Databases": []})


@pytest.mark.parametrize("authorization", [None, "", "Basic bG9jYWw6bG9jYWw=", "Bearer AWS4-HMAC-SHA256"])
@pytest.mark.parametrize("target", ["ListDatabases", "DescribeEndpoints", "Query", "Nothing"])
def test_a_request_without_a_signature_is_refused(
    connection: http.client.HTTPConnection, target: str, authorization: str | None
) -> None:
    headers = {"X-Amz-Target": f"Timestream_20181101.{target}"}
    if authorization is not None:
        headers["Authorization"] = authorization
    connection.request("POST", "/", b"{}", headers)
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())) == (
        403,
        {
            "__type": f"{SERVICE}MissingAuthenticationTokenException",
            "message": "Missing Authentication Token",
        },
    )


def test_a_refused_request_is_read_to_its_end_so_that_its_client_sees_the_reason() -> None:
    """The client is still sending, and would otherwise get a reset instead of the reason."""
    with Server() as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        body = b" " * MOST_BODY_BYTES
        status, answer = post(connection, "Timestream_20181101.WriteRecords", body, {"Host": "timestream"})
        connection.close()
    assert (status, answer["__type"].rpartition("#")[2]) == (403, "AccessDeniedException")


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 405),
        ("POST", {"Transfer-Encoding": "chunked"}, 411),
        ("POST", {"Content-Length": "-1"}, 411),
        ("POST", {"Content-Length": str(MOST_BODY_BYTES + 1)}, 413),
        ("PUT", {}, 501),
    ],
)
def test_requests_outside_the_api_are_refused(
    connection: http.client.HTTPConnection, method: str, headers: dict[str, str], status: int
) -> None:
    connection.putrequest(method, "/")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    assert (response.status, response.getheader("Connection")) == (status, "close")


def test_closing_does_not_wait_for_connected_clients() -> None:
    with Server() as server:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        assert post(connection, "Timestream_20181101.ListDatabases")[0] == 200
    connection.close()


def records(writer: int, request: int) -> list[dict[str, Any]]:
    """Ten records of its own, one that every writer sends, and sometimes a new column."""
    common = {
        "MeasureName": "m",
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "Time": str(MILLISECONDS),
    }
    own = [[("id", f"{writer}-{request}-{i}"), (f"new{request % 4}", "x")] for i in range(10)]
    return [
        {**common, "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions]}
        for dimensions in (*own, [("id", "everyone's")])
    ]


def test_many_threads_can_write_and_read_at_once(timestream: Timestream) -> None:
    timestream.clock.set(NOW)
    write, query = timestream.client("timestream-write"), timestream.client("timestream-query")
    write.create_database(DatabaseName="Database")
    write.create_table(**NAME)
    write.write_records(**NAME, Records=records(9, 9))

    def work(writer: int) -> list[int]:
        seen = []
        for request in range(6):
            write.write_records(**NAME, Records=records(writer, request))
            seen.append(len(query.query(QueryString='SELECT * FROM "Database"."Table"')["Rows"]))
        return seen

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(work, range(6)))
    assert max(max(seen) for seen in counts) == 6 * 6 * 10 + 10 + 1
    # Each request is seen as a whole or not at all, and what was seen once stays.
    assert all(count % 10 == 1 for seen in counts for count in seen)
    assert all(seen == sorted(seen) for seen in counts)


def test_a_file_keeps_everything(tmp_path: Path) -> None:
    path, clock = tmp_path / "timestream.duckdb", SettableClock()
    clock.set(NOW)
    with Server(path=path, clock=clock) as server:
        before = Timestream(server.url, clock)
        client = before.client("timestream-write")
        client.create_database(DatabaseName="Database", Tags=[{"Key": "a", "Value": "1"}])
        created = client.create_table(**NAME)["Table"]
        client.write_records(**NAME, Records=records(0, 0))
        before.close()
    clock.set(NOW + timedelta(hours=1))
    with Server(path=path, clock=clock) as server:
        after = Timestream(server.url, clock)
        client = after.client("timestream-write")
        assert client.describe_table(**NAME)["Table"] == created
        assert (
            client.write_records(**NAME, Records=[*records(0, 0), *records(0, 1)])["RecordsIngested"]["Total"]
            == 22
        )
        answer = after.client("timestream-query").query(QueryString='SELECT * FROM "Database"."Table"')
        assert len(answer["Rows"]) == 21
        after.close()


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look like something" * 100)
    with pytest.raises(duckdb.Error, match="not a valid DuckDB database file"):
        Server(path=path)
