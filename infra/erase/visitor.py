"""Tells which documents are a visitor's."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec

from chalicelib.events import hashed_visitor
from chalicelib.objects import Broken, Document, documents, plain
from chalicelib.rudderstack import Message, decode_document

Item = Document[Message | None] | Broken


@dataclass(frozen=True)
class Visitor:
    """A visitor, by the ids that RudderStack has: the anonymous id, the user id, or both."""

    ids: frozenset[str]

    @property
    def hashes(self) -> list[str]:
        """The ids under which the database holds the visitor."""
        return sorted(map(hashed_visitor, self.ids))

    def owns(self, item: Item) -> bool:
        """Whether a document is the visitor's, or has one of the visitor's in it.

        What cannot be read is the visitor's if it has a field with one of the ids.
        """
        if isinstance(item, Broken) or item.content is None:
            return bool(self._fields.search(item.data))
        if not self.ids.isdisjoint(ids_of(item.content)):
            return True
        kind = (item.content.type or "").lower()
        if kind == "alias":
            return bool(self._fields.search(item.data))
        return not kind and any(self._is_in(data) for data in _carried(item.data))

    def _is_in(self, data: bytes) -> bool:
        return any(map(self.owns, documents(plain([data]), decode_document)))

    @cached_property
    def _fields(self) -> re.Pattern[bytes]:
        """A field of RudderStack's with one of the ids: in broken JSON, nothing better can be had."""
        spellings = {text for each in self.ids for text in _spellings(each)}
        names = rb'"(?:anonymousId|userId|previousId)"\s*:\s*'
        return re.compile(names + rb"(?:%b)" % b"|".join(map(re.escape, sorted(spellings))) + _ENDS)


def ids_of(message: Message) -> set[str]:
    """The ids in a message, as `ingest` reads them: a number is its digits."""
    given = (message.anonymous_id, message.user_id)
    return {str(each) for each in given if each not in (None, "")}


class _Carrier(msgspec.Struct, rename="camel"):
    """A document that holds others: Firehose's report of a record, or a dead letter."""

    raw_data: str = ""
    document: str = ""
    document_base64: str = msgspec.field(default="", name="document_base64")


def _carried(data: bytes) -> Iterator[bytes]:
    with suppress(msgspec.DecodeError, binascii.Error):
        carrier = msgspec.json.decode(data, type=_Carrier)
        yield carrier.document.encode()
        yield base64.b64decode(carrier.raw_data)
        yield base64.b64decode(carrier.document_base64)


def _spellings(text: str) -> Iterator[bytes]:
    """How JSON usually writes an id."""
    yield json.dumps(text).encode()
    yield json.dumps(text, ensure_ascii=False).encode()
    if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        yield text.encode()


_ENDS: Final = rb"(?![\w.])"
"""After a number, there are no more digits."""
