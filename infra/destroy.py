"""Take a stage down: `python -m infra.destroy dev`. Everything that holds data is kept, and listed."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from infra.account import Account, open_account
from infra.chalice_command import chalice
from infra.chalice_state import check_place, rebuild_state
from infra.confirmation import confirm
from infra.errors import run_command
from infra.function_settings import log_groups
from infra.portal_files import empty
from infra.progress import Progress, Step
from infra.stacks import Stack
from infra.stage import PROJECT, Stage, open_stage
from infra.templates import Template
from infra.workspace import prepare, remove


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Destroy; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("destroy", lambda: _run(options, project, Console()))


def _run(options: Namespace, project: Path, console: Console) -> None:
    stage = open_stage(project, options.stage)
    with open_account() as account:
        check_place(account, stage)
        if not options.yes:
            confirm(console, stage, account, "take it down")
        progress = Progress(console)
        destruction = _Destruction(stage, account, progress)
        kept = kept_resources(account, stage)
        progress.run(destruction.steps())
    console.print(_report(stage, kept), markup=False, highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _Destruction:
    """Takes a stage down. Anything that is gone already is passed over."""

    stage: Stage
    account: Account
    progress: Progress

    def steps(self) -> list[Step]:
        """All steps: first what users see, then the functions, then what brings events."""
        return [
            Step("Files of the portal", self._empty_portal),
            Step("Portal", self._stack(self.stage.portal_stack).delete),
            Step("GraphQL API", self._stack(self.stage.graphql_stack).delete),
            Step("Users' sign-in", self._stack(self.stage.users_stack).delete),
            Step("What is deployed", self._find_app),
            Step("Functions and REST API", self._delete_app),
            Step("Logs", self._delete_logs),
            Step("Storage", self._stack(self.stage.storage_stack).delete),
        ]

    def _stack(self, name: str) -> Stack:
        return Stack(name, self.account.client("cloudformation"), self.progress.tell)

    def _empty_portal(self) -> str:
        bucket = self._stack(self.stage.portal_stack).outputs().get("Bucket")
        return empty(self.account, bucket) if bucket else "not there"

    def _find_app(self) -> str:
        prepare(self.stage)
        return rebuild_state(self.account, self.stage)

    def _delete_app(self) -> str:
        is_deployed = bool(self.stage.deployed)
        if is_deployed:
            chalice(self.stage.workspace, ["delete", "--stage", self.stage.name], self.progress.tell)
        remove(self.stage)
        return "deleted" if is_deployed else "not there"

    def _delete_logs(self) -> str:
        client = self.account.client("logs")
        for name in log_groups(self.stage):
            try:
                client.delete_log_group(logGroupName=name)
            except client.exceptions.ResourceNotFoundException:
                continue  # gone already
        return "deleted"


def kept_resources(account: Account, stage: Stage) -> list[tuple[str, str]]:
    """What stays when a stage is taken down: CloudFormation's type and physical id of each."""
    kept = []
    for name, template in ((stage.storage_stack, "storage"), (stage.users_stack, "users")):
        made = Stack(name, account.client("cloudformation"), lambda _: None).resources()
        retained = Template(stage.project / "infra" / f"{template}.yaml").retained
        kept += [(kind, made[each]) for each, kind in retained.items() if each in made]
    return kept


def _report(stage: Stage, kept: Sequence[tuple[str, str]]) -> str:
    if not kept:
        return f"\n{stage.name} is down. It had no storage stack, and nothing is kept."
    lines = "".join(f"\n  {kind} {name}" for kind, name in kept)
    deletion = "".join(_DELETION.get(kind, "").format(name) for kind, name in kept)
    return (
        f"\n{stage.name} is down. Kept, with all data, and paid for until you delete them:{lines}{deletion}"
    )


_DELETION: Final = {
    "AWS::DSQL::Cluster": """
The cluster is protected. To delete it, with all figures and for ever:
  aws dsql update-cluster --no-deletion-protection-enabled --identifier {0}
  aws dsql delete-cluster --identifier {0}""",
    "AWS::Cognito::UserPool": """
The pool has all users, and costs nothing while nobody signs in. To delete it with them, for ever:
  aws cognito-idp delete-user-pool --user-pool-id {0}""",
}
"""What to say of a kind of resource that has a way of its own to be deleted."""


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.destroy", description=__doc__, allow_abbrev=False)
    parser.add_argument("stage", help="a stage of .chalice/config.json")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main())
