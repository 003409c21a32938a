"""Random writes, compared with a dictionary that follows the rules of AWS's documentation."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from devstack.timestream.catalog import StoredCatalog
from devstack.timestream.databases import ControlPlane
from devstack.timestream.errors import RejectedRecordsError
from devstack.timestream.protocol import Caller
from devstack.timestream.store import Store
from devstack.timestream.writing import write_records

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
START = 1_795_392_000_000_000_000

CALLER = Caller("us-east-1", "127.0.0.1", "")
NAME = {"DatabaseName": "Database", "TableName": "Table"}

# Short names of reasons, and a part of each reason's text.
KINDS = {
    "outside": "outside the time range",
    "same": "already exists",
    "lower": "is lower than",
    "type": "data type",
}


@dataclass(frozen=True)
class Record:
    """A record to write. `age` is in minutes before now."""

    id: str
    measure: str
    type: str
    value: int
    version: int
    age: int

    def on_the_wire(self, now: int) -> dict[str, Any]:
        return {
            "Dimensions": [{"Name": "id", "Value": self.id}],
            "MeasureName": self.measure,
            "MeasureValue": str(self.value),
            "MeasureValueType": self.type,
            "Time": str(now - self.age * MINUTE),
            "TimeUnit": "NANOSECONDS",
            "Version": self.version,
        }


@dataclass
class Model:
    """A memory store of an hour, a magnetic store of a day, and the 25 minutes that the service adds."""

    magnetic: bool
    rows: dict[tuple[str, str, int], tuple[int, str, int]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def write(self, index: int, record: Record, now: int) -> tuple[int, str, int | None] | None:
        """Write a record. Returns its rejection, if any: index, kind, existing version."""
        late = record.age > 60 + 25
        if record.age <= -15 or record.age > 25 * 60 + 25 or (late and not self.magnetic):
            return (index, "outside", None)
        if self.types.get(record.measure, record.type) != record.type:
            return (index, "type", None)
        key = (record.id, record.measure, now - record.age * MINUTE)
        version, *value = self.rows.get(key, (0, "", 0))
        if record.version <= version:
            if late or value == [record.type, record.value]:
                return None
            return (index, "lower", version) if record.version < version else (index, "same", None)
        self.types[record.measure] = record.type
        self.rows[key] = (record.version, record.type, record.value)
        return None

    def kept(self, now: int) -> set[tuple[str, str, int, str, int]]:
        oldest = now - (25 * 60 + 25) * MINUTE
        return {(*key, *value[1:]) for key, value in self.rows.items() if key[2] >= oldest}


records = st.builds(
    Record,
    id=st.sampled_from(["a", "b"]),
    measure=st.sampled_from(["m", "n"]),
    type=st.sampled_from(["BIGINT", "BIGINT", "BIGINT", "DOUBLE"]),
    value=st.integers(1, 2),
    version=st.integers(1, 3),
    age=st.sampled_from([0, 0, 0, 60, 85, 86, 120, 1525, 1526, -14, -15]),
)
steps = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 1, 2, 24]), st.lists(records, min_size=1, max_size=6)), max_size=6
)


@settings(max_examples=40)
@given(steps, st.booleans())
def test_random_writes_follow_the_rules(steps: list[tuple[int, list[Record]]], magnetic: bool) -> None:
    """Each step is a number of hours that pass, and then a request."""
    now, model = START, Model(magnetic)
    store = Store(None, lambda: now)
    try:
        _create_table(store, magnetic)
        for hours, request in steps:
            now += hours * HOUR
            expected = [model.write(index, record, now) for index, record in enumerate(request)]
            wire = NAME | {"Records": [record.on_the_wire(now) for record in request]}
            assert _rejections(store, now, wire) == [each for each in expected if each]
            assert _rows(store) == model.kept(now)
    finally:
        store.close()


def _create_table(store: Store, magnetic: bool) -> None:
    control = ControlPlane(store, lambda: START)
    control.create_database(NAME, CALLER)
    properties = {
        "RetentionProperties": {
            "MemoryStoreRetentionPeriodInHours": 1,
            "MagneticStoreRetentionPeriodInDays": 1,
        },
        "MagneticStoreWriteProperties": {"EnableMagneticStoreWrites": magnetic},
    }
    control.create_table(NAME | properties, CALLER)


def _rejections(store: Store, now: int, request: dict[str, Any]) -> list[tuple[int, str, int | None]]:
    try:
        write_records(store, lambda: now, request)
    except RejectedRecordsError as error:
        return [
            (each["RecordIndex"], _kind(each["Reason"]), each.get("ExistingVersion"))
            for each in error.fields["RejectedRecords"]
        ]
    return []


def _kind(reason: str) -> str:
    [kind] = [kind for kind, words in KINDS.items() if words in reason]
    return kind


def _rows(store: Store) -> set[tuple[str, str, int, str, int]]:
    with store.snapshot() as (connection, catalog):
        if "id" not in _columns(catalog):
            return set()
        relation = catalog.table("Database", "Table").relation
        types = [
            type_ for type_ in ("BIGINT", "DOUBLE") if f"measure_value::{type_.lower()}" in _columns(catalog)
        ]
        rows = [
            (*row[:3], type_, int(row[3]))
            for type_ in types
            for row in connection.execute(
                f'SELECT id, measure_name, epoch_ns(time), "measure_value::{type_.lower()}" FROM {relation} '
                f'WHERE "measure_value::{type_.lower()}" IS NOT NULL'
            ).fetchall()
        ]
    assert len(rows) == len(set(rows))
    return set(rows)


def _columns(catalog: StoredCatalog) -> set[str]:
    return {column.name for column in catalog.table("Database", "Table").columns}
