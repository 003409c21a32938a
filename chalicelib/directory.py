"""The directory: which affiliates there are, and whose discount codes are whose."""

import msgspec


class Directory(msgspec.Struct, frozen=True):
    """The affiliates of the program."""

    affiliates: frozenset[str]
    """Their ids."""
    codes: dict[str, str]
    """Discount codes in their `normal_code`, each with the id of its affiliate."""

    def affiliate_of(self, code: str) -> str:
        """The id of the affiliate whose discount code it is, in any spelling; empty if it is nobody's."""
        return self.codes.get(normal_code(code), "")


def normal_code(code: str) -> str:
    """What two spellings of one code have in common: case and surrounding white space do not count."""
    return code.strip().casefold()
