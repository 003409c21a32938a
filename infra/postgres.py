"""PostgreSQL for the commands: a connection that may do everything, and its errors as sentences."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Final

import msgspec
import psycopg

from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres.connections import ADMIN, Connect, KeptConnection, connector, is_passing
from chalicelib.errors import SettingError
from infra.errors import InfraError

URL: Final = "POSTGRES_URL"

CONNECTING: Final = 10
"""Seconds until a server must have answered. A cluster of DSQL that was idle may take WAKING."""

WAKING: Final = 60


@contextmanager
def open_database(config: Config) -> Iterator[KeptConnection]:
    """The database of the settings: Aurora DSQL as its admin, any other PostgreSQL as the user of the URL.

    Raises InfraError, also for psycopg's errors in the block.
    """
    connect = connector_of(config)
    with explained_postgres(config), closing(KeptConnection(connect)) as database:
        if config.dsql_endpoint:
            database.rows("SELECT 1", seconds=WAKING)
        else:  # at once, and not again and again
            connect(CONNECTING).close()
        yield database


def connector_of(config: Config) -> Connect:
    """What connects to the database of the settings, as `open_database` does."""
    try:
        return connector(config, ADMIN)
    except SettingError as error:
        raise InfraError(f"{error}.") from error


def config_of(setting: str, value: str) -> Config:
    """Settings with a database alone, DSQL_ENDPOINT or POSTGRES_URL. Raises InfraError if it is wrong."""
    try:
        return Config.from_environ({"EVENTS_BUCKET": "none", "ENGINE": POSTGRES, setting: value})
    except SettingError as error:
        raise InfraError(f"{error}.") from error


def config_of_environment(environ: Mapping[str, str]) -> Config:
    """The database of the environment's POSTGRES_URL. Raises InfraError if it is missing or wrong."""
    if not environ.get(URL):
        raise InfraError(
            f"Set the environment variable {URL} to the database's URL, such as "
            "postgresql://owner:password@host:5432/database."
        )
    return config_of(URL, environ[URL])


def with_own_url(config: Config, environ: Mapping[str, str]) -> Config:
    """The settings with the POSTGRES_URL of the environment, whose user may do more than the function's."""
    own = environ.get(URL, "")
    return msgspec.structs.replace(config, postgres_url=own) if own and config.postgres_url else config


def place(config: Config) -> str:
    """Which database this is, without its password."""
    if config.dsql_endpoint:
        return config.dsql_endpoint
    given = psycopg.conninfo.conninfo_to_dict(config.postgres_url)
    return f"{given.get('host', 'localhost')}/{given.get('dbname', '')}"


@contextmanager
def explained_postgres(config: Config) -> Iterator[None]:
    """Turn an error of psycopg into an InfraError."""
    try:
        yield
    except (psycopg.Error, TimeoutError) as error:
        raise InfraError(to_sentence(error, config)) from error


def to_sentence(error: psycopg.Error | TimeoutError, config: Config) -> str:
    """What the user can do about the error or, if that is not known, PostgreSQL's own words."""
    text = " ".join(str(error).split())
    where = place(config)
    code = getattr(error, "sqlstate", None) or ""
    for known, sentence in _SENTENCES.items():
        if known == code or (not code and known in text.lower()):
            return sentence.format(place=where, text=text)
    if isinstance(error, psycopg.Error) and is_passing(error):
        return f"{where} does not answer: check the network, the address and the port ({text})."
    return f"{where}: {text}."


_SENTENCES: Final = {
    "access denied": "{place} refuses your AWS identity: it needs dsql:DbConnectAdmin, and this machine the "
    "right time ({text}).",
    "password authentication failed": "{place} refuses the user or the password of POSTGRES_URL.",
    "no password supplied": "{place} asks for a password: write it into POSTGRES_URL.",
    "no pg_hba.conf entry": "{place} lets this user in from elsewhere, or not at all ({text}).",
    "certificate": "{place} cannot prove who it is ({text}): PGSSLROOTCERT names another root certificate.",
    "does not support ssl": "{place} has no TLS: if that is right, add ?sslmode=disable to POSTGRES_URL.",
    "could not translate": "There is no {place}: check the name ({text}).",
    "failed to resolve": "There is no {place}: check the name ({text}).",
    "does not exist": "{place}: check POSTGRES_URL ({text}).",
    "42501": "The user of {place} lacks a right ({text}): set POSTGRES_URL to the URL of the owner of the "
    "database and its tables.",
    "3F000": "{place} has no tables: run `make deploy` or `python -m infra.migrate` first.",
    "42P01": "{place} has no tables: run `make deploy` or `python -m infra.migrate` first.",
}
"""By SQLSTATE; while connecting psycopg knows none, so then by a part of the text."""
