"""Make or complete the tables in a PostgreSQL of your own: `POSTGRES_URL=… python -m infra.migrate`.

`make deploy` does this for Aurora DSQL. The URL is read from the environment, since other users of this
machine can read a command line, and with it the password.
"""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping, Sequence

from rich.console import Console

from chalicelib.engines.postgres.migrations import ROLES, make_roles, migrate
from infra.errors import run_command
from infra.postgres import config_of_environment, open_database, place


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Migrate; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("migrate", lambda: _run(options, environ, Console()))


def _run(options: Namespace, environ: Mapping[str, str], console: Console) -> None:
    config = config_of_environment(environ)
    with open_database(config) as database:
        migrate(database)
        if options.roles:
            make_roles(database)
    roles = f", and the roles {' and '.join(ROLES)}" if options.roles else ""
    text = f"{place(config)} has all tables and indexes{roles}."
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m infra.migrate",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--roles",
        action="store_true",
        help="also make the roles ingest and metrics, one for each function (needs CREATEROLE)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
