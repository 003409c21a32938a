"""The folder that Chalice deploys a stage from: a copy of the app, with the stage's own names in it.

Chalice reads its settings and policies from files, and writes down what it has deployed. None of that belongs
into the checkout: the names are one account's. So each deployment starts from a new copy, and learns from AWS
what is deployed. The folder can be deleted at any time.
"""

import shutil
from typing import Final

from infra.stage import Stage

COPIED: Final = ("app.py", "requirements.txt", "chalicelib", ".chalice/config.json")
"""What Chalice needs of the checkout."""


def prepare(stage: Stage) -> None:
    """Make the stage's workspace, over the one of an earlier deployment."""
    remove(stage)
    for name in COPIED:
        source, target = stage.project / name, stage.workspace / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)


def remove(stage: Stage) -> None:
    """Delete the stage's workspace, if there is one."""
    if stage.workspace.exists():
        shutil.rmtree(stage.workspace)
