"""A payout, and the document that reports it as RudderStack would."""

import hashlib
from typing import Final

import msgspec

from chalicelib.errors import EventError
from chalicelib.events import MICROS
from chalicelib.events import Payout as CountedPayout
from chalicelib.rudderstack import Rules, Source, decode_document, to_event

Identity = tuple[str, str, str]
"""What a payout is known by: its affiliate, currency and payout id."""


class Payout(msgspec.Struct, frozen=True):
    """Money that was sent to an affiliate."""

    payout_id: str
    affiliate_id: str
    currency: str
    """ISO 4217."""
    micros: int

    @property
    def identity(self) -> Identity:
        """What it is known by."""
        return self.affiliate_id, self.currency, self.payout_id

    @property
    def shown(self) -> str:
        """The amount for people, such as `1,234.50 USD`."""
        return f"{amount(self.micros)} {self.currency}"


def amount(micros: int) -> str:
    """Micros for people: two decimals, or more if they are needed."""
    units, rest = divmod(micros, MICROS)
    return f"{units:,}.{f'{rest:06}'.rstrip('0'):0<2}"


def to_document(payout: Payout, time: str) -> bytes:
    """The `Commission Paid` event of a payout. `time` is RFC 3339 with milliseconds.

    The same payout and time always give the same bytes, so a document that is sent again counts once.
    """
    units, rest = divmod(payout.micros, MICROS)
    document = {
        "type": "track",
        "event": "Commission Paid",
        "messageId": _message_id(payout),
        "userId": payout.affiliate_id,
        "channel": "server",
        "context": {"library": {"name": "infra.payouts", "version": "1"}},
        "properties": {
            "affiliate_id": payout.affiliate_id,
            "payout_id": payout.payout_id,
            "currency": payout.currency,
            "amount": f"{units}.{rest:06}",
        },
        # Four times that are equal: then `timestamp` is the time, and no clock is corrected.
        **dict.fromkeys(("originalTimestamp", "sentAt", "receivedAt", "timestamp"), time),
    }
    return msgspec.json.encode(document, order="sorted") + b"\n"


def is_counted(payout: Payout, rules: Rules) -> bool:
    """Whether `ingest` counts the payout as it stands, with every digit and letter."""
    try:
        event = to_event(decode_document(to_document(payout, _ANY_TIME)), Source.SERVER, rules)
    except EventError:
        return False
    return isinstance(event, CountedPayout) and payout == Payout(
        event.payout_id, event.affiliate_id, event.currency, event.micros
    )


def _message_id(payout: Payout) -> str:
    digest = hashlib.sha256(msgspec.json.encode(payout.identity)).hexdigest()
    return f"payout-{digest[:32]}"


_ANY_TIME: Final = "2026-01-01T00:00:00.000Z"
