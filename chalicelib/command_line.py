"""What `chalice local` and `chalice deploy` need: local settings, and sentences for what is missing."""

import json
import sys
from collections.abc import Collection, Mapping, MutableMapping
from pathlib import Path
from typing import Final, NoReturn

from chalicelib.config import POSTGRES, Config
from chalicelib.errors import SettingError


def complete(environ: MutableMapping[str, str], arguments: Collection[str], project: Path) -> None:
    """Give a stage without settings those of the stage `local`, unless the command deploys the app.

    `environ` is changed, but keeps every value that it has. Exits with one sentence if the settings are
    missing or wrong: for an exception, Chalice prints a stack trace.
    """
    take_region(environ)
    if not _setting(environ, "EVENTS_BUCKET"):
        if _DEPLOYING & set(arguments):
            _exit(_MISSING)
        for name, value in _local_settings(project).items():
            environ[name] = _setting(environ, name) or value
    is_postgres = _setting(environ, "ENGINE") == POSTGRES and not _setting(environ, "DSQL_ENDPOINT")
    if is_postgres and _is_local(environ):
        environ["POSTGRES_URL"] = _setting(environ, "POSTGRES_URL") or LOCAL_POSTGRES
    try:
        Config.from_environ(environ)
    except SettingError as error:
        _exit(f"In .chalice/config.json, {error}.")


def take_region(environ: MutableMapping[str, str]) -> None:
    """Have AWS_REGION count if AWS_DEFAULT_REGION is not set: botocore and Chalice read that one only."""
    if region := environ.get("AWS_DEFAULT_REGION") or environ.get("AWS_REGION"):
        environ["AWS_DEFAULT_REGION"] = region


def what_to_start(environ: Mapping[str, str], error: Exception) -> str:
    """What to do if the database does not answer `chalice local`, or refuses its query, in one sentence."""
    reason = str(error).partition("\n")[0].rstrip(".")  # PostgreSQL's other lines show the statement
    if _setting(environ, "ENGINE") == POSTGRES:
        return f"PostgreSQL gives no figures ({reason}): {_postgres_to_start(environ)}"
    for name in ("AWS_ENDPOINT_URL_TIMESTREAM_QUERY", "AWS_ENDPOINT_URL"):
        if url := environ.get(name):
            return f"Timestream gives no figures at {url} ({reason}): {_START}"
    return f"Timestream gives no figures: {error}"


LOCAL_POSTGRES: Final = "postgresql://metrics@127.0.0.1:8092/postgres"
"""The PostgreSQL of the local system, for reading."""

_DEPLOYING: Final = {"deploy", "package", "plan"}
"""The commands that take the settings to AWS, or show what would be taken there."""

_MISSING: Final = (
    "EVENTS_BUCKET is not set: write the stage's settings into .chalice/config.json, as docs/deploy.md says, "
    "or run `make deploy`, which makes all that the app needs and writes them for you."
)

_START: Final = "start one that has the tables with `make run ARGS=--rest-port=0`."


_START_POSTGRES: Final = (
    'start one that has the tables with `make run ARGS="--engine postgres --rest-port=0"`.'
)

_DEPLOY: Final = "`make deploy` makes the cluster of DSQL_ENDPOINT and its tables."

_MAKE_TABLES: Final = (
    "correct POSTGRES_URL, or make the tables there with "
    '`make run ARGS="--engine postgres --no-sample --rest-port=0"`.'
)


def _postgres_to_start(environ: Mapping[str, str]) -> str:
    if _setting(environ, "POSTGRES_URL") == LOCAL_POSTGRES:
        return _START_POSTGRES
    return _MAKE_TABLES if _setting(environ, "POSTGRES_URL") else _DEPLOY


def _is_local(environ: Mapping[str, str]) -> bool:
    """Whether the stage is `local`: its credentials are those of no account."""
    return environ.get("AWS_ACCESS_KEY_ID") == "local"


def _setting(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _local_settings(project: Path) -> dict[str, str]:
    config = json.loads((project / ".chalice" / "config.json").read_text(encoding="utf-8"))
    settings: dict[str, str] = config["stages"]["local"]["environment_variables"]
    return settings


def _exit(sentence: str) -> NoReturn:
    # Written here, not given to `sys.exit`: `chalice local` imports the app in a thread, which would not
    # print it.
    sys.stderr.write(f"chalice: {sentence}\n")
    sys.exit(1)
