"""Random damage: to bytes, to the values of JSON documents, and to compressed objects."""

import gzip
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from random import Random
from typing import Any

TOKENS = (
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b"\\u",
        b"\\ud83d",
        b",",
        b":",
        b"}{",
        b'{"',
        b"null",
        b"1e999",
        b"-",
    ),
    *(
        b"\x00",
        b"\xff",
        b"\xe9",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\n",
        b"\r\n",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
    ),
    *(
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x07\x08",
        b"PAR1",
        b"%",
        b"%41",
        b"&ref=",
        b"?",
        b"#",
        b"//",
        b"[[[[",
    ),
)
"""Bytes that mean something to a parser."""

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        1e308,
        10**30,
        "",
        " ",
        "0",
        ".5",
        "-1",
        "1e999",
        "NaN",
        "undefined",
        "null",
    ),
    *(
        "9999-12-31T23:59:59.999Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:59Z",
    ),
    *(
        "2023-02-30T00:00:00Z",
        "2023-11-06T09:33:04.317+99:99",
        "yesterday",
        "page",
        "track",
        "Order Completed",
    ),
    *(
        "\ud83d",
        "\udc4d ok",
        "\x00",
        "\u202e",
        "é" * 300,
        "x" * 2000,
        "🎉" * 200,
        "a@b.example",
        "+49 170 1234567",
    ),
    *(
        "https://[::1",
        "https://%00/",
        "//",
        "https://müller.example./?ref=%ff&ref=a",
        "?ref=alice",
        "$direct",
    ),
    *(
        "https://x.example/?" + "%41" * 50,
        "https://" + "a." * 200,
        {"a": {"b": []}},
        [],
        [[[]]],
        {},
        "🎉" * 40_000,
    ),
)
"""Values that are unexpected in most fields."""

Mutation = Callable[[Random, bytes], bytes]


def mutated(random: Random, body: bytes, times: int) -> bytes:
    """`body` with `times` random changes."""
    for _ in range(times):
        body = random.choice(MUTATIONS)(random, body)
    return body


def with_a_changed_value(random: Random, document: Any) -> Any:
    """The document, in which one random value has been replaced, removed or copied from elsewhere."""
    places = list(_places(document))
    if not places:
        return random.choice(VALUES)
    holder, key = random.choice(places)
    match random.randrange(4):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1:
            other, from_key = random.choice(places)
            holder[key] = json.loads(
                json.dumps(other.get(from_key) if isinstance(other, dict) else other[from_key])
            )
        case _:
            holder[key] = deepcopy(random.choice(VALUES))
    return document


def packed(random: Random, documents: list[bytes]) -> bytes:
    """The documents as one object, with a random separator and compression."""
    separator = random.choice((b"", b"\n", b"\r\n", b" ", b"\n\n"))
    body = separator.join(documents)
    match random.randrange(5):
        case 0:
            return gzip.compress(body, 1)
        case 1:
            return separator.join(gzip.compress(document, 1) for document in documents)
        case 2:
            return _zipped(documents)
        case 3:
            return _zipped([body]) + random.choice((b"", _zipped([body])))
        case _:
            return body


def _zipped(bodies: list[bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, body in enumerate(bodies):
            archive.writestr(str(number), body)
    return file.getvalue()


def _places(value: Any) -> list[tuple[Any, Any]]:
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [(value, key) for key, _ in items] + [place for _, inner in items for place in _places(inner)]


def _flip(random: Random, body: bytes) -> bytes:
    if not body:
        return body
    changed = bytearray(body)
    changed[random.randrange(len(body))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _insert(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    return body[:place] + random.choice(TOKENS) * random.choice((1, 1, 1, 2, 50)) + body[place:]


def _delete(random: Random, body: bytes) -> bytes:
    start = random.randrange(len(body) + 1)
    return body[:start] + body[start + random.choice((1, 2, 8, 100)) :]


def _repeat(random: Random, body: bytes) -> bytes:
    start = random.randrange(len(body) + 1)
    span = body[start : start + random.choice((1, 4, 30, 300))]
    return body[:start] + span * random.choice((2, 3, 20)) + body[start + len(span) :]


def _cut_off(random: Random, body: bytes) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def _swap(random: Random, body: bytes) -> bytes:
    first, second = sorted((random.randrange(len(body) + 1), random.randrange(len(body) + 1)))
    return body[second:] + body[first:second] + body[:first]


MUTATIONS: tuple[Mutation, ...] = (_flip, _flip, _insert, _insert, _delete, _repeat, _cut_off, _swap)
