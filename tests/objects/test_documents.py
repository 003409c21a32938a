"""The framing: documents in a stream, however they are joined, cut and damaged."""

import itertools
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.objects.compression import Damage
from chalicelib.objects.documents import MAX_STRAYS, Broken, Document, documents
from chalicelib.objects.scanning import MAX_DOCUMENT

EVENTS = [path.read_bytes().strip() for path in sorted((Path(__file__).parents[1] / "wire/events").iterdir())]
PAGE = EVENTS[0]


def read(*pieces: bytes | Damage) -> list[object]:
    """Decoded contents, and each broken span as (offset, its bytes, what is wrong)."""
    return [
        (item.offset, item.data, item.problem) if isinstance(item, Broken) else item.content
        for item in documents(pieces, msgspec.json.decode)
    ]


def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", []),
        (b" \r\n\t ", []),
        (b'{"a":1}', [{"a": 1}]),
        (b'{"a":1}{"b":2}', [{"a": 1}, {"b": 2}]),
        (b'{"a":1}\n{"b":2}\r\n', [{"a": 1}, {"b": 2}]),
        (b'{\n  "a": 1\n}\n{\n  "b": 2\n}', [{"a": 1}, {"b": 2}]),
        (b'{}{"a":{}}{}', [{}, {"a": {}}, {}]),
        (b'{"a":"}{"}{"b":"}\\n{"}', [{"a": "}{"}, {"b": "}\n{"}]),
        (b'{"a":"}{","b":"x"}{"c":"}{"}', [{"a": "}{", "b": "x"}, {"c": "}{"}]),
        (b'{"a":"\\\\"}{"b":"\\"}{\\""}', [{"a": "\\"}, {"b": '"}{"'}]),
        (b'1 2.5 "x" null [1,{"a":2}] true', [1, 2.5, "x", None, [1, {"a": 2}], True]),
        (b'{"a":1},{"b":2}', [{"a": 1}, (7, b",", "not JSON: Expecting value at byte 0"), {"b": 2}]),
        (
            b'{"a":{"x":1}}garbage{"b":2}',
            [{"a": {"x": 1}}, (13, b"garbage", "not JSON: Expecting value at byte 0"), {"b": 2}],
        ),
        (
            b'{"a":{"n":{"x":1},"s":"cut off{"b":2}{"c":3}',
            [
                (0, b'{"a":{"n":{"x":1},"s":"cut off', "not JSON: Expecting ',' delimiter at byte 32"),
                {"b": 2},
                {"c": 3},
            ],
        ),
        (
            b'{"a":1}{"b":{"x":1},"s":"cut o',
            [
                {"a": 1},
                (7, b'{"b":{"x":1},"s":"cut o', "not JSON: Unterminated string starting at at byte 17"),
            ],
        ),
        (
            b'{"a":{"n":{"b":2}\0{"c":3}',  # cut off before a value: what follows is none
            [
                (0, b'{"a":{"n":', "not JSON: Expecting ',' delimiter at byte 17"),
                {"b": 2},
                (17, b"\0", "not JSON: Expecting value at byte 0"),
                {"c": 3},
            ],
        ),
        (
            b'{"a":NaN}{"b":2}',
            [(0, b'{"a":NaN}', "not JSON: JSON is malformed: invalid character (byte 5)"), {"b": 2}],
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_framing(text, expected, size):
    assert read(*chunks(text, size)) == expected


def test_missing_bytes_break_the_document_they_were_in_and_no_other():
    assert read(b'{"a":1}{"b":', Damage("lost"), b'{"c":3}') == [{"a": 1}, (7, b'{"b":', "lost"), {"c": 3}]


def test_missing_bytes_between_documents_are_told_too():
    assert read(b'{"a":1}', Damage("lost")) == [{"a": 1}, (7, b"", "lost")]


def test_offsets_count_bytes():
    data = '{"a":"é"} \n{"b":2}'.encode()
    assert [item.offset for item in documents([data], msgspec.json.decode)] == [0, 12]


def test_a_document_of_the_largest_size_and_one_larger():
    largest = b'{"a":"' + b"x" * (MAX_DOCUMENT - 8) + b'"}'
    too_large = b'{"a":"' + b"x" * MAX_DOCUMENT + b'"}'
    items = list(documents(chunks(largest + too_large + PAGE, 65536), msgspec.json.decode))
    assert [isinstance(item, Broken) for item in items] == [False, True, True, False]
    assert b"".join(item.data for item in items) == largest + too_large + PAGE


def test_garbage_without_end_is_passed_on_in_pieces_of_bounded_size():
    garbage = b'{"a' * 400_000
    items = list(documents(chunks(garbage + PAGE, 65536), msgspec.json.decode))
    assert max(len(item.data) for item in items) <= MAX_DOCUMENT
    assert b"".join(item.data for item in items) == garbage + PAGE
    assert items[-1].data == PAGE


DEEP = b'{"a":' * 100_000


@pytest.mark.parametrize(
    "spans",
    [
        [DEEP + b"1" + b"}" * 100_000, PAGE],
        [b"garbage", DEEP + b"[]" + b"}" * 100_000, PAGE],
        [DEEP + b'"}"' + b"}" * 100_000] * 2 + [PAGE, PAGE],
        [DEEP, PAGE, PAGE],
        [b"[" * 100_000, PAGE, PAGE],
        [DEEP[:250_000], DEEP[:250_000] + b"1" + b"}" * 50_000, PAGE],
    ],
    ids=["whole", "after garbage", "two", "cut off", "cut off in an array", "cut off and whole"],
)
@pytest.mark.parametrize("size", [65536, 10**7])
def test_nesting_too_deep_to_read_is_a_broken_span_and_takes_no_minutes(spans, size):
    items = list(documents(chunks(b"".join(spans), size), msgspec.json.decode))
    assert [item.data for item in items] == spans
    assert [isinstance(item, Broken) for item in items] == [span != PAGE for span in spans]


@pytest.mark.parametrize(
    "error",
    [ValueError("v"), OverflowError("o"), KeyError("k"), RecursionError("r"), UnicodeError("u")],
    ids=repr,
)
def test_whatever_decoding_raises_is_one_broken_span(error):
    def decode(data: bytes) -> object:
        content = msgspec.json.decode(data)
        if "no" in content:
            raise error
        return content

    spans = [b'{"a":1}', b'{"no":1}', b'{"b":"}{"}', b'{"no":"}{"}', b'{"c":3}']
    items = list(documents([b"".join(spans)], decode))
    assert [item.data for item in items] == spans
    assert [isinstance(item, Broken) for item in items] == [False, True, False, True, False]
    assert all(str(error) in item.problem for item in items if isinstance(item, Broken))


def test_too_little_memory_is_not_a_document_s_fault():
    def decode(_data: bytes) -> None:
        raise MemoryError

    for text in (b'{"a":1}', b'{"a":1}{"b":2}'):
        with pytest.raises(MemoryError):
            list(documents([text], decode))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"1.5e+10 2", [1.5e10, 2]),
        (b"1" * 1030 + b" 2", [int("1" * 1030), 2]),
        (b'{"a":[1,{"b":"\\"}{"}]}{"c":1}', [{"a": [1, {"b": '"}{'}]}, {"c": 1}]),
        (b'x{"a":1}x[{"b":2}x', [(0, b"x"), {"a": 1}, (8, b"x["), {"b": 2}, (17, b"x")]),
        (b'{"a":"\\"\\"{"b":1}', [(0, b'{"a":"\\"\\"'), {"b": 1}]),
        (b'{"a":{"b":1},,{"c":2},}{"d":3}', [(0, b'{"a":{"b":1},,{"c":2},}'), {"d": 3}]),
        (b'[{"a":1},{"b":2}{"c":3}', [(0, b'[{"a":1},'), {"b": 2}, {"c": 3}]),
        (b'{"a":{"b" 1}}{"c":3}', [(0, b'{"a":{"b" 1}}'), {"c": 3}]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_where_damage_ends(text, expected, size):
    found = [item[:2] if isinstance(item, tuple) else item for item in read(*chunks(text, size))]
    assert found == expected


keys = st.text(st.sampled_from('ab}{":,\\é🎉'), max_size=4)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(keys, json_values, max_size=4)
white_space = st.text(st.sampled_from(" \t\r\n"), max_size=3).map(str.encode)
dumps = st.sampled_from(
    [lambda value: json.dumps(value, ensure_ascii=False), lambda value: json.dumps(value, indent=1)]
)


@given(st.lists(st.tuples(json_objects, white_space, dumps)), st.integers(1, 200))
def test_any_documents_in_any_framing_and_any_chunks(values, size):
    data = b"".join(dump(value).encode() + space for value, space, dump in values)
    assert read(*chunks(data, size)) == [value for value, _, _ in values]


@given(st.data())
def test_damage_costs_itself_and_nothing_else(data):
    """Between whole documents: cut-off ones, and noise. Every whole document is read, whatever the chunks."""
    cut_off = st.builds(
        lambda event, end: event[: 1 + end % (len(event) - 1)], st.sampled_from(EVENTS), st.integers(0)
    )
    noise = st.binary(max_size=40).map(lambda noise: noise.translate(None, b'{}[]":,0123456789-tfnIN \t\r\n'))
    spans = data.draw(st.lists(st.sampled_from(EVENTS) | cut_off | noise, max_size=8))
    text = b"".join(spans)
    items = list(documents(chunks(text, data.draw(st.integers(50, 5000))), msgspec.json.decode))
    assert b"".join(item.data for item in items).replace(b" ", b"") == text.replace(b" ", b"")
    found = [item.data for item in items if not isinstance(item, Broken) and item.data in EVENTS]
    assert found == [span for span in spans if span in EVENTS]
    assert items == list(documents([text], msgspec.json.decode))


tokens = st.sampled_from(
    [*(bytes([sign]) for sign in b'{}[]":, \\1'), b"e+", b'{"a":', b'{"b":2}', b'"}{"', PAGE[:40], PAGE]
)


@given(st.lists(tokens), st.integers(1, 60))
def test_any_bytes_in_any_chunks_are_documents_and_broken_spans(spans, size):
    text = b"".join(spans)
    items = list(documents([text], msgspec.json.decode))
    assert b"".join(item.data for item in items).replace(b" ", b"") == text.replace(b" ", b"")
    assert list(documents(chunks(text, size), msgspec.json.decode)) == items


STRAYS = [b"1", b'"a"', b"null", b"[]", b"{}", b"]", b"x", b'[{"a":1}]', b",", b"tru"]


@given(
    st.lists(st.sampled_from(STRAYS), min_size=MAX_STRAYS, max_size=MAX_STRAYS + 20),
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
)
def test_after_many_values_that_are_no_events_the_next_document_is_read(strays, sizes):
    junk = b" ".join(strays) + b" "
    whole = junk + b'{"a": 2}' + junk + b'{"a": 3}'
    found = list(documents([whole], json.loads))
    last = [item.content for item in found if isinstance(item, Document) and item.data[:2] == b'{"'][-1]
    assert last == {"a": 3}
    assert len(found) <= 2 * len(strays) * 2 + 2
    sizes = itertools.cycle(sizes)
    pieces, start = [], 0
    while start < len(whole):
        size = next(sizes)
        pieces.append(whole[start : start + size])
        start += size
    assert list(documents(pieces, json.loads)) == found


def test_a_megabyte_of_digits_is_told_in_few_words():
    found = list(documents([b"1 " * 500_000 + b'{"a": 2}'], json.loads))
    assert len(found) == MAX_STRAYS + 2
    assert isinstance(found[-2], Broken)
    assert found[-2].problem == "not JSON objects, after 100 others in a row"
    assert isinstance(found[-1], Document)
    assert found[-1].content == {"a": 2}
