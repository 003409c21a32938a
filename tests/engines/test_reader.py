import json
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from botocore.exceptions import ClientError

import app
from chalicelib.engines.timestream.reader import query_client, rows
from chalicelib.figures.queries import Row

if TYPE_CHECKING:
    from types_boto3_timestream_query import TimestreamQueryClient

Answer = tuple[int, dict[str, Any]]


class Service(HTTPServer):
    """Speaks Query's protocol: endpoints as they are asked for, and one prepared answer for each query."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.queries: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, operation: str, request: dict[str, Any]) -> Answer:
        if operation == "DescribeEndpoints":
            return 200, {"Endpoints": [{"Address": self.url, "CachePeriodInMinutes": 1440}]}
        self.queries.append(request)
        return self.answers.pop(0)


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, answer = self.server.answer(self.headers["X-Amz-Target"].partition(".")[2], request)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(service: Service, monkeypatch: pytest.MonkeyPatch) -> "Iterator[TimestreamQueryClient]":
    settings = {
        "AWS_ENDPOINT_URL_TIMESTREAM_QUERY": service.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    client = query_client(app.session())
    yield client
    client.close()


def page(*data: list[str | None], token: str | None = None) -> Answer:
    columns = [("website", "VARCHAR"), ("value", "BIGINT"), ("timestamp", "TIMESTAMP"), ("rank", "BIGINT")]
    body: dict[str, Any] = {
        "QueryId": "AEBQEAMYNBGX7RA",
        "ColumnInfo": [{"Name": name, "Type": {"ScalarType": scalar}} for name, scalar in columns],
        "Rows": [
            {"Data": [{"NullValue": True} if text is None else {"ScalarValue": text} for text in row]}
            for row in data
        ],
        "QueryStatus": {
            "ProgressPercentage": 100.0,
            "CumulativeBytesScanned": 0,
            "CumulativeBytesMetered": 0,
        },
    }
    return 200, body | ({"NextToken": token} if token else {})


def error(status: int, code: str, message: str) -> Answer:
    return status, {"__type": f"com.amazonaws.timestream.v20181101#{code}", "message": message}


def label(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_rows_are_typed(service: Service, client: "TimestreamQueryClient") -> None:
    service.answers = [
        page(
            ["a.example", "12", "2026-11-17 00:00:00.000000000", "1"],
            ["Zoë's", "-9223372036854775808", "2026-11-17 13:45:00.000000000", "2"],
            ["a.example", "7", None, "1"],
            [None, "8", None, "60"],
        )
    ]
    assert list(rows(client, "SELECT 1")) == [
        Row("a.example", 12, label("2026-11-17"), rank=1),
        Row("Zoë's", -(2**63), label("2026-11-17T13:45"), rank=2),
        Row("a.example", 7, None, rank=1),
        Row(None, 8, None, rank=60),
    ]


def test_columns_are_told_by_their_names(service: Service, client: "TimestreamQueryClient") -> None:
    status, body = page(["EUR", "12", None, "3"])
    body["ColumnInfo"][0]["Name"] = "currency"
    body["ColumnInfo"].append({"Name": "website", "Type": {"ScalarType": "VARCHAR"}})
    body["Rows"][0]["Data"].append({"ScalarValue": "a.example"})
    service.answers = [(status, body)]
    assert list(rows(client, "SELECT 1")) == [Row("a.example", 12, None, "EUR", 3)]


def test_pages_are_followed_to_the_end_though_the_first_be_empty(
    service: Service, client: "TimestreamQueryClient"
) -> None:
    service.answers = [
        page(token="one"),
        page(["a.example", "1", None, "1"], token="two"),
        page(token="three"),
        page(["b.example", "2", None, "2"]),
    ]
    assert [row.website for row in rows(client, "SELECT 1")] == ["a.example", "b.example"]
    assert [(query["QueryString"], query.get("NextToken")) for query in service.queries] == [
        ("SELECT 1", None),
        ("SELECT 1", "one"),
        ("SELECT 1", "two"),
        ("SELECT 1", "three"),
    ]


@pytest.mark.parametrize("column", ["website", "visitor_id", "measure_value::bigint", "entry_id"])
def test_a_table_without_records_has_no_rows(
    service: Service, client: "TimestreamQueryClient", column: str
) -> None:
    service.answers = [error(400, "ValidationException", f"line 1:76: Column '{column}' does not exist")]
    assert list(rows(client, "SELECT 1")) == []


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, "ValidationException", "line 1:76: Column 'vehicleName' does not exist"),
        (400, "ValidationException", "The query syntax is invalid at line 1:21"),
        (400, "QueryExecutionException", "Column 'website' does not exist"),
        (403, "AccessDeniedException", "User is not authorized to perform timestream:Select"),
        (409, "ConflictException", "The query was cancelled"),
    ],
)
def test_any_other_refusal_is_let_through(
    service: Service, client: "TimestreamQueryClient", status: int, code: str, message: str
) -> None:
    service.answers = [error(status, code, message)]
    with pytest.raises(ClientError) as caught:
        list(rows(client, "SELECT 1"))
    assert caught.value.response["Error"] == {"Code": code, "Message": message}


def test_a_type_that_no_statement_asks_for_is_refused(
    service: Service, client: "TimestreamQueryClient"
) -> None:
    status, body = page(["a.example", "1.0E7", None, "1"])
    body["ColumnInfo"][1]["Type"]["ScalarType"] = "DOUBLE"
    service.answers = [(status, body)]
    with pytest.raises(KeyError, match="DOUBLE"):
        list(rows(client, "SELECT 1"))


def test_an_answer_that_is_no_page_is_refused(service: Service, client: "TimestreamQueryClient") -> None:
    service.answers = [(200, {"Rows": "none"})]
    with pytest.raises(msgspec.ValidationError):
        list(rows(client, "SELECT 1"))


def test_botocore_lets_a_page_be_decoded_before_it(service: Service, client: "TimestreamQueryClient") -> None:
    """The event `before-parse` is botocore's own; if it goes, so does the reader."""
    service.answers = [page(["a.example", "1", None, "1"])]
    response: dict[str, Any] = {**client.query(QueryString="SELECT 1")}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert set(response) == {"Page", "ResponseMetadata"}


def test_a_query_ends_before_api_gateway_gives_up(client: "TimestreamQueryClient") -> None:
    config: Any = client.meta.config
    assert config.connect_timeout + config.read_timeout < 29
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
