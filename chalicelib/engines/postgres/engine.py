"""The engine: one connection to write, one to read, each made when it is first needed."""

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.engines.batches import BatchSink
    from chalicelib.engines.postgres.connections import KeptConnection
    from chalicelib.events import Event
    from chalicelib.figures import Dialect, R, Statement
    from chalicelib.objects import ObjectVersion

# Imports are inside the methods: each of the two functions has this file, and neither should start the slower
# for what only the other needs.


class Postgres:
    """Stores events as rows of two tables. Threads may share it to read. One object at a time may be stored.

    On DSQL, it connects as the database role `ingest` to write and as `metrics` to read.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._reading = Lock()

    @property
    def dialect(self) -> "Dialect":
        """PostgreSQL's SQL."""
        from chalicelib.engines.postgres.dialect import DIALECT

        return DIALECT

    def sink(self, source: "ObjectVersion") -> "BatchSink[Event]":  # noqa: ARG002 - every object goes the same way
        """A sink that writes batches of rows, one after another."""
        from chalicelib.engines.postgres.sink import sink
        from chalicelib.engines.postgres.writer import PATIENCE, Writer

        # The patience is looked up now, so that a process can have another.
        return sink(Writer(self._for_ingest, patience=PATIENCE))

    def rows(self, statement: "Statement[R]") -> "Iterator[R]":
        """The rows that answer a statement: see `reader.rows`."""
        from chalicelib.engines.postgres.reader import rows

        with self._reading:
            return rows(self._for_metrics, statement)

    def close(self) -> None:
        """Close the connections that were made. The engine may be used again."""
        for made in ("_for_ingest", "_for_metrics"):
            if connection := vars(self).pop(made, None):
                connection.close()

    @cached_property
    def _for_ingest(self) -> "KeptConnection":
        return self._kept("ingest")

    @cached_property
    def _for_metrics(self) -> "KeptConnection":
        return self._kept("metrics")

    def _kept(self, role: str) -> "KeptConnection":
        from chalicelib.engines.postgres.connections import KeptConnection, connector

        return KeptConnection(connector(self._config, role))
