from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.rudderstack import gojson


@pytest.mark.parametrize(
    ("received", "written"),
    [
        (b'{"b": 1, "a": [true, false, null]}', b'{"a":[true,false,null],"b":1}'),
        ('{"é": 1, "z": 2, "Z": 3, "🎉": 4}'.encode(), '{"Z":3,"z":2,"é":1,"🎉":4}'.encode()),
        (b'"<a href=\\"?x=1&y=2\\">"', rb'"\u003ca href=\"?x=1\u0026y=2\"\u003e"'),
        (b'"\\u2028 \\u2029 \\u0085 \\u007f"', b'"\\u2028 \\u2029 \xc2\x85 \x7f"'),
        (
            rb'"\n \r \t \b \f \u0000 \u001f \/ \\b \\\b"',
            rb'"\n \r \t \u0008 \u000c \u0000 \u001f / \\b \\\u0008"',
        ),
        ('"é 🎉"'.encode(), '"é 🎉"'.encode()),
        (b'"\xff\xfe"', rb'"\ufffd\ufffd"'),
        (rb'"\ud83c"', rb'"\ufffd"'),
        (b"15.0", b"15"),
        (b"-0", b"-0"),
        (b"0", b"0"),
        (b"0.5", b"0.5"),
        (b"1e3", b"1000"),
        (b"9007199254740993", b"9007199254740992"),
        (b"1152921504606846977", b"1152921504606847000"),
        (b"123456789012345678", b"123456789012345680"),
        (b"1e20", b"100000000000000000000"),
        (b"1e21", b"1e+21"),
        (b"1.5e300", b"1.5e+300"),
        (b"0.000001", b"0.000001"),
        (b"0.00000123", b"0.00000123"),
        (b"0.0000001", b"1e-7"),
        (b"1.5e-10", b"1.5e-10"),
        (b"0.1", b"0.1"),
        (b"-7.50", b"-7.5"),
    ],
)
def test_json_is_written_as_go_writes_it(received: bytes, written: bytes) -> None:
    assert gojson.encode(gojson.decode(received)) == written


@pytest.mark.parametrize(
    "text", [b"", b"{", b"NaN", b"[Infinity]", b"{'a': 1}", b'{"a": 1} {}', b'"\n"', b"[" * 100_000]
)
def test_text_that_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        gojson.decode(text)


def test_a_number_that_json_cannot_express_is_refused() -> None:
    with pytest.raises(ValueError, match="not a JSON number"):
        gojson.encode(gojson.decode(b"1e999"))


def test_a_value_that_is_nested_too_deeply_is_refused() -> None:
    deep: gojson.JSON = None
    for _ in range(5_000):  # how deep a text can be read depends on Python's version
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        gojson.encode(deep)


anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(anything)
def test_a_written_value_is_read_as_the_same_value(value: Any) -> None:
    assert gojson.decode(gojson.encode(value)) == value
