"""The same events on this machine: into a PostgreSQL of its own, with the same code."""

import io
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from botocore.response import StreamingBody

from chalicelib.config import POSTGRES, Config
from chalicelib.engines.postgres import Postgres
from chalicelib.figures import Answers, Cache, Key, Route, weigh
from chalicelib.ingest import ingest_object
from chalicelib.objects import ObjectVersion
from devstack.http.ports import free_port
from devstack.postgres import FAST, server
from devstack.postgres.tables import create_tables
from infra.durations import measured
from infra.measure.questions import Question
from infra.measure.sample import SampleObject


@dataclass(frozen=True, slots=True)
class Local:
    """A database with the events, and the answers from it."""

    config: Config
    engine: Postgres
    seconds: list[float] = field(default_factory=list)
    """How long each object took to ingest."""

    def ingest(self, objects: Iterable[SampleObject]) -> int:
        """Ingest the objects. Returns how many events were written."""
        written = 0
        for each in objects:
            s3: Any = _OneObject(each.body)
            source = ObjectVersion(self.config.events_bucket, each.key)

            def ingest(s3: Any = s3, source: ObjectVersion = source) -> None:
                nonlocal written
                written += ingest_object(source, s3=s3, engine=self.engine, config=self.config).written

            self.seconds.append(measured(ingest))
        return written

    def answer(self, question: Question) -> Any:
        """The answer to a question, now."""
        unkept: Cache[Key, bytes] = Cache(0, 0, weigh, time.monotonic)
        answers = Answers(self.engine.dialect, self.engine.rows, unkept, self.config.hold_days, dict)
        parameters = {name: [value] for name, value in question.parameters.items()}
        return msgspec.json.decode(answers.answer(Route.METRICS, parameters, datetime.now(UTC)))


@contextmanager
def local() -> Iterator[Local]:
    """Run an empty database."""
    with TemporaryDirectory(prefix="measure-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the server may run as another user
        with server(folder / "cluster", free_port(), FAST, folder / "log") as running:
            create_tables(running.url())
            config = Config(events_bucket="local", engine=POSTGRES, postgres_url=running.url())
            with closing(Postgres(config)) as engine:
                yield Local(config, engine)


class _OneObject:
    """An S3 with one object in it. Dead letters go nowhere: the sample has none."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": StreamingBody(io.BytesIO(self._body), len(self._body))}

    def delete_object(self, **_: str) -> None:
        """There are no dead letters of an earlier attempt."""
