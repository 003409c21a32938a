"""The Lambda runtime. Chalice chooses the one for the Python that runs it: this one."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from infra.errors import InfraError


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Lambda Python runtime."""

    name: str
    blocked_on: date
    """The day from which Lambda refuses to update functions that use the runtime."""
    warning: str = ""


# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
RUNTIMES: Final = {
    (3, 11): Runtime(
        "python3.11",
        date(2027, 6, 30),
        "it uses Amazon Linux 2, whose support ends soon: deploy with Python 3.12, 3.13 or 3.14.",
    ),
    (3, 12): Runtime("python3.12", date(2029, 1, 10)),
    (3, 13): Runtime("python3.13", date(2029, 8, 31)),
    (3, 14): Runtime("python3.14", date(2029, 8, 31)),
}
"""The runtimes that the project and its dependencies support, by Python version."""


def lambda_runtime(version: tuple[int, int], today: date) -> Runtime:
    """The Lambda runtime for a Python `version`.

    Raises InfraError if Lambda has no such runtime, or no longer accepts it.
    """
    runtime = RUNTIMES.get(version)
    if runtime is None:
        raise InfraError(
            f"This is Python {version[0]}.{version[1]}, and Lambda must run the same version: "
            "deploy with 3.12, 3.13 or 3.14 (remove .venv, then `make deploy PYTHON=python3.14`)."
        )
    if today >= runtime.blocked_on:
        raise InfraError(
            f"Lambda has not accepted {runtime.name} since {runtime.blocked_on}: deploy with a newer Python."
        )
    return runtime
