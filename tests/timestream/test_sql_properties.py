"""Properties of all timestamps, numbers and texts, compared with Python's own arithmetic."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devstack.timestream.encoding import double_text, timestamp_text
from devstack.timestream.errors import QueryExecutionError, TimestreamError, ValidationError
from tests.timestream.sql_world import ask, value

DAY = 86_400_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

moments = st.integers(0, 4_102_444_800_000_000_000)  # until 2100
edges = st.builds(
    lambda day, near: max(0, day * DAY + near), st.integers(0, 40_000), st.integers(-1500, 1500)
)  # the nanoseconds around midnight, where rounding shows
durations = st.integers(1, 60 * DAY)
few = settings(max_examples=40, deadline=None)


def moment(nanoseconds: int) -> str:
    return f"TIMESTAMP '{timestamp_text(nanoseconds)}'"


def day_of(nanoseconds: int) -> datetime:
    return EPOCH + timedelta(seconds=nanoseconds // 1_000_000_000)


def months(nanoseconds: int) -> int:
    return day_of(nanoseconds).year * 12 + day_of(nanoseconds).month - 1


def midnight(year: int, month: int, day: int) -> int:
    return int((datetime(year, month, day, tzinfo=UTC) - EPOCH).total_seconds()) * 1_000_000_000


def truncated(unit: str, nanoseconds: int) -> int:
    at = day_of(nanoseconds)
    match unit:
        case "second" | "minute" | "hour" | "day":
            size = {"second": DAY // 86400, "minute": DAY // 1440, "hour": DAY // 24, "day": DAY}[unit]
            return nanoseconds - nanoseconds % size
        case "week":
            return nanoseconds - nanoseconds % DAY - at.weekday() * DAY
        case "month":
            return midnight(at.year, at.month, 1)
        case "quarter":
            return midnight(at.year, (at.month - 1) // 3 * 3 + 1, 1)
        case _:
            return midnight(at.year, 1, 1)


def plus_months(nanoseconds: int, count: int) -> int:
    at, total = day_of(nanoseconds), months(nanoseconds) + count
    year, month = divmod(total, 12)
    ends = {2: 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 4: 30, 6: 30, 9: 30, 11: 30}
    return midnight(year, month + 1, min(at.day, ends.get(month + 1, 31))) + nanoseconds % DAY


def months_between(start: int, end: int) -> int:
    if start > end:
        return -months_between(end, start)
    whole = months(end) - months(start)
    return whole if plus_months(start, whole) <= end else whole - 1


@few
@given(moments | edges, durations)
def test_bin_is_a_multiple_of_the_interval_since_1970(at: int, size: int) -> None:
    assert value(f"bin({moment(at)}, {size}ns)") == timestamp_text(at // size * size)


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day", "week", "month", "quarter", "year"])
@few
@given(edges | moments)
def test_date_trunc_agrees_with_python(unit: str, at: int) -> None:
    assert value(f"date_trunc('{unit}', {moment(at)})") == timestamp_text(truncated(unit, at))


@pytest.mark.parametrize("unit", ["second", "minute", "hour", "day", "week"])
@few
@given(edges | moments, edges | moments)
def test_date_diff_in_units_of_fixed_length_counts_whole_units(unit: str, start: int, end: int) -> None:
    size = {"second": DAY // 86400, "minute": DAY // 1440, "hour": DAY // 24, "day": DAY, "week": 7 * DAY}[
        unit
    ]
    whole = abs(end - start) // size * (1 if end >= start else -1)
    assert value(f"date_diff('{unit}', {moment(start)}, {moment(end)})") == str(whole)


@pytest.mark.parametrize(("unit", "size"), [("month", 1), ("quarter", 3), ("year", 12)])
@few
@given(edges | moments, edges | moments)
def test_date_diff_in_months_and_longer_counts_whole_units(
    unit: str, size: int, start: int, end: int
) -> None:
    whole = months_between(start, end)
    expected = abs(whole) // size * (1 if whole >= 0 else -1)
    assert value(f"date_diff('{unit}', {moment(start)}, {moment(end)})") == str(expected)


@few
@given(edges | moments, st.integers(0, 600))
def test_adding_months_keeps_the_day_or_takes_the_last_of_the_month(at: int, count: int) -> None:
    assert value(f"{moment(at)} + {count}month") == timestamp_text(plus_months(at, count))


@few
@given(moments | edges, durations)
def test_adding_and_subtracting_an_interval_cancel_out(at: int, size: int) -> None:
    there, back = ask(f"SELECT {moment(at)} + {size}ns, {moment(at)} + {size}ns - {size}ns").rows[0]
    assert (there, back) == (timestamp_text(at + size), timestamp_text(at))


@few
@given(edges | moments)
def test_the_parts_of_a_timestamp_agree_with_python(at: int) -> None:
    parts = ["year", "month", "day", "hour", "minute", "second", "day_of_week", "day_of_year", "nanosecond"]
    row = ask(f"SELECT {', '.join(f'{part}({moment(at)})' for part in parts)}, date({moment(at)})").rows[0]
    day = day_of(at)
    numbers = (day.year, day.month, day.day, day.hour, day.minute, day.second, day.isoweekday())
    assert row == (
        *map(str, numbers),
        str(day.timetuple().tm_yday),
        str(at % 1_000_000_000),
        day.date().isoformat(),
    )


@few
@given(st.lists(edges | moments, min_size=1, max_size=20))
def test_counts_by_day_agree_with_python(times: list[int]) -> None:
    rows = ", ".join(f"({moment(at)})" for at in times)
    answer = ask(
        f"SELECT date_trunc('day', t), count(*) FROM (VALUES {rows}) AS v(t) GROUP BY date_trunc('day', t)"
    )
    expected: dict[str, int] = {}
    for at in times:
        day = timestamp_text(at // DAY * DAY)
        expected[day] = expected.get(day, 0) + 1
    assert {day: int(count) for day, count in answer.rows} == expected


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@few
@given(texts | st.text("'\\\"%_;-/*\n{}@?$é😀", max_size=20))
def test_a_string_comes_back_unchanged(text: str) -> None:
    quoted = text.replace("'", "''")
    assert value(f"'{quoted}'") == text


@few
@given(texts.filter(bool))
def test_a_quoted_name_comes_back_unchanged(name: str) -> None:
    quoted = name.replace('"', '""')
    assert ask(f'SELECT "{quoted}" FROM (SELECT 1 AS "{quoted}")').names == (name,)


@few
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_has_the_same_text_on_the_wire_and_in_cast(number: float) -> None:
    sql = f"{abs(number):.17e}"
    assert ask(f"SELECT {sql}, CAST({sql} AS varchar)").rows == [(double_text(abs(number)),) * 2]
    assert float(double_text(number)) == number


@few
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8))
def test_a_running_sum_is_exact_or_fails_on_overflow(numbers: list[int]) -> None:
    sums = list(accumulate(numbers))
    rows = ", ".join(f"({i}, {number})" for i, number in enumerate(numbers))
    sql = f"SELECT sum(x) OVER (ORDER BY i) FROM (VALUES {rows}) AS t(i, x) ORDER BY i"
    if all(-(2**63) <= each < 2**63 for each in sums):
        assert ask(sql).rows == [(str(each),) for each in sums]
    else:
        with pytest.raises(TimestreamError):
            ask(sql)


@few
@given(st.text("SELCTFROMWHagy ()',.*'\"0123456789[]{}+-/%<>=!@?;:|&^~#$\n", max_size=40))
def test_random_text_is_refused_without_any_other_error(text: str) -> None:
    with suppress(ValidationError, QueryExecutionError):
        ask("SELECT " + text)
