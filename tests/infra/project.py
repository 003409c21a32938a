"""Copy the project for a test to deploy, and make wheels of the packages that ship."""

import importlib.metadata
import json
import platform
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any

from infra.package import required

ROOT = Path(__file__).parents[2]
SHIPPED = required((ROOT / "requirements.txt").read_text(encoding="utf-8"))
"""The names of all packages that ship."""


def copy_project(folder: Path) -> Path:
    """Copy the files that a deployment reads or writes into the folder."""
    project = folder / "project"
    ignored = shutil.ignore_patterns("__pycache__", "deployed", "deployments")
    for name in ("chalicelib", ".chalice", "infra", "appsync", "portal"):
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    for name in ("app.py", "requirements.txt", ".gitignore"):
        shutil.copyfile(ROOT / name, project / name)
    # Tests run the packaged code, so its binaries must be for this machine.
    machine = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    change_config(project, lambda_architecture=machine)
    return project


def commit(project: Path) -> None:
    """Make the folder a checkout with no changes."""
    git = ["git", "-C", str(project), "-c", "user.name=test", "-c", "user.email=test@example.com"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "All"]):
        subprocess.run([*git, *command], check=True)


def change_config(project: Path, **changes: Any) -> None:
    """Change top-level keys of Chalice's configuration."""
    path = project / ".chalice" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def make_wheels(folder: Path) -> Path:
    """Make wheels of the installed packages, so that Chalice's packager needs no network."""
    return _make_wheels(folder, lambda _: True)


def make_empty_wheels(folder: Path) -> Path:
    """Make wheels with the names of the packages and none of their code, which are packed at once."""
    return _make_wheels(folder, lambda path: path.parts[0].endswith(".dist-info"))


def _make_wheels(folder: Path, wanted: Callable[[PurePath], bool]) -> Path:
    for name in SHIPPED:
        distribution = importlib.metadata.distribution(name)
        files = distribution.files or []
        metadata = next(file for file in files if file.name == "WHEEL").read_text().splitlines()
        tags = [line.removeprefix("Tag: ") for line in metadata if line.startswith("Tag: ")]
        stem = f"{distribution.name.replace('-', '_')}-{distribution.version}"
        with zipfile.ZipFile(folder / f"{stem}-{_compressed(tags)}.whl", "w") as wheel:
            for file in files:
                if not ({"__pycache__", "bin", ".."} & set(file.parts)) and wanted(file):
                    wheel.write(Path(str(distribution.locate_file(file))), str(file))
    return folder


def _compressed(tags: list[str]) -> str:
    """Join all tags into one, such as `cp311-cp311-manylinux1_x86_64.manylinux2014_x86_64`."""
    parts = zip(*(tag.split("-") for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(part)) for part in parts)
