"""Texts that try to become SQL: no statement changes, no figure becomes another's, and no table is harmed."""

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from itertools import count
from typing import Any, Final

import msgspec
import psycopg
import pytest
import sqlglot

from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.postgres.tables import TABLES, to_row
from chalicelib.engines.postgres.writer import Writer, insert_values
from chalicelib.engines.timestream import dialect as timestream
from chalicelib.errors import RequestError
from chalicelib.events import Commission, Entry, Event, PageView, Payout
from chalicelib.figures import Dialect, Metric, Route, Row, Statement, to_statement
from chalicelib.figures.breakdowns import By
from chalicelib.figures.filters import COLUMNS, MONEY
from chalicelib.figures.parameters import parse_metric_query
from tests.answering import answers
from tests.both.cluster import Cluster
from tests.both.documents import Document, order, page, to_body
from tests.both.model import BY as COLUMN
from tests.both.world import CONFIG, NOW, Both, deliver

PRINTABLE: Final = (
    "'", "''", '"', "`", "--", "-- ", "#", "/*", "*/", "/* x */", ";", "' OR '1'='1", "' OR 1=1 --", "'||'",
    "x'; DROP TABLE analytics.page_views; --", '"; DROP TABLE "WebAnalyticsDb"."PageViewsTable"; --',
    "amy' UNION ALL SELECT website, visitor_id, now(), 1 FROM analytics.page_views --", "'), (now()) --",
    "%", "%%", "%s", "%b", "%(affiliate_id)s", "%(start)s", "%1$s", "{", "}", "{}", "{0}", "{affiliate_id}",
    "{{affiliate_id}}", "{start}", "{affiliate_id.__class__}", "{affiliate_id!r:>9}", "$1", "$2", "$$",
    "$a$x$a$", "?", ":start", "@start", "\\", "\\'", "\\'; SELECT 1; --", "\\x27", "\\u0027", "\\0", "\\N",
    "E'\\''", "U&'\\0027'", "X'27'", "NULL", "null", "TRUE", "DEFAULT", "0", "-1", "1e9", "{NULL}",
    '{"a",NULL}', "\\,", "(),", "“x”", "«»", "é' é", "🎉';", "%27", "%2527", "&#39;", "<script>",
    "‘", "’ OR ’1’=’1", "＇ OR 1=1", "ʼ", "′",  # noqa: RUF001 - other databases have taken them for quotes
)  # fmt: skip
"""What can be an affiliate's id."""

UNPRINTABLE: Final = ("\0", "'\0; --", "\n", "a\r\nb", "\t", "\x1b[0m", "\u2028", "\u202e", "\ud800", "\x7f")
TEXTS: Final = (*PRINTABLE, *(text for text in UNPRINTABLE if "\0" not in text and "\ud800" not in text))
"""What both engines store as it is."""

MILLISECONDS = round(NOW.timestamp() * 1000)
DAY = 86_400_000
DIALECTS: Final = {"timestream": timestream.dialect(CONFIG), "postgres": DIALECT}
GOOD: Final = {"affiliateId": "amy", "metricType": "PageViews", "timeWindow": "Last7Days"}


def given(**parameters: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in {**GOOD, **parameters}.items()}


def statement(dialect: Dialect, **parameters: str) -> Statement[Any]:
    return to_statement(parse_metric_query(given(**parameters), NOW), dialect)


# What a request says


@pytest.mark.parametrize("metric", Metric)
def test_a_statement_is_the_same_whatever_the_affiliate_is_called(metric: Metric):
    for dialect in DIALECTS.values():
        asked = {text: statement(dialect, metricType=metric, affiliateId=text) for text in PRINTABLE}
        assert len({found.text for found in asked.values()}) == 1
        assert all(dict(found.values)["affiliate_id"] == text for text, found in asked.items())


@pytest.mark.parametrize("parameter", ["website", "link", "country"])
def test_a_statement_is_the_same_whatever_a_filter_says(parameter: str):
    for dialect in DIALECTS.values():
        asked = {text: statement(dialect, **{parameter: text}) for text in PRINTABLE}
        assert len({found.text for found in asked.values()}) == 1
        assert all(dict(found.values)[f"filter_{parameter}"] == text for text, found in asked.items())


def test_timestream_gets_the_affiliate_as_one_literal():
    """It binds no values. Whatever the text, the statement has the same tokens."""
    usual = _tokens(statement(DIALECTS["timestream"]))
    for text in PRINTABLE:
        tokens = _tokens(statement(DIALECTS["timestream"], affiliateId=text))
        assert [kind for kind, _ in tokens] == [kind for kind, _ in usual]
        assert {(new, old) for (_, new), (_, old) in zip(tokens, usual, strict=True) if new != old} == {
            (text, "amy")
        }


def _tokens(asked: Statement[Any]) -> list[tuple[object, str]]:
    return [
        (token.token_type, token.text) for token in sqlglot.tokenize(timestream.to_sql(asked), read="trino")
    ]


