"""Timestream's SQL: its dialect, and values as literals, since it binds no parameters."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.config import Config
from chalicelib.engines.timestream.records import COMMISSION, PAGE_VIEW, PAYOUT, REVENUE
from chalicelib.figures import Amounts, Column, Dialect, Statement, Value


def dialect(config: Config) -> Dialect:
    """Timestream's dialect, over the tables that the settings name."""
    money = _table(config.timestream_database, config.commissions_table)
    return Dialect(
        page_views=_table(config.timestream_database, config.page_views_table),
        is_page_view=f"measure_name = {string(PAGE_VIEW)}",
        is_click="{} = 'true'",
        commissions=Amounts(money, f"measure_name = {string(COMMISSION)}", _VALUE),
        revenues=Amounts(money, f"measure_name = {string(REVENUE)}", _VALUE),
        payouts=Amounts(money, f"measure_name = {string(PAYOUT)}", _VALUE),
        seconds="{}s",
        no_label="CAST(NULL AS timestamp)",
        in_utc="{}",
        has_little_memory=False,
        goes_by_affiliate=False,
        holds_events_once=False,
    )


def to_sql(statement: Statement[Any], missing: Collection[str] = ()) -> str:
    """The statement with its values as literals, and null for the columns (by their fields) that are missing.

    Raises ValueError for a text that cannot be printed.
    """
    fields = {
        column.field: _null(column) if column.field in missing else column.name
        for column in statement.columns
    }
    fields |= {name: _literal(value) for name, value in statement.values}
    return statement.text.format_map(fields)


def identifier(name: str) -> str:
    """`name` as a quoted identifier. Raises ValueError for what cannot be printed."""
    return _quoted(name, '"')


def string(text: str) -> str:
    """`text` as a string literal. Raises ValueError for what cannot be printed."""
    return _quoted(text, "'")


def moment(instant: datetime) -> str:
    """`instant` as a timestamp literal in UTC: whole seconds, as bins have, or milliseconds."""
    in_utc = instant.astimezone(UTC).replace(tzinfo=None)
    return f"TIMESTAMP '{in_utc.isoformat(' ', 'milliseconds' if in_utc.microsecond else 'seconds')}'"


def _null(column: Column) -> str:
    return f"CAST(NULL AS {'bigint' if column.name == _VALUE else 'varchar'})"


def _literal(value: Value) -> str:
    if isinstance(value, str):
        return string(value)
    return moment(value) if isinstance(value, datetime) else str(value)


def _table(database: str, name: str) -> str:
    """For a statement's text, where a brace stands for itself if it is doubled."""
    return f"{identifier(database)}.{identifier(name)}".replace("{", "{{").replace("}", "}}")


def _quoted(text: str, quote: str) -> str:
    if not text.isprintable():
        raise ValueError(f"a statement cannot hold {text!r}: it is not printable")
    return quote + text.replace(quote, quote * 2) + quote


_VALUE: Final = "measure_value::bigint"
