"""`python -m tests.fuzz`: ingest random or given inputs, and print those that go wrong."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.fuzz.trials import Problem, check, try_mutations

CHUNK = 2000
"""Inputs that a process tries before it reports."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the inputs, and return the exit code."""
    options = _parser().parse_args(arguments)
    if options.documents and not any(options.documents.rglob("*.json")):
        print(f"fuzz: {options.documents} has no JSON files.", file=sys.stderr)  # noqa: T201 - an error of the command
        return 1
    console = Console(highlight=False, markup=False, soft_wrap=True)
    tried, problems = 0, list[Problem]()
    results = (
        _foreign(options.documents)
        if options.documents
        else _random(options.mutations, options.seed, options.jobs)
    )
    for number, found in results:
        tried += number
        problems += found
        for problem in found[:5]:
            console.print(f"{problem.name}: {problem.words}")
        if tried % 50_000 < number:
            console.print(f"{tried:,} tried, {len(problems):,} went wrong")
    console.print(f"{tried:,} inputs: {len(problems):,} went wrong.")
    return 1 if problems else 0


def _random(total: int, seed: int, jobs: int) -> Iterator[tuple[int, list[Problem]]]:
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        futures = [
            pool.submit(try_mutations, first, min(CHUNK, seed + total - first))
            for first in range(seed, seed + total, CHUNK)
        ]
        for future in as_completed(futures):
            yield future.result()


def _foreign(folder: Path) -> Iterator[tuple[int, list[Problem]]]:
    """Try each document in the folder's JSON files as an object; then all documents as one object."""
    documents = [document for path in sorted(folder.rglob("*.json")) for document in _documents(path)]
    for number, document in enumerate(documents):
        found = [check(f"document {number}", document, kind) for kind in ("web", "server")]
        yield 1, [problem for problem in found if problem]
    for separator in (b"", b"\n"):
        body = separator.join(documents)
        yield 1, [problem for kind in ("web", "server") if (problem := check("all as one", body, kind))]


def _documents(path: Path) -> Iterator[bytes]:
    """The file itself, and each JSON object in it, at any depth, that could be an event."""
    data = path.read_bytes()
    yield data
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    for value in _objects(content):
        yield json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")


def _objects(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if value.keys() & {"type", "event", "messageId", "anonymousId"}:
            yield value
        inner: Iterable[Any] = value.values()
    else:
        inner = value if isinstance(value, list) else ()
    for each in inner:
        yield from _objects(each)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Ingests random mutations of recorded events and objects, or the documents of a folder. "
        "An input goes wrong if ingesting it raises, if its counts do not add up, or if it is slow.",
    )
    parser.add_argument(
        "--mutations",
        type=int,
        default=10_000,
        metavar="N",
        help="number of random inputs (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of the first input; each further one adds 1"
    )
    parser.add_argument(
        "--documents",
        type=Path,
        metavar="FOLDER",
        help="try the documents in the JSON files of this folder instead",
    )
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
