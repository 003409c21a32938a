"""What a new directory of affiliates changes, compared with the published one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.directory import Listing, claims, is_code, is_listed_id, normal_code


@dataclass(frozen=True, slots=True)
class Move:
    """A code that would move to another affiliate, which is not allowed."""

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes. Affiliates are ids, and a code has the id of its affiliate."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[str, ...]
    codes_added: Mapping[str, str]
    codes_retired: Mapping[str, str]
    moves: tuple[Move, ...]
    listing: Listing
    """What to publish: the new directory, in which all codes of the published one are kept."""


def compare(given: Listing, published: Listing | None) -> Changes:
    """The changes from the published directory, if there is one, to the given one, which has no problems.

    The published one may have some. A code of two affiliates, or of an id that no event can have, is then
    nobody's.
    """
    before = published or Listing(())
    listing = Listing(given.affiliates, _retired(given, before) or None)
    ids, ids_before = _names(given), _names(before)
    return Changes(
        added=tuple(sorted(ids.keys() - ids_before.keys())),
        removed=tuple(sorted(ids_before.keys() - ids.keys())),
        renamed=tuple(
            sorted(each for each in ids.keys() & ids_before.keys() if ids[each] != ids_before[each])
        ),
        codes_added=_without(_listed(given), _listed(before)),
        codes_retired=_without(listing.retired or {}, before.retired or {}),
        moves=tuple(_moves(given, before)),
        listing=listing,
    )


def _moves(given: Listing, before: Listing) -> Iterator[Move]:
    owners = _owners(before)
    seen = set()
    for code, owner in claims(given):
        normal = normal_code(code)
        if normal not in seen and (known := owners.get(normal, owner)) != owner:
            yield Move(code, known, owner)
        seen.add(normal)


def _owners(listing: Listing) -> dict[str, str]:
    """Codes in their normal form, each with its one affiliate."""
    owners: dict[str, set[str]] = {}
    for code, owner in claims(listing):
        if is_code(code) and is_listed_id(owner):
            owners.setdefault(normal_code(code), set()).add(owner)
    return {code: owner for code, (owner, *others) in owners.items() if not others}


def _retired(given: Listing, before: Listing) -> dict[str, str]:
    """The retired codes of both, and the codes that only the published one has. One in use is not retired."""
    known = {normal_code(code) for code, _ in claims(given)}
    owners = _owners(before)
    kept = {}
    for code, _ in claims(before):
        if (normal := normal_code(code)) in owners and normal not in known:
            kept[code] = owners[normal]
            known.add(normal)
    return _without({**(given.retired or {}), **kept}, _listed(given))


def _listed(listing: Listing) -> dict[str, str]:
    """The codes in use, as they are spelled, each with its affiliate."""
    return {code: listed.id for listed in listing.affiliates for code in listed.codes or ()}


def _without(codes: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """The codes that the others do not have, in any spelling."""
    known = set(map(normal_code, others))
    return {code: owner for code, owner in codes.items() if normal_code(code) not in known}


def _names(listing: Listing) -> dict[str, str | None]:
    return {listed.id: listed.name for listed in listing.affiliates}
