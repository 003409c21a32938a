"""An order or payout event → an entry in an affiliate's account, or a payout."""

from decimal import Decimal
from typing import Final

from chalicelib.errors import EventError
from chalicelib.events import Commission, Entry, LeftOut, Payout, is_affiliate_id
from chalicelib.rudderstack import addresses
from chalicelib.rudderstack.fields import seen_page
from chalicelib.rudderstack.messages import Context, Message, Page, Properties
from chalicelib.rudderstack.money import parse_amount, parse_currency, to_micros
from chalicelib.rudderstack.rules import Rules, Source
from chalicelib.rudderstack.values import (
    PLACEHOLDER,
    given_link,
    id_text,
    is_given,
    raw_text,
    required,
    text_or_empty,
    times,
    trimmed,
    valid,
)

NO_WEBSITE: Final = "(none)"
"""The website of a commission whose event does not name one: money is counted even without a website."""


def to_money(message: Message, source: Source, rules: Rules) -> Commission | Payout | LeftOut:
    """The entry or payout that a track event tells, or why it is not counted.

    Raises EventError if it should have been one and cannot be read.
    """
    name = (message.event or "").strip().lower()
    entry = _ENTRIES.get(name)
    if not entry and name != _PAYOUT:
        return LeftOut.NOT_A_PAGE_VIEW
    if source is not Source.SERVER:
        return LeftOut.UNTRUSTED_SOURCE
    return _to_commission(message, entry, rules) if entry else _to_payout(message, rules)


def _to_commission(message: Message, entry: Entry, rules: Rules) -> Commission | LeftOut:
    properties, context = message.properties or _NO_PROPERTIES, message.context or _NO_CONTEXT
    coupon = _coupon(properties)
    affiliate_id = _given_affiliate(properties, rules) or _affiliate_of(coupon, rules)
    if isinstance(affiliate_id, LeftOut):
        return affiliate_id
    order_id = required(raw_text(properties.order_id, "order_id"), "order_id")
    sign = 1 if entry is Entry.SALE else -1
    micros = to_micros(_commission(properties, rules))
    revenue = _revenue(properties)
    message_id = required(id_text(message.message_id), "messageId")
    refund_id = raw_text(properties.refund_id, "refund_id") or message_id
    website, _ = seen_page(properties, context.page or _NO_PAGE)
    time, _ = times(message)
    return Commission(
        time=time,
        affiliate_id=affiliate_id,
        website=website or _shop(properties),
        currency=_currency(properties),
        order_id=order_id,
        entry=entry,
        entry_id=order_id if entry is Entry.SALE else refund_id,
        micros=sign * micros,
        revenue=None if revenue is None else sign * revenue,
        link=given_link(properties),
        coupon=coupon,
    )


def _to_payout(message: Message, rules: Rules) -> Payout | LeftOut:
    properties = message.properties or _NO_PROPERTIES
    affiliate_id = _given_affiliate(properties, rules) or LeftOut.NO_AFFILIATE
    if isinstance(affiliate_id, LeftOut):
        return affiliate_id
    amount = required(raw_text(properties.amount, "amount"), "amount")
    message_id = required(id_text(message.message_id), "messageId")
    time, _ = times(message)
    return Payout(
        time=time,
        affiliate_id=affiliate_id,
        currency=_currency(properties),
        payout_id=raw_text(properties.payout_id, "payout_id") or message_id,
        micros=to_micros(parse_amount(amount, "amount")),
    )


def _given_affiliate(properties: Properties, rules: Rules) -> str | LeftOut:
    """The affiliate that an order or a payout names; empty if it names none.

    Raises EventError for what cannot be an id, since an affiliate's money may depend on it.
    """
    if not is_given(properties.affiliate_id):
        return ""
    given = raw_text(properties.affiliate_id, "affiliate_id")
    affiliate_id = trimmed(given)
    if (given and not affiliate_id) or PLACEHOLDER.fullmatch(affiliate_id):
        return ""
    if not is_affiliate_id(affiliate_id):
        raise EventError(f"affiliate_id is not a valid affiliate id: {affiliate_id[:40]!r}")
    return affiliate_id if rules.counts_affiliate(affiliate_id) else LeftOut.UNKNOWN_AFFILIATE


def _affiliate_of(coupon: str, rules: Rules) -> str | LeftOut:
    """The affiliate whose discount code an order's customer used."""
    if not coupon:
        return LeftOut.NO_AFFILIATE
    affiliate_id = rules.directory.affiliate_of(coupon) if rules.directory else ""
    if not affiliate_id:
        return LeftOut.UNKNOWN_CODE
    return affiliate_id if rules.counts_affiliate(affiliate_id) else LeftOut.UNKNOWN_AFFILIATE


def _coupon(properties: Properties) -> str:
    return valid(text_or_empty(properties.coupon).strip())


def _commission(properties: Properties, rules: Rules) -> Decimal:
    if is_given(properties.commission):
        return parse_amount(raw_text(properties.commission, "commission"), "commission")
    base = "revenue" if is_given(properties.revenue) else "total"
    amount = properties.revenue if base == "revenue" else properties.total
    if rules.commission_rate is None or not is_given(amount):
        raise EventError("there is no commission, and no rate or revenue to compute it from")
    return parse_amount(raw_text(amount, base), base) * rules.commission_rate


def _revenue(properties: Properties) -> int | None:
    """What the customer paid or got back, in micros; None if it is not given or not an amount.

    It is told beside the commission, so an amount that cannot be read must not cost the affiliate its money.
    """
    given = properties.revenue if is_given(properties.revenue) else properties.total
    try:
        return to_micros(parse_amount(raw_text(given, "revenue"), "revenue"))
    except EventError:
        return None


def _currency(properties: Properties) -> str:
    if not is_given(properties.currency):
        return "USD"
    return parse_currency(raw_text(properties.currency, "currency"))


def _shop(properties: Properties) -> str:
    """The website of a commission without a page, as the shop calls itself."""
    website = (properties.website or "").strip()
    named = addresses.host(website if "://" in website else f"//{website}")
    own_words = (word for word in (website, (properties.affiliation or "").strip()) if _is_name(word))
    return named or next(own_words, NO_WEBSITE)


def _is_name(text: str) -> bool:
    """A spreadsheet takes a text that begins with another sign for a formula."""
    return text.isprintable() and text[:1].isalnum()


_ENTRIES: Final = {
    "order completed": Entry.SALE,
    "completed order": Entry.SALE,  # Segment's older name
    "order refunded": Entry.REVERSAL,
    "order cancelled": Entry.REVERSAL,
    "order canceled": Entry.REVERSAL,
}
_PAYOUT: Final = "commission paid"
_NO_CONTEXT, _NO_PAGE, _NO_PROPERTIES = Context(), Page(), Properties()
