"""The progress of a replay: a file with the names that are done, so that the command can continue."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Journal:
    """The names that are done, and the file to add more to."""

    done: frozenset[str]
    _file: TextIO

    def add(self, name: str) -> None:
        """Add a name that is done, and flush it to the file."""
        self._file.write(json.dumps(name) + "\n")
        self._file.flush()


def journal_path(folder: Path, *question: str) -> Path:
    """The journal's path: a different file for each stage, bucket, prefix and time range."""
    digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
    return folder / f"{digest[:16]}.jsonl"


@contextmanager
def journal(path: Path) -> Iterator[Journal]:
    """Open the journal in a file. The file is made if it does not exist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        # If the last line is incomplete, its name is not done.
        text = file.read()
        complete = text[: text.rfind("\n") + 1]
        file.truncate(len(complete.encode()))
        yield Journal(frozenset(map(json.loads, complete.splitlines())), file)
