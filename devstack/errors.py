"""Errors that stop the local system, as sentences for its user."""

from pathlib import Path


class DevstackError(Exception):
    """A reason, as a sentence that says what to do. It is printed as it stands, without a stack trace."""


class DamagedStateError(DevstackError):
    """A file of the state folder cannot be read."""

    def __init__(self, path: Path, problem: object) -> None:
        reason = str(problem).strip().partition("\n")[0].rstrip(".")
        super().__init__(
            f"{path} is damaged ({reason}). `make clean` deletes the local data, and the next start makes it "
            "again. (With --state, delete that folder.)"
        )
