"""Writes batches of rows to PostgreSQL: duplicates are counted, and a row that is refused is found."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from psycopg.errors import DataError, IntegrityError, ProgramLimitExceeded

from chalicelib.engines.batches import Refusal
from chalicelib.engines.postgres.connections import Connection, KeptConnection
from chalicelib.engines.postgres.tables import TABLES, Row, Table, are_clean, merged, problem, to_row
from chalicelib.events import Event
from chalicelib.outcomes import Rejected

BATCH: Final = 1_000
"""Rows in one statement, at most. DSQL takes 3,000 rows and 10 MiB in one transaction; the widest rows, with
their index entries, are some 3 MB."""

PATIENCE: Final = 60
"""Seconds that a batch is tried. The function has 300."""

Insert: TypeAlias = Callable[[Connection, Table, Sequence[Row]], int]
"""Inserts rows, all or none. Returns how many were inserted, or changed a row that was there."""


def insert_arrays(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert rows as one array for each column: a short statement that is always the same."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return connection.execute(table.insert_arrays(), columns).rowcount


def insert_values(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert rows as a list of values, which takes ten times the CPU of arrays."""
    values = [value for row in rows for value in row]
    return connection.execute(table.insert_values(len(rows)), values).rowcount


INSERT: Insert = insert_arrays
"""The switch: `insert_values`, should DSQL not take arrays as parameters, which nobody has recorded yet."""


class Writer:
    """Writes batches, one after another."""

    def __init__(
        self, connection: KeptConnection, insert: Insert = INSERT, patience: float = PATIENCE
    ) -> None:
        self._connection, self._insert, self._patience = connection, insert, patience

    def write(self, kind: type[Event], events: Sequence[Event]) -> list[Refusal]:
        """Write up to 1,000 events of one kind. Returns those that were not taken; all others were.

        PostgreSQL says how many rows it had already, and not which: the last ones of the batch stand for
        them.

        Raises what psycopg raises if PostgreSQL takes nothing: connections that are lost, or conflicts, for
        PATIENCE; a full disk; a missing table or right.
        """
        rows = [to_row(event) for event in events]
        refusals = {} if are_clean(rows) else _problems(rows)
        good = [index for index in range(len(rows)) if index not in refusals]
        sent = merged(TABLES[kind], rows, good)
        duplicates = sorted(set(good) - sent.keys())
        written, refused = self._write(TABLES[kind], sent, list(sent))
        refusals |= {refusal.index: refusal for refusal in refused}
        taken = [index for index in sent if index not in refusals]
        duplicates += taken[written:]
        return [*refusals.values(), *(Refusal(index, None, _KNOWN) for index in duplicates)]

    def _write(
        self, table: Table, rows: Mapping[int, Row], indexes: Sequence[int]
    ) -> tuple[int, list[Refusal]]:
        """Insert the rows at `indexes`: how many were inserted, and which were refused."""
        if not indexes:
            return 0, []
        batch = [rows[index] for index in indexes]
        try:
            return self._run(table, batch), []
        except _ROW_IS_BAD as error:
            return self._write_halves(table, rows, indexes, error)

    def _write_halves(
        self, table: Table, rows: Mapping[int, Row], indexes: Sequence[int], error: Exception
    ) -> tuple[int, list[Refusal]]:
        """The rows of a statement that was refused, without saying for which of them."""
        if len(indexes) == 1:
            return 0, [Refusal(indexes[0], Rejected.INVALID, f"{type(error).__name__}: {error}")]
        half = len(indexes) // 2
        early, early_refused = self._write(table, rows, indexes[:half])
        late, late_refused = self._write(table, rows, indexes[half:])
        return early + late, early_refused + late_refused

    def _run(self, table: Table, rows: Sequence[Row]) -> int:
        return self._connection.run(
            lambda connection: self._insert(connection, table, rows), seconds=self._patience
        )


def _problems(rows: Sequence[Row]) -> dict[int, Refusal]:
    found = ((index, problem(row)) for index, row in enumerate(rows))
    return {index: Refusal(index, Rejected.INVALID, text) for index, text in found if text}


_ROW_IS_BAD: Final = (DataError, IntegrityError, ProgramLimitExceeded, UnicodeEncodeError)
"""Errors that a row is to blame for, or the size of a batch: half of it may well be taken."""

_KNOWN: Final = "the event was there already, or is in the batch twice"
