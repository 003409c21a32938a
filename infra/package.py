"""Build the zip that `chalice deploy` would upload, and list its contents: `python -m infra.package`."""

import os
import re
import shutil
import sys
import zipfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.table import Table

from infra.chalice_command import chalice
from infra.errors import InfraError, run_command
from infra.stage import LOCAL, PROJECT

MAX_ZIP: Final = 50 * 1024 * 1024
"""The largest zip, in bytes, that can be uploaded directly."""
MAX_UNPACKED: Final = 250 * 1024 * 1024
"""The largest total of its files, in bytes."""
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html


@dataclass(frozen=True, slots=True)
class Package:
    """A deployment package."""

    names: tuple[str, ...]
    zipped: int
    """The size of the zip in bytes."""
    unpacked: int
    """The total size of its files in bytes."""
    sizes: dict[str, int]
    """Bytes of the unpacked files, by the first part of their path."""


def main(arguments: Sequence[str] | None = None, project: Path = PROJECT) -> int:
    """Build, check and list the package. Returns the exit code."""
    parser = ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("--stage", default=LOCAL, help="the stage to build it for (%(default)s)")
    parser.add_argument("--output", type=Path, help="a file to copy the zip to")
    options = parser.parse_args(arguments)
    return run_command("package", lambda: _show(project, options.stage, options.output))


def build(project: Path, stage: str, tell: Callable[[str], None], output: Path | None = None) -> Package:
    """Build and check the package that `chalice deploy` would upload.

    Raises InfraError if Chalice cannot build it or leaves out a dependency, or if it is too large for Lambda.
    """
    # Chalice knows a package by requirements.txt: a newer version within a range would not come in.
    shutil.rmtree(project / ".chalice" / "deployments", ignore_errors=True)
    for cache in (project / "chalicelib").rglob("__pycache__"):
        shutil.rmtree(cache)  # it would be packed, and each package would differ
    with TemporaryDirectory() as folder:
        # In Terraform's format, the only one in which Chalice can package an app with an S3 handler.
        command = ["package", "--pkg-format", "terraform", "--stage", stage, folder]
        # Chalice needs a region, but the zip is the same for all of them.
        chalice(project, command, tell, {"AWS_DEFAULT_REGION": "us-east-1", **os.environ})
        built = Path(folder, "deployment.zip")
        package = read(built)
        check(package, (project / "requirements.txt").read_text(encoding="utf-8"))
        if output:
            shutil.copyfile(built, output)
    return package


def read(path: Path) -> Package:
    """Read the contents of a zip."""
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    sizes: Counter[str] = Counter()
    for entry in entries:
        sizes[entry.filename.partition("/")[0]] += entry.file_size
    names = tuple(sorted(entry.filename for entry in entries))
    return Package(names, path.stat().st_size, sizes.total(), dict(sizes))


def check(package: Package, requirements: str) -> None:
    """Raise InfraError if the package lacks one of `requirements` or is too large for Lambda."""
    installed = {_distribution(name) for name in package.sizes if name.endswith(".dist-info")}
    if missing := [name for name in required(requirements) if name not in installed]:
        raise InfraError(f"Chalice left {', '.join(missing)} of requirements.txt out of the package.")
    if package.zipped > MAX_ZIP or package.unpacked > MAX_UNPACKED:
        raise InfraError(
            f"The package is {_megabytes(package.zipped)}, {_megabytes(package.unpacked)} unpacked: "
            f"Lambda's limits are {_megabytes(MAX_ZIP)} and {_megabytes(MAX_UNPACKED)}."
        )


def required(requirements: str) -> list[str]:
    """The names in a requirements.txt, normalized."""
    lines = (line.partition("#")[0].strip() for line in requirements.splitlines())
    return [_normalized(found[0]) for line in lines if (found := re.match(r"\w[\w.-]*", line))]


def _distribution(folder: str) -> str:
    return _normalized(folder.removesuffix(".dist-info").rpartition("-")[0])


def _normalized(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _show(project: Path, stage: str, output: Path | None) -> None:
    console = Console()
    with console.status("Building the package ...") as status:
        package = build(project, stage, status.update, output)
    table = Table("in the package", "unpacked", box=None)
    for name, size in sorted(package.sizes.items(), key=lambda each: -each[1]):
        table.add_row(name, f"{size:,}")
    console.print(table)
    console.print(
        f"{len(package.names)} files, {package.zipped:,} bytes zipped, {package.unpacked:,} unpacked."
    )
    if output:
        console.print(f"Written to {output}.")


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
