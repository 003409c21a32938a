"""The directory: what an object says, what is refused, and whose a code is."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory import (
    Directory,
    decode_listing,
    normal_code,
    parse_directory,
    parse_names,
    problems,
)
from chalicelib.errors import DirectoryError

ID_RULE = "an id has 1 to 128 printable characters, no white space around it and no slash at its end"
CODE_RULE = "a code has 1 to 64 bytes in UTF-8, and can be printed"


def listed(*affiliates: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"affiliates": affiliates, **more}).encode()


@pytest.mark.parametrize(
    ("data", "affiliates", "codes"),
    [
        (b'{"affiliates": []}', set(), {}),
        (listed({"id": "alice"}), {"alice"}, {}),
        (
            listed(
                {"id": "alice", "name": "Alice", "codes": ["ALICE15", " alice15 "]},
                {"id": "Bob ✓", "codes": []},
            ),
            {"alice", "Bob ✓"},
            {"alice15": "alice"},
        ),
        (listed({"id": "a", "name": None, "codes": None}, retired=None), {"a"}, {}),
        (listed({"id": "a", "codes": ["STRASSE"]}, retired={"Straße": "a"}), {"a"}, {"strasse": "a"}),
        # the affiliate of a retired code need not be listed any more
        (listed({"id": "a"}, retired={"OLD": "gone"}), {"a"}, {"old": "gone"}),
        (listed({"id": "a", "email": "a@b.example"}, version=[2]), {"a"}, {}),
        (listed({"id": "a", "codes": ["x" * 64, f"  {'ü' * 32}\n"]}), {"a"}, {"x" * 64: "a", "ü" * 32: "a"}),
        (listed({"id": "a"}, {"id": "A"}), {"a", "A"}, {}),
    ],
)
def test_what_an_object_says(data, affiliates, codes):
    assert parse_directory(data) == Directory(frozenset(affiliates), codes)


def test_names_are_read_also_if_something_else_is_wrong():
    data = listed(
        {"id": "alice", "name": "Alice", "codes": ["X"]},
        {"id": "bob", "name": "", "codes": ["x"]},  # of two affiliates
        {"id": "Zoë"},
    )
    assert parse_names(data) == {"alice": "Alice"}
    with pytest.raises(DirectoryError, match="not JSON"):
        parse_names(b"affiliates:")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not JSON in UTF-8: Input data was truncated"),
        (b"affiliates:", "not JSON in UTF-8: JSON is malformed: invalid character (byte 0)"),
        (b'{"affiliates":[{"id":"\xe9a"}]}', "not JSON in UTF-8: 'utf-8' codec can't decode byte 0xe9"),
        (b'{"affiliates":[{"id":"\\ud800"}]}', "not JSON in UTF-8: "),
        (b'{"affiliates":[],"more":' + b"[" * 100_000, "not JSON that can be read: nested too deeply"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "Object missing required field `affiliates`"),
        (listed({"name": "Alice"}), "Object missing required field `id` - at `$.affiliates[0]`"),
        (listed({"id": 7}), "Expected `str`, got `int` - at `$.affiliates[0].id`"),
        (listed({"id": "a", "codes": "X"}), "Expected `array | null`, got `str`"),
        *(
            (listed({"id": name}), f"the affiliate {name!r}: {ID_RULE}")
            for name in ("", " alice", "alice\n", "al\tice", "alice/")
        ),
        (listed({"id": "x" * 129}), f"the affiliate '{'x' * 40}…': {ID_RULE}"),
        (listed({"id": "alice"}, {"id": "bob"}, {"id": "alice"}), "the affiliate 'alice' is there twice"),
        *(
            (listed({"id": "alice", "codes": [code]}), f"the code {code!r} of 'alice': {CODE_RULE}")
            for code in (" ", "A\x001", "A\nB")
        ),
        (listed({"id": "alice", "codes": ["ü" * 33]}), f"the code '{'ü' * 33}' of 'alice': {CODE_RULE}"),
        (
            listed({"id": "alice", "codes": ["SAVE"]}, {"id": "bob", "codes": ["save "]}),
            "the code 'save ' is of two affiliates: 'alice' and 'bob'",
        ),
        (
            listed({"id": "alice", "codes": ["SAVE"]}, retired={"Save": "bob"}),
            "the code 'Save' is of two affiliates: 'alice' and 'bob'",
        ),
        (
            listed(retired={"OLD": "alice", "old": "bob"}),
            "the code 'old' is of two affiliates: 'alice' and 'bob'",
        ),
        (listed(retired={"": "alice"}), f"the code '' of 'alice': {CODE_RULE}"),
        (listed(retired={"OLD": "alice "}), f"the retired code 'OLD' is of 'alice ': {ID_RULE}"),
    ],
)  # fmt: skip
def test_what_is_refused(data, problem):
    with pytest.raises(DirectoryError) as raised:
        parse_directory(data)
    assert str(raised.value).startswith(problem)


def test_all_problems_are_told():
    listing = decode_listing(
        listed({"id": "alice/", "codes": ["A", ""]}, {"id": "bob", "codes": ["a"]}, {"id": "bob"})
    )
    assert list(problems(listing)) == [
        f"the affiliate 'alice/': {ID_RULE}",
        "the affiliate 'bob' is there twice",
        f"the code '' of 'alice/': {CODE_RULE}",
        "the code 'a' is of two affiliates: 'alice/' and 'bob'",
    ]


@pytest.mark.parametrize(
    ("code", "affiliate"),
    [
        ("ALICE15", "alice"),
        (" alice15\t", "alice"),
        ("Alice15", "alice"),
        ("OLD", "bob"),
        ("ALICE", ""),
        ("", ""),
    ],
)
def test_whose_a_code_is(code, affiliate):
    directory = parse_directory(listed({"id": "alice", "codes": ["Alice15"]}, retired={"old": "bob"}))
    assert directory.affiliate_of(code) == affiliate


TEXTS = st.text(max_size=4)


@given(
    st.lists(
        st.fixed_dictionaries({"id": TEXTS}, optional={"codes": st.lists(TEXTS, max_size=3)}), max_size=5
    ),
    st.dictionaries(TEXTS, TEXTS, max_size=3),
)
def test_a_directory_is_read_only_if_every_code_has_one_affiliate(affiliates, retired):
    try:
        directory = parse_directory(msgspec.json.encode({"affiliates": affiliates, "retired": retired}))
    except DirectoryError:
        return
    assert len(directory.affiliates) == len(affiliates)
    for each in affiliates:
        assert {directory.affiliate_of(code) for code in each.get("codes", ())} <= {each["id"]}
    assert {code: directory.affiliate_of(code) for code in retired} == retired


@given(TEXTS)
def test_a_code_in_its_normal_form_stays_as_it_is(code):
    assert normal_code(normal_code(code)) == normal_code(code)
