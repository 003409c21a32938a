"""What `make deploy` installs: requirements-deploy.txt, and neither Node nor tools of development."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra.package import required
from tests.infra.project import ROOT
from tests.test_architecture import imports

DEPENDENCIES = {"botocore": "boto3"}
"""What comes with a requirement, and as surely as the requirement itself."""

COMMANDS = ["deploy", "destroy", "replay", "erase"]


LOCKS = ("requirements.txt", "requirements-deploy.txt", "requirements-dev.txt")
"""Each has all that the one before it has."""


def pins(lock: str) -> dict[str, str]:
    """Package → its line, without the comment."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / lock).read_text().splitlines())
    return {name: line for line in lines for name in required(line)}


PATHS = [
    path
    for folder in ("", "directory", "erase", "probe", "users")
    for path in sorted((ROOT / "infra" / folder).glob("*.py"))
]
"""All of `infra` but `measure`, which needs the tools of development."""


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_commands_import_what_is_required_for_a_deployment(path: Path):
    tops = {module.partition(".")[0] for module in imports(path)}
    foreign = tops - sys.stdlib_module_names - {"infra", "chalicelib"}
    distributions = packages_distributions()
    names = {DEPENDENCIES.get(top, distributions[top][0].lower()) for top in foreign}
    assert names <= pins("requirements-deploy.txt").keys()


def test_development_and_deployment_have_the_versions_that_ship():
    ships, deploys, develops = map(pins, LOCKS)
    assert ships.items() <= deploys.items() <= develops.items()


@pytest.mark.parametrize("lock", [*LOCKS, "infra/requirements-checkov.txt", "benchmarks/requirements.txt"])
def test_every_version_is_exact(lock: str):
    assert [line for line in pins(lock).values() if not re.match(r"[\w.\[\]-]+==[\w.]+( ; .+)?$", line)] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-deploy", "requirements-dev"])
def test_a_lock_has_all_that_is_asked_for(name: str):
    assert set(required((ROOT / f"{name}.in").read_text())) <= pins(f"{name}.txt").keys()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which nothing is installed yet."""
    for name in ("Makefile", *(path.name for path in ROOT.glob("requirements*.txt")), "package.json"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


def make(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    # `make test` hands its own arguments to every make below it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [*COMMANDS, "package"])
def test_a_command_installs_what_a_deployment_needs_and_no_more(checkout: Path, command: str):
    planned = make(checkout, "--dry-run", command, "STAGE=dev").stdout
    assert "pip install --quiet --disable-pip-version-check -r requirements-deploy.txt" in planned
    assert f"python -m infra.{command}" in planned
    assert "requirements-dev.txt" not in planned
    assert "npm" not in planned


@pytest.mark.parametrize("stamp", [".deploy-installed", ".installed"])
def test_a_command_installs_nothing_the_second_time(checkout: Path, stamp: str):
    """Also after `make setup`, whose stamp is beside that of a deployment."""
    (checkout / ".venv/bin").mkdir(parents=True)
    for name in ("bin/pip", ".deploy-installed", stamp):
        (checkout / ".venv" / name).touch()
    planned = make(checkout, "--dry-run", "deploy", "STAGE=dev").stdout
    assert "pip" not in planned
    assert "touch .venv/.deploy-installed .venv/.installed" in make(checkout, "-n", "-B", "setup").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_a_stage_says_how_to_name_one(checkout: Path, command: str):
    done = make(checkout, command)
    assert done.returncode == 2
    assert done.stdout == f"Say which stage, such as: make {command} STAGE=dev\n"
    assert not (checkout / ".venv").exists()
