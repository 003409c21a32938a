"""The directory: which affiliates there are, and whose discount codes are whose."""

from collections.abc import Iterator

import msgspec

from chalicelib.errors import DirectoryError
from chalicelib.events import MAX_AFFILIATE_ID, MAX_TEXT, is_affiliate_id


class Directory(msgspec.Struct, frozen=True):
    """The affiliates of the program."""

    affiliates: frozenset[str]
    """Their ids."""
    codes: dict[str, str]
    """Discount codes in their `normal_code`, each with the id of its affiliate."""

    def affiliate_of(self, code: str) -> str:
        """The id of the affiliate whose discount code it is, in any spelling; empty if it is nobody's."""
        return self.codes.get(normal_code(code), "")


class Listed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One affiliate, as the directory's object has it. Its other fields are not read."""

    id: str
    name: str | None = None
    codes: tuple[str, ...] | None = None


class Listing(msgspec.Struct, frozen=True, omit_defaults=True):
    """The directory's object. What it says is not checked: see `problems`."""

    affiliates: tuple[Listed, ...]
    retired: dict[str, str] | None = None
    """Codes that are not listed any more, each with the id of its affiliate."""


def parse_directory(data: bytes) -> Directory:
    """The directory that an object's bytes describe.

    Raises DirectoryError for the first problem: none is passed over, since money depends on all of it.
    """
    listing = decode_listing(data)
    for problem in problems(listing):
        raise DirectoryError(problem)
    affiliates = frozenset(listed.id for listed in listing.affiliates)
    return Directory(affiliates, {normal_code(code): owner for code, owner in claims(listing)})


def parse_names(data: bytes) -> dict[str, str]:
    """The names that an object's bytes give, by the ids of their affiliates.

    Raises DirectoryError if the object cannot be read. Other problems are not looked for.
    """
    return {listed.id: listed.name for listed in decode_listing(data).affiliates if listed.name}


def decode_listing(data: bytes) -> Listing:
    """The object, unchecked. Raises DirectoryError if it is not JSON, or has values of other types."""
    try:
        return _DECODER.decode(data)
    except msgspec.ValidationError as error:
        raise DirectoryError(f"{error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DirectoryError(f"not JSON in UTF-8: {error}") from error
    except RecursionError as error:
        raise DirectoryError("not JSON that can be read: nested too deeply") from error


def problems(listing: Listing) -> Iterator[str]:
    """All that is wrong with the directory, a sentence for each problem."""
    ids: set[str] = set()
    for listed in listing.affiliates:
        if not is_listed_id(listed.id):
            yield f"the affiliate {_shown(listed.id)}: {_ID_RULE}"
        elif listed.id in ids:
            yield f"the affiliate {_shown(listed.id)} is there twice"
        ids.add(listed.id)
    for code, owner in (listing.retired or {}).items():
        if not is_listed_id(owner):
            yield f"the retired code {_shown(code)} is of {_shown(owner)}: {_ID_RULE}"
    owners: dict[str, str] = {}
    for code, owner in claims(listing):
        if not is_code(code):
            yield f"the code {_shown(code)} of {_shown(owner)}: {_CODE_RULE}"
        elif (first := owners.setdefault(normal_code(code), owner)) != owner:
            yield f"the code {_shown(code)} is of two affiliates: {_shown(first)} and {_shown(owner)}"


def claims(listing: Listing) -> Iterator[tuple[str, str]]:
    """Each code with the id of its affiliate, retired ones last. A code may come more than once."""
    for listed in listing.affiliates:
        for code in listed.codes or ():
            yield code, listed.id
    yield from (listing.retired or {}).items()


def is_listed_id(text: str) -> bool:
    """Whether an event can have this affiliate id. Those of events are trimmed."""
    return is_affiliate_id(text) and text == text.strip().rstrip("/ ")


def is_code(text: str) -> bool:
    """Whether an order can have this code as its coupon."""
    code = text.strip()
    return 0 < len(code.encode()) <= MAX_TEXT["coupon"] and code.isprintable()


def normal_code(code: str) -> str:
    """What two spellings of one code have in common: case and surrounding white space do not count."""
    return code.strip().casefold()


_DECODER = msgspec.json.Decoder(Listing)

_ID_RULE = (
    f"an id has 1 to {MAX_AFFILIATE_ID} printable characters, no white space around it "
    "and no slash at its end"
)
_CODE_RULE = f"a code has 1 to {MAX_TEXT['coupon']} bytes in UTF-8, and can be printed"

_SHOWN = 40
"""Characters."""


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
