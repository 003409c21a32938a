"""The journal of payouts: one object in the bucket, which says what was recorded and what is pending."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from infra import kept_object
from infra.errors import InfraError
from infra.payouts.lists import Line
from infra.payouts.payout import Identity, Payout

NAME: Final = "payouts.json"
"""The name of the object, in the folder of the directory."""


class Entry(Payout, frozen=True, kw_only=True):
    """A payout in the journal."""

    time: str
    """When it was first recorded. It never changes: it is the time of the event."""
    state: Literal["pending", "recorded"]
    """`pending` until the stream has it."""


class Journal(msgspec.Struct, frozen=True):
    """The object."""

    payouts: tuple[Entry, ...] = ()

    def by_identity(self) -> Mapping[Identity, Entry]:
        """The entries by what they are known by."""
        return {entry.identity: entry for entry in self.payouts}

    def begin(self, payouts: Iterable[Payout], time: str) -> "Journal":
        """The journal with new payouts, which are pending."""
        new = (Entry(*msgspec.structs.astuple(each), time=time, state="pending") for each in payouts)
        return Journal((*self.payouts, *new))

    def finish(self, identities: frozenset[Identity]) -> "Journal":
        """The journal in which these payouts are recorded."""
        return Journal(
            tuple(
                msgspec.structs.replace(entry, state="recorded") if entry.identity in identities else entry
                for entry in self.payouts
            )
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list means for the journal."""

    new: tuple[Line, ...]
    pending: tuple[Line, ...]
    """Those of a run that broke off."""
    recorded: tuple[Line, ...]
    different: tuple[tuple[Line, Entry], ...]
    """Those that the journal has with another amount."""
    alike: tuple[tuple[Line, Entry], ...]
    """New ones with the affiliate and amount of another payout in the journal."""

    @property
    def to_send(self) -> tuple[Line, ...]:
        """What is not recorded yet."""
        return (*self.pending, *self.new)


def plan(lines: Sequence[Line], journal: Journal) -> Plan:
    """Compare a list with the journal."""
    known = journal.by_identity()
    new = [line for line in lines if line.payout.identity not in known]
    old = [(line, known[line.payout.identity]) for line in lines if line.payout.identity in known]
    paid = {(each.affiliate_id, each.currency, each.micros): each for each in journal.payouts}
    sums = [(line, (line.payout.affiliate_id, line.payout.currency, line.payout.micros)) for line in new]
    same = [(line, entry) for line, entry in old if line.payout.micros == entry.micros]
    return Plan(
        new=tuple(new),
        pending=tuple(line for line, entry in same if entry.state == "pending"),
        recorded=tuple(line for line, entry in same if entry.state == "recorded"),
        different=tuple((line, entry) for line, entry in old if line.payout.micros != entry.micros),
        alike=tuple((line, paid[sum_]) for line, sum_ in sums if sum_ in paid),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """The journal as it was read."""

    journal: Journal
    etag: str
    """Empty if there is no object."""


@dataclass(frozen=True, slots=True)
class JournalObject:
    """Where the journal is."""

    s3: Any
    bucket: str
    key: str

    def __str__(self) -> str:
        return str(self._object)

    def read(self) -> Kept:
        """The journal. Raises InfraError if the bucket does not exist, or the object is not a journal."""
        found = self._object.read()
        if not found.etag:
            return Kept(Journal(), "")
        try:
            return Kept(_DECODER.decode(found.body), found.etag)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InfraError(f"{self} is not a journal of payouts: {error}.") from error

    def begin(self, kept: Kept, payouts: Sequence[Payout], time: str) -> Journal:
        """Write new payouts as pending. Raises InfraError if the journal has changed since it was read."""
        journal = kept.journal.begin(payouts, time)
        if payouts and not self._write(journal, kept.etag):
            raise InfraError(
                "Somebody else has recorded payouts meanwhile, so nothing was sent: run the command again."
            )
        return journal

    def finish(self, identities: frozenset[Identity]) -> None:
        """Mark payouts as recorded, also if another user writes the journal at the same time."""
        for _ in range(_ATTEMPTS):
            kept = self.read()
            if self._write(kept.journal.finish(identities), kept.etag):
                return
        raise InfraError(f"All payouts were sent, but {self} could not be written: run the command again.")

    def _write(self, journal: Journal, etag: str) -> bool:
        """Write the object. False if it is not the one any more that was read."""
        body = msgspec.json.format(msgspec.json.encode(journal), indent=1)
        return self._object.write(body, kept_object.Kept(etag=etag))

    @property
    def _object(self) -> kept_object.KeptObject:
        return kept_object.KeptObject(self.s3, self.bucket, self.key)


_DECODER: Final = msgspec.json.Decoder(Journal)
_ATTEMPTS: Final = 5
