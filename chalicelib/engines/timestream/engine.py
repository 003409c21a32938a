"""The engine: a writer and a reader, each made when it is first needed."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.session import Session
    from types_boto3_timestream_query import TimestreamQueryClient
    from types_boto3_timestream_write import TimestreamWriteClient

    from chalicelib.engines.batches import BatchSink
    from chalicelib.engines.timestream.sink import Records
    from chalicelib.engines.timestream.writer import Writer
    from chalicelib.figures import Dialect, R, Statement
    from chalicelib.objects import ObjectVersion

# Imports are inside the methods: each of the two functions has this file, and neither should start the slower
# for what only the other needs.


class Timestream:
    """Stores events as records in two tables. Threads may share it."""

    def __init__(self, session: "Session", config: Config) -> None:
        self._session, self._config = session, config

    @cached_property
    def dialect(self) -> "Dialect":
        """Timestream's SQL, over the tables that the settings name."""
        from chalicelib.engines.timestream.dialect import dialect

        return dialect(self._config)

    def sink(self, source: "ObjectVersion") -> "BatchSink[Records]":  # noqa: ARG002 - every object goes the same way
        """A sink that writes batches of records, several at once."""
        from chalicelib.engines.timestream.sink import sink, tables

        return sink(self._writer, tables(self._config))

    def rows(self, statement: "Statement[R]") -> "Iterator[R]":
        """The rows that answer a statement: see `reader.rows`."""
        from chalicelib.engines.timestream.reader import rows

        return rows(self._query_client, statement)

    def close(self) -> None:
        """Close the connections that were made. The engine may be used again."""
        for made in ("_write_client", "_query_client"):
            if client := vars(self).pop(made, None):
                client.close()
        vars(self).pop("_writer", None)

    @cached_property
    def _writer(self) -> "Writer":
        from chalicelib.engines.timestream.writer import Writer

        return Writer(self._write_client)

    @cached_property
    def _write_client(self) -> "TimestreamWriteClient":
        from chalicelib.engines.timestream.writer import write_client

        return write_client(self._session)

    @cached_property
    def _query_client(self) -> "TimestreamQueryClient":
        from chalicelib.engines.timestream.reader import query_client

        return query_client(self._session)
