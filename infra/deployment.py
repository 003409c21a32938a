"""All that a deployment does, as steps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.config import TIMESTREAM, Config
from chalicelib.errors import SettingError
from infra.account import Account
from infra.chalice_command import chalice
from infra.chalice_state import check_place, rebuild_state
from infra.databases import DATABASES, Database
from infra.errors import InfraError
from infra.function_settings import set_log_retention, set_retries, set_throttle
from infra.package import build
from infra.policies import stage_settings, write_policies
from infra.portals import Portal, portal_of
from infra.progress import Step
from infra.smoke import smoke_test
from infra.stacks import Stack
from infra.stage import Stage
from infra.templates import Template, check_parameters
from infra.workspace import prepare


@dataclass(frozen=True, slots=True)
class Move:
    """A stage's move to another engine. Engines are called as the parameter Engine has them."""

    stage: str
    before: str
    engine: str

    @property
    def warning(self) -> str:
        """What the move means."""
        return _MOVES.format(stage=self.stage, engine=self.engine, before=self.before)

    @property
    def report(self) -> str:
        """What the user must do afterwards."""
        return _MOVED.format(stage=self.stage, engine=self.engine, before=self.before)


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployment of a stage. Each step reads what it needs from what the steps before it made."""

    stage: Stage
    account: Account
    given: Mapping[str, str]
    """Parameters of the templates."""
    tell: Callable[[str], None]

    def check(self) -> None:
        """Raise InfraError for anything that would make a later step fail and can be known now."""
        check_parameters(self.given, [self._template(name) for name in _TEMPLATES])
        check_place(self.account, self.stage)
        self.database.check()
        self.portal.check()
        self.storage.check_parameters(self._template("storage"), self._storage_parameters())
        known_later = {"RestApiId": "", **self.portal.user_pool()}
        self.graphql.check_parameters(self._template("graphql"), {**self.given, **known_later})

    def steps(self) -> list[Step]:
        """All steps, in order."""
        portal = self.portal
        return [
            Step("Storage", self._deploy_storage),
            Step("Settings and policies", self._write_settings),
            Step("What is deployed", lambda: rebuild_state(self.account, self.stage)),
            *self.database.steps_before(),
            Step("Package", self._build_package),
            Step("Functions and REST API", self._deploy_app),
            Step("Retries of ingest", self._set_retries),
            Step("Logs are kept", lambda: set_log_retention(self.account, self.stage)),
            Step("The REST API takes", self._set_throttle),
            *self.database.steps_after(),
            *portal.steps_before(),
            Step("GraphQL API", self._deploy_graphql),
            *portal.steps_after(),
            Step("Smoke test", self._smoke_test),
        ]

    def report(self) -> str:
        """What the user needs next: the portal, and what to enter in RudderStack."""
        outputs = self.storage.outputs()
        return _REPORT.format(
            stage=self.stage.name,
            region=self.account.region,
            portal=self.portal.report(),
            role=outputs["RudderStackRoleArn"],
            web=outputs["WebStream"],
            server=outputs["ServerStream"],
        )

    @property
    def storage(self) -> Stack:
        """The stack that receives and holds the data."""
        return Stack(self.stage.storage_stack, self.account.client("cloudformation"), self.tell)

    @property
    def graphql(self) -> Stack:
        """The stack of AppSync."""
        return Stack(self.stage.graphql_stack, self.account.client("cloudformation"), self.tell)

    @property
    def portal(self) -> Portal:
        """What is done for the portal, by whose the user pool is."""
        return portal_of(self.stage, self.account, self.given, self.tell)

    def move(self) -> Move | None:
        """The move to another engine that this deployment is; None if it is none. Ask before the steps."""
        engine, before = self.given.get("Engine"), self.storage.parameter("Engine") or TIMESTREAM
        if engine is None or engine == before or not self.storage.outputs():
            return None
        return Move(self.stage.name, before, engine)

    @property
    def database(self) -> Database:
        """What is done for the engine that is asked for, or else for the one that the stage has."""
        engine = self.given.get("Engine") or self.storage.parameter("Engine") or TIMESTREAM
        return DATABASES[engine](self.stage, self.account)

    def _deploy_storage(self) -> str:
        if self.move() or not self.storage.outputs():
            self.database.check_new(self.given.get("DatabaseName", ""))
        return self.storage.deploy(self._template("storage"), self._storage_parameters())

    def _write_settings(self) -> str:
        outputs = self.storage.outputs()
        settings = stage_settings(outputs)
        prepare(self.stage)
        self.stage.write_settings(settings)
        write_policies(self.stage, outputs)
        self._check_settings()
        return f"{len(settings)} settings of the storage stack"

    def _check_settings(self) -> None:
        """Raise InfraError for a setting that the functions would refuse to start with."""
        try:
            Config.from_environ(self.stage.settings)
        except SettingError as error:
            raise InfraError(f"A setting in .chalice/config.json is wrong. {error}.") from error

    def _build_package(self) -> str:
        package = build(self.stage.workspace, self.stage.name, self.tell)
        return f"{package.zipped / 2**20:.1f} MB"

    def _deploy_app(self) -> str:
        chalice(self.stage.workspace, ["deploy", "--stage", self.stage.name], self.tell)
        return str(self._rest_api["rest_api_url"])

    def _set_retries(self) -> str:
        return set_retries(self.account, self.stage, self.storage.outputs()["FailureQueueArn"])

    def _set_throttle(self) -> str:
        return set_throttle(self.account, self._rest_api["rest_api_id"], self.stage.api_stage)

    def _deploy_graphql(self) -> str:
        made = {
            "RestApiId": self._rest_api["rest_api_id"],
            "RestApiStage": self.stage.api_stage,
            "AlarmTopicArn": self.storage.outputs()["AlarmTopicArn"],
            **self.portal.user_pool(),
        }
        return self.graphql.deploy(self._template("graphql"), {**self.given, **made})

    def _smoke_test(self) -> str:
        return smoke_test(self.account, self._rest_api["rest_api_url"])

    def _storage_parameters(self) -> dict[str, str]:
        return {**self.given, "Stage": self.stage.name, "ApiStage": self.stage.api_stage}

    def _template(self, name: str) -> Template:
        return Template(self.stage.project / "infra" / f"{name}.yaml")

    @property
    def _rest_api(self) -> dict[str, Any]:
        return self.stage.deployed["rest_api"]


_TEMPLATES: Final = ("storage", "users", "graphql", "portal")
"""The templates whose parameters a user may give."""

_MOVES: Final = """\
This moves {stage} from {before} to {engine}, where no events are until you ingest the stored ones again.
What is in {before} is kept, and shown no more."""

_MOVED: Final = """
{stage} has moved from {before} to {engine}, which has no events yet. Ingest the stored ones again:
  make replay STAGE={stage} ARGS="--prefix events/"
The old database is kept. docs/operations.md says what to compare before you delete it."""

_REPORT: Final = """
{stage} is deployed. {portal}

In RudderStack, give each of the two sources a destination Amazon Kinesis Firehose, with
  AWS region                 {region}
  Role-based authentication  on
  IAM role ARN               {role}
and map events to streams
  of the browser source      page -> {web}
  of the server source       Order Completed, Order Refunded, Order Cancelled -> {server}

What the sites must send is in docs/tracking.md."""
