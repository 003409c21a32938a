"""Answers about all affiliates, a page at a time: whose names they have, and where a page ends."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeAlias, TypeVar

import msgspec

from chalicelib.events import MAX_AFFILIATE_ID, is_affiliate_id

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000

Names: TypeAlias = Callable[[], Mapping[str, str]]
"""Reads the affiliates' names, by their ids. Those without a name are not among them."""


class OfAffiliate(Protocol):
    """A row of one affiliate."""

    @property
    def affiliate_id(self) -> str:
        """Of whom it is."""
        ...


_Row = TypeVar("_Row", bound=OfAffiliate)


class Position(msgspec.Struct, frozen=True):
    """Where a page ends: with this affiliate, who has this place among all."""

    place: int
    affiliate_id: str

    def to_token(self) -> str:
        """The text that asks for what comes after."""
        return f"{self.place}-{self.affiliate_id}"


def parse_position(token: str) -> Position | None:
    """The position that a token stands for; None if it is not a token."""
    found = re.fullmatch(rf"([1-9][0-9]{{0,8}})-(.{{1,{MAX_AFFILIATE_ID}}})", token)
    return Position(int(found[1]), found[2]) if found and is_affiliate_id(found[2]) else None


def to_page(rows: Sequence[_Row], after: Position | None, limit: int) -> tuple[Sequence[_Row], str | None]:
    """The rows of one page, and the token of the next one, which is None at the end.

    A page goes on after the affiliate that the one before it ended with, wherever this one is now: a newcomer
    before it moves nobody into two pages. An affiliate that is gone has left its place.
    """
    places = {row.affiliate_id: place for place, row in enumerate(rows, start=1)}
    start = places.get(after.affiliate_id, after.place) if after else 0
    end = start + limit
    shown = rows[start:end]
    return shown, Position(end, shown[-1].affiliate_id).to_token() if end < len(rows) else None


def is_somebody(row: OfAffiliate) -> bool:
    """Whether an event can be of the affiliate. A deployment writes records that are of nobody."""
    return is_affiliate_id(row.affiliate_id)
