"""Ask a database what the code counts on: `python -m infra.probe --endpoint abc123.dsql.eu-west-1.on.aws`.

It works in the schema `affiliate_probe`, which it makes and drops, and touches nothing else. With --stage, it
asks the cluster of a stage. With neither, it asks the PostgreSQL of the environment variable POSTGRES_URL,
which is expected to answer some of the questions in another way than Aurora DSQL.
"""

import os
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from psycopg.errors import DuplicateColumn
from rich.console import Console

from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres.connections import KeptConnection
from chalicelib.engines.postgres.migrations import INDEX_SECONDS, statements
from infra.account import open_account
from infra.durations import measured
from infra.errors import InfraError, run_command
from infra.ingest_function import find_ingest
from infra.postgres import CONNECTING, config_of, config_of_environment, connector_of, open_database, place
from infra.probe.probing import SCHEMA, answer, in_schema
from infra.probe.questions import LARGE_PROBE, PROBES
from infra.stage import PROJECT, open_stage

REPEATS: Final = 20
"""How often a duration is measured."""


def main(
    arguments: Sequence[str] | None = None, project: Path = PROJECT, environ: Mapping[str, str] = os.environ
) -> int:
    """Ask; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("probe", lambda: _run(options, _config(options, project, environ), Console()))


def _config(options: Namespace, project: Path, environ: Mapping[str, str]) -> Config:
    if options.endpoint:
        return config_of("DSQL_ENDPOINT", options.endpoint)
    if not options.stage:
        return config_of_environment(environ)
    stage = open_stage(project, options.stage)
    with open_account() as account:
        config = find_ingest(account, stage).config
    if config.engine != POSTGRES:
        raise InfraError(f"The engine of {stage.name} is {config.engine}: this command asks a PostgreSQL.")
    return config


def _run(options: Namespace, config: Config, console: Console) -> None:
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    others = 0
    probes = (*PROBES, LARGE_PROBE) if options.large else PROBES
    connect = partial(connector_of(config), CONNECTING)
    started = time.monotonic()
    with open_database(config) as database:
        say(f"{place(config)}: connected after {time.monotonic() - started:.1f} s")
        with _tables(database, config) as seconds:
            say(f"Tables and indexes in the schema {SCHEMA}: made in {seconds:.1f} s")
            for probe in probes:
                given = answer(probe, connect, options.repeats)
                say(probe.line(given))
                others += not probe.is_as_expected(given)
    say(f"{len(probes)} questions, {others} with another answer than the code expects of Aurora DSQL.")


@contextmanager
def _tables(database: KeptConnection, config: Config) -> Iterator[float]:
    """The product's tables, in the probe's own schema. Yields how many seconds it took to make them."""
    _drop(database)
    try:
        yield measured(lambda: _make(database, is_dsql=bool(config.dsql_endpoint)))
    finally:
        _drop(database)


def _make(database: KeptConnection, *, is_dsql: bool) -> None:
    for statement in statements(is_dsql=is_dsql):
        with suppress(DuplicateColumn):
            _do(database, statement)
    until = time.monotonic() + INDEX_SECONDS
    while _do(database, _UNFINISHED) and time.monotonic() < until:
        time.sleep(1)


def _drop(database: KeptConnection) -> None:
    for (name,) in _do(database, _TABLES):
        _do(database, f"DROP TABLE analytics.{name}")
    _do(database, "DROP SCHEMA IF EXISTS analytics")


def _do(database: KeptConnection, statement: str) -> list[tuple[str, ...]]:
    """Run a statement in the probe's own schema. Returns its rows."""
    return database.rows(in_schema(statement), seconds=_PATIENCE)


_PATIENCE: Final = 120

_TABLES: Final = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'analytics'"

_UNFINISHED: Final = """\
SELECT 1 FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
WHERE n.nspname = 'analytics' AND NOT x.indisvalid"""


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m infra.probe",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--endpoint", help="the host name of an Aurora DSQL cluster")
    where.add_argument("--stage", help="a stage of .chalice/config.json that is deployed")
    parser.add_argument(
        "--large",
        action="store_true",
        help="also write 1.2 million page views and ask for them: some 25,000 DPU",
    )
    parser.add_argument(
        "--repeats",
        type=int,
        default=REPEATS,
        metavar="N",
        help="how often durations are measured (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
