"""Deploy a stage: `python -m infra.deploy dev RudderStackWorkspaceId=2abcDEFghiJKL`.

Each step checks what exists already and does only what is missing. So the command can be repeated, and it
continues where an earlier run stopped.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from infra.account import open_account
from infra.confirmation import PRODUCTION, confirm
from infra.deployment import Deployment
from infra.errors import InfraError, run_command
from infra.progress import Progress
from infra.runtime import lambda_runtime
from infra.stage import PROJECT, open_stage


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Deploy; the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("deploy", lambda: _run(options, project, Console()))


def _run(options: Namespace, project: Path, console: Console) -> None:
    stage = open_stage(project, options.stage)
    given = _parse_parameters(options.parameters)
    runtime = lambda_runtime(sys.version_info[:2], datetime.now(UTC).date())
    with open_account() as account:
        progress = Progress(console)
        deployment = Deployment(stage, account, given, progress.tell)
        deployment.check()
        console.print(f"{stage.name}, to {account.region} in account {account.id}, on {runtime.name}")
        if runtime.warning:
            console.print(f"[yellow]{runtime.name}: {runtime.warning}", soft_wrap=True)
        if move := deployment.move():
            console.print(move.warning, markup=False, highlight=False, soft_wrap=True)
        if (move or stage.name == PRODUCTION) and not options.yes:
            confirm(console, stage, account, f"move it to {move.engine}" if move else "deploy it")
        progress.run(deployment.steps())
        report = deployment.report() + (move.report if move else "")
        console.print(report, markup=False, highlight=False, soft_wrap=True)


def _parse_parameters(texts: Sequence[str]) -> dict[str, str]:
    parameters = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise InfraError(f"{text!r} is not a parameter of a template: write NAME=VALUE.")
        parameters[name] = value
    return parameters


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.deploy", description=__doc__, allow_abbrev=False)
    parser.add_argument("stage", help="a stage of .chalice/config.json")
    parser.add_argument(
        "parameters",
        nargs="*",
        metavar="NAME=VALUE",
        help="a parameter of a template in infra/, such as storage.yaml; kept for later deployments",
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help=f"deploy {PRODUCTION}, or move a stage to another engine, without asking",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
