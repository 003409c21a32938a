"""Chalice's command line, run as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from infra.errors import InfraError

LOG: Final = Path(".chalice", "deployments", "chalice.log")
"""All that the last command said, under the project."""


def chalice(
    project: Path,
    arguments: Sequence[str],
    tell: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run `chalice` with these arguments in the project; `tell` gets each line that it says.

    Raises InfraError with the reason when it fails, and also where it only says that it does: Chalice leaves
    out a dependency that it cannot install, and goes on.
    """
    said: list[str] = []
    with _process(project, arguments, environment or os.environ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe: see _process
        for line in process.stdout:
            said.append(line.rstrip())
            tell(line.strip())
    log = project / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(said) + "\n", encoding="utf-8")
    if process.returncode or any(_LEFT_OUT in line for line in said):
        raise InfraError(f"Chalice could not do it: {_reason(said)} ({log} has all it said).")


def _process(
    project: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())", *arguments],
        cwd=project,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},  # chalicelib's caches would be packed, too
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _reason(said: Sequence[str]) -> str:
    """Its last words; after a stack trace, those that name the error."""
    for line in reversed(said):
        if line.strip():
            return line.strip().rstrip(".")
    return "it said nothing"


_LEFT_OUT: Final = "Could not install dependencies"
