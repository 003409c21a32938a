"""The rules of WriteRecords, as tables: refused requests, rejected records and stored records."""

from typing import Any

import pytest

from devstack.timestream.errors import ValidationError
from devstack.timestream.records import read_records
from devstack.timestream.resources import PartitionKey, Retention, TableResource

NOW = 1_795_392_000_000_000_000  # 2026-11-23T00:00:00Z
TABLE = TableResource(1, "Db", "Table", NOW, NOW, Retention(6, 10))
MAGNETIC = TableResource(1, "Db", "Table", NOW, NOW, Retention(6, 10), magnetic_writes=True)
KEYED = TableResource(
    1, "Db", "Table", NOW, NOW, partition_key=PartitionKey("DIMENSION", "affiliate_id", "REQUIRED")
)
MINUTE = 60_000


def record(**changes: Any) -> dict[str, Any]:
    """A valid record with changes. A member that is None is left out."""
    base = {
        "Dimensions": [{"Name": "site", "Value": "a.example"}],
        "MeasureName": "page_view",
        "MeasureValue": "1",
        "MeasureValueType": "BIGINT",
        "Time": str(NOW // 1_000_000),
    }
    return {name: value for name, value in (base | changes).items() if value is not None}


def dimensions(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def multi(*values: tuple[str, str, str], **changes: Any) -> dict[str, Any]:
    measures = [{"Name": name, "Type": type_, "Value": value} for name, type_, value in values]
    return record(MeasureValue=None, MeasureValueType="MULTI", MeasureValues=measures, **changes)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (record(Dimensions=None), "At least one dimension is required for a record."),
        (record(Dimensions=[]), "At least one dimension is required for a record."),
        (record(Dimensions=dimensions(a="1") * 2), "A record must contain dimensions with unique names."),
        (
            record(Dimensions=dimensions(**{f"d{i}": "" for i in range(129)})),
            "A record can contain at most 128 dimensions.",
        ),
        (record(MeasureName=None), "A measure name is required for a record."),
        (record(MeasureValue=None), "A record of type BIGINT takes a MeasureValue and no MeasureValues."),
        (record(MeasureValueType="TIMESTAMP"), "TIMESTAMP is an invalid measure value type."),
        (
            record(MeasureValueType="MULTI"),
            "A record of type MULTI takes MeasureValues, at least one, and no ",
        ),
        (multi(), "A record of type MULTI takes MeasureValues, at least one, and no MeasureValue."),
        (multi(("a", "MULTI", "1")), "MULTI is an invalid type for one of MeasureValues."),
        (
            multi(("a", "BIGINT", "1"), ("a", "BIGINT", "2")),
            "A record must contain measures with unique names.",
        ),
        (multi(("site", "BIGINT", "1")), "A dimension and a measure cannot have the same name: site."),
        (record(MeasureName="site"), "A dimension and a measure cannot have the same name: site."),
        (record(Time=None), "Invalid time for record."),
        (record(Time="now"), "Invalid time for record."),
        (record(Time="1.5"), "Invalid time for record."),
        (record(Time="-1"), "Invalid time for record."),
        (record(Version=0), "The record version must be 1 or greater."),
        (record(Dimensions=dimensions(time="1")), "The name time is reserved by Timestream."),
        (record(Dimensions=dimensions(measure_name="1")), "The name measure_name is reserved by Timestream."),
        (
            record(Dimensions=dimensions(measure_name_x="1")),
            "The name measure_name_x is reserved by Timestream.",
        ),
        (
            record(Dimensions=dimensions(measure_value="1")),
            "The name measure_value is reserved by Timestream.",
        ),
        (record(Dimensions=dimensions(ts_x="1")), "The name ts_x is reserved by Timestream."),
        (record(Dimensions=dimensions(**{"a:b": "1"})), "The name a:b is reserved by Timestream."),
        (multi(("time", "BIGINT", "1")), "The name time is reserved by Timestream."),
    ],
)
def test_an_invalid_record_refuses_the_whole_request(refused: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        read_records({"Records": [record(), refused]}, TABLE, NOW)
    assert error.value.message.startswith(message)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        *(
            ("BIGINT", text)
            for text in ("9223372036854775808", "-9223372036854775809", "1.0", "1_0", " 1", "", "x")
        ),
        *(("DOUBLE", text) for text in ("NaN", "Infinity", "-inf", "1e999", "1,5", "0x10", ".", "1d", "1_0")),
        *(("BOOLEAN", text) for text in ("1", "yes", "t", " true")),
    ],
)
@pytest.mark.parametrize(
    "shape", [lambda t, v: record(MeasureValueType=t, MeasureValue=v), lambda t, v: multi(("m", t, v))]
)
def test_a_value_that_does_not_fit_its_type_is_refused(type_: str, text: str, shape: Any) -> None:
    with pytest.raises(ValidationError, match=f"is not a valid {type_}: "):
        read_records({"Records": [shape(type_, text)]}, TABLE, NOW)


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("BIGINT", "9223372036854775807", 9223372036854775807),
        ("BIGINT", "-9223372036854775808", -9223372036854775808),
        ("BIGINT", "+007", 7),
        ("DOUBLE", "1", 1.0),
        ("DOUBLE", "-1.5E-3", -0.0015),
        ("DOUBLE", ".5", 0.5),
        ("DOUBLE", "1.", 1.0),
        ("BOOLEAN", "true", True),
        ("BOOLEAN", "FALSE", False),
        ("VARCHAR", " as it stands ", " as it stands "),
    ],
)
def test_a_value_is_parsed_by_its_type(type_: str, text: str, value: Any) -> None:
    points, _ = read_records({"Records": [record(MeasureValueType=type_, MeasureValue=text)]}, TABLE, NOW)
    assert points[0].values == (value,)
    assert type(points[0].values[0]) is type(value)


