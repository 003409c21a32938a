"""The CPU time of each step of ingest: `python -m benchmarks.stages` prints JSON, in its own process.

Each step runs alone, on the results of the step before, for a 30 MB object. Then the whole handler runs.
*Writing* means to build, sign, send and parse a WriteRecords of 100 records, which is mostly botocore's work.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks.ingest import write_folder
from benchmarks.processes import run, stand_in
from benchmarks.tables import to_markdown
from benchmarks.writers import BUCKET, FOLDER, notification

MEGABYTES = 30


def measure(rounds: int) -> dict[str, float]:
    """CPU seconds for a million events, by step: the median of `rounds` new processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "objects")
        write_folder(folder, MEGABYTES)
        with stand_in(folder) as service:
            found = [run("stages", url=service.url) for _ in range(rounds)]
    return {step: statistics.median(each[step] for each in found) for step in found[0]}


def to_table(measured: dict[str, float]) -> str:
    """A table of the steps, and of the rest of the handler's time."""
    whole = measured["the handler"]
    between = whole - sum(seconds for step, seconds in measured.items() if step != "the handler")
    rows = {**measured, "the handler": between, "together": whole}
    names = {"the handler": "the rest: threads, counts, processor caches"}
    return to_markdown(
        ("step",),
        ("CPU s per 1M events", "of all"),
        (
            (names.get(step, step), f"{seconds:.1f}", f"{seconds / whole:.0%}")
            for step, seconds in rows.items()
        ),
    )


def main() -> None:
    """Measure each step alone, on the results of the step before."""
    import app
    from chalicelib.engines.timestream.records import COMMON_ATTRIBUTES, to_record
    from chalicelib.engines.timestream.writer import BATCH, Table, Writer, write_client
    from chalicelib.events import PageView
    from chalicelib.objects.compression import plain
    from chalicelib.objects.documents import Document, documents
    from chalicelib.rudderstack import Rules, Source, to_event
    from chalicelib.rudderstack.messages import decode_document

    body = app.s3_client().get_object(Bucket=BUCKET, Key=f"{FOLDER}/0.gz")["Body"]
    chunks = list(body.iter_chunks(64 * 1024))
    rules = Rules(app.config.affiliate_parameters, None, frozenset(), app.config.max_age_days)
    table = Table("WebAnalyticsDb", "PageViewsTable", COMMON_ATTRIBUTES[PageView])
    pieces = list(plain(chunks))
    found = (item for item in documents(pieces, decode_document) if isinstance(item, Document))
    messages = [document.content for document in found]
    counted = (to_event(message, Source.WEB, rules) for message in messages)
    events = [event for event in counted if isinstance(event, PageView)]
    records = [to_record(event) for event in events]
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    writer = Writer(write_client(app.session()))
    app.ingest(notification(f"{FOLDER}/warm.gz"), None)
    steps: dict[str, Callable[[], Iterable[object]]] = {
        "inflating": lambda: plain(chunks),
        "cutting and decoding documents": lambda: documents(pieces, decode_document),
        "documents to events": lambda: (to_event(message, Source.WEB, rules) for message in messages),
        "events to records": lambda: map(to_record, events),
        "writing records, one batch after another": lambda: (writer.write(table, batch) for batch in batches),
        "the handler": lambda: app.ingest(notification(f"{FOLDER}/0.gz"), None),
    }
    print(json.dumps({step: _cpu(work) / len(records) * 1e6 for step, work in steps.items()}))


def _cpu(work: Callable[[], Iterable[object]]) -> float:
    """CPU seconds to make every item of `work`, in the second of two runs."""
    seconds = 0.0
    for _ in range(2):
        started = time.process_time()
        _exhaust(iter(work()))
        seconds = time.process_time() - started
    return seconds


def _exhaust(items: Iterator[object]) -> None:
    for _ in items:
        pass


if __name__ == "__main__":
    main()
