"""The settings, read once from the environment and checked."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Self

import msgspec

from chalicelib.errors import SettingError

TIMESTREAM, POSTGRES = ENGINES = ("timestream", "postgres")
"""The databases that events can be stored in, as the setting ENGINE names them."""

MAX_CACHE_SECONDS = 300
MAX_MAX_AGE_DAYS = 3650
MAX_HOLD_DAYS = 3650


class Config(msgspec.Struct, frozen=True):
    """Every setting, checked. The environment variable is the field's name in capitals."""

    events_bucket: str
    events_prefix: str = "events/"
    dead_letter_prefix: str = "dead-letters/"
    timestream_database: str = "WebAnalyticsDb"
    page_views_table: str = "PageViewsTable"
    commissions_table: str = "CommissionsTable"
    affiliate_parameters: tuple[str, ...] = ("ref", "aff", "via")
    commission_rate: Decimal | None = None
    cache_seconds: int = 15
    websites: frozenset[str] = frozenset()
    max_age_days: int = 7
    link_parameters: tuple[str, ...] = ("sub",)
    hold_days: int = 30
    directory_key: str = "directory/affiliates.json"
    engine: str = TIMESTREAM
    """One of ENGINES."""
    dsql_endpoint: str = ""
    """The host name of an Aurora DSQL cluster. With `postgres`, either this or `postgres_url` is set."""
    postgres_url: str = ""
    """Of any other PostgreSQL. It may hold a password."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """The settings in `environ`; an empty value counts as none.

        Raises SettingError, naming the first setting that is missing or wrong.
        """
        values = {name: environ.get(name.upper(), "").strip() for name in cls.__struct_fields__}
        given = {name: value for name, value in values.items() if value}
        if "events_bucket" not in given:
            raise SettingError("EVENTS_BUCKET", "is not set: name the bucket that Firehose delivers to")
        parsed: dict[str, Any] = {name: _PARSERS.get(name, str)(value) for name, value in given.items()}
        config = cls(**parsed)
        config._check_prefixes()
        config._check_directory_key()
        config._check_database()
        return config

    def _check_prefixes(self) -> None:
        for name in ("events_prefix", "dead_letter_prefix"):
            if not getattr(self, name).endswith("/"):
                raise SettingError(name.upper(), "must end with a slash, such as 'events/'")
        if self.dead_letter_prefix.startswith(self.events_prefix):
            # S3 would hand each dead letter to `ingest`, which would write it another.
            problem = f"must lie outside EVENTS_PREFIX ({self.events_prefix!r})"
            raise SettingError("DEAD_LETTER_PREFIX", problem)

    def _check_directory_key(self) -> None:
        for name in ("events_prefix", "dead_letter_prefix"):
            if self.directory_key.startswith(getattr(self, name)):
                # Among the events, each change of it would be an object of events.
                problem = f"must lie outside {name.upper()} ({getattr(self, name)!r})"
                raise SettingError("DIRECTORY_KEY", problem)

    def _check_database(self) -> None:
        given = [name for name in ("dsql_endpoint", "postgres_url") if getattr(self, name)]
        if self.engine == TIMESTREAM and given:
            problem = "is set, but ENGINE is 'timestream': leave it out, or set ENGINE to 'postgres'"
            raise SettingError(given[0].upper(), problem)
        if self.engine == POSTGRES and not given:
            raise SettingError("DSQL_ENDPOINT", "or POSTGRES_URL must be set, because ENGINE is 'postgres'")
        if len(given) > 1:
            raise SettingError("POSTGRES_URL", "and DSQL_ENDPOINT are both set: keep one of them")


def _parse_engine(text: str) -> str:
    if text not in ENGINES:
        raise SettingError("ENGINE", f"must be {' or '.join(map(repr, ENGINES))}, not {text!r}")
    return text


def _parse_endpoint(text: str) -> str:
    if not re.fullmatch(_DSQL_HOST, text):
        problem = f"must be a host name such as 'abc123.dsql.eu-west-1.on.aws', not {text!r}"
        raise SettingError("DSQL_ENDPOINT", problem)
    return text


def _parse_url(text: str) -> str:
    if not text.startswith(("postgresql://", "postgres://")):  # not shown: it may hold a password
        problem = "must be a URL such as 'postgresql://user:password@host:5432/database'"
        raise SettingError("POSTGRES_URL", problem)
    if not re.fullmatch(r"[a-z]+://([^@/]*@)?[^@]*", text):
        # libpq would take part of the password for the host, and show it in its errors.
        problem = "has a special character in its user or password: percent-encode it, such as %40 for @"
        raise SettingError("POSTGRES_URL", problem)
    return text


def _parse_affiliate_parameters(text: str) -> tuple[str, ...]:
    return _parse_parameters("AFFILIATE_PARAMETERS", text, example="ref,aff,via")


def _parse_link_parameters(text: str) -> tuple[str, ...]:
    return _parse_parameters("LINK_PARAMETERS", text, example="sub")


def _parse_parameters(setting: str, text: str, example: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise SettingError(setting, f"must name at least one parameter, such as {example!r}")
    return names


def _parse_rate(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(0)
    if not (rate.is_finite() and 0 < rate <= 1):
        problem = f"must be a number above 0 and up to 1, such as 0.5, not {text!r}"
        raise SettingError("COMMISSION_RATE", problem)
    return rate


def _parse_seconds(text: str) -> int:
    if not (_is_number(text) and int(text) <= MAX_CACHE_SECONDS):
        raise SettingError(
            "CACHE_SECONDS", f"must be whole seconds from 0 to {MAX_CACHE_SECONDS}, not {text!r}"
        )
    return int(text)


def _parse_max_age(text: str) -> int:
    return _parse_days("MAX_AGE_DAYS", text, least=1, most=MAX_MAX_AGE_DAYS)


def _parse_hold(text: str) -> int:
    return _parse_days("HOLD_DAYS", text, least=0, most=MAX_HOLD_DAYS)


def _parse_days(setting: str, text: str, least: int, most: int) -> int:
    if not (_is_number(text) and least <= int(text) <= most):
        raise SettingError(setting, f"must be whole days from {least} to {most}, not {text!r}")
    return int(text)


def _parse_websites(text: str) -> frozenset[str]:
    return frozenset(_parse_website(name.strip()) for name in text.split(",") if name.strip())


def _parse_website(text: str) -> str:
    from chalicelib.rudderstack.addresses import host  # most deployments do not set WEBSITES

    wildcard, name = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    if not (known := host(f"//{name}")):
        problem = f"must be host names such as 'shop.example' or '*.shop.example', not {text!r}"
        raise SettingError("WEBSITES", problem)
    return wildcard + known


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


_DSQL_HOST = r"[a-z0-9-]+\.dsql[a-z0-9-]*\.[a-z0-9-]+\.on\.aws"

_PARSERS: dict[str, Callable[[str], object]] = {
    "affiliate_parameters": _parse_affiliate_parameters,
    "link_parameters": _parse_link_parameters,
    "hold_days": _parse_hold,
    "commission_rate": _parse_rate,
    "cache_seconds": _parse_seconds,
    "websites": _parse_websites,
    "max_age_days": _parse_max_age,
    "engine": _parse_engine,
    "dsql_endpoint": _parse_endpoint,
    "postgres_url": _parse_url,
}
