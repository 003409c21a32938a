"""The Lambda runtime: that of the interpreter Chalice runs on, which is this one."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from infra.errors import InfraError


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Python of Lambda's."""

    name: str
    blocked_on: date
    """From then on Lambda takes no update of a function that runs on it."""
    warning: str = ""


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
RUNTIMES: Final = {
    (3, 11): Runtime(
        "python3.11",
        date(2027, 6, 30),
        "its image is Amazon Linux 2, near its end: deploy with Python 3.12, 3.13 or 3.14.",
    ),
    (3, 12): Runtime("python3.12", date(2029, 1, 10)),
    (3, 13): Runtime("python3.13", date(2029, 8, 31)),
    (3, 14): Runtime("python3.14", date(2029, 8, 31)),
}
"""Those that the project and all that it ships run on, by version."""


def lambda_runtime(version: tuple[int, int], today: date) -> Runtime:
    """Lambda's runtime for the interpreter of this `version`.

    Raises InfraError where Lambda has none, or takes it no longer.
    """
    runtime = RUNTIMES.get(version)
    if runtime is None:
        raise InfraError(
            f"This is Python {version[0]}.{version[1]}, and Lambda's runtime follows it: "
            "deploy with 3.12, 3.13 or 3.14 (remove .venv, then `make deploy PYTHON=python3.14`)."
        )
    if today >= runtime.blocked_on:
        raise InfraError(
            f"Lambda takes no {runtime.name} since {runtime.blocked_on}: deploy with a newer Python."
        )
    return runtime
