"""Documents whose fate is known, and objects that contain them."""

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from functools import partial
from io import BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

WIRE = Path(__file__).parents[1] / "wire"

NOW = datetime(2023, 11, 6, 10, 40, tzinfo=UTC)
"""The present of every schedule: shortly after the times in the documents."""

PAGE = (WIRE / "events/01_page_js_v3_affiliate_landing.json").read_bytes().strip()
SALE = (WIRE / "events/08_track_order_completed_server.json").read_bytes().strip()
_PAGE_ID, _SALE_ID = b"bb934032-05c6-4c8c-a2d8-5d1b6ed58bbf", b"1234"
_COMMISSION = b'"commission":"7.50"'
LARGE = 900_000
"""Bytes of a large document. The dead letters of a few of them are uploaded in parts."""


class Fate(Enum):
    """What becomes of a document when nothing goes wrong."""

    COUNTED = auto()
    LEFT_OUT = auto()
    OUT_OF_RETENTION = "out_of_retention"
    NOT_JSON = "not_json"
    NOT_AN_EVENT = "not_an_event"


@dataclass(frozen=True, slots=True)
class Document:
    """A document and its fate. `event` is its event's id in the database, or empty if it has no event."""

    data: bytes
    fate: Fate
    event: str = ""
    value: int = 1


@dataclass(frozen=True, slots=True)
class Object:
    """An object as Firehose delivers it. `documents` are in order, by their offsets in the plain bytes."""

    key: str
    body: bytes
    documents: dict[int, Document]


def page(number: int) -> Document:
    """A page view."""
    event = f"{number:08d}-05c6-4c8c-a2d8-5d1b6ed58bbf"
    return Document(PAGE.replace(_PAGE_ID, event.encode()), Fate.COUNTED, event)


def sale(number: int, dollars: int = 7) -> Document:
    """A sale. The same number with another amount is the same entry, and the first amount counts."""
    data = SALE.replace(b'"%s"' % _SALE_ID, b'"%d"' % number)
    data = data.replace(_COMMISSION, b'"commission":"%d"' % dollars)
    return Document(data, Fate.COUNTED, str(number), dollars * 1_000_000)


def long_ago(number: int) -> Document:
    """A page view of long ago, where an engine stores it."""
    view = page(number)
    return replace(view, data=view.data.replace(b"2023-11-06T", b"2003-11-06T"))


def old(number: int) -> Document:
    """A page view from before any retention."""
    return replace(long_ago(number), fate=Fate.OUT_OF_RETENTION)


def left_out(number: int) -> Document:
    """A page view without an affiliate."""
    return Document(page(number).data.replace(b"ref=alice", b"nor=alice"), Fate.LEFT_OUT)


def not_json(number: int) -> Document:
    """Bytes that are not JSON."""
    return Document(b"damage %d" % number, Fate.NOT_JSON)


def not_an_event(number: int) -> Document:
    """A page view without its id."""
    return Document(page(number).data.replace(b'"messageId"', b'"massageId"'), Fate.NOT_AN_EVENT)


def large(number: int) -> Document:
    """A document that is not an event. A few of them fill one part of an upload."""
    whole = not_an_event(number)
    return Document(whole.data[:-1] + b',"pad":"%s"}' % (b"x" * LARGE), Fate.NOT_AN_EVENT)


def packed(key: str, documents: Sequence[Document], random: Random) -> Object:
    """An object of the documents, with a random separator and compression."""
    compress = random.choice((bytes, partial(gzip.compress, mtime=0), partial(_zipped, method=ZIP_DEFLATED)))
    return _joined(key, documents, random.choice((b"", b"\n", b"\r\n")), compress)


def stored(key: str, documents: Sequence[Document]) -> Object:
    """A zip object without compression."""
    return _joined(key, documents, b"\n", partial(_zipped, method=ZIP_STORED))


def spaced(documents: Sequence[Document]) -> list[Document]:
    """The documents, but at most one NOT_JSON in a row: two of them would be one broken span."""
    kept = [after for before, after in pairwise(documents) if {before.fate, after.fate} != {Fate.NOT_JSON}]
    return [*documents[:1], *kept]


def _joined(
    key: str, documents: Sequence[Document], joint: bytes, compress: Callable[[bytes], bytes]
) -> Object:
    pieces = [document.data + joint for document in documents]
    offsets = accumulate(map(len, pieces), initial=0)
    return Object(key, compress(b"".join(pieces)), dict(zip(offsets, documents, strict=False)))


def _zipped(plain: bytes, method: int) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", method) as archive:
        archive.writestr(ZipInfo("events"), plain, method)
    return packed.getvalue()
