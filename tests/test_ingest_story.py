"""Ingest with a list as its engine: what becomes of every document, without AWS or a database."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Never

import pytest
from botocore.response import StreamingBody

from chalicelib.config import Config
from chalicelib.events import Commission, Event, PageView
from chalicelib.figures import Dialect, R, Statement
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from chalicelib.outcomes import Fate, Origin, Outcome, Rejected, Stored
from tests.answering import DIALECT
from tests.deployment import WIRE

CONFIG = Config(events_bucket="events")
PAGE = (WIRE / "events/01_page_js_v3_affiliate_landing.json").read_bytes().strip()
SALE = (WIRE / "events/08_track_order_completed_server.json").read_bytes().strip()
IDENTIFY = (WIRE / "events/10_identify_js_clock_skew.json").read_bytes().strip()

Judge = Callable[[Event], Stored | Rejected]


class Bucket:
    """S3 with one object in it. Keeps what is put."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.kept: list[bytes] = []

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": StreamingBody(io.BytesIO(self._body), len(self._body))}

    def put_object(self, *, Body: bytes, **_: str) -> None:  # noqa: N803 - S3's name
        self.kept.append(Body)

    def delete_object(self, **_: str) -> None:
        self.kept.clear()


class ListEngine:
    """Keeps events in a list. It tells their fates when `together` of them have come, or at the end."""

    dialect: Dialect = DIALECT

    def __init__(self, judge: Judge = lambda _: Stored.WRITTEN, together: int = 1) -> None:
        self.events: list[Event] = []
        self.is_left = False
        self._judge, self._together = judge, together
        self._waiting: list[Fate] = []

    def sink(self, source: ObjectVersion) -> "ListEngine":
        return self

    def rows(self, statement: Statement[R]) -> Iterator[R]:
        raise NotImplementedError(statement)

    def add(self, event: Event, origin: Origin) -> list[Fate]:
        self.events.append(event)
        self._waiting.append(Fate(origin, self._judge(event), "the engine's words"))
        return self.finish() if len(self._waiting) == self._together else []

    def finish(self) -> list[Fate]:
        known, self._waiting = self._waiting, []
        return known

    def __enter__(self) -> "ListEngine":
        return self

    def __exit__(self, *_: object) -> None:
        self.is_left = True


def ingest(body: bytes, engine: ListEngine, key: str = "events/server/o") -> tuple[Outcome, list[Any]]:
    """The outcome, and the dead letters."""
    bucket: Any = Bucket(body)
    outcome = ingest_object(ObjectVersion("events", key), s3=bucket, engine=engine, config=CONFIG)
    return outcome, [json.loads(line) for body in bucket.kept for line in body.splitlines()]


def test_every_document_is_counted_once() -> None:
    engine = ListEngine()
    outcome, letters = ingest(PAGE + b"\n" + SALE + b"{broken}" + IDENTIFY + b'{"type":"page"}', engine)
    assert [type(event) for event in engine.events] == [PageView, Commission]
    assert outcome.to_json() == {
        "documents": 5,
        "written": 2,
        "duplicates": 0,
        "left_out": {"not_a_page_view": 1, "no_affiliate": 1},
        "malformed": {"not_json": 1},
        "rejected": {},
        "bytes": len(PAGE) + 1 + len(SALE) + 8 + len(IDENTIFY) + 15,
    }
    assert [letter["document"] for letter in letters] == ["{broken}"]
    assert engine.is_left


@pytest.mark.parametrize("together", [1, 2, 100])
def test_a_rejected_event_is_a_dead_letter_whenever_its_fate_is_known(together: int) -> None:
    def judge(event: Event) -> Stored | Rejected:
        return Rejected.OUT_OF_RETENTION if isinstance(event, Commission) else Stored.WRITTEN

    outcome, letters = ingest(PAGE + SALE + PAGE, ListEngine(judge, together))
    assert (outcome.written, dict(outcome.rejected)) == (2, {"out_of_retention": 1})
    assert letters == [
        {
            "reason": "out_of_retention",
            "detail": "the engine's words",
            "bucket": "events",
            "key": "events/server/o",
            "offset": len(PAGE),
            "document": SALE.decode(),
        }
    ]


def test_a_duplicate_is_counted_and_not_kept() -> None:
    outcome, letters = ingest(PAGE + PAGE, ListEngine(lambda _: Stored.DUPLICATE))
    assert (outcome.written, outcome.duplicates, letters) == (0, 2, [])


def test_what_an_engine_raises_is_raised_and_leaves_no_dead_letter() -> None:
    def judge(event: Event) -> Never:
        raise ConnectionError

    engine = ListEngine(judge)
    bucket: Any = Bucket(b"{broken}" + PAGE)
    with pytest.raises(ConnectionError):
        ingest_object(ObjectVersion("events", "events/web/o"), s3=bucket, engine=engine, config=CONFIG)
    assert bucket.kept == []
    assert engine.is_left
