"""Objects in every compression Firehose has, whole and damaged."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.compression import PIECE, Damage, plain

TEXT = b'{"type":"page"}' * 1000


def zipped(*entries: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, entry in enumerate(entries):
            archive.writestr(f"entry-{number}", entry)
    return file.getvalue()


def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def read(data: bytes, size: int = 1000) -> tuple[bytes, list[str]]:
    pieces = list(plain(chunks(data, size)))
    text = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    return text, [piece.problem for piece in pieces if isinstance(piece, Damage)]


@pytest.mark.parametrize("size", [1, 7, 1000, 1_000_000])
@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        gzip.compress(TEXT),
        gzip.compress(TEXT[:77]) + gzip.compress(b"") + gzip.compress(TEXT[77:]),
        gzip.compress(TEXT) + b"\0" * 512,
        zipped(TEXT),
        zipped(TEXT[:77], b"", TEXT[77:]),
    ],
    ids=["plain", "gzip", "gzip members", "gzip padded", "zip", "zip entries"],
)
def test_the_text_comes_back(data, size):
    assert read(data, size) == (TEXT, [])


@pytest.mark.parametrize("data", [b"", gzip.compress(b""), zipped()], ids=["plain", "gzip", "zip"])
def test_an_empty_object_is_empty(data):
    assert read(data) == (b"", [])


@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 400))
def test_any_gzip_members_in_any_chunks(members, size):
    data = b"".join(gzip.compress(member) for member in members)
    assert read(data, size) == (b"".join(members), [])


def test_a_truncated_gzip_gives_what_is_there():
    text, problems = read(gzip.compress(TEXT)[:-20])
    assert TEXT.startswith(text)
    assert problems == ["the gzip stream ends early"]


def test_a_damaged_member_costs_no_other():
    broken = bytearray(gzip.compress(b"lost"))
    broken[12] ^= 0xFF
    text, problems = read(gzip.compress(b"before") + bytes(broken) + gzip.compress(b"after"))
    assert text.startswith(b"before")
    assert text.endswith(b"after")
    assert [problem.partition(":")[0] for problem in problems] == ["the gzip stream is damaged"]


def test_a_wrong_checksum_is_told():
    data = bytearray(gzip.compress(TEXT))
    data[-6] ^= 0xFF
    assert read(bytes(data)) == (
        TEXT,
        ["the gzip stream is damaged: Error -3 while decompressing data: incorrect data check"],
    )


def test_a_truncated_zip_is_told():
    assert read(zipped(TEXT)[:-30]) == (b"", ["the zip file is damaged: File is not a zip file"])


@pytest.mark.parametrize(
    ("magic", "name"),
    [(b"\x82SNAPPY\x00", "Snappy"), (b"\xff\x06\x00\x00sNaPpY", "Snappy"), (b"PAR1", "Parquet")],
)
@pytest.mark.parametrize("size", [1, 100])
def test_what_is_not_supported_says_so(magic, name, size):
    assert read(magic + b"\0" * 100, size) == (
        b"",
        [f"the object is in {name}, which is not supported: set Firehose to GZIP"],
    )


def test_a_hostile_ratio_is_inflated_in_small_pieces():
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert max(len(piece) for piece in plain([bomb]) if isinstance(piece, bytes)) <= PIECE
