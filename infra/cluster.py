"""What is in an Aurora DSQL cluster: the tables, and the roles that the functions connect as."""

from datetime import datetime
from typing import Final

from chalicelib.config import Config
from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.postgres.migrations import grant_iam, make_roles, migrate
from infra.account import Account
from infra.postgres import config_of, open_database
from infra.stage import Stage
from infra.statements import QUESTIONS

NOBODY: Final = "nobody"

SECONDS: Final = 60
"""How long one statement may take. A cluster that nobody has used for days wakes up first."""


def make_tables(endpoint: str) -> str:
    """Make or complete the tables and indexes, and wait for the indexes."""
    with open_database(_config(endpoint)) as database:
        migrate(database)
    return "are there"


def grant_functions(account: Account, stage: Stage, endpoint: str) -> str:
    """Make the database roles, and let each function connect as its own.

    At every deployment: an IAM role that was deleted and made again is another one to the cluster.
    """
    client = account.client("lambda")
    functions = {"ingest": stage.ingest_function, "metrics": stage.api_function}
    arns = {
        role: client.get_function_configuration(FunctionName=function)["Role"]
        for role, function in functions.items()
    }
    with open_database(_config(endpoint)) as database:
        make_roles(database)
        grant_iam(database, arns)
    return ", ".join(arns)


def try_statements_on(endpoint: str, now: datetime) -> str:
    """Let the cluster plan the statement for each of QUESTIONS, without running it.

    Raises InfraError with the cluster's reason for the first one that it refuses.
    """
    with open_database(_config(endpoint)) as database:
        for question in QUESTIONS:
            text, values = to_sql(question.statement(NOBODY, DIALECT, now))
            database.rows(f"EXPLAIN {text}", values, seconds=SECONDS)
    return f"{len(QUESTIONS)} are right"


def _config(endpoint: str) -> Config:
    return config_of("DSQL_ENDPOINT", endpoint)