def test_defaults_are_those_of_the_service() -> None:
    points, _ = read_records({"Records": [record(MeasureValueType=None)]}, TABLE, NOW)
    assert (points[0].signature.measure_type, points[0].version, points[0].time) == ("double", 1, NOW)


@pytest.mark.parametrize(
    ("unit", "time"),
    [
        ("SECONDS", NOW // 10**9),
        ("MILLISECONDS", NOW // 10**6),
        ("MICROSECONDS", NOW // 10**3),
        ("NANOSECONDS", NOW),
    ],
)
def test_times_are_read_in_their_unit(unit: str, time: int) -> None:
    [single], _ = read_records({"Records": [record(Time=str(time), TimeUnit=unit)]}, TABLE, NOW)
    # A TIMESTAMP among the measures is in the record's unit too: https://github.com/boto/boto3/issues/3138
    several = multi(("seen", "TIMESTAMP", str(time)), Time=str(time), TimeUnit=unit)
    [multiple], _ = read_records({"Records": [several]}, TABLE, NOW)
    assert single.time == multiple.time == NOW
    assert multiple.values == (NOW,)


def _bytes(**lengths: int) -> list[dict[str, str]]:
    return dimensions(**{name: "x" * length for name, length in lengths.items()})


RECORD_REST = 8 + len("page_view") + 8


@pytest.mark.parametrize(
    ("rejected", "reason"),
    [
        (record(Dimensions=dimensions(**{"n" * 60: ""})), None),
        (record(Dimensions=dimensions(**{"n" * 61: ""})), "A dimension name exceeds the limit of 60 bytes."),
        (record(Dimensions=dimensions(**{"é" * 31: ""})), "A dimension name exceeds the limit of 60 bytes."),
        (record(MeasureName="m" * 256), None),
        (record(MeasureName="é" * 129), "A measure name exceeds the limit of 256 bytes."),
        (multi(("m" * 257, "BIGINT", "1")), "A measure name exceeds the limit of 256 bytes."),
        (multi(*((f"m{i}", "BOOLEAN", "true") for i in range(256))), None),
        (
            multi(*((f"m{i}", "BOOLEAN", "true") for i in range(257))),
            "A record can contain at most 256 measures.",
        ),
        (record(Dimensions=_bytes(d=2048)), "The dimensions exceed the limit of 2048 bytes for a series."),
        (record(Dimensions=_bytes(d=2047 - RECORD_REST)), None),
        (record(Dimensions=_bytes(d=2048 - RECORD_REST)), "The record exceeds the limit of 2048 bytes."),
        (
            multi(("a", "VARCHAR", "x" * 1024), ("b", "VARCHAR", "x" * 1025)),
            "The measure values exceed the limit of 2048 bytes.",
        ),
    ],
)
def test_an_exceeded_limit_rejects_only_the_record(rejected: dict[str, Any], reason: str | None) -> None:
    points, rejections = read_records({"Records": [rejected, record()]}, TABLE, NOW)
    assert [(each.index, each.reason) for each in rejections] == ([(0, reason)] if reason else [])
    assert [point.index for point in points] == ([1] if reason else [0, 1])


MEMORY = (
    "The record timestamp is outside the time range [2026-11-22T17:35:00.000Z, 2026-11-23T00:15:00.000Z) "
    "of the memory store."
)
INGESTION = (
    "The record timestamp is outside the time range [2026-11-12T17:35:00.000Z, 2026-11-23T00:15:00.000Z) "
    "of the data ingestion window."
)


@pytest.mark.parametrize(
    ("table", "minutes", "outcome"),
    [
        (TABLE, 14, True),
        (TABLE, 15, MEMORY),
        (TABLE, -6 * 60 - 25, True),
        (TABLE, -6 * 60 - 26, MEMORY),
        (MAGNETIC, 15, INGESTION),
        (MAGNETIC, -6 * 60 - 25, True),
        (MAGNETIC, -6 * 60 - 26, False),
        (MAGNETIC, -246 * 60 - 25, False),
        (MAGNETIC, -246 * 60 - 26, INGESTION),
    ],
)
def test_the_time_decides_between_memory_store_magnetic_store_and_rejection(
    table: TableResource, minutes: int, outcome: bool | str
) -> None:
    """An outcome is True for the memory store, False for the magnetic store, or the text of a rejection."""
    time = str(NOW // 1_000_000 + minutes * MINUTE)
    points, rejections = read_records({"Records": [record(Time=time)]}, table, NOW)
    assert [point.in_memory for point in points] + [each.reason for each in rejections] == [outcome]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["affiliate_id", "site"], None),
        (["site"], "The record lacks the dimension affiliate_id, which the partition key requires."),
    ],
)
def test_a_required_partition_key_must_be_present(names: list[str], reason: str | None) -> None:
    request = {"Records": [record(Dimensions=dimensions(**dict.fromkeys(names, "x")))]}
    _, rejections = read_records(request, KEYED, NOW)
    assert [each.reason for each in rejections] == ([reason] if reason else [])


def test_common_attributes_are_merged() -> None:
    whole = record(Dimensions=dimensions(affiliate_id="7", site="a.example"), Version=3)
    split = {
        "CommonAttributes": {
            "Dimensions": dimensions(affiliate_id="7"),
            "MeasureName": "page_view",
            "MeasureValueType": "BIGINT",
            "Version": 3,
        },
        "Records": [
            {
                "Dimensions": dimensions(site="a.example"),
                "MeasureValue": "1",
                "Time": whole["Time"],
                "Version": None,
            }
        ],
    }
    assert read_records(split, TABLE, NOW) == read_records({"Records": [whole]}, TABLE, NOW)


def test_a_dimension_in_both_common_and_record_is_refused() -> None:
    request = {"CommonAttributes": {"Dimensions": dimensions(site="b.example")}, "Records": [record()]}
    with pytest.raises(ValidationError, match="A record must contain dimensions with unique names"):
        read_records(request, TABLE, NOW)


@pytest.mark.parametrize(
    ("other", "same_identity", "same_values"),
    [
        (record(), True, True),
        (record(Time=str(NOW), TimeUnit="NANOSECONDS"), True, True),
        (record(MeasureValue="01"), True, True),
        (record(MeasureValue="2"), True, False),
        (record(MeasureValueType="DOUBLE"), True, False),
        (record(Time=str(NOW + 1), TimeUnit="NANOSECONDS"), False, True),
        (record(MeasureName="sale"), False, True),
        (record(Dimensions=dimensions(site="b.example")), False, True),
        (record(Dimensions=dimensions(sitea=".example")), False, True),
        (multi(("page_view", "BIGINT", "1")), True, False),
    ],
)
def test_dimensions_measure_name_and_time_are_the_identity(
    other: dict[str, Any], same_identity: bool, same_values: bool
) -> None:
    [one, two], _ = read_records({"Records": [record(), other]}, TABLE, NOW)
    assert (one.key == two.key, one.digest == two.digest) == (same_identity, same_values)


def test_the_order_of_dimensions_and_measures_does_not_matter() -> None:
    one = multi(("a", "BIGINT", "1"), ("b", "BIGINT", "2"), Dimensions=dimensions(x="1", y="2"))
    two = multi(("b", "BIGINT", "2"), ("a", "BIGINT", "1"), Dimensions=dimensions(y="2", x="1"))
    [first, second], _ = read_records({"Records": [one, two]}, TABLE, NOW)
    assert (first.key, first.digest, first.values) == (second.key, second.digest, second.values)
