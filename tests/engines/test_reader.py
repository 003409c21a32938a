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
from chalicelib.figures import Row, Statement
from chalicelib.figures.dialect import Column
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


SELECT = Statement("SELECT 1", (), Row)
READING = Statement(
    "SELECT {orders_link} FROM orders UNION SELECT {views_link} FROM views WHERE {views_website} = {name}",
    (("name", "a.example"),),
    Row,
    (
        Column("orders_link", "orders", "link"),
        Column("orders_affiliate_id", "orders", "affiliate_id"),
        Column("views_link", "views", "link"),
        Column("views_website", "views", "website"),
        Column("views_affiliate_id", "views", "affiliate_id"),
    ),
)


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
    assert list(rows(client, SELECT)) == [
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
    assert list(rows(client, SELECT)) == [Row("a.example", 12, None, "EUR", 3)]


def test_pages_are_followed_to_the_end_though_the_first_be_empty(
    service: Service, client: "TimestreamQueryClient"
) -> None:
    service.answers = [
        page(token="one"),
        page(["a.example", "1", None, "1"], token="two"),
        page(token="three"),
        page(["b.example", "2", None, "2"]),
    ]
    assert [row.website for row in rows(client, SELECT)] == ["a.example", "b.example"]
    assert [(query["QueryString"], query.get("NextToken")) for query in service.queries] == [
        ("SELECT 1", None),
        ("SELECT 1", "one"),
        ("SELECT 1", "two"),
        ("SELECT 1", "three"),
    ]


def unknown(column: str) -> Answer:
    return error(400, "ValidationException", f"line 1:76: Column '{column}' does not exist")


ONE = page(["a.example", "1", None, "1"])
NO_TEXT = "CAST(NULL AS varchar)"


@pytest.mark.parametrize(
    ("unknowns", "queries"),
    [
        # Timestream does not say of which table: each alone is tried, then both.
        (["link"], [(NO_TEXT, "link", "website")]),
        (["link", "link"], [(NO_TEXT, "link", "website"), ("link", NO_TEXT, "website")]),
        (
            ["link", "link", "link"],
            [(NO_TEXT, "link", "website"), ("link", NO_TEXT, "website"), (NO_TEXT, NO_TEXT, "website")],
        ),
        # Every page view has a website: if there is none, nothing of the table is known.
        (["website"], [("link", NO_TEXT, NO_TEXT)]),
    ],
)
def test_a_column_that_no_record_has_yet_is_null(
    service: Service,
    client: "TimestreamQueryClient",
    unknowns: list[str],
    queries: list[tuple[str, str, str]],
) -> None:
    service.answers = [*map(unknown, unknowns), ONE]
    assert list(rows(client, READING)) == [Row("a.example", 1, None, rank=1)]
    text = "SELECT {} FROM orders UNION SELECT {} FROM views WHERE {} = 'a.example'"
    assert [query["QueryString"] for query in service.queries[1:]] == [text.format(*each) for each in queries]


def test_tables_without_records_have_no_rows(service: Service, client: "TimestreamQueryClient") -> None:
    service.answers = [unknown("affiliate_id")] * 3
    assert list(rows(client, READING)) == []


def test_an_amount_that_no_record_has_is_null_of_its_type(
    service: Service, client: "TimestreamQueryClient"
) -> None:
    """As long as there are other records, which a payout's id is no part of."""
    columns = (
        Column("orders_measure_value__bigint", "orders", "measure_value::bigint"),
        Column("views_website", "views", "website"),
    )
    text = "SELECT {orders_measure_value__bigint} UNION SELECT {views_website}"
    service.answers = [unknown("measure_value::bigint"), ONE]
    assert len(list(rows(client, Statement(text, (), Row, columns)))) == 1
    assert service.queries[1]["QueryString"] == "SELECT CAST(NULL AS bigint) UNION SELECT website"


def test_a_column_that_stays_unknown_is_our_mistake(
    service: Service, client: "TimestreamQueryClient"
) -> None:
    service.answers = [unknown("link")] * 4
    with pytest.raises(ClientError, match="'link' does not exist"):
        list(rows(client, READING))


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
        list(rows(client, SELECT))
    assert caught.value.response["Error"] == {"Code": code, "Message": message}


def test_a_type_that_no_statement_asks_for_is_refused(
    service: Service, client: "TimestreamQueryClient"
) -> None:
    body = page(["a.example", "1.0E7", None, "1"]).body.replace(b"BIGINT", b"DOUBLE", 1)
    service.answers = [Answer(200, body)]
    with pytest.raises(KeyError, match="DOUBLE"):
        list(rows(client, SELECT))


def test_json_that_is_not_a_page_is_refused(service: Service, client: "TimestreamQueryClient") -> None:
    service.answers = [as_json({"Rows": "none"})]
    with pytest.raises(msgspec.ValidationError):
        list(rows(client, SELECT))


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
