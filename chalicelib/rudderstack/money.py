"""Amounts of money: text → Decimal → whole micros of a currency. Never a float."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from chalicelib.errors import EventError
from chalicelib.events import MICROS

MAX_AMOUNT = Decimal(10**9)
"""Units of any currency. More is an error in the shop: even in Vietnamese dong it is 40,000 US dollars.

Sums are BIGINTs of micros, which hold 9,223 entries of this size.
"""

_AMOUNT = re.compile(r"(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)


def parse_amount(text: str, name: str) -> Decimal:
    """A number of at least 0 and under MAX_AMOUNT.

    Raises EventError, with the amount's `name`, for anything else: a sign, words, NaN.
    """
    if not _AMOUNT.fullmatch(text.strip()):
        raise EventError(f"{name} is not a valid amount: {text[:40]!r}")
    amount = Decimal(text)
    if amount >= MAX_AMOUNT:
        raise EventError(f"{name} is too large: {text[:40]!r}")
    return amount


def parse_currency(text: str) -> str:
    """An ISO 4217 code in capitals. Raises EventError if `text` cannot be one."""
    if not _CURRENCY.fullmatch(text):
        raise EventError(f"currency is not an ISO 4217 code: {text[:40]!r}")
    return text.upper()


def to_micros(amount: Decimal) -> int:
    """Whole micros, half to even: RudderStack passes numbers through floats, which may miss by far less."""
    return int((amount * MICROS).to_integral_value(ROUND_HALF_EVEN))
