"""A payout list: the CSV file that the portal's page of balances downloads."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from chalicelib.directory import Directory, is_listed_id
from chalicelib.events import MAX_ID, MICROS
from chalicelib.rudderstack import Rules
from chalicelib.rudderstack.money import MAX_AMOUNT
from infra.payouts.payout import Identity, Payout, is_counted

NEEDED: Final = ("payout_id", "affiliate_id", "currency", "amount")
"""The columns that are read, in any order. Others, such as `name` and an owner's notes, are not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A payout, and the line of the file that it begins on."""

    number: int
    payout: Payout


@dataclass(frozen=True, slots=True)
class PayoutList:
    """What a file says: its payouts if it has no problems."""

    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    """A sentence for each, with the line."""


def read_list(data: bytes, directory: Directory | None) -> PayoutList:
    """The payouts in a file, and all that is wrong with it. Without a directory, any affiliate is known."""
    try:
        rows = list(_rows(data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return _refused("it is not in UTF-8: save it as CSV UTF-8")
    except csv.Error as error:
        return _refused(f"it is not CSV: {error}")
    if not rows:
        return _refused("it is empty")
    (_, header), *rest = rows
    names = [name.strip().lower() for name in header]
    missing = [name for name in NEEDED if names.count(name) != 1]
    if missing:
        return _refused(f"line 1: each of these columns must be there once: {', '.join(missing)}")
    if not rest:
        return _refused("it has no payouts")
    return _checked(names, rest, directory)


def _refused(problem: str) -> PayoutList:
    return PayoutList((), (problem,))


_Row = tuple[int, Sequence[str]]
"""The number of a line, and its cells."""


def _rows(text: str) -> Iterator[_Row]:
    """The rows that are not empty. Excel writes semicolons in countries with a decimal comma."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield number, cells
        number = reader.line_num + 1


def _checked(names: Sequence[str], rows: Sequence[_Row], directory: Directory | None) -> PayoutList:
    rules = Rules((), commission_rate=None, websites=frozenset(), max_age_days=7, directory=directory)
    lines: list[Line] = []
    problems: list[str] = []
    seen: dict[Identity, int] = {}
    for number, cells in rows:
        found = list(_row_problems(names, cells, directory))
        if not found:
            payout = _payout(_by_name(names, cells))
            first = seen.setdefault(payout.identity, number)
            lines.append(Line(number, payout))
            if first != number:
                found = [f"the same affiliate, currency and payout_id are on line {first}"]
            elif not is_counted(payout, rules):
                found = [f"ingest would not count a payout of {payout.affiliate_id!r}"]
        problems += (f"line {number}: {problem}" for problem in found)
    return PayoutList(tuple(lines), tuple(problems))


def _row_problems(names: Sequence[str], cells: Sequence[str], directory: Directory | None) -> Iterator[str]:
    if any(cell.strip() for cell in cells[len(names) :]):
        yield f"it has {len(cells)} cells, and the header has {len(names)}: is a text with a comma unquoted?"
        return
    values = _by_name(names, cells)
    for name in NEEDED:
        problem = _PROBLEMS[name](values[name]) if values[name] else "is empty"
        if problem:
            yield f"{name} {problem}"
        elif name == "affiliate_id" and directory and values[name] not in directory.affiliates:
            yield f"affiliate_id {values[name]!r} is not in the directory"


def _by_name(names: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    """The cells that are read, without white space around them. A row may end early."""
    given = dict(zip(names, cells, strict=False))
    return {name: _GUARDED.sub("", given.get(name, "").strip()) for name in NEEDED}


def _payout(values: Mapping[str, str]) -> Payout:
    return Payout(
        payout_id=values["payout_id"],
        affiliate_id=values["affiliate_id"],
        currency=values["currency"].upper(),
        micros=int(Decimal(values["amount"]) * MICROS),
    )


def _payout_id_problem(text: str) -> str:
    fits = text.isprintable() and len(text.encode()) <= MAX_ID
    return "" if fits else f"{text[:40]!r} is not 1 to {MAX_ID} bytes of printable characters"


def _affiliate_problem(text: str) -> str:
    return "" if is_listed_id(text) else f"{text[:40]!r} is not an affiliate id"


def _currency_problem(text: str) -> str:
    return "" if _CURRENCY.fullmatch(text) else f"{text[:40]!r} is not a currency such as USD"


def _amount_problem(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        return f"{text[:40]!r} is not an amount such as 1234.50: with a point, and at most six decimals"
    if not Decimal(text):
        return f"{text[:40]!r} is nothing to pay"
    return f"{text[:40]!r} is not under {MAX_AMOUNT:,}" if Decimal(text) >= MAX_AMOUNT else ""


_PROBLEMS: Final = {
    "payout_id": _payout_id_problem,
    "affiliate_id": _affiliate_problem,
    "currency": _currency_problem,
    "amount": _amount_problem,
}
"""What is wrong with a value that is not empty; empty if nothing is."""

_GUARDED: Final = re.compile(r"^'(?=[=+\-@\t\r])")
"""What the portal writes before a text that a spreadsheet would take for a formula."""
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}", re.ASCII)
_AMOUNT: Final = re.compile(r"\d{1,20}(\.\d{1,6})?", re.ASCII)
