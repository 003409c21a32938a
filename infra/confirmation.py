"""A question before a command does something that is hard to undo."""

import sys
from typing import Final

from rich.console import Console

from infra.account import Account
from infra.errors import InfraError
from infra.stage import Stage

PRODUCTION: Final = "prod"
"""The stage for which `make deploy` always asks. For another one, it asks before a move to another engine."""


def confirm(console: Console, stage: Stage, account: Account, action: str) -> None:
    """Ask the user to type the stage's name before `action`, such as `take it down`.

    Raises InfraError for any other answer, and if there is no terminal to answer on.
    """
    if not sys.stdin.isatty():
        raise InfraError(
            f"To confirm that you mean {stage.name}, use a terminal or add --yes "
            f"(with make: STAGE={stage.name} ARGS=--yes)."
        )
    question = f"Type {stage.name} to {action} in {account.region} of account {account.id}: "
    if console.input(question).strip() != stage.name:
        raise InfraError(f"That is not {stage.name}: nothing was done.")
