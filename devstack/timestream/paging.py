"""Results in pages. A result is kept until it has been read to its end, within limits."""

import base64
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from devstack.timestream.datatypes import Type
from devstack.timestream.encoding import Datum, encoder
from devstack.timestream.errors import QueryExecutionError, ValidationError

# https://docs.aws.amazon.com/timestream/latest/developerguide/code-samples.run-query.html
PAGE_BYTES = 1_000_000

_KEPT_ROWS = 1_000_000
_KEPT_NANOSECONDS = 3_600_000_000_000  # a token lives for an hour, says the API's reference
_KEY_LENGTH = 32
_ROW_BYTES = len('{"Data":[]},')


@dataclass(frozen=True, slots=True)
class Result:
    """The whole result of a query, as fetched. Its tokens begin with `key`; `text` is the query."""

    query_id: str
    key: str
    text: str
    columns: tuple[tuple[str, Type], ...]
    rows: list[tuple[Any, ...]]
    metered: int

    @classmethod
    def of(
        cls, text: str, columns: tuple[tuple[str, Type], ...], rows: list[tuple[Any, ...]], metered: int
    ) -> "Result":
        """A new result, with a unique id and key."""
        query_id = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")
        return cls(query_id, secrets.token_hex(_KEY_LENGTH // 2), text, columns, rows, metered)

    def token(self, offset: int) -> str:
        """The NextToken to continue with this row."""
        return f"{self.key}{offset:x}"

    def page(self, offset: int, most: int) -> list[dict[str, list[Datum]]]:
        """At most `most` rows from row `offset` on, encoded; fewer if a page of them would be too large.

        Raises QueryExecutionError if a single row is too large for a page.
        """
        encoders = [encoder(kind) for _, kind in self.columns]
        page: list[dict[str, list[Datum]]] = []
        left = PAGE_BYTES
        for row in self.rows[offset : offset + most]:
            data = [encode(value) for encode, value in zip(encoders, row, strict=True)]
            left -= _ROW_BYTES + sum(_size(datum) for datum in data)
            if left < 0 and page:
                break
            if left < 0:
                raise QueryExecutionError(
                    "Query aborted as max page response size has been exceeded by the output result row"
                )
            page.append({"Data": data})
        return page


class Kept:
    """The results that are not read to their end. The oldest are dropped for newer ones."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._results: OrderedDict[str, tuple[int, Result]] = OrderedDict()
        self._lock = Lock()

    def keep(self, result: Result) -> None:
        """Keep a result, and drop the oldest ones if they are too old or there are too many."""
        with self._lock:
            self._results[result.key] = (self._clock(), result)
            self._results.move_to_end(result.key)
            while len(self._results) > 1 and (
                self._rows() > _KEPT_ROWS or self._oldest() > _KEPT_NANOSECONDS
            ):
                self._results.popitem(last=False)

    def find(self, token: str, text: str) -> tuple[Result, int]:
        """The result of a token, and the row to continue with.

        Raises ValidationError if the token is of another query, or has expired.
        """
        with self._lock:
            since, result = self._results.get(token[:_KEY_LENGTH], (0, None))
        offset = _offset(token[_KEY_LENGTH:])
        if (
            result is None
            or offset is None
            or result.text != text
            or self._clock() - since > _KEPT_NANOSECONDS
        ):
            raise ValidationError("Invalid pagination token")
        return result, offset

    def drop(self, query_id: str) -> bool:
        """Drop the result of a query. False if none is kept."""
        with self._lock:
            for key, (_, result) in self._results.items():
                if result.query_id == query_id:
                    del self._results[key]
                    return True
        return False

    def _rows(self) -> int:
        return sum(len(result.rows) for _, result in self._results.values())

    def _oldest(self) -> int:
        return self._clock() - next(iter(self._results.values()))[0]


def _offset(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None


def _size(datum: Datum) -> int:
    """The approximate size of a value as JSON, in bytes, names and punctuation included."""
    match datum:
        case {"ScalarValue": text}:
            return len(text) + 19
        case {"ArrayValue": values}:
            return 20 + sum(_size(value) for value in values)
        case {"RowValue": {"Data": values}}:
            return 28 + sum(_size(value) for value in values)
        case {"TimeSeriesValue": points}:
            return 24 + sum(60 + _size(point["Value"]) for point in points)
        case _:
            return 19
