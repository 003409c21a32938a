import gzip
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.firehose.buffer import (
    MAX_RECORD_BYTES,
    Buffer,
    Buffered,
    DeliveredObject,
    Hints,
    RecordTooLargeError,
    object_key,
)

START = datetime(2026, 11, 23, 23, 59, 58, 999_000, UTC)
ID = UUID("11111111-1111-4111-8111-111111111111")


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_an_object_waits_for_its_interval() -> None:
    buffer = Buffer(Hints(seconds=3))

    assert buffer.due_at() is None
    assert buffer.put(b"a", START) is None
    assert buffer.put(b"b", after(2)) is None
    assert buffer.due_at() == after(3)
    assert buffer.take_due(after(2.9)) is None
    assert buffer.take_due(after(3)) == Buffered((b"a", b"b"), START)
    assert buffer.take_due(after(100)) is None


def test_an_object_is_delivered_as_soon_as_it_is_large_enough() -> None:
    buffer = Buffer(Hints(mebibytes=1))
    half = b"x" * (512 * 1024)

    assert buffer.put(half, START) is None
    assert buffer.put(half, after(1)) == Buffered((half, half), START)
    assert buffer.put(b"next", after(2)) is None
    assert buffer.due_at() == after(5)


def test_an_interval_of_zero_buffers_nothing() -> None:
    assert Buffer(Hints(seconds=0)).put(b"a", START) == Buffered((b"a",), START)


def test_a_record_after_the_interval_is_delivered_with_the_earlier_ones() -> None:
    buffer = Buffer(Hints(seconds=3))
    buffer.put(b"a", START)
    assert buffer.put(b"b", after(3)) == Buffered((b"a", b"b"), START)


def test_a_record_above_the_limit_is_refused_and_the_others_are_kept() -> None:
    buffer = Buffer(Hints())
    buffer.put(b"a", START)
    with pytest.raises(RecordTooLargeError, match="1,024,001 bytes"):
        buffer.put(b"x" * (MAX_RECORD_BYTES + 1), START)
    assert buffer.take() == Buffered((b"a",), START)


@pytest.mark.parametrize(
    ("mebibytes", "seconds", "message"),
    [
        (0, 3, "1 to 128 MiB, not 0"),
        (129, 3, "1 to 128 MiB, not 129"),
        (1, -1, "0 to 900 seconds, not -1"),
        (1, 901, "0 to 900 seconds, not 901"),
    ],
)
def test_hints_outside_firehoses_limits_are_refused(mebibytes: int, seconds: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Hints(mebibytes, seconds)


steps = st.lists(st.tuples(st.binary(min_size=1, max_size=400_000), st.integers(0, 5)), max_size=12)


@given(steps, st.integers(0, 6))
def test_every_record_is_delivered_once_and_in_order(steps: list[tuple[bytes, int]], seconds: int) -> None:
    buffer = Buffer(Hints(seconds=seconds))
    delivered: list[Buffered] = []
    now = START
    for record, wait in steps:
        now += timedelta(seconds=wait)
        delivered += filter(None, [buffer.take_due(now), buffer.put(record, now)])
    delivered += filter(None, [buffer.take()])

    assert [record for one in delivered for record in one.records] == [record for record, _ in steps]
    assert all(sum(map(len, one.records[:-1])) < 1024 * 1024 for one in delivered)


def test_an_object_has_its_records_without_a_delimiter() -> None:
    made = DeliveredObject.of(Buffered((b"{}", b"{}"), START), "events/web/", "web", lambda: ID)

    assert gzip.decompress(made.body) == b"{}{}"
    assert made.documents == 2
    assert made.key == (
        "events/web/2026/11/23/23/web-1-2026-11-23-23-59-58-11111111-1111-4111-8111-111111111111.gz"
    )


def test_a_changed_stream_has_a_later_version_in_its_keys() -> None:
    assert object_key("", "clicks", START, ID, version=4).startswith("2026/11/23/23/clicks-4-2026-")