@pytest.mark.parametrize("parameter", ["metricType", "timeWindow", "timeZone", "interval", "compareTo"])
def test_any_other_parameter_is_one_of_a_list(parameter: str):
    for text in (
        *PRINTABLE,
        *UNPRINTABLE,
        f"{GOOD.get(parameter, 'UTC')}'",
        f"{GOOD.get(parameter, 'UTC')} ",
    ):
        refused(given(**{parameter: text}), parameter)


def test_an_affiliate_that_cannot_be_printed_is_refused():
    for text in (*UNPRINTABLE, "", "x" * 129):
        refused(given(affiliateId=text), "affiliateId")


@pytest.mark.parametrize(("parameter", "good"), [("limit", "20"), ("nextToken", "0-1")])
def test_a_number_or_a_position_is_nothing_else(parameter: str, good: str):
    for text in (
        *PRINTABLE,
        *UNPRINTABLE,
        f"{good}'",
        f"{good} ",
        f" {good}",
        f"{good}\n",
        f"+{good}",
        "٣",
        "³",
    ):
        parameters = {"affiliateId": ["amy"], "timeWindow": ["Last7Days"], parameter: [text]}
        refused(parameters, parameter, Route.ENTRIES)


def test_an_unknown_parameter_is_refused():
    for text in (*PRINTABLE, *UNPRINTABLE, "affiliate_id", "AffiliateId"):
        refused({**given(), text: ["x"]}, text)


@pytest.mark.parametrize("parameter", ["affiliateId", "metricType", "timeWindow", "timeZone", "interval"])
def test_a_repeated_parameter_is_refused(parameter: str):
    for text in PRINTABLE:
        refused({**given(timeZone="UTC", interval="Day"), parameter: ["Day", text]}, parameter)


def refused(parameters: dict[str, list[str]], name: str, route: Route = Route.METRICS) -> None:
    """Assert that the request is refused, before an engine hears of it."""

    def rows(asked: Statement[Any]) -> Iterable[Row]:
        raise AssertionError(asked)

    for dialect in DIALECTS.values():
        with pytest.raises(RequestError) as error:
            answers(rows, dialect).answer(route, parameters, NOW)
        assert error.value.parameter == name


# What an event says


def own_events(number: int, affiliate: str) -> list[Event]:
    """So many page views of so many visitors, and sales of so many dollars: each metric has this figure."""
    return [
        event
        for each in range(number)
        for event in (
            PageView(MILLISECONDS - DAY, affiliate, "a.example", f"v{each}", f"e{each}", click=True),
            Commission(
                *(MILLISECONDS - DAY, affiliate, "a.example", "USD", f"o{each}", Entry.SALE, "1"),
                *(1_000_000, 1_000_000),
            ),
        )
    ]


def test_each_affiliate_sees_its_own_figures_whatever_it_is_called(both: Both):
    expected = {text: 1 + index % 4 for index, text in enumerate(PRINTABLE)}
    both.store(*(event for text, number in expected.items() for event in own_events(number, text)))
    for index, (text, number) in enumerate(expected.items()):
        metric = list(Metric)[index % len(Metric)]
        question = {**GOOD, "affiliateId": text, "metricType": metric}
        assert both.totals(question) == (number, number), question
    unharmed(both, page_views=sum(expected.values()), entries=sum(expected.values()))


def hostile_events() -> list[Event]:
    """Each text in all fields of a page view and an entry, except the affiliate."""
    return [event for number, text in enumerate(TEXTS) for event in hostile(number, text)]


def hostile(number: int, text: str) -> tuple[Event, ...]:
    return (
        msgspec.structs.replace(
            PageView(MILLISECONDS - number, "amy", text, text, text, click=True),
            **dict.fromkeys(_TEXTS, text),
        ),
        Commission(
            MILLISECONDS - number, "amy", text, text, text, Entry.SALE, text, number, number, text, text
        ),
        Payout(MILLISECONDS - number, "amy", text, text, number),
    )


_TEXTS = ("path", "referrer", "utm_source", "utm_medium", "utm_campaign", "country", "device", "link")


def test_texts_of_events_are_stored_as_they_are(both: Both):
    fates = both.store(*hostile_events())
    assert [Counter(fate.status for fate in each) for each in fates] == [{"written": 3 * len(TEXTS)}] * 2
    with psycopg.connect(both.database.url()) as admin:
        for kind, table in TABLES.items():
            rows = sorted(to_row(event) for event in hostile_events() if isinstance(event, kind))
            columns = ", ".join(table.columns)
            found = admin.execute(f"SELECT {columns} FROM {table.name}".encode()).fetchall()
            assert sorted(found) == rows
    for metric in Metric:
        answer = both.agreed({**GOOD, "metricType": metric, "timeWindow": "Last24Hours"})
        assert answer["totals"]
    every = {"affiliateId": "amy", "timeWindow": "Last24Hours", "limit": "500"}
    stored = hostile_events()
    for by in By:
        answer = both.agreed({**every, "by": by}, route=Route.BREAKDOWN)
        names = {getattr(event, COLUMN[by]) for event in stored if isinstance(event, PageView)}
        assert {row["name"] for row in answer["rows"]} == names
    listed = both.agreed(every, route=Route.ENTRIES)["entries"]
    assert {(entry["orderId"], entry["link"], entry["coupon"]) for entry in listed} == {
        (event.order_id, event.link, event.coupon) for event in stored if isinstance(event, Commission)
    }
    unharmed(both, page_views=len(TEXTS), entries=len(TEXTS))


