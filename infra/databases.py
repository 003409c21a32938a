"""What a deployment does for the database of a stage: one class for each engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from chalicelib.config import POSTGRES, TIMESTREAM, Config
from infra.account import Account
from infra.cluster import grant_functions, make_tables, try_statements_on
from infra.errors import ELSEWHERE, InfraError
from infra.progress import Step
from infra.stage import Stage
from infra.timestream_tables import check_kept, prime_columns, try_statements


class Database(Protocol):
    """The part of a deployment that knows the engine."""

    def check(self) -> None:
        """Raise InfraError, or AWS's own error, if the account or region cannot use it."""
        ...

    def check_new(self, name: str) -> None:
        """Raise InfraError if a new stack cannot make it. `name` is the parameter DatabaseName."""
        ...

    def steps_before(self) -> list[Step]:
        """The steps before Chalice deploys the functions: what their new code needs."""
        ...

    def steps_after(self) -> list[Step]:
        """The steps after that."""
        ...


@dataclass(frozen=True, slots=True)
class Timestream:
    """Amazon Timestream for LiveAnalytics. The storage stack makes the tables."""

    stage: Stage
    account: Account

    def check(self) -> None:
        """Raise what Timestream raises if the account may not use it, or InfraError for a wrong region."""
        regions = self.account.session.get_available_regions("timestream-write")
        if self.account.region not in regions:
            raise InfraError(
                f"Timestream is not in {self.account.region}: set AWS_DEFAULT_REGION to one of "
                f"{', '.join(regions)}. Or {ELSEWHERE}."
            )
        # Every client calls this first, so this call is the first to be refused.
        self.account.client("timestream-write").describe_endpoints()

    def check_new(self, name: str) -> None:
        """See `check_kept`."""
        check_kept(self.account, self.stage, name)

    def steps_before(self) -> list[Step]:
        """None: a table takes whatever is written to it."""
        return []

    def steps_after(self) -> list[Step]:
        """Have Timestream know the columns, and check the statements."""
        return [
            Step("Columns of the tables", lambda: prime_columns(self.account, self._config, _now())),
            Step("Statements", lambda: try_statements(self.account, self._config, _now())),
        ]

    @property
    def _config(self) -> Config:
        return Config.from_environ(self.stage.settings)


@dataclass(frozen=True, slots=True)
class Postgres:
    """Aurora DSQL. The storage stack makes the cluster, and the deployment what is in it."""

    stage: Stage
    account: Account

    def check(self) -> None:
        """Nothing: CloudFormation says if Aurora DSQL is not in the region, before it makes anything."""

    def check_new(self, name: str) -> None:
        """A cluster has no name, so none can be taken. Raise InfraError if one is asked for."""
        if name:
            raise InfraError("DatabaseName names a Timestream database: leave it out with Engine=postgres.")

    def steps_before(self) -> list[Step]:
        """Make or complete the tables."""
        return [Step("Tables and indexes", lambda: make_tables(self._endpoint))]

    def steps_after(self) -> list[Step]:
        """Let the functions connect, and check the statements."""
        return [
            Step("Roles in the database", lambda: grant_functions(self.account, self.stage, self._endpoint)),
            Step("Statements", lambda: try_statements_on(self._endpoint, _now())),
        ]

    @property
    def _endpoint(self) -> str:
        return Config.from_environ(self.stage.settings).dsql_endpoint


DATABASES: Final[Mapping[str, type[Timestream] | type[Postgres]]] = {
    TIMESTREAM: Timestream,
    POSTGRES: Postgres,
}
"""By the value of the setting ENGINE, and of the storage stack's parameter Engine."""


def _now() -> datetime:
    return datetime.now(UTC)
