import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from botocore.exceptions import ClientError

import app
from chalicelib.engines.timestream.reader import query_client, rows
from chalicelib.figures.queries import Row
from tests.scripted import Answer, Request, as_json, timestream

if TYPE_CHECKING:
    from types_boto3_timestream_query import TimestreamQueryClient


@dataclass
class Service:
    """A Timestream with one prepared answer for each query."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    queries: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        self.queries.append(json.loads(request.body))
        return self.answers.pop(0)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    with timestream(otherwise=service.answer) as running:
        service.url = running.url
        yield service


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
    return as_json(body | ({"NextToken": token} if token else {}))


def error(status: int, code: str, message: str) -> Answer:
    return as_json({"__type": f"com.amazonaws.timestream.v20181101#{code}", "message": message}, status)


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
    body = json.loads(page(["EUR", "12", None, "3"]).body)
    body["ColumnInfo"][0]["Name"] = "currency"
    body["ColumnInfo"].append({"Name": "website", "Type": {"ScalarType": "VARCHAR"}})
    body["Rows"][0]["Data"].append({"ScalarValue": "a.example"})
    service.answers = [as_json(body)]
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
    body = page(["a.example", "1.0E7", None, "1"]).body.replace(b"BIGINT", b"DOUBLE", 1)
    service.answers = [Answer(200, body)]
    with pytest.raises(KeyError, match="DOUBLE"):
        list(rows(client, "SELECT 1"))


def test_json_that_is_not_a_page_is_refused(service: Service, client: "TimestreamQueryClient") -> None:
    service.answers = [as_json({"Rows": "none"})]
    with pytest.raises(msgspec.ValidationError):
        list(rows(client, "SELECT 1"))


def test_botocore_lets_a_page_be_decoded_before_it(service: Service, client: "TimestreamQueryClient") -> None:
    """The event `before-parse` is botocore's own; without it the reader cannot work."""
    service.answers = [page(["a.example", "1", None, "1"])]
    response: dict[str, Any] = {**client.query(QueryString="SELECT 1")}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert set(response) == {"Page", "ResponseMetadata"}


def test_a_query_ends_before_api_gateway_gives_up(client: "TimestreamQueryClient") -> None:
    config: Any = client.meta.config
    assert config.connect_timeout + config.read_timeout < 29
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
