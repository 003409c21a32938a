"""Timestream's tables: not in the way of a new stack, with all columns known, and asked every statement."""

import time
from contextlib import closing, suppress
from datetime import datetime
from typing import Any, Final

import botocore.session
from msgspec import convert

from chalicelib.config import Config
from chalicelib.engines.timestream.dialect import dialect, to_sql
from chalicelib.engines.timestream.records import to_records
from chalicelib.engines.timestream.sink import tables, write_records
from chalicelib.engines.timestream.writer import Writer, write_client
from chalicelib.events import MAX_AFFILIATE_ID, Commission, Entry, PageView, Payout
from chalicelib.figures import Route
from infra.account import Account
from infra.confirmation import PRODUCTION
from infra.errors import InfraError
from infra.stage import Stage
from infra.statements import QUESTIONS, Question

NOBODY: Final = "columns".ljust(MAX_AFFILIATE_ID + 1, "-")
"""The affiliate of the records that prime the columns. It is too long by one character for an event to name
it or a request to ask for it, and every statement is bounded by the affiliate. So these records are in no
figure, and need not be deleted (which Timestream could not do)."""


def prime_columns(account: Account, config: Config, now: datetime, pause: float = 2.0) -> str:
    """Make all columns known: Timestream refuses a statement with a column that no record has had yet.

    Waits until they are, at most 30 times `pause` seconds. Returns `known now` or `known already`.
    """
    client = account.client("timestream-query")
    if _knows_columns(client, config, now):
        return "known already"
    _write_nobody(config, now)
    for _ in range(30):
        if _knows_columns(client, config, now):
            return "known now"
        time.sleep(pause)  # a record can be read a moment after it was written
    raise InfraError(
        "Timestream does not know the tables' columns a minute after they were written: try again."
    )


def try_statements(account: Account, config: Config, now: datetime) -> str:
    """Let Timestream check the statement for each of QUESTIONS, without running it.

    Raises InfraError with Timestream's reason for the first one that it refuses.
    """
    client = account.client("timestream-query")
    for question in QUESTIONS:
        if refusal := _refusal(client, _statement(question, config, now)):
            raise InfraError(f"Timestream refuses the statement for {question}: {refusal}")
    return f"{len(QUESTIONS)} are right"


def check_kept(account: Account, stage: Stage, database: str) -> None:
    """Raise InfraError if the new stack's database exists already, such as after `make destroy`.

    `database` is the name that is asked for, or empty for the usual one. CloudFormation would only notice
    when half of the stack is made.
    """
    kept = database or ("WebAnalyticsDb" if stage.name == PRODUCTION else f"WebAnalyticsDb_{stage.name}")
    client = account.client("timestream-write")
    with suppress(client.exceptions.ResourceNotFoundException):
        client.describe_database(DatabaseName=kept)
        raise InfraError(
            f"The database {kept} exists already, kept by `make destroy` or a move to PostgreSQL: choose "
            "another with DatabaseName=…, or see docs/operations.md for how to use it again."
        )


def _knows_columns(client: Any, config: Config, now: datetime) -> bool:
    statements = (_statement(question, config, now) for question in _WITH_ALL_COLUMNS)
    return not any(_UNKNOWN_COLUMN in _refusal(client, statement) for statement in statements)


def _statement(question: Question, config: Config, now: datetime) -> str:
    return to_sql(question.statement(NOBODY, dialect(config), now))


def _refusal(client: Any, statement: str) -> str:
    """Why Timestream refuses the statement; empty if it does not."""
    try:
        client.prepare_query(QueryString=statement, ValidateOnly=True)
    except client.exceptions.ValidationException as error:
        message: str = error.response["Error"]["Message"]
        return message
    return ""


def _write_nobody(config: Config, now: datetime) -> None:
    """Records of every measure, with every column that `ingest` ever writes."""
    moment = round(now.timestamp() * 1000)
    with closing(write_client(botocore.session.get_session())) as client:
        writer = Writer(client)
        for event in (_page_view(moment), _commission(moment), Payout(moment, NOBODY, "XXX", _NOTHING, 0)):
            if refusals := write_records(writer, tables(config), type(event), [to_records(event)]):
                name = type(event).__name__
                raise InfraError(f"Timestream refuses a record for a {name}: {refusals[0].detail}")


def _page_view(moment: int) -> PageView:
    others = {"time", "affiliate_id", "click"}
    texts = dict.fromkeys(set(PageView.__struct_fields__) - others, _NOTHING)
    return convert({"time": moment, "affiliate_id": NOBODY, "click": True, **texts}, PageView)


def _commission(moment: int) -> Commission:
    return Commission(
        moment, NOBODY, _NOTHING, "XXX", _NOTHING, Entry.SALE, _NOTHING, 0, 0, link=_NOTHING, coupon=_NOTHING
    )


_NOTHING: Final = "(none)"

_WITH_ALL_COLUMNS: Final = tuple(question for question in QUESTIONS if question.route is not Route.METRICS)
"""Questions that name every column between them."""

_UNKNOWN_COLUMN: Final = "does not exist"
