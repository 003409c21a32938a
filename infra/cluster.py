"""What is in an Aurora DSQL cluster: the tables, and the roles that the functions connect as."""

from datetime import datetime
from functools import partial
from itertools import product
from typing import Final

from chalicelib.config import Config
from chalicelib.engines.postgres.connections import Connection
from chalicelib.engines.postgres.dialect import DIALECT, to_sql
from chalicelib.engines.postgres.migrations import grant_iam, make_roles, migrate
from chalicelib.figures import Metric, MetricQuery, Statement, to_statement
from chalicelib.figures.timerange import TimeWindow, default_interval, to_time_range
from chalicelib.figures.wallclock import zone
from infra.account import Account
from infra.postgres import config_of, open_database
from infra.stage import Stage

NOBODY: Final = "nobody"
ZONE: Final = zone("America/New_York")
"""A time zone with clock changes, for which statements are longest."""

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
    """Let the cluster plan the statement for each metric and time window, without running it.

    Raises InfraError with the cluster's reason for the first one that it refuses.
    """
    questions = list(product(Metric, TimeWindow))
    with open_database(_config(endpoint)) as database:
        for metric, window in questions:
            database.run(partial(_explain, _statement(metric, window, now)), SECONDS)
    return f"{len(questions)} are right"


def _config(endpoint: str) -> Config:
    return config_of("DSQL_ENDPOINT", endpoint)


def _statement(metric: Metric, window: TimeWindow, now: datetime) -> Statement:
    time_range = to_time_range(window, default_interval(window), ZONE, now)
    return to_statement(MetricQuery(metric, NOBODY, time_range), DIALECT)


def _explain(statement: Statement, connection: Connection) -> None:
    text, values = to_sql(statement)
    connection.execute(f"EXPLAIN {text}", values)
