"""Makes the tables, indexes and roles, or completes them. Everything here can be repeated."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from psycopg.errors import DuplicateColumn

from chalicelib.engines.postgres.connections import KeptConnection

SCHEMA: Final = Path(__file__).with_name("schema.sql")

RIGHTS: Final = (
    # On a conflict it reads no more than the key and what it fills in: not which visitor saw which page.
    ("ingest", "INSERT, SELECT (affiliate_id, event_id, click, link), UPDATE (click, link)", "page_views"),
    ("ingest", "SELECT, INSERT, UPDATE", "order_entries"),  # of an entry it keeps the earlier of two
    ("ingest", "SELECT, INSERT, UPDATE", "payouts"),  # the same
    ("metrics", "SELECT", "page_views"),
    ("metrics", "SELECT", "order_entries"),
    ("metrics", "SELECT", "payouts"),
)
"""What each database role may do: the function of the same name has it."""

ROLES: Final = tuple(dict.fromkeys(role for role, *_ in RIGHTS))

_REPLACED_INDEXES: Final = ("page_views_time", "order_entries_time")
"""Those of earlier versions."""

STATEMENT_SECONDS: Final = 120
INDEX_SECONDS: Final = 15 * 60
"""DSQL builds an index in the background: seconds for an empty table, longer for a full one."""


def migrate(database: KeptConnection, pause: float = 2.0) -> None:
    """Make or complete the tables and indexes, and wait until the indexes are built, looking every `pause`
    seconds.

    Raises TimeoutError if an index is not built in INDEX_SECONDS, and what psycopg raises.
    """
    for statement in statements(is_dsql=_is_dsql(database)):
        try:
            _run(database, statement)
        except DuplicateColumn:
            continue  # added by an earlier migration: DSQL has no ADD COLUMN IF NOT EXISTS
    _wait_for_indexes(database, pause)
    for name in _REPLACED_INDEXES:  # not before their successors are built: functions are reading
        _run(database, f"DROP INDEX IF EXISTS analytics.{name}")


def make_roles(database: KeptConnection) -> None:
    """Make the roles that the functions connect as, and let each do what it must and nothing else.

    Each statement runs by itself, as DSQL requires it.
    """
    known = {name for (name,) in _run(database, "SELECT rolname FROM pg_catalog.pg_roles")}
    for role in ROLES:
        if role not in known:
            _run(database, f"CREATE ROLE {role} WITH LOGIN")
        _run(database, f"GRANT USAGE ON SCHEMA analytics TO {role}")
    for role, rights, table in RIGHTS:
        _run(database, f"GRANT {rights} ON analytics.{table} TO {role}")


def grant_iam(database: KeptConnection, arns: Mapping[str, str]) -> None:
    """On DSQL: let IAM roles, by their ARNs, connect as database roles.

    An IAM role that was made anew is another identity, though it has the same ARN: so old grants are revoked.
    """
    mapped = _run(database, "SELECT pg_role_name, arn FROM sys.iam_pg_role_mappings")
    for role, arn in mapped:
        if role in arns:
            _run(database, f"AWS IAM REVOKE {role} FROM {_quoted(arn)}")
    for role, arn in arns.items():
        _run(database, f"AWS IAM GRANT {role} TO {_quoted(arn)}")


def statements(*, is_dsql: bool) -> list[str]:
    """The statements of schema.sql, in the form that DSQL takes, or that any other PostgreSQL takes."""
    text = re.sub(r"^--.*\n", "", SCHEMA.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for pattern, replacement in () if is_dsql else _ELSEWHERE:
        text = re.sub(pattern, replacement, text)
    return [statement.strip() for statement in text.split(";") if statement.strip()]


_ELSEWHERE: Final = (
    (r"\bINDEX ASYNC\b", "INDEX"),
    (r"\btext\b", 'text COLLATE "C"'),  # DSQL's only one: websites of one size keep their order
)


def _wait_for_indexes(database: KeptConnection, pause: float) -> None:
    until = time.monotonic() + INDEX_SECONDS
    while unfinished := [name for (name,) in _run(database, _UNFINISHED)]:
        if time.monotonic() > until:
            raise TimeoutError(f"not built in {INDEX_SECONDS // 60} minutes: {', '.join(unfinished)}")
        time.sleep(pause)


_UNFINISHED: Final = """\
SELECT i.relname FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
WHERE n.nspname = 'analytics' AND NOT x.indisvalid"""


def _is_dsql(database: KeptConnection) -> bool:
    return database.run(lambda connection: connection.info.host.endswith(".on.aws"), STATEMENT_SECONDS)


def _run(database: KeptConnection, statement: str) -> list[tuple[Any, ...]]:
    return database.rows(statement, seconds=STATEMENT_SECONDS)


def _quoted(text: str) -> str:
    """A string literal, where DSQL takes no parameter."""
    return "'" + text.replace("'", "''") + "'"
