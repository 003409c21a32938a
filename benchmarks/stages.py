"""The CPU time of each step of ingest: `python -m benchmarks.stages DATABASE ADMIN_URL` prints JSON.

Each step runs alone, on the results of the step before, for a 30 MB object. Then the whole handler runs.
*Writing* means, for Timestream, to build, sign, send and parse a WriteRecords of 100 records, which is mostly
botocore's work. For PostgreSQL: to make 1,000 rows, look at them, and send one INSERT. What PostgreSQL itself
takes is not included.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.databases import postgres
from benchmarks.ingest import write_folder
from benchmarks.processes import Target, run, stand_in
from benchmarks.tables import to_markdown
from benchmarks.writers import BUCKET, FOLDER, POSTGRES, TIMESTREAM, notification

if TYPE_CHECKING:
    from chalicelib.events import PageView

MEGABYTES = 30
HANDLER = "together"
REST = "the rest: threads, counts, processor caches"

Steps = dict[str, float]
Work = Callable[[], Iterable[object]]


def measure(rounds: int) -> dict[str, Steps]:
    """CPU seconds for a million events, by database and step: the medians of `rounds` new processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "objects")
        write_folder(folder, MEGABYTES)
        with stand_in(folder) as timestream, postgres(folder, "ingest") as rows:
            targets: dict[str, tuple[Target, str]] = {
                TIMESTREAM: (timestream, ""),
                POSTGRES: (rows, rows.admin_url),
            }
            found = [
                {name: run("stages", name, admin, target=target) for name, (target, admin) in targets.items()}
                for _ in range(rounds)
            ]
    return {name: _medians([each[name] for each in found]) for name in targets}


def to_table(measured: dict[str, Steps]) -> str:
    """A table of the steps, and of the rest of the handler's time."""
    columns = [_with_rest(steps) for steps in measured.values()]
    steps_alone = (step for steps in columns for step in steps if step not in (REST, HANDLER))
    names = [*dict.fromkeys(steps_alone), REST, HANDLER]
    figures = [f"{name}: {what}" for name in measured for what in ("CPU s per 1M events", "of all")]
    return to_markdown(
        ("step",),
        figures,
        ([step, *(cell for steps in columns for cell in _cells(steps, step))] for step in names),
    )


def _medians(found: Sequence[Mapping[str, float]]) -> Steps:
    return {step: statistics.median(each[step] for each in found) for step in found[0]}


def _with_rest(steps: Steps) -> Steps:
    """The steps, what the handler takes beside them, and all of it."""
    alone = {step: seconds for step, seconds in steps.items() if step != HANDLER}
    return {**alone, REST: steps[HANDLER] - sum(alone.values()), HANDLER: steps[HANDLER]}


def _cells(steps: Steps, step: str) -> tuple[str, str]:
    if step not in steps:
        return "", ""
    return f"{steps[step]:.1f}", f"{steps[step] / steps[HANDLER]:.0%}"


def main(database: str, admin_url: str) -> None:
    """Measure each step alone, on the results of the step before."""
    import app
    from chalicelib.events import PageView
    from chalicelib.objects.compression import plain
    from chalicelib.objects.documents import Document, documents
    from chalicelib.rudderstack import Rules, Source, to_event
    from chalicelib.rudderstack.messages import decode_document

    body = app.s3_client().get_object(Bucket=BUCKET, Key=f"{FOLDER}/0.gz")["Body"]
    chunks = list(body.iter_chunks(64 * 1024))
    rules = Rules(app.config.affiliate_parameters, None, frozenset(), app.config.max_age_days)
    pieces = list(plain(chunks))
    found = (item for item in documents(pieces, decode_document) if isinstance(item, Document))
    messages = [document.content for document in found]
    counted = (to_event(message, Source.WEB, rules) for message in messages)
    events = [event for event in counted if isinstance(event, PageView)]
    app.ingest(notification(f"{FOLDER}/warm.gz"), None)
    steps: dict[str, Work] = {
        "inflating": lambda: plain(chunks),
        "cutting and decoding documents": lambda: documents(pieces, decode_document),
        "documents to events": lambda: (to_event(message, Source.WEB, rules) for message in messages),
        **_WRITING[database](events),
        HANDLER: lambda: app.ingest(notification(f"{FOLDER}/0.gz"), None),
    }
    forget = _forget(admin_url)
    print(json.dumps({step: _cpu(work, forget) / len(events) * 1e6 for step, work in steps.items()}))


def _timestream_steps(events: "Sequence[PageView]") -> dict[str, Work]:
    import app
    from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, PAGE_VIEW, to_records
    from chalicelib.engines.timestream.writer import BATCH, Table, Writer, write_client

    table = Table("WebAnalyticsDb", "PageViewsTable", COMMON_ATTRIBUTES[PAGE_VIEW])
    records = [record for event in events for record in to_records(event)]
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    writer = Writer(write_client(app.session()))
    return {
        "events to records": lambda: map(to_records, events),
        "writing records, one batch after another": lambda: (writer.write(table, batch) for batch in batches),
    }


def _postgres_steps(events: "Sequence[PageView]") -> dict[str, Work]:
    import app
    from chalicelib.engines.postgres.connections import KeptConnection, connector
    from chalicelib.engines.postgres.writer import BATCH, Writer
    from chalicelib.events import PageView

    batches = [events[start : start + BATCH] for start in range(0, len(events), BATCH)]
    writer = Writer(KeptConnection(connector(app.config, "ingest")))
    return {
        "writing rows, one batch after another": lambda: (writer.write(PageView, batch) for batch in batches)
    }


_WRITING = {TIMESTREAM: _timestream_steps, POSTGRES: _postgres_steps}


def _forget(admin_url: str) -> Callable[[], object]:
    """What deletes the rows, so that the next ones are not known yet. Timestream's stand-in has none."""
    if not admin_url:
        return lambda: None
    import psycopg

    admin = psycopg.connect(admin_url, autocommit=True)
    return lambda: admin.execute("TRUNCATE analytics.page_views")


def _cpu(work: Work, before: Callable[[], object]) -> float:
    """CPU seconds to make every item of `work`, in the second of two runs."""
    seconds = 0.0
    for _ in range(2):
        before()
        started = time.process_time()
        _exhaust(iter(work()))
        seconds = time.process_time() - started
    return seconds


def _exhaust(items: Iterator[object]) -> None:
    for _ in items:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
