"""An engine that answers with the rows that a test gives it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from time import monotonic
from typing import Never

from chalicelib.config import Config
from chalicelib.engines.timestream.dialect import dialect
from chalicelib.figures import Answers, Cache, Row, Statement, weigh
from chalicelib.objects import ObjectVersion

CONFIG = Config(events_bucket="events")
DIALECT = dialect(CONFIG)


class Answering:
    """Answers every statement with `rows`, and stores nothing."""

    dialect = DIALECT

    def __init__(self, rows: Callable[[Statement], Iterable[Row]]) -> None:
        self._rows = rows

    def rows(self, statement: Statement) -> Iterator[Row]:
        return iter(self._rows(statement))

    def sink(self, source: ObjectVersion) -> Never:
        raise NotImplementedError(source)


def answers(engine: Answering) -> Answers:
    """Answers that are not kept."""
    return Answers(engine.dialect, engine.rows, Cache(0, 0, weigh, monotonic))


def answer(parameters: Mapping[str, list[str]], rows: Iterable[Row], now: datetime) -> bytes:
    """What the route answers at `now` if the engine answers with `rows`."""
    return answers(Answering(lambda _: rows)).answer(parameters, now)
