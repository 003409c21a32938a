"""Narrows a question to events with one value: of a website, a link, a page and so on."""

from typing import Final

import msgspec

COLUMNS: Final = {
    "website": "website",
    "link": "link",
    "page": "path",
    "referrer": "referrer",
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "country": "country",
    "device": "device",
}
"""A request's parameter → the column."""

MONEY: Final = ("website", "link")
"""The parameters that orders know too."""


class Filter(msgspec.Struct, frozen=True):
    """One value that a column must have."""

    parameter: str
    """One of COLUMNS."""
    value: str
    """Empty for "has none"."""

    @property
    def column(self) -> str:
        """The column that must have the value."""
        return COLUMNS[self.parameter]


Filters = tuple[Filter, ...]
"""At most one for each parameter."""


def knows_money(filters: Filters) -> bool:
    """Whether orders can be narrowed by these filters."""
    return all(each.parameter in MONEY for each in filters)
