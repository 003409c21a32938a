"""What a probe of `infra.probe` works with: a connection, events, and the product's own statements."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import psycopg

from chalicelib.engines.postgres.connections import Connection, fetch
from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.postgres.tables import ORDER_ENTRIES, PAGE_VIEWS, Table, to_row
from chalicelib.engines.postgres.writer import insert_arrays
from chalicelib.events import Commission, Entry, PageView
from chalicelib.figures import Metric, Route
from chalicelib.figures.timerange import TimeWindow
from infra.statements import QUESTIONS, Question, metric_question

SCHEMA: Final = "affiliate_probe"

VIEWS: Final = msgspec.structs.replace(PAGE_VIEWS, name=f"{SCHEMA}.page_views")
ENTRIES: Final = msgspec.structs.replace(ORDER_ENTRIES, name=f"{SCHEMA}.order_entries")

NOW: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Probing:
    """What a probe works with."""

    connect: Callable[[], Connection]
    connection: Connection
    repeats: int
    """How often a duration is measured."""

    def rows(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement in a transaction of its own: its rows. It has the product's names of tables."""
        return fetch(self.connection, in_schema(statement), values or None)

    def insert(self, table: Table, *events: PageView | Commission) -> int:
        """Insert events as `ingest` does: how many rows were written."""
        return insert_arrays(self.connection, table, [to_row(event) for event in events])

    def dpu(self, statement: str, values: Sequence[Any] | dict[str, Any]) -> str:
        """What DSQL says that a statement costs; it is run."""
        lines = self.rows(f"EXPLAIN ANALYZE VERBOSE {statement}", values)
        found = [line.strip() for (line,) in lines if line.endswith(" DPU")]
        return f"; {', '.join(found)}" if found else ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question."""

    name: str
    question: str
    ask: Callable[[Probing], str]
    """Returns the answer. An error of psycopg is the answer `refused`."""
    expected: str
    """How the answer begins that the code counts on. Empty: any answer does, it is for the reader."""
    otherwise: str
    """What to change if the answer is another."""

    def is_as_expected(self, answer: str) -> bool:
        """Whether the code can stay as it is."""
        return answer.startswith(self.expected)

    def line(self, answer: str) -> str:
        """The question and the answer; and what to change, if the answer is not the expected one."""
        text = f"{self.name}: {self.question} {answer}"
        if self.is_as_expected(answer):
            return text
        return f"{text}\n    EXPECTED: {self.expected}. What to change: {self.otherwise}."


def view(number: int, **changes: Any) -> PageView:
    """A page view of the probe's affiliate, three minutes after the one before it."""
    moment = round((NOW - timedelta(minutes=3 * (number % 170_000))).timestamp() * 1000)
    event = PageView(moment, "probe", f"site-{number % 3}.example", f"{number % 5_000:032}", f"view-{number}")
    return msgspec.structs.replace(event, **changes)


def entry(**changes: Any) -> Commission:
    """A sale."""
    moment = round(NOW.timestamp() * 1000)
    event = Commission(moment, "probe", "shop.example", "USD", "1", Entry.SALE, "1", 5_000_000)
    return msgspec.structs.replace(event, **changes)


def statements() -> Iterator[tuple[Question, str, dict[str, Any]]]:
    """The product's own statements: each metric, a year by day, in a zone with changes of the clocks; and
    what the other routes ask for.
    """
    others = (question for question in QUESTIONS if question.route is not Route.METRICS)
    for question in (*(metric_question(metric, TimeWindow.LAST_365_DAYS) for metric in Metric), *others):
        yield question, *to_sql(question.statement("probe", DIALECT, NOW))


def in_schema(statement: str) -> str:
    """A statement on the probe's own tables instead of the product's."""
    return re.sub(r"\banalytics\b", SCHEMA, statement)


def answer_of(ask: Callable[[], str]) -> str:
    """The answer, or `refused` with PostgreSQL's code and words."""
    try:
        return ask()
    except psycopg.Error as error:
        return f"refused ({error.sqlstate or 'the connection ended'}): {' '.join(str(error).split())[:120]}"


def answer(probe: Probe, connect: Callable[[], Connection], repeats: int) -> str:
    """Ask one question, on a new connection."""

    def ask() -> str:
        with closing(connect()) as connection:
            return probe.ask(Probing(connect, connection, repeats))

    return answer_of(ask)
