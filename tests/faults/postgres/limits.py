"""The function's limits with PostgreSQL, made small; and its statements, of which the wire is told."""

import os
from collections.abc import Generator
from typing import Any

import msgspec
import psycopg
from botocore.session import Session
from psycopg.waiting import Wait

from chalicelib.engines.postgres import connections, sink, writer
from tests.faults.messages import Moment
from tests.faults.wire import Wire

BATCH = "ROWS_IN_BATCH"
"""The variable of an environment with the number of rows in one statement."""

TRIES = 2.5
"""A batch is tried so many times as long as other requests: the limit is for all tries together."""

GRACE = 0.3
"""Seconds that a late statement has to end after it was cancelled."""


def prepare(_: Session) -> None:
    """Give late statements little time, in all forks."""
    vars(connections)["GRACE"] = GRACE


def shorten(patience: float, wire: Wire) -> None:
    """Wait for an answer so many seconds, and tell the wire of each statement."""
    rows = int(os.environ[BATCH])
    vars(sink)["SIZES"] = msgspec.structs.replace(sink.SIZES, batch=rows, together=rows)
    vars(writer)["PATIENCE"] = patience * TRIES
    vars(psycopg)["connect"] = _told(wire).connect


def _told(wire: Wire) -> type["psycopg.Connection[Any]"]:
    """Connections that tell the wire of each statement."""

    class Connection(psycopg.Connection[Any]):
        def wait(self, gen: Generator[Any, Any, Any], *rest: Any, **options: Any) -> Any:
            number = wire.begin()
            result = super().wait(_telling(gen, wire, number), *rest, **options)
            wire.reach(number, Moment.ANSWERED)
            return result

    return Connection


def _telling(gen: Generator[Any, Any, Any], wire: Wire, number: int) -> Generator[Any, Any, Any]:
    """The generator as it is: the steps of a statement. It only reads when all has been sent."""
    try:
        step = next(gen)
        while step == Wait.RW:
            step = gen.send((yield step))
        wire.reach(number, Moment.SENT)
        while True:
            step = gen.send((yield step))
    except StopIteration as end:
        return end.value
