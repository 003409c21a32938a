"""`make matrix`: run the tests on each supported Python, and with the oldest supported botocore."""

import re
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13")
BOTOCORE_TESTS = (
    "tests/engines",
    "tests/test_ingest.py",
    "tests/test_metrics_end_to_end.py",
    "tests/test_sessions.py",
)
"""The tests of the code that calls AWS through botocore."""

nox.options.default_venv_backend = "uv"
nox.options.sessions = ["tests", "oldest_botocore"]
nox.options.error_on_missing_interpreters = True
nox.options.download_python = "never"  # a missing Python is an error, not a download


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run all tests, or the ones named after `--`."""
    session.install("-r", "requirements-dev.txt")
    _test(session, *session.posargs)


@nox.session(python=PYTHONS[0])
def oldest_botocore(session: nox.Session) -> None:
    """Run the tests of AWS calls with the oldest botocore that requirements-deploy.in allows."""
    oldest = re.search(r"^botocore>=([\d.]+)", Path("requirements-deploy.in").read_text(), re.MULTILINE)
    if not oldest:
        session.error("requirements-deploy.in must have a line such as: botocore>=1.40.0,<2")
    session.install("-r", "requirements-dev.txt")
    session.install(f"botocore=={oldest[1]}", f"boto3=={oldest[1]}")
    _test(session, *BOTOCORE_TESTS)


def _test(session: nox.Session, *arguments: str) -> None:
    session.run("pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", *arguments)
