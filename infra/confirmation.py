"""A question before a command does what is hard to undo."""

import sys
from typing import Final

from rich.console import Console

from infra.account import Account
from infra.errors import InfraError
from infra.stage import Stage

PRODUCTION: Final = "prod"
"""The stage that is not even deployed without a question."""


def confirm(console: Console, stage: Stage, account: Account, action: str) -> None:
    """Have the user type the stage's name to go on with `action`, such as `take it down`.

    Raises InfraError for any other answer, and if no terminal is there to answer.
    """
    if not sys.stdin.isatty():
        raise InfraError(
            f"A terminal is needed to confirm that you mean {stage.name}: or say so with --yes "
            f"(with make: STAGE={stage.name} ARGS=--yes)."
        )
    question = f"Type {stage.name} to {action} in {account.region} of account {account.id}: "
    if console.input(question).strip() != stage.name:
        raise InfraError(f"That is not {stage.name}: nothing was done.")
