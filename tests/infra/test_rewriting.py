"""A visitor's documents are taken out of an object, and all other bytes stay."""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.config import Config
from chalicelib.errors import EventError
from chalicelib.events import Event, LeftOut, PageView
from chalicelib.objects import Broken, documents, plain
from chalicelib.objects.dead_letters import DeadLetter
from chalicelib.rudderstack import Rules, Source, decode_document, to_event
from infra.erase.rewriting import ERASED, Scan, rewrite_checked, scan
from infra.erase.visitor import Visitor
from tests.deployment import WIRE

CONFIG = Config(events_bucket="events")
RULES = Rules(CONFIG.affiliate_parameters, None, frozenset(), CONFIG.max_age_days)
ANN = Visitor(frozenset({"ann", "7", "7.5", "ånn"}))
TIMES = dict.fromkeys(("timestamp", "originalTimestamp", "sentAt", "receivedAt"), "2026-01-01T00:00:00Z")
PAGE = {"type": "page", "properties": {"url": "https://a.example/?ref=amy"}, **TIMES}
ORDER = json.loads((WIRE / "events/08_track_order_completed_server.json").read_text())


def page(anonymous: object, user: object = None, number: int = 0) -> bytes:
    ids = {"anonymousId": anonymous, "userId": user, "messageId": f"view-{number}"}
    return json.dumps({**PAGE, **ids}).encode()


def dead_letter(document: str = "", encoded: bytes = b"") -> bytes:
    letter = DeadLetter("not_json", "", "bucket", "key", 0, document, base64.b64encode(encoded).decode())
    return json.dumps({name: getattr(letter, name) for name in DeadLetter.__struct_fields__}).encode()


def firehose_error(record: bytes) -> bytes:
    return json.dumps({"attemptsMade": 4, "rawData": base64.b64encode(record).decode()}).encode()


HERS = {
    "by the anonymous id": page("ann"),
    "by the user id": page("bob", "ann"),
    "by a number": page(7),
    "by another number": page(None, 7.5),
    "escaped": page("ann").replace(b'"ann"', b'"\\u0061nn"'),
    "not ASCII": page("ånn"),
    "an order": json.dumps({**ORDER, "userId": "ann"}).encode(),
    "an identify": b'{"type":"identify","userId":"ann","traits":{"email":"ann@example.com"}}',
    "an alias of hers": b'{"type":"alias","userId":"x","previousId":"ann"}',
    "with a field of the wrong type": b'{"type":"page","properties":[1],"userId":"ann"}',
    "a broken one": b'{"type":"page","anonymousId" : "ann","prop',
    "a broken one with a number": b'{"type":"page","anonymousId":7,"prop',
    "in a list": b'[{"type":"page","anonymousId":"ann"}]',
    "a dead letter": dead_letter(page("ann").decode()),
    "a dead letter of a broken one": dead_letter('{"userId":"ann","x'),
    "a dead letter in base64": dead_letter(encoded=b'{"userId":"ann","x":"\xff'),
    "not delivered": firehose_error(page("ann")),
    "not delivered, and compressed": firehose_error(gzip.compress(page("ann"))),
}
OTHERS = {
    "another visitor": page("anna", "bob"),
    "another number": page(77),
    "a number with more digits": b'{"type":"page","anonymousId":7.25,"prop',
    "her id elsewhere": json.dumps({**PAGE, "anonymousId": "bob", "messageId": "ann"}).encode(),
    "her id in a text of a broken one": b'{"type":"page","name":"ann","prop',
    "a dead letter of another": dead_letter(page("bob").decode()),
    "not delivered, of another": firehose_error(page("bob")),
    "not base64": b'{"rawData":"?"}',
    "not an object": b"[1]",
    "without ids": b'{"type":"page"}',
}


@pytest.mark.parametrize("document", HERS.values(), ids=HERS)
def test_a_document_is_a_visitors(document: bytes):
    assert scan([document], ANN).found == 1


@pytest.mark.parametrize("document", OTHERS.values(), ids=OTHERS)
def test_a_document_is_another_visitors(document: bytes):
    assert scan([document], ANN).found == 0


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events", data)
    return file.getvalue()


def members(data: bytes) -> bytes:
    half = len(data) // 2
    return gzip.compress(data[:half]) + gzip.compress(data[half:])


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "members": members,
    "zip": zipped,
}


