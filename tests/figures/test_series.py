from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.figures import wallclock
from chalicelib.figures.queries import Metric, MetricQuery, Part, Row
from chalicelib.figures.series import DataPoint, DataSet, Overall, Total, to_amount, to_data_set
from chalicelib.figures.timerange import Interval, TimeWindow, to_time_range


def query(metric: Metric, interval: Interval = Interval.WEEK, zone: str = "UTC") -> MetricQuery:
    """By default the weeks of 16 November, from the 17th, and of the 23rd, which has just begun."""
    now = datetime(2026, 11, 23, 12, 34, tzinfo=UTC)
    return MetricQuery(
        metric, "amy", to_time_range(TimeWindow.LAST_7_DAYS, interval, wallclock.zone(zone), now)
    )


def label(day: int) -> datetime:
    return datetime(2026, 11, day)  # noqa: DTZ001 - a label has no zone


FIRST, SECOND = "2026-11-16T00:00:00+00:00", "2026-11-23T00:00:00+00:00"


def test_page_views_have_a_point_in_every_bin_and_add_up() -> None:
    rows = [Row("b.example", 1, label(23)), Row("a.example", 2, label(16)), Row("a.example", 3, label(23))]
    assert to_data_set(query(Metric.PAGE_VIEWS), rows) == DataSet(
        points=[
            DataPoint("a.example", FIRST, 2, partial=True, currency=None),
            DataPoint("a.example", SECOND, 3, partial=True, currency=None),
            DataPoint("b.example", FIRST, 0, partial=True, currency=None),
            DataPoint("b.example", SECOND, 1, partial=True, currency=None),
        ],
        totals=[Total("a.example", 5, None), Total("b.example", 1, None)],
        overall=[Overall(6, None)],
    )


def test_visitors_of_the_range_are_counted_not_added() -> None:
    rows = [
        Row("a.example", 4, None, part=Part.TOTAL),
        Row(None, 4, None, part=Part.OVERALL),
        Row("a.example", 3, label(16)),
        Row("a.example", 2, label(23)),
    ]
    assert to_data_set(query(Metric.VISITORS), rows) == DataSet(
        points=[
            DataPoint("a.example", FIRST, 3, partial=True, currency=None),
            DataPoint("a.example", SECOND, 2, partial=True, currency=None),
        ],
        totals=[Total("a.example", 4, None)],
        overall=[Overall(4, None)],
    )


def test_commissions_are_a_series_for_each_currency() -> None:
    rows = [
        Row("a.example", 7_500_000, label(23), "USD"),
        Row("a.example", -1, label(16), "USD"),
        Row("a.example", 10_000_000, label(16), "EUR"),
    ]
    assert to_data_set(query(Metric.COMMISSIONS), rows) == DataSet(
        points=[
            DataPoint("a.example", FIRST, Decimal(10), partial=True, currency="EUR"),
            DataPoint("a.example", SECOND, Decimal(0), partial=True, currency="EUR"),
            DataPoint("a.example", FIRST, Decimal("-0.000001"), partial=True, currency="USD"),
            DataPoint("a.example", SECOND, Decimal("7.5"), partial=True, currency="USD"),
        ],
        totals=[
            Total("a.example", Decimal(10), "EUR"),
            Total("a.example", Decimal("7.499999"), "USD"),
        ],
        overall=[Overall(Decimal(10), "EUR"), Overall(Decimal("7.499999"), "USD")],
    )


def test_the_websites_without_a_series_of_their_own_are_one_that_comes_last() -> None:
    rows = [
        Row(None, 4, label(23), rank=5),
        Row(None, 3, label(16), rank=6),
        Row("zoë.example", 1, label(23), rank=2),
        Row("a.example", 9, label(16), rank=1),
    ]
    assert to_data_set(query(Metric.PAGE_VIEWS), rows) == DataSet(
        points=[
            DataPoint("a.example", FIRST, 9, partial=True, currency=None),
            DataPoint("a.example", SECOND, 0, partial=True, currency=None),
            DataPoint("zoë.example", FIRST, 0, partial=True, currency=None),
            DataPoint("zoë.example", SECOND, 1, partial=True, currency=None),
            DataPoint("(4 other websites)", FIRST, 3, partial=True, currency=None),
            DataPoint("(4 other websites)", SECOND, 4, partial=True, currency=None),
        ],
        totals=[
            Total("a.example", 9, None),
            Total("zoë.example", 1, None),
            Total("(4 other websites)", 7, None),
        ],
        overall=[Overall(17, None)],
    )


