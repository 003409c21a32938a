"""What the route answers, if an engine answers with the rows that a test gives it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from chalicelib.config import Config
from chalicelib.engines.timestream.dialect import dialect
from chalicelib.figures import Answers, Cache, Dialect, Route, Row, Statement, weigh

DIALECT = dialect(Config(events_bucket="events"))


HOLD_DAYS = 30


def answers(
    rows: Callable[[Statement[Any]], Iterable[Any]],
    dialect: Dialect = DIALECT,
    names: Callable[[], Mapping[str, str]] = dict,
) -> Answers:
    """Answers that are not kept."""
    return Answers(dialect, rows, Cache(0, 0, weigh, monotonic), HOLD_DAYS, names)


def answer(parameters: Mapping[str, list[str]], rows: Iterable[Row], now: datetime) -> bytes:
    """What the route answers at `now` if the engine answers with `rows`."""
    return answers(lambda _: rows).answer(Route.METRICS, parameters, now)
