"""`make matrix`: the tests on every Python that is supported, and on the oldest botocore that is."""

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
"""What crosses botocore in the two functions."""

nox.options.default_venv_backend = "uv"
nox.options.sessions = ["tests", "oldest_botocore"]
nox.options.error_on_missing_interpreters = True


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests, or those that are named after `--`."""
    session.install("-r", "requirements-dev.txt")
    _test(session, *session.posargs)


@nox.session(python=PYTHONS[0])
def oldest_botocore(session: nox.Session) -> None:
    """The tests of what calls AWS, with the oldest botocore that requirements-deploy.in names."""
    oldest = re.search(r"^botocore>=([\d.]+)", Path("requirements-deploy.in").read_text(), re.MULTILINE)
    if not oldest:
        session.error("requirements-deploy.in names no oldest botocore")
    session.install("-r", "requirements-dev.txt")
    session.install(f"botocore=={oldest[1]}", f"boto3=={oldest[1]}")
    _test(session, *BOTOCORE_TESTS)


def _test(session: nox.Session, *arguments: str) -> None:
    session.run("pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", *arguments)
