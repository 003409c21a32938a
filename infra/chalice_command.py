"""Chalice's command line, run as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from infra.errors import InfraError

LOG: Final = Path(".chalice", "deployments", "chalice.log")
"""The output of the last command, relative to the project."""


def chalice(
    project: Path,
    arguments: Sequence[str],
    tell: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run `chalice` with these arguments in the project; `tell` gets each line of its output.

    Raises InfraError with the reason if the command fails, and also if Chalice reports success but left out a
    dependency that it could not install.
    """
    said: list[str] = []
    with _process(project, arguments, environment or os.environ) as process:
        assert process.stdout is not None  # noqa: S101 - _process asks for a pipe
        for line in process.stdout:
            said.append(line.rstrip())
            tell(line.strip())
    log = project / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(said) + "\n", encoding="utf-8")
    if process.returncode or any(_LEFT_OUT in line for line in said):
        raise InfraError(f"Chalice failed: {_reason(said)} (the full output is in {log}).")


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
    """The last line of the output. After a stack trace, that line names the error."""
    for line in reversed(said):
        if line.strip():
            return line.strip().rstrip(".")
    return "it printed nothing"


_LEFT_OUT: Final = "Could not install dependencies"
