"""What a site chooses, and where an object came from."""

from decimal import Decimal
from enum import Enum, auto

import msgspec

from chalicelib.directory import Directory


class Source(Enum):
    """The kind of RudderStack source that an object came from. A browser source's write key is public."""

    WEB = auto()
    SERVER = auto()


class Rules(msgspec.Struct, frozen=True):
    """The settings that a site chooses."""

    affiliate_parameters: tuple[str, ...]
    commission_rate: Decimal | None
    websites: frozenset[str]
    """Host names; `*.shop.example` stands for all under it. Empty: every website counts."""
    max_age_days: int
    """Of a page view from a browser, at its receipt."""
    link_parameters: tuple[str, ...] = ("sub",)
    directory: Directory | None = None
    """None: every affiliate counts, and no code is anyone's."""

    def counts_affiliate(self, affiliate_id: str) -> bool:
        """Whether the affiliate is in the directory, if there is one."""
        return self.directory is None or affiliate_id in self.directory.affiliates

    def counts_website(self, website: str) -> bool:
        """Whether page views of the website count."""
        if not self.websites or website in self.websites:
            return True
        labels = website.split(".")
        return any(f"*.{'.'.join(labels[start:])}" in self.websites for start in range(1, len(labels)))
