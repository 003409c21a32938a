"""How far a replay is: a file of the names that are done, so that the same command goes on after a stop."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Journal:
    """What is done already, and where to add what is done next."""

    done: frozenset[str]
    _file: TextIO

    def add(self, name: str) -> None:
        """Remember a name; it is on its way to the disk when this returns."""
        self._file.write(json.dumps(name) + "\n")
        self._file.flush()


def journal_path(folder: Path, *question: str) -> Path:
    """The file for a command: another one for each stage, bucket, prefix and span of time."""
    digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
    return folder / f"{digest[:16]}.jsonl"


@contextmanager
def journal(path: Path) -> Iterator[Journal]:
    """The journal in a file, which need not exist yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        # A last line that was cut off is of a name that is not done.
        text = file.read()
        complete = text[: text.rfind("\n") + 1]
        file.truncate(len(complete.encode()))
        yield Journal(frozenset(map(json.loads, complete.splitlines())), file)
