"""The settings, read once from the environment and checked."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Self

import msgspec

from chalicelib.errors import SettingError

MAX_CACHE_SECONDS = 300
MAX_MAX_AGE_DAYS = 3650


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
        return config

    def _check_prefixes(self) -> None:
        for name in ("events_prefix", "dead_letter_prefix"):
            if not getattr(self, name).endswith("/"):
                raise SettingError(name.upper(), "must end with a slash, such as 'events/'")
        if self.dead_letter_prefix.startswith(self.events_prefix):
            # S3 would hand each dead letter to `ingest`, which would write it another.
            problem = f"must lie outside EVENTS_PREFIX ({self.events_prefix!r})"
            raise SettingError("DEAD_LETTER_PREFIX", problem)


def _parse_parameters(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise SettingError("AFFILIATE_PARAMETERS", "must name at least one parameter, such as 'ref,aff,via'")
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


def _parse_days(text: str) -> int:
    if not (_is_number(text) and 1 <= int(text) <= MAX_MAX_AGE_DAYS):
        raise SettingError("MAX_AGE_DAYS", f"must be whole days from 1 to {MAX_MAX_AGE_DAYS}, not {text!r}")
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


_PARSERS: dict[str, Callable[[str], object]] = {
    "affiliate_parameters": _parse_parameters,
    "commission_rate": _parse_rate,
    "cache_seconds": _parse_seconds,
    "websites": _parse_websites,
    "max_age_days": _parse_days,
}
