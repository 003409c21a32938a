"""PostgreSQL's SQL: its dialect, and a statement with its values as bound parameters."""

from typing import Final

from chalicelib.engines.postgres.tables import ORDER_ENTRIES, PAGE_VIEWS
from chalicelib.figures import Dialect, Statement, Value

DIALECT: Final = Dialect(
    page_views=PAGE_VIEWS.name,
    is_page_view="",
    page_view_count="count(*)",
    commissions=ORDER_ENTRIES.name,
    is_commission="",
    micros="micros",
    seconds="interval '{} seconds'",
    no_label="CAST(NULL AS timestamp)",
    in_utc="({} AT TIME ZONE 'UTC')",  # whatever the time zone of the connection is
    has_little_memory=True,  # on DSQL 128 MiB
    holds_entries_once=True,
)


def to_sql(statement: Statement) -> tuple[str, dict[str, Value]]:
    """The statement as psycopg takes it: its text with placeholders, and its values by name."""
    placeholders = {name: f"%({name})s" for name, _ in statement.values}
    return statement.text.format_map(placeholders), dict(statement.values)
