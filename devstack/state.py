"""The state folder: the data and logs that are kept between runs. One process at a time can use it."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.config import ENGINES, TIMESTREAM
from devstack.errors import DamagedStateError, DevstackError
from devstack.sample.year import Sent, sample_year


@dataclass(frozen=True, slots=True)
class State:
    """The files in the folder."""

    folder: Path

    @property
    def timestream(self) -> Path:
        """Timestream's database file."""
        return self.folder / "timestream.duckdb"

    @property
    def postgres(self) -> Path:
        """The folder of the PostgreSQL that the local system brings."""
        return self.folder / "postgres"

    @property
    def objects(self) -> Path:
        """S3's objects."""
        return self.folder / "s3.sqlite"

    @property
    def failed(self) -> Path:
        """Notifications that could not be ingested, as Lambda sends them to an on-failure destination."""
        return self.folder / "failed"

    @property
    def logs(self) -> Path:
        """The logs of the app and of the local services."""
        return self.folder / "logs"

    def sample_year(self, sessions_per_day: float) -> list[Sent]:
        """The sample, up to now. The folder keeps its first sample, so feeding it again changes no figure.

        Raises DamagedStateError if the file that describes it cannot be read.
        """
        path = self.folder / "sample.json"
        if not path.exists():
            end = datetime.now(UTC).isoformat(timespec="seconds")
            plan = {"end": end, "sessions_per_day": sessions_per_day}
            path.write_text(json.dumps(plan) + "\n", encoding="utf-8")
        try:
            plan = json.loads(path.read_text(encoding="utf-8"))
            ended, sessions = datetime.fromisoformat(plan["end"]), float(plan["sessions_per_day"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedStateError(path, "not the plan of a sample") from error
        return sample_year(ended, sessions_per_day=sessions)

    @property
    def is_sample_fed(self) -> bool:
        """Whether the whole sample has been fed."""
        return self._fed.exists()

    def mark_sample_fed(self) -> None:
        """Remember that the whole sample has been fed."""
        self._fed.touch()

    @property
    def claimed(self) -> str:
        """The place of the database that the sample may be fed into. Empty for the one in this folder."""
        return self._claim.read_text(encoding="utf-8", errors="replace") if self._claim.exists() else ""

    def claim(self, place: str) -> None:
        """Remember the database that the sample may be fed into, from the start."""
        self._fed.unlink(missing_ok=True)
        self._claim.write_text(place, encoding="utf-8")

    @property
    def _claim(self) -> Path:
        return self.folder / "database"

    @property
    def _fed(self) -> Path:
        return self.folder / "sample.fed"


@contextmanager
def state(folder: Path, engine: str) -> Iterator[State]:
    """Open the state of a system on `engine` in `folder`. Within the context, no other process can use it.

    Raises DevstackError if another process uses it, if it has the data of another engine, or if the folder
    cannot be made. Raises DamagedStateError if a file or folder in it cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DevstackError(
            f"Cannot use {folder} as the state folder: {error.strerror}. `make clean` deletes it, "
            "or choose another with --state."
        ) from error
    opened = State(folder)
    with _damage_in(folder):
        opened.logs.mkdir(exist_ok=True)
        opened.failed.mkdir(exist_ok=True)
        with _locked(folder):
            _check_engine(opened, engine)
            yield opened


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:  # the operating system releases the lock when the process ends
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another devstack is using {folder}: stop it, or choose another folder with --state."
            raise DevstackError(message) from error
        yield


def _check_engine(opened: State, engine: str) -> None:
    """Refuse the folder of another engine: a sample that was fed into one engine is not in the other."""
    path = opened.folder / "engine"
    if not path.exists():
        # Folders of earlier versions have no such file.
        known = TIMESTREAM if opened.timestream.exists() else engine
        path.write_text(f"{known}\n", encoding="utf-8")
    found = path.read_text(encoding="utf-8", errors="replace").strip()
    if found not in ENGINES:
        raise DamagedStateError(path, "not the name of an engine")
    if found != engine:
        raise DevstackError(
            f"{opened.folder} has the data of a system on {found}: start with --engine {found}, or choose "
            "another folder with --state."
        )


@contextmanager
def _damage_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename and folder.absolute() in Path(error.filename).absolute().parents:
            raise DamagedStateError(Path(error.filename), error.strerror) from error
        raise
