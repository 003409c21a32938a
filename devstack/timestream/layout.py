"""The schema on write: which columns and measures a table has, and which a new record may add."""

from dataclasses import dataclass, field
from typing import Final

from devstack.timestream.schema import Column, Measure, Role

MOST_DIMENSIONS: Final = 128
MOST_MEASURE_NAMES: Final = 8192
MOST_ATTRIBUTES: Final = 1024
"""Per table: https://docs.aws.amazon.com/timestream/latest/developerguide/ts-limits.html"""

MEASURE_NAME: Final = Column("measure_name", "varchar", Role.MEASURE_NAME)
TIME: Final = Column("time", "timestamp", Role.TIMESTAMP)


class LayoutError(Exception):
    """A record does not fit into its table; the text is the reason of its rejection."""


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What a record needs its table to have: everything of the record but its values.

    Records of one kind share one signature. It is compared by identity, so that looking it up is quick.
    """

    dimensions: tuple[str, ...]
    measure_name: str
    measure_type: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's columns, in the order they first came, and its measures by name.

    A measure's entry is its type (`multi` for MULTI) and the dimensions it was ever written with.
    """

    columns: tuple[Column, ...] = ()
    measures: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def admit(self, signature: Signature) -> "Layout":
        """The layout with this record, or the same one. Raises LayoutError if the record does not fit."""
        wanted = (
            *(Column(name, "varchar", Role.DIMENSION) for name in signature.dimensions),
            *signature.columns,
        )
        new = tuple(column for column in wanted if column not in self.columns)
        self._check_columns(new)
        measures = self._with_measure(signature)
        if not new and measures is self.measures:
            return self
        return Layout(self.columns + new, measures)

    def ordered(self) -> tuple[Column, ...]:
        """The service's order: dimensions, measure_name, time, measures."""
        dimensions = tuple(column for column in self.columns if column.role is Role.DIMENSION)
        values = tuple(column for column in self.columns if column.role is not Role.DIMENSION)
        return (*dimensions, MEASURE_NAME, TIME, *values)

    def shown_measures(self) -> tuple[Measure, ...]:
        """The lines of SHOW MEASURES, sorted by name."""
        return tuple(
            Measure(name, type_, tuple((dimension, "varchar") for dimension in dimensions))
            for name, (type_, dimensions) in sorted(self.measures.items())
        )

    def _check_columns(self, new: tuple[Column, ...]) -> None:
        taken = {column.name.lower(): column for column in (*self.columns, MEASURE_NAME, TIME)}
        for column in new:
            if (other := taken.setdefault(column.name.lower(), column)) is not column:
                raise LayoutError(_clash(column, other))
            if column.role is Role.DIMENSION and column.name in self.measures:
                raise LayoutError(_shared_name(column.name))
        for role, most in ((Role.DIMENSION, MOST_DIMENSIONS), (Role.MULTI, MOST_ATTRIBUTES)):
            if sum(column.role is role for column in (*self.columns, *new)) > most:
                noun = "dimensions" if role is Role.DIMENSION else "unique measures"
                raise LayoutError(f"The table already has the maximum number of {noun}, {most}.")

    def _with_measure(self, signature: Signature) -> dict[str, tuple[str, tuple[str, ...]]]:
        name = signature.measure_name
        if any(column.name == name and column.role is Role.DIMENSION for column in self.columns):
            raise LayoutError(_shared_name(name))
        type_, dimensions = self.measures.get(name, (signature.measure_type, ()))
        if type_ != signature.measure_type:
            raise LayoutError(
                f"The measure {name} has the data type {type_.upper()}; "
                f"{signature.measure_type.upper()} cannot be written to it."
            )
        if name not in self.measures and len(self.measures) >= MOST_MEASURE_NAMES:
            raise LayoutError(
                f"The table already has the maximum number of measure names, {MOST_MEASURE_NAMES}."
            )
        together = tuple(sorted({*dimensions, *signature.dimensions}))
        if name in self.measures and together == dimensions:
            return self.measures
        return {**self.measures, name: (type_, together)}


def _clash(column: Column, other: Column) -> str:
    if column.name != other.name:
        return (
            f"The column {column.name} differs only in case from the column {other.name}: "
            "Timestream distinguishes them, the local Timestream cannot."
        )
    if column.role is not other.role:
        return _shared_name(column.name)
    return (
        f"The measure {column.name} has the data type {other.type.upper()}; "
        f"{column.type.upper()} cannot be written to it."
    )


def _shared_name(name: str) -> str:
    return f"A dimension and a measure cannot have the same name: {name}."