def erased(body: bytes, chunk: int = 1000) -> tuple[bytes, Scan]:
    """The object without ann, and what was found."""

    def read() -> Iterator[list[bytes]]:
        while True:
            yield [body[start : start + chunk] for start in range(0, len(body), chunk)]

    found, file = scan(next(read()), ANN), io.BytesIO()
    rewrite_checked(read(), found, ANN, file)
    return file.getvalue(), found


def unpacked(body: bytes) -> bytes:
    return b"".join(piece for piece in plain([body]) if isinstance(piece, bytes))


def events(body: bytes) -> list[Event | LeftOut | str]:
    """What `ingest` makes of an object; of what it cannot read, the bytes."""
    found: list[Event | LeftOut | str] = []
    for item in documents(plain([body]), decode_document):
        if isinstance(item, Broken):
            found.append(repr(item.data))
            continue
        try:
            found.append(to_event(item.content, Source.WEB, RULES))
        except EventError:
            found.append(repr(item.data))
    return found


def of_ann(event: object) -> bool:
    return isinstance(event, PageView) and event.visitor_id in ANN.hashes


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("space", [b"", b"\n", b" \r\n"])
def test_all_other_bytes_stay(pack: Callable[[bytes], bytes], space: bytes):
    texts = [page("bob", number=1), page("ann"), page("ann"), page("cid", number=2), page("ann")]
    body, found = erased(pack(space + b"".join(text + space for text in texts)))
    kept = space + b"".join(text + space for text in texts if b'"ann"' not in text)
    assert unpacked(body) == kept
    assert (body == kept) == (pack is bytes)
    assert (found.found, found.others) == (3, 2)


def test_what_is_beside_a_document_does_not_become_another():
    body, _ = erased(b'{"a":1,' + page("ann") + b'"b":2}')
    assert body == b'{"a":1,' + ERASED + b'"b":2}'
    assert scan([body], ANN).digest == scan([b'{"a":1,' + page("ann") + b'"b":2}'], ANN).digest


def test_other_ids_in_a_visitors_documents_are_told():
    assert scan([page("device-1", "ann"), page("device-2", "ann"), page("bob", "cid")], ANN).ids == {
        "device-1",
        "device-2",
    }


@pytest.mark.parametrize("cut", [5, 50, 200])
def test_a_damaged_object_is_rewritten_as_far_as_it_can_be_read(cut: int):
    whole = b"".join(page("ann" if number % 3 else "bob", number=number) for number in range(50))
    damaged = gzip.compress(whole)[:-cut] + gzip.compress(page("bob", number=99))
    body, found = erased(damaged)
    assert found.is_damaged
    assert found.found >= 2
    assert not any(map(of_ann, events(body)))
    kept = [event for event in events(damaged) if isinstance(event, PageView) and not of_ann(event)]
    assert [event for event in events(body) if isinstance(event, PageView)] == kept


IDS = st.sampled_from(["ann", 7, 7.5, "7", "ånn", "bob", "", None, "annb", 77, "\\u0061nn", ["ann"]])
DOCUMENTS = st.one_of(
    st.builds(page, IDS, IDS, st.integers(0, 99)),
    st.builds(lambda data: data.replace(b"nn", b"\\u006e\\u006E"), st.builds(page, IDS)),
    st.sampled_from([*HERS.values(), *OTHERS.values()]),
    st.sampled_from([b"1", b'"', b"{", b"}", b"]", b"{}", b"[", b',"x":1}', b'{"a":1,', ERASED]),
)
OBJECTS = st.lists(st.tuples(DOCUMENTS, st.sampled_from([b"", b"", b"\n", b"  "])), max_size=12).map(
    lambda parts: b"".join(document + space for document, space in parts)
)


def names_ann(document: bytes) -> bool:
    """As a plain reader of JSON sees it."""
    try:
        value = json.loads(document)
    except ValueError:
        return False
    return isinstance(value, dict) and any(
        str(value.get(name)) in ANN.ids for name in ("anonymousId", "userId")
    )


def page_views(body: bytes) -> list[tuple[bytes, PageView]]:
    items = list(documents(plain([body]), decode_document))
    pairs = zip(items, events(body), strict=True)
    return [(item.data, event) for item, event in pairs if isinstance(event, PageView)]


@settings(max_examples=150)
@given(OBJECTS, st.sampled_from(sorted(PACKED)))
def test_a_replay_brings_back_no_page_view_of_hers_and_loses_no_other_event(plain_body: bytes, kind: str):
    original = PACKED[kind](plain_body)
    body, _ = erased(original)
    assert not any(of_ann(event) for _, event in page_views(body))
    others = [pair for pair in page_views(original) if not names_ann(pair[0])]
    assert page_views(body) == others
