"""Objects in every compression Firehose has, whole and damaged."""

import gzip
import io
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.objects.compression import PIECE, Damage, plain

NOISE = random.Random(1).randbytes(30_000).hex().encode()
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


@pytest.mark.parametrize("size", [7, 1000, 1_000_000])
@pytest.mark.parametrize("whole", [gzip.compress, zipped])
@pytest.mark.parametrize(
    "follows",
    [gzip.compress(b"after"), gzip.compress(NOISE[:5000] + b"after"), zipped(b"after")],
    ids=["gzip", "long gzip", "zip"],  # the bytes have the time in them
)
def test_what_follows_an_archive_that_is_cut_off_is_read(whole, follows, size):
    """It is taken for a part of the one cut off, for a while or up to its end."""
    cut_off = whole(NOISE)
    for missing in (10, 100, 1000):
        text, problems = read(cut_off[:-missing] + follows, size)
        assert text.endswith(b"after")
        assert len(problems) == 1


ENDS_EARLY = "the zip file ends early"


@pytest.mark.parametrize("missing", [1, 21, 22, 30, 60])
def test_a_zip_that_is_cut_off_after_its_entries_loses_none(missing):
    text, problems = read(zipped(TEXT)[:-missing])
    assert text.startswith(TEXT)
    assert problems == [ENDS_EARLY]


def test_a_zip_that_is_cut_off_in_an_entry_gives_what_is_there():
    text, problems = read(zipped(b"first", TEXT)[:100])
    assert text.startswith(b"first")
    assert (b"first" + TEXT).startswith(text)
    assert problems == [ENDS_EARLY]


def streamed(content: bytes, method: int) -> bytes:
    """A zip whose headers have no sizes, since it was written to what cannot be gone back in."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        archive.writestr("entry", content)
    return pipe.getvalue()


def same_names(*entries: bytes) -> bytes:
    return zipped(*entries).replace(b"entry-1", b"entry-0")


def long_sizes(content: bytes) -> bytes:
    """A zip with the sizes of large files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("entry", "w", force_zip64=True) as entry:
        entry.write(content)
    return file.getvalue()


GZIP, ZIP = gzip.compress(TEXT), zipped(TEXT)


@pytest.mark.parametrize("size", [1, 7, 1000, 1_000_000])
@pytest.mark.parametrize(
    ("data", "count"),
    [
        (GZIP + b"\n" + GZIP, 2),
        (GZIP + b"\r\n" + GZIP + b"\r\n", 2),
        (b"\r\n" + GZIP, 1),
        (GZIP + b"\0 \t\r\n\0" + GZIP, 2),
        (GZIP + TEXT, 2),
        (GZIP + TEXT + GZIP, 3),
        (GZIP + ZIP + GZIP, 3),
        (ZIP + ZIP, 2),
        (ZIP + b"\n" + ZIP + b"\0\0", 2),
        (ZIP + GZIP, 2),
        (ZIP + TEXT, 2),
        (zipped() + ZIP, 1),
        (same_names(TEXT, TEXT), 2),
        (streamed(TEXT, zipfile.ZIP_DEFLATED), 1),
        (streamed(TEXT, zipfile.ZIP_STORED), 1),
        (long_sizes(TEXT), 1),
    ],
    ids=[
        "gzip, line, gzip", "gzip, line, gzip, line", "line, gzip", "gzip, padding, gzip", "gzip, plain",
        "gzip, plain, gzip", "gzip, zip, gzip", "zip, zip", "zip, line, zip, padding", "zip, gzip",
        "zip, plain", "empty zip, zip",
        "two entries of one name", "zip without sizes", "stored zip without sizes", "zip with long sizes",
    ],
)  # fmt: skip
def test_archives_may_be_joined(data, count, size):
    assert read(data, size) == (TEXT * count, [])


def encrypted(data: bytes) -> bytes:
    """With the flag that says so, in the header before the entry."""
    return data[:6] + b"\x01" + data[7:]


def by_method(data: bytes, method: int) -> bytes:
    return data[:8] + bytes([method]) + data[9:]


def with_checksum(data: bytes, checksum: bytes) -> bytes:
    return data[:14] + checksum + data[18:]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (encrypted(ZIP), "the zip file has an encrypted entry, which is not supported"),
        (by_method(ZIP, 14), "the zip file has an entry of method 14, which is not supported"),
        (ZIP[: ZIP.index(b"PK\x01\x02")], ENDS_EARLY),
    ],
)
def test_a_zip_that_cannot_be_read_whole_says_why_and_costs_no_other(data, problem):
    text, problems = read(data + GZIP)
    assert text.endswith(TEXT)
    assert problems == [problem]


WRONG = "the zip file is damaged: an entry's checksum or length is wrong"


@pytest.mark.parametrize(
    "data",
    [
        with_checksum(ZIP, b"\1\2\3\4"),
        by_method(with_checksum(zipped(b""), b"\1\2\3\4"), 0),
        streamed(TEXT, zipfile.ZIP_DEFLATED).replace(b"PK\x07\x08", b"PK\x07\x09"),
    ],
)
def test_an_entry_whose_checksum_is_wrong_is_told(data):
    assert read(data)[1] == [WRONG]


def test_an_entry_that_is_missing_is_told():
    whole, first = zipped(TEXT, b"lost"), len(zipped(TEXT)) - len(zipped()) - len("entry-0") - 46
    second = whole.index(b"PK\x01\x02")
    assert read(whole[:first] + whole[second:]) == (TEXT, ["the zip file has 1 of the 2 entries listed"])


def test_a_damaged_entry_costs_no_other():
    data = bytearray(zipped(b"before", TEXT, b"after"))
    data[data.index(b"entry-1") + 7] = 0xFF  # not a way to compress
    text, problems = read(bytes(data))
    assert (text, len(problems)) == (b"beforeafter", 1)


@given(st.data())
def test_any_damage_to_any_archive_is_told_and_raises_nothing(data):
    """And where nothing was told, nothing is missing."""
    whole = data.draw(st.sampled_from([GZIP, ZIP, GZIP + ZIP, zipped(TEXT[:77], TEXT[77:]), ZIP + ZIP]))
    text, _ = read(whole)
    start = data.draw(st.integers(4, len(whole) - 1))
    end = data.draw(st.integers(start, len(whole)))
    put = data.draw(st.binary(max_size=8))
    found, problems = read(whole[:start] + put + whole[end:], data.draw(st.sampled_from([7, 1000])))
    assert problems or len(found) >= len(text)


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
