"""An object → its outcome: documents → events → records → writes → dead letters."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeAlias

from chalicelib.config import Config
from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, Record, to_record
from chalicelib.engines.timestream.writer import BATCH, IN_FLIGHT, Refusal, Table, Writer
from chalicelib.errors import EventError
from chalicelib.events import Commission, Event, LeftOut, PageView
from chalicelib.objects.compression import plain
from chalicelib.objects.dead_letters import DeadLetter, DeadLetters, to_text
from chalicelib.objects.documents import Broken, Document, documents
from chalicelib.objects.notifications import ObjectVersion
from chalicelib.outcomes import Malformed, Outcome, Rejected
from chalicelib.rudderstack.mapping import Rules, Source, to_event
from chalicelib.rudderstack.messages import Message, decode_document

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client

CHUNK = 64 * 1024
"""Bytes read from S3 at once. Larger chunks inflate to much more memory, and gain no time."""

TOGETHER = 8 * BATCH
"""Records sent together. A call's code and what reads documents put each other out of the processor's caches:
taking turns for every batch costs up to a third more."""

SERVER_FOLDER = "server/"
"""Under the events prefix: what server-side sources sent. All else came from browsers."""

HELD = 16 * 1024 * 1024
"""Bytes of documents that wait for an answer or to be sent, at most. Usual ones take half of it: this is for
those that are as large as Firehose takes them."""

MAX_DETAIL = 1000
"""Characters of what is wrong with a document: some errors quote all of it."""

_GONE = {"NoSuchKey", "NoSuchVersion", "MethodNotAllowed"}
"""What S3 answers for an object or version that has been deleted; the last for a delete marker's version."""

_Batch: TypeAlias = list[tuple[Record, int, bytes]]
"""Records, each with its document's offset and bytes: what was decoded is large, and a batch may wait."""


def ingest_object(source: ObjectVersion, *, s3: "S3Client", writer: Writer, config: Config) -> Outcome:
    """Write what the object holds to Timestream, and what cannot be written to its dead letters.

    An object that has been deleted is gone, and leaves the dead letters of earlier attempts as they are: they
    are all that is left of it.

    Raises WriteError, and what botocore raises if S3 or Timestream fail for good. The object may then be in
    Timestream in part; reading it again counts nothing twice.
    """
    body = _open(source, s3)
    if body is None:
        return Outcome(gone=1)
    with closing(body), DeadLetters(s3, source.bucket, dead_letter_key(source.key, config)) as dead_letters:
        return _Ingestion(source, writer, config, dead_letters).run(body)


def dead_letter_key(key: str, config: Config) -> str:
    """Where the dead letters of the object at `key` are."""
    return f"{config.dead_letter_prefix}{key}.jsonl"


def origin(key: str, config: Config) -> Source:
    """Which kind of source sent the object at `key`: its folder tells."""
    return Source.SERVER if key.startswith(config.events_prefix + SERVER_FOLDER) else Source.WEB


class _Ingestion:
    """One object on its way. Only this thread touches the outcome; other threads only write batches."""

    def __init__(
        self, source: ObjectVersion, writer: Writer, config: Config, dead_letters: DeadLetters
    ) -> None:
        self._source, self._writer, self._dead_letters = source, writer, dead_letters
        self._origin = origin(source.key, config)
        self._rules = Rules(
            config.affiliate_parameters, config.commission_rate, config.websites, config.max_age_days
        )
        self._tables = _tables(config)
        self._waiting: dict[type[Event], _Batch] = {kind: [] for kind in self._tables}
        self._in_flight: deque[tuple[_Batch, Future[list[Refusal]]]] = deque()
        self._held = 0  # bytes of the documents that wait or are in flight
        self._outcome = Outcome()

    def run(self, body: "StreamingBody") -> Outcome:
        with ThreadPoolExecutor(IN_FLIGHT) as self._pool:
            for item in documents(plain(self._chunks(body)), decode_document):
                if isinstance(item, Broken):
                    self._outcome.malformed[Malformed.NOT_JSON] += 1
                    self._bury(Malformed.NOT_JSON, item.problem, item.offset, item.data)
                else:
                    self._take(item)
            self._send_everything()
            while self._in_flight:
                self._settle()
        return self._outcome

    def _chunks(self, body: "StreamingBody") -> Iterator[bytes]:
        for chunk in body.iter_chunks(CHUNK):
            self._outcome.bytes += len(chunk)
            yield chunk

    def _take(self, document: Document[Message | None]) -> None:
        try:
            event = to_event(document.content, self._origin, self._rules)
            if isinstance(event, LeftOut):
                self._outcome.left_out[event] += 1
                return
            record = to_record(event)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 (one document must not cost the others of its object)
            self._outcome.malformed[Malformed.NOT_AN_EVENT] += 1
            detail = str(error) if isinstance(error, EventError) else f"{type(error).__name__}: {error}"
            self._bury(Malformed.NOT_AN_EVENT, detail, document.offset, document.data)
        else:
            self._wait(type(event), record, document)

    def _wait(self, kind: type[Event], record: Record, document: Document[Message | None]) -> None:
        waiting = self._waiting[kind]
        waiting.append((record, document.offset, document.data))
        self._held += len(document.data)
        if len(waiting) == TOGETHER:
            self._send_all(kind)
        if self._held > HELD:
            self._send_everything()
            while self._held > HELD // 2:  # with less under way, others need not wait for the slowest
                self._settle()

    def _send_everything(self) -> None:
        for kind in self._waiting:
            self._send_all(kind)

    def _send_all(self, kind: type[Event]) -> None:
        waiting, self._waiting[kind] = self._waiting[kind], []
        for start in range(0, len(waiting), BATCH):
            self._send(kind, waiting[start : start + BATCH])

    def _send(self, kind: type[Event], batch: _Batch) -> None:
        """Send a batch on its way; with enough under way, wait for the oldest first."""
        if len(self._in_flight) == IN_FLIGHT:
            self._settle()
        records = [record for record, _, _ in batch]
        self._in_flight.append((batch, self._pool.submit(self._writer.write, self._tables[kind], records)))
        if not self._outcome.written + self._outcome.duplicates:
            # Alone until Timestream takes something: while it does not, no other batch should try as long.
            self._settle()

    def _settle(self) -> None:
        batch, written = self._in_flight.popleft()
        self._held -= sum(len(document) for _, _, document in batch)
        refusals = written.result()
        self._outcome.written += len(batch) - len(refusals)
        for refusal in refusals:
            if refusal.reason is None:
                self._outcome.duplicates += 1
            else:
                self._outcome.rejected[refusal.reason] += 1
                _, offset, document = batch[refusal.index]
                self._bury(refusal.reason, refusal.detail, offset, document)

    def _bury(self, reason: Malformed | Rejected, detail: str, offset: int, document: bytes) -> None:
        source = self._source
        letter = DeadLetter(
            reason, detail[:MAX_DETAIL], source.bucket, source.key, offset, *to_text(document)
        )
        self._dead_letters.add(letter)


def _open(source: ObjectVersion, s3: "S3Client") -> "StreamingBody | None":
    """What the object holds; None if it has been deleted."""
    version: Any = {"VersionId": source.version} if source.version else {}
    try:
        return s3.get_object(Bucket=source.bucket, Key=source.key, **version)["Body"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise


def _tables(config: Config) -> dict[type[Event], Table]:
    names = {PageView: config.page_views_table, Commission: config.commissions_table}
    return {
        kind: Table(config.timestream_database, names[kind], common)
        for kind, common in COMMON_ATTRIBUTES.items()
    }
