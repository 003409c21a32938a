"""Checks that, in spite of all faults, every event is counted exactly once or is in a dead letter."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.faults.documents import Document, Fate, Object

Letters = Mapping[str, Sequence[Mapping[str, Any]]]
"""The dead letters of each object, by its key."""

REJECTED = {"out_of_retention", "invalid", "other"}
"""The reasons for which a fault rejects a valid record."""


def problems(
    objects: Sequence[Object], counted: Sequence[tuple[str, int]], letters: Letters
) -> Iterator[str]:
    """The problems with the stored events (`counted`: ids and values) and with the dead letters."""
    documents = [document for each in objects for document in each.documents.values()]
    values = {(document.event, document.value) for document in documents if document.fate is Fate.COUNTED}
    times = Counter(event for event, _ in counted)
    buried = {
        each.documents[letter["offset"]].event
        for each in objects
        for letter in letters.get(each.key, ())
        if letter["offset"] in each.documents
    }
    for event in {document.event for document in documents if document.event}:
        if times[event] + (event in buried) != 1:
            where = "in a dead letter" if event in buried else "not in a dead letter"
            yield f"{event}: stored {times[event]} times, and {where}"
    for stranger in set(counted) - values:
        yield f"{stranger}: stored, but never sent"
    for each in objects:
        yield from _letter_problems(each, letters.get(each.key, ()))
    for key in letters.keys() - {each.key for each in objects}:
        yield f"{key}: dead letters of an unknown object"


def outcome_problems(each: Object, outcome: Mapping[str, Any], letters: Letters) -> Iterator[str]:
    """The problems with the outcome that was returned for an object."""
    fates = Counter(document.fate for document in each.documents.values())
    dead = Counter(letter["reason"] for letter in letters.get(each.key, ()))
    parts = ("left_out", "malformed", "rejected")
    total = outcome["written"] + outcome["duplicates"] + sum(sum(outcome[part].values()) for part in parts)
    expected: dict[str, object] = {
        "documents": len(each.documents),
        "bytes": len(each.body),
        "left_out": {"no_affiliate": fates[Fate.LEFT_OUT]} if fates[Fate.LEFT_OUT] else {},
        "malformed": _of(dead, {"not_json", "not_an_event"}),
        "rejected": _of(dead, REJECTED),
    }
    if total != len(each.documents):
        yield f"{each.key}: {len(each.documents)} documents, and the outcome adds up to {total}"
    for name, value in expected.items():
        if outcome[name] != value:
            yield f"{each.key}: {name} is {outcome[name]}, not {value}"


def _letter_problems(each: Object, letters: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    offsets = Counter(letter["offset"] for letter in letters)
    for letter in letters:
        document = each.documents.get(letter["offset"])
        if document is None or not letter["document"].startswith(document.data.decode()):
            yield f"{each.key} at {letter['offset']}: a dead letter without a document"
        elif not _is_due(document, letter["reason"]):
            reason = letter["reason"]
            yield f"{each.key} at {letter['offset']}: {document.fate} is in a dead letter as {reason}"
    for offset, document in each.documents.items():
        is_kept = document.fate in _KEPT
        if offsets[offset] > 1 or (is_kept and not offsets[offset]):
            yield f"{each.key} at {offset}: {document.fate} is in {offsets[offset]} dead letters"


_KEPT = {Fate.NOT_JSON, Fate.NOT_AN_EVENT}
"""Fates that always give a dead letter. A record out of retention does not, if its batch has it twice."""


def _is_due(document: Document, reason: str) -> bool:
    if document.fate in {Fate.COUNTED, Fate.OUT_OF_RETENTION}:
        return reason in REJECTED
    return document.fate in _KEPT and reason == str(document.fate.value)


def _of(counts: Counter[str], names: set[str]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if name in names}
