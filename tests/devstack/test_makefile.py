"""`make` on a machine without the right Python or Node."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ("requirements.txt", "requirements-deploy.txt", "requirements-dev.txt")

OLD_PYTHON = '#!/bin/sh\ncase "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac\n'
OLD_NODE = '#!/bin/sh\ncase "$1" in --version) echo v18.19.0;; *) exit 1;; esac\n'
NEW_NODE = f'#!/bin/sh\nexec "{shutil.which("node")}" "$@"\n'
"""The Node of this machine, to test that a real Node understands the expression in the Makefile."""
DOES_NOTHING = "#!/bin/sh\nexit 0\n"


class Checkout:
    """A new checkout, and the programs that its user has installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self._programs = folder / "bin"
        self.folder.mkdir()
        self._programs.mkdir()
        for name in ("Makefile", "package.json", "package-lock.json", *REQUIREMENTS):
            shutil.copyfile(ROOT / name, self.folder / name)
        for name in ("sh", "make", "awk", "test", "touch"):
            (self._programs / name).symlink_to(shutil.which(name) or name)

    def install(self, name: str, script: str) -> None:
        """Install a program, which is a shell script."""
        write_script(self._programs / name, script)

    def make(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run make with only these programs on the PATH."""
        return subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=self.folder,
            env={"PATH": str(self._programs), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )


def write_script(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_an_old_python_is_reported_with_the_command_to_type(checkout: Checkout) -> None:
    checkout.install("python3", OLD_PYTHON)
    done = checkout.make("run", "ARGS=--once --any-ports")
    assert done.returncode == 2
    assert done.stdout == (
        "Python 3.11 or newer is needed, and python3 is Python 3.9.2. "
        "Name one that is installed, such as: make run ARGS='--once --any-ports' PYTHON=python3.12\n"
    )
    assert not (checkout.folder / ".venv").exists()


def test_a_missing_python_is_reported_with_the_command_to_type(checkout: Checkout) -> None:
    done = checkout.make("deploy", "STAGE=dev", "PYTHON=python3.12")
    assert done.returncode == 2
    assert done.stdout == (
        "Python 3.11 or newer is needed, and python3.12 is not installed. "
        "Name one that is installed, such as: make deploy STAGE=dev PYTHON=python3.12\n"
    )


def old_environment(folder: Path) -> None:
    """An environment that `python3.9 -m venv` made."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
    for name in ("python", "pip"):
        write_script(folder / "bin" / name, OLD_PYTHON)


def removed_python(folder: Path) -> None:
    """An environment whose Python is not installed any more."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    (folder / "bin" / "python").symlink_to("/usr/bin/python-that-was-removed")
    write_script(folder / "bin" / "pip", OLD_PYTHON)


def half_made(folder: Path) -> None:
    """An environment without pip, as on Debian without the package python3-venv."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.9.2\n")
    (folder / "bin" / "python").symlink_to("/usr/bin/python3.9")


@pytest.mark.parametrize("left", [old_environment, removed_python, half_made])
def test_an_environment_that_cannot_be_used_is_replaced(
    checkout: Checkout, left: Callable[[Path], None]
) -> None:
    left(checkout.folder / ".venv")
    planned = checkout.make("--dry-run", ".venv/bin/pip", f"PYTHON={sys.executable}").stdout
    assert f"{sys.executable} -m venv --clear .venv" in planned


def test_a_replaced_environment_has_the_other_python(checkout: Checkout) -> None:
    half_made(checkout.folder / ".venv")
    done = checkout.make(".venv/bin/pip", f"PYTHON={sys.executable}")
    assert done.returncode == 0, done.stderr
    python = checkout.folder / ".venv/bin/python"
    said = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, text=True, check=True)
    assert f"(python {sys.version_info.major}.{sys.version_info.minor})" in said.stdout


def test_packages_are_installed_again_after_an_environment_is_replaced(checkout: Checkout) -> None:
    old_environment(checkout.folder / ".venv")
    (checkout.folder / ".venv/.installed").touch()
    planned = checkout.make("--dry-run", "unit").stdout
    assert "-m venv --clear .venv" in planned
    assert "-r requirements-dev.txt" in planned


def test_a_usable_environment_stays_if_the_systems_python_is_old(checkout: Checkout) -> None:
    old_environment(checkout.folder / ".venv")
    (checkout.folder / ".venv/pyvenv.cfg").write_text("version = 3.11.7\n")
    checkout.install("python3", OLD_PYTHON)
    done = checkout.make(".venv/bin/pip")
    assert (done.returncode, done.stdout) == (0, "make: '.venv/bin/pip' is up to date.\n")


@pytest.mark.parametrize(
    ("programs", "found"),
    [({}, "not installed"), ({"node": OLD_NODE, "npm": NEW_NODE}, "v18.19.0")],
    ids=["none", "old"],
)
def test_a_missing_or_old_node_is_reported_in_one_sentence(
    checkout: Checkout, programs: dict[str, str], found: str
) -> None:
    for name, script in programs.items():
        checkout.install(name, script)
    done = checkout.make("node_modules/.installed")
    assert done.returncode == 2
    assert done.stdout == (
        f"Node 20 or newer is needed, with npm, and node is {found}. "
        "Get it from https://nodejs.org/en/download, and type again: make node_modules/.installed\n"
    )


def test_a_node_without_npm_is_not_enough(checkout: Checkout) -> None:
    checkout.install("node", NEW_NODE)
    assert "with npm" in checkout.make("node_modules/.installed").stdout


def test_node_packages_are_installed_with_a_new_node(checkout: Checkout) -> None:
    (checkout.folder / "node_modules").mkdir()
    checkout.install("node", NEW_NODE)
    checkout.install("npm", DOES_NOTHING)
    done = checkout.make("node_modules/.installed")
    assert (done.returncode, done.stdout) == (0, "npm ci --no-audit --no-fund\n")
