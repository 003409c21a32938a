"""An object → its outcome: documents → events → an engine → counts and dead letters."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from chalicelib.config import Config
from chalicelib.errors import EventError
from chalicelib.events import LeftOut
from chalicelib.objects import (
    CHUNK,
    Broken,
    DeadLetters,
    Document,
    ObjectVersion,
    documents,
    open_object,
    plain,
)
from chalicelib.outcomes import Fate, Malformed, Origin, Outcome, Stored
from chalicelib.rudderstack import Message, Rules, Source, decode_document, to_event

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client

    from chalicelib.directory import Directory
    from chalicelib.engines import Engine, Sink

SERVER_FOLDER = "server/"
"""Under the events prefix: what server-side sources sent. Everything else came from browsers."""


def ingest_object(
    source: ObjectVersion,
    *,
    s3: "S3Client",
    engine: "Engine",
    config: Config,
    directory: "Directory | None" = None,
) -> Outcome:
    """Store the events in the object, and keep the documents that cannot be stored as its dead letters.

    Without a directory, the events of any affiliate count.

    If the object has been deleted, its dead letters stay as they are: they are all that is left of it.

    Raises what the engine and botocore raise if the engine or S3 fail for good. A part of the object may then
    be stored. Reading the object again counts nothing twice.
    """
    body = open_object(source, s3)
    if body is None:
        return Outcome(gone=1)
    key = dead_letter_key(source.key, config)
    with closing(body), DeadLetters(s3, source, key) as dead_letters, engine.sink(source) as sink:
        rules = _rules(config, directory)
        return _Ingestion(sink, dead_letters, source_of(source.key, config), rules).run(body)


def dead_letter_key(key: str, config: Config) -> str:
    """Where the dead letters of the object at `key` are."""
    return f"{config.dead_letter_prefix}{key}.jsonl"


def source_of(key: str, config: Config) -> Source:
    """Which kind of source sent the object at `key`. Its folder tells."""
    return Source.SERVER if key.startswith(config.events_prefix + SERVER_FOLDER) else Source.WEB


def _rules(config: Config, directory: "Directory | None") -> Rules:
    return Rules(
        config.affiliate_parameters,
        config.commission_rate,
        config.websites,
        config.max_age_days,
        config.link_parameters,
        directory,
    )


class _Ingestion:
    """One object on its way from documents to counts."""

    def __init__(self, sink: "Sink", dead_letters: DeadLetters, source: Source, rules: Rules) -> None:
        self._sink, self._dead_letters, self._source, self._rules = sink, dead_letters, source, rules
        self._outcome = Outcome()

    def run(self, body: "StreamingBody") -> Outcome:
        for item in documents(plain(self._chunks(body)), decode_document):
            if isinstance(item, Broken):
                self._bury(Malformed.NOT_JSON, item.problem, item.offset, item.data)
            else:
                self._take(item)
        self._count(self._sink.finish())
        return self._outcome

    def _chunks(self, body: "StreamingBody") -> Iterator[bytes]:
        for chunk in body.iter_chunks(CHUNK):
            self._outcome.bytes += len(chunk)
            yield chunk

    def _take(self, document: Document[Message | None]) -> None:
        try:
            event = to_event(document.content, self._source, self._rules)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (one document must not cost the others of its object)
            detail = str(error) if isinstance(error, EventError) else f"{type(error).__name__}: {error}"
            self._bury(Malformed.NOT_AN_EVENT, detail, document.offset, document.data)
            return
        if isinstance(event, LeftOut):
            self._outcome.left_out[event] += 1
        else:
            self._count(self._sink.add(event, Origin(document.offset, document.data)))

    def _count(self, fates: Iterable[Fate]) -> None:
        for fate in fates:
            if fate.status is Stored.WRITTEN:
                self._outcome.written += 1
            elif fate.status is Stored.DUPLICATE:
                self._outcome.duplicates += 1
            else:
                self._outcome.rejected[fate.status] += 1
                self._dead_letters.add(fate.status, fate.detail, fate.origin.offset, fate.origin.document)

    def _bury(self, reason: Malformed, problem: str, offset: int, document: bytes) -> None:
        self._outcome.malformed[reason] += 1
        self._dead_letters.add(reason, problem, offset, document)