def test_visitors_of_the_other_websites_are_counted_not_added() -> None:
    rows = [
        Row(None, 4, None, rank=2, part=Part.TOTAL),
        Row(None, 3, label(16), rank=2),
        Row(None, 2, label(23), rank=1),
    ]
    assert to_data_set(query(Metric.VISITORS), rows).totals == [Total("(2 other websites)", 4, None)]


def test_each_currency_has_its_own_other_websites() -> None:
    rows = [
        Row("a.example", 2_000_000, label(23), "EUR", rank=1),
        Row(None, 1_000_000, label(23), "EUR", rank=2),
        Row("a.example", 4_000_000, label(23), "USD", rank=1),
        Row("b.example", 3_000_000, label(23), "USD", rank=2),
        Row(None, 2_000_000, label(23), "USD", rank=5),
    ]
    assert to_data_set(query(Metric.COMMISSIONS), rows).totals == [
        Total("a.example", Decimal(2), "EUR"),
        Total("a.example", Decimal(4), "USD"),
        Total("b.example", Decimal(3), "USD"),
        Total("(1 other website)", Decimal(1), "EUR"),
        Total("(3 other websites)", Decimal(2), "USD"),
    ]


def test_a_shop_that_calls_itself_other_websites_stays_a_series_of_its_own() -> None:
    rows = [Row("(1 other website)", 2, label(23), rank=1), Row(None, 1, label(23), rank=2)]
    assert to_data_set(query(Metric.PAGE_VIEWS), rows).totals == [
        Total("(1 other website)", 2, None),
        Total("((1 other website))", 1, None),
    ]


def test_no_rows_are_no_series() -> None:
    assert to_data_set(query(Metric.PAGE_VIEWS), []) == DataSet([], [], [Overall(0, None)])


def test_days_are_named_by_the_clocks_of_their_zone() -> None:
    asked = query(Metric.PAGE_VIEWS, Interval.DAY, "Asia/Kolkata")
    (*_, before, last) = to_data_set(asked, [Row("a.example", 1, label(22))]).points
    assert before == DataPoint("a.example", "2026-11-22T00:00:00+05:30", 1, partial=False, currency=None)
    assert last == DataPoint("a.example", "2026-11-23T00:00:00+05:30", 0, partial=True, currency=None)


def test_a_row_in_no_bin_is_not_lost() -> None:
    with pytest.raises(KeyError):
        to_data_set(query(Metric.PAGE_VIEWS), [Row("a.example", 1, label(17))])


def test_visitors_without_a_count_of_the_range_are_not_guessed() -> None:
    with pytest.raises(KeyError):
        to_data_set(query(Metric.VISITORS), [Row("a.example", 1, label(16))])


@pytest.mark.parametrize(
    ("micros", "written"),
    [
        (0, "0"),
        (1, "0.000001"),
        (-1, "-0.000001"),
        (500_000, "0.5"),
        (7_500_000, "7.5"),
        (10_000_000, "10"),
        (1_234_567_890_123_456, "1234567890.123456"),
        (2**63 - 1, "9223372036854.775807"),
        (-(2**63), "-9223372036854.775808"),
        (9_000_000_000_000_000_000, "9000000000000"),
    ],
)
def test_an_amount_is_exact_and_written_plainly(micros: int, written: str) -> None:
    assert str(to_amount(micros)) == written


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_amount_is_no_more_and_no_less(micros: int) -> None:
    written = str(to_amount(micros))
    assert Decimal(written) * 1_000_000 == micros
    assert set(written) <= set("-.0123456789")
