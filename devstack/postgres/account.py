"""The user that PostgreSQL's programs run as: they refuse to run as root, as whom many containers run."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.errors import DevstackError


@dataclass(frozen=True, slots=True)
class Account:
    """A user, and how this process starts a program as this user."""

    uid: int
    gid: int
    prefix: Sequence[str]
    """What comes before the program in the command."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """More arguments of `subprocess.Popen`."""

    def command(self, program: Path, *arguments: str | Path) -> list[str]:
        """The command that runs a program as the user, to be started with `options` and `ENVIRONMENT`."""
        return [*self.prefix, str(program), *map(str, arguments)]

    def run(self, program: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end. Returns its exit code and its output, errors included."""
        return subprocess.run(
            self.command(program, *arguments),
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self.options,
        )

    def own(self, path: Path) -> None:
        """Make the user the owner of a file, or of a folder with all in it. Only root can."""
        if os.geteuid() == 0 and path.stat().st_uid != self.uid:
            for each in (path, *path.rglob("*")):
                os.chown(each, self.uid, self.gid)


ENVIRONMENT: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C"}
"""The environment of the programs: in the user's own, PGDATA or LANG might change what they do."""


def account(data: Path, program: Path) -> Account:
    """The user that owns the folder `data`. For root, if `data` is missing or root's: `nobody`.

    The user can run `program`, and can reach the folder that `data` is in. Raises DevstackError if root
    cannot become such a user.
    """
    for each in _ways(*_ids(data)):
        if _can_use(each, program, data.parent):
            return each
    if os.geteuid() != 0:
        raise DevstackError(f"{program} does not run on this machine.")
    raise DevstackError(
        f"PostgreSQL does not run as root, and no other user can reach {program} and {data.parent}: start "
        "this as an ordinary user, or from a folder that all users can read."
    )


def _ids(data: Path) -> tuple[int, int]:
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    if data.exists() and (status := data.stat()).st_uid != 0:
        return status.st_uid, status.st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        message = "PostgreSQL does not run as root, and there is no user `nobody`: start as an ordinary user."
        raise DevstackError(message) from error
    return nobody.pw_uid, nobody.pw_gid


def _ways(uid: int, gid: int) -> Iterator[Account]:
    """How to start a program as the user, best first."""
    options: dict[str, Any] = {}
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0:
        if setpriv:
            ids = ("--reuid", str(uid), "--regid", str(gid), "--clear-groups")
            yield Account(uid, gid, (setpriv, *ids, *_REACH, *_END))
        options = {"user": uid, "group": gid, "extra_groups": ()}
    if setpriv:
        yield Account(uid, gid, (setpriv, *_END), options)
    yield Account(uid, gid, (), options)


def _can_use(one: Account, program: Path, folder: Path) -> bool:
    try:
        return one.run(Path("/bin/sh"), "-c", '"$0" --version && cd "$1"', program, folder).returncode == 0
    except OSError:  # it may not change the user, or this system has no such user
        return False


_END = ("--pdeathsig", "INT")
"""The program ends if this process is killed and cannot stop it. Not on macOS: there, the next start does."""

_REACH = (
    # Files may be where only root can go, such as a checkout in /root.
    *("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"),
    # PostgreSQL asks the system call `access` whether it may run its own file. Without this, that call
    # ignores the capability.
    *("--securebits", "+no_setuid_fixup"),
)
