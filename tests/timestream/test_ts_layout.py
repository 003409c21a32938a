"""The schema on write: what a record adds to a table, and which records do not fit."""

import pytest

from devstack.timestream.layout import Layout, LayoutError, Signature
from devstack.timestream.schema import Column, Measure, Role


def single(measure: str, type_: str, *dimensions: str) -> Signature:
    return Signature(
        dimensions, measure, type_, (Column(f"measure_value::{type_}", type_, Role.MEASURE_VALUE),)
    )


def multi(measure: str, columns: dict[str, str], *dimensions: str) -> Signature:
    return Signature(
        dimensions,
        measure,
        "multi",
        tuple(Column(name, type_, Role.MULTI) for name, type_ in columns.items()),
    )


LAYOUT = Layout().admit(single("page_view", "bigint", "site")).admit(multi("cpu", {"load": "double"}, "host"))


def test_columns_are_in_the_order_of_the_service() -> None:
    assert [(column.name, column.type, column.role.value) for column in LAYOUT.ordered()] == [
        ("site", "varchar", "DIMENSION"),
        ("host", "varchar", "DIMENSION"),
        ("measure_name", "varchar", "MEASURE_NAME"),
        ("time", "timestamp", "TIMESTAMP"),
        ("measure_value::bigint", "bigint", "MEASURE_VALUE"),
        ("load", "double", "MULTI"),
    ]


def test_a_measure_collects_the_dimensions_of_its_records() -> None:
    layout = LAYOUT.admit(single("page_view", "bigint", "country"))
    assert layout.shown_measures() == (
        Measure("cpu", "multi", (("host", "varchar"),)),
        Measure("page_view", "bigint", (("country", "varchar"), ("site", "varchar"))),
    )


def test_a_known_signature_leaves_the_layout_unchanged() -> None:
    assert LAYOUT.admit(single("page_view", "bigint", "site")) is LAYOUT


CASE = "differs only in case from the column {}: Timestream distinguishes them, the local Timestream cannot."
SHARED = "A dimension and a measure cannot have the same name: {}."


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (
            single("page_view", "double", "site"),
            "The measure page_view has the data type BIGINT; DOUBLE cannot ",
        ),
        (
            multi("page_view", {"load": "double"}, "site"),
            "The measure page_view has the data type BIGINT; MULTI ",
        ),
        (
            multi("mem", {"load": "bigint"}, "site"),
            "The measure load has the data type DOUBLE; BIGINT cannot be ",
        ),
        (single("page_view", "bigint", "Site"), "The column Site " + CASE.format("site")),
        (single("page_view", "bigint", "Time"), "The column Time " + CASE.format("time")),
        (multi("cpu", {"Load": "double"}, "host"), "The column Load " + CASE.format("load")),
        (multi("cpu", {"site": "double"}, "host"), SHARED.format("site")),
        (single("page_view", "bigint", "load"), SHARED.format("load")),
        (single("page_view", "bigint", "page_view"), SHARED.format("page_view")),
        (single("site", "bigint", "host"), SHARED.format("site")),
        (
            single("page_view", "bigint", *(f"d{i}" for i in range(127))),
            "The table already has the maximum number of dimensions, 128.",
        ),
        (
            multi("cpu", {f"m{i}": "double" for i in range(1024)}, "host"),
            "The table already has the maximum number of unique measures, 1024.",
        ),
    ],
)
def test_a_record_that_does_not_fit_is_rejected_with_a_reason(signature: Signature, reason: str) -> None:
    with pytest.raises(LayoutError) as error:
        LAYOUT.admit(signature)
    assert str(error.value).startswith(reason)


def test_the_number_of_measure_names_is_limited() -> None:
    full = Layout(LAYOUT.columns, {f"m{i}": ("bigint", ("site",)) for i in range(8192)})
    assert full.admit(single("m0", "bigint", "site")) is full
    with pytest.raises(LayoutError, match="the maximum number of measure names, 8192"):
        full.admit(single("one more", "bigint", "site"))
