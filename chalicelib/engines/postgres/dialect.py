"""PostgreSQL's SQL: its dialect, and a statement with its values as bound parameters."""

from typing import Any, Final

from chalicelib.engines.postgres.tables import ORDER_ENTRIES, PAGE_VIEWS, PAYOUTS
from chalicelib.figures import Amounts, Dialect, Statement, Value

DIALECT: Final = Dialect(
    page_views=PAGE_VIEWS.name,
    is_page_view="",
    is_click="{}",
    commissions=Amounts(ORDER_ENTRIES.name, "", "micros"),
    revenues=Amounts(ORDER_ENTRIES.name, "revenue IS NOT NULL", "revenue"),
    payouts=Amounts(PAYOUTS.name, "", "micros"),
    seconds="interval '{} seconds'",
    no_label="CAST(NULL AS timestamp)",
    in_utc="({} AT TIME ZONE 'UTC')",  # whatever the time zone of the connection is
    has_little_memory=True,  # on DSQL 128 MiB
    goes_by_affiliate=True,  # PostgreSQL 18 could skip from one to the next by itself; DSQL is a 16
    holds_events_once=True,
)


def to_sql(statement: Statement[Any]) -> tuple[str, dict[str, Value]]:
    """The statement as psycopg takes it: its text with placeholders, and its values by name."""
    fields = {column.field: column.name for column in statement.columns}
    fields |= {name: f"%({name})s" for name, _ in statement.values}
    return statement.text.format_map(fields), dict(statement.values)