def test_a_filter_finds_what_has_its_text_and_nothing_else(both: Both):
    both.store(*hostile_events())
    for number, text in enumerate(PRINTABLE[::2]):
        view, *_ = hostile(number, text)
        metric, known = (Metric.CLICKS, [*COLUMNS]) if number % 2 else (Metric.ORDERS, [*MONEY])
        filters = {parameter: getattr(view, COLUMNS[parameter]) for parameter in known}
        assert both.totals({**GOOD, "metricType": metric, **filters}) == (1, 1), text


def unharmed(both: Both, page_views: int, entries: int) -> None:
    """Assert that all tables are there, with so many rows."""
    with psycopg.connect(both.database.url()) as admin:
        tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'analytics' ORDER BY 1")
        assert tables.fetchall() == [("order_entries",), ("page_views",), ("payouts",)]
        for table, rows in (("page_views", page_views), ("order_entries", entries)):
            assert admin.execute(f"SELECT count(*) FROM analytics.{table}".encode()).fetchall() == [(rows,)]


def documents(number: int, text: str) -> list[Document]:
    """A click, a refund, two sales and a payout whose texts are all `text`, as a source sends them."""
    view = page("amy", f"{number}.example", text, f"{number} {text}", NOW)
    view["properties"] |= {"title": text, "referrer": text, "path": text}
    view["properties"]["url"] += f"/{text}?ref=amy&utm_source={text}"
    names = ("source", "medium", "name")
    view["context"] = {
        "campaign": dict.fromkeys(names, text),
        "geo": {"country": text},
        "userAgent": text,
        "page": {"referrer": f"https://{text}/"},
    }
    view["properties"] |= {"affiliate_link": text}
    about: dict[str, Any] = {
        "order_id": f"{number} {text}",
        "refund_id": text,
        "commission": 1,
        "website": text,
    }
    about |= {"affiliate_link": text, "coupon": text, "revenue": text}
    sale = order("amy", NOW, order_id=f"{number}", commission=1, currency=text)
    paid = order("amy", NOW, "Commission Paid", order_id="", payout_id=f"{number} {text}", amount=1)
    bought = order("amy", NOW, **{**about, "revenue": 2})
    return [view, order("amy", NOW, "Order Refunded", **about), bought, sale, paid]


def test_documents_with_such_texts_give_the_same_figures(both: Both):
    delivered = both.deliver("events/server/o", BODY)
    assert delivered.timestream == delivered.postgres
    outcome = delivered.postgres.outcome
    assert outcome.written == 4 * len(TEXTS)  # a view, a refund, a sale and a payout
    assert outcome.malformed.total() == len(TEXTS)  # a sale in a currency that is none
    for metric in Metric:
        assert both.agreed({**GOOD, "metricType": metric})["totals"]


def test_no_text_of_a_document_is_in_a_statement(cluster: Cluster):
    before = len(cluster.dsql.statements)
    deliver(cluster.engine, "events/server/o", BODY)
    inserts = {_numbered(table.insert_arrays()) for table in TABLES.values()}
    assert set(cluster.dsql.statements[before:]) == inserts


BODY: Final = to_body(document for number, text in enumerate(TEXTS) for document in documents(number, text))


def test_postgres_is_sent_the_same_texts_whatever_the_values_are(cluster: Cluster):
    before = len(cluster.dsql.statements)
    with closing(cluster.as_role("ingest")) as connection:
        for number, text in enumerate(TEXTS):
            for event in hostile(number, text):
                Writer(connection).write(type(event), [event])
                Writer(connection, insert_values).write(type(event), [event])
    for text in PRINTABLE:
        list(cluster.engine.rows(statement(DIALECT, affiliateId=text)))
    sent = set(cluster.dsql.statements[before:])
    numbered = {_numbered(table.insert_arrays()) for table in TABLES.values()}
    numbered |= {_numbered(table.insert_values(1)) for table in TABLES.values()}
    question, _ = to_sql(statement(DIALECT))
    assert sent == numbered | {_numbered(question)}


def _numbered(text: str) -> str:
    """A statement of psycopg with PostgreSQL's placeholders. A name has one number."""
    numbers: dict[str, int] = {}
    unnamed = count(1)

    def place(found: re.Match[str]) -> str:
        name = found[1] or f"unnamed {next(unnamed)}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    return re.sub(r"%(?:\((\w+)\)s|b)", place, text)
