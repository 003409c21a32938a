"""Aurora DSQL's limits in an ordinary PostgreSQL: triggers that refuse what DSQL would refuse."""

from typing import Final

import psycopg

from devstack.postgres.fixture import Database

MAX_ROWS: Final = 3_000
"""Rows that a transaction may change."""

MAX_BYTES: Final = 10 * 1024 * 1024
"""Of what a transaction changes, index entries included; and of a message."""

MAX_KEY: Final = 1024
"""Bytes of a key, all of its columns together."""

TABLES: Final = ("page_views", "order_entries")


def limit_rows(database: Database, rows: int = MAX_ROWS) -> None:
    """Refuse a transaction that changes more than so many rows, in the statement that does."""
    statements = [_COUNT.format(rows=rows)]
    for table in TABLES:
        statements += [_COUNTED.format(table=table, event=event) for event in ("INSERT", "UPDATE")]
    _run(database, *statements)


def refuse_bytes(database: Database, most: int) -> None:
    """Refuse a transaction whose page views have more than so many bytes, when it commits."""
    _run(database, _SIZE.format(most=most), _AT_COMMIT.format(table="page_views", function="size()"))


def conflict(database: Database, times: int) -> None:
    """Have the next so many transactions lose against another one, when they commit."""
    _run(database, "CREATE SEQUENCE analytics.commits", _CONFLICT.format(times=times))
    _run(database, *(_AT_COMMIT.format(table=table, function="conflict()") for table in TABLES))


def conflicts(database: Database) -> int:
    """How many rows came to a commit since `conflict`. A row that lost a conflict counts each time."""
    with psycopg.connect(database.url()) as admin:
        ((found,),) = admin.execute("SELECT last_value FROM analytics.commits").fetchall()
        return int(found)


def _run(database: Database, *statements: str) -> None:
    with psycopg.connect(database.url(), autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


_COUNT: Final = """\
CREATE FUNCTION analytics.count_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before int := coalesce(nullif(current_setting('test.rows', true), ''), '0');
  changed int := before + (SELECT count(*) FROM changes);
BEGIN
  IF changed > {rows} THEN
    RAISE EXCEPTION 'transaction row limit exceeded' USING ERRCODE = '54000';
  END IF;
  PERFORM set_config('test.rows', changed::text, true);
  RETURN NULL;
END $$"""

_COUNTED: Final = """\
CREATE TRIGGER count_{event} AFTER {event} ON analytics.{table} REFERENCING NEW TABLE AS changes
FOR EACH STATEMENT EXECUTE FUNCTION analytics.count_rows()"""

_SIZE: Final = """\
CREATE FUNCTION analytics.size() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before int := coalesce(nullif(current_setting('test.size', true), ''), '0');
  changed int := before + octet_length(NEW::text);
BEGIN
  IF changed > {most} THEN
    RAISE EXCEPTION 'transaction size limit 10mb exceeded' USING ERRCODE = '54000';
  END IF;
  PERFORM set_config('test.size', changed::text, true);
  RETURN NULL;
END $$"""

_CONFLICT: Final = """\
CREATE FUNCTION analytics.conflict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF nextval('analytics.commits') <= {times} THEN  -- a number that was taken is not given back
    RAISE EXCEPTION 'change conflicts with another transaction (OC000)' USING ERRCODE = '40001';
  END IF;
  RETURN NULL;
END $$"""

_AT_COMMIT: Final = """\
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT OR UPDATE ON analytics.{table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION analytics.{function}"""
