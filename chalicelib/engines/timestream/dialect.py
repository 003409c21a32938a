"""Timestream's SQL: its dialect, and values as literals, since it binds no parameters."""

from datetime import UTC, datetime

from chalicelib.config import Config
from chalicelib.engines.timestream.records import COMMISSION, PAGE_VIEW
from chalicelib.figures import Dialect, Statement

COLUMNS = frozenset(
    {
        "affiliate_id",
        "currency",
        "entry",
        "entry_id",
        "measure_name",
        "measure_value::bigint",
        "order_id",
        "time",
        "visitor_id",
        "website",
    }
)
"""Every column that a statement reads. Timestream knows none of them before the table's first record."""


def dialect(config: Config) -> Dialect:
    """Timestream's dialect, over the tables that the settings name."""
    return Dialect(
        page_views=_table(config.timestream_database, config.page_views_table),
        is_page_view=f"measure_name = {string(PAGE_VIEW)}",
        page_view_count="sum(measure_value::bigint)",
        commissions=_table(config.timestream_database, config.commissions_table),
        is_commission=f"measure_name = {string(COMMISSION)}",
        micros="measure_value::bigint",
        seconds="{}s",
        no_label="CAST(NULL AS timestamp)",
        in_utc="{}",
        has_little_memory=False,
        holds_entries_once=False,
    )


def to_sql(statement: Statement) -> str:
    """The statement with its values as literals. Raises ValueError for a text that cannot be printed."""
    literals = {
        name: string(value) if isinstance(value, str) else moment(value) for name, value in statement.values
    }
    return statement.text.format_map(literals)


def identifier(name: str) -> str:
    """`name` as a quoted identifier. Raises ValueError for what cannot be printed."""
    return _quoted(name, '"')


def string(text: str) -> str:
    """`text` as a string literal. Raises ValueError for what cannot be printed."""
    return _quoted(text, "'")


def moment(instant: datetime) -> str:
    """`instant` as a timestamp literal in UTC: whole seconds, as bins have."""
    return f"TIMESTAMP '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"


def _table(database: str, name: str) -> str:
    """For a statement's text, where a brace stands for itself if it is doubled."""
    return f"{identifier(database)}.{identifier(name)}".replace("{", "{{").replace("}", "}}")


def _quoted(text: str, quote: str) -> str:
    if not text.isprintable():
        raise ValueError(f"a statement cannot hold {text!r}: it is not printable")
    return quote + text.replace(quote, quote * 2) + quote
