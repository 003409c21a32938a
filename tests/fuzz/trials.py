"""Ingests an input, and says what went wrong."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.in_memory import ingest
from tests.fuzz.mutations import mutated, packed, with_a_changed_value

WIRE = Path(__file__).parents[1] / "wire"
SLOW = 2.0
"""CPU seconds that are too long for one object. All of them are smaller than 1 MB."""


class Problem(NamedTuple):
    """An input that went wrong."""

    name: str
    words: str


def check(name: str, body: bytes, folder: str) -> Problem | None:
    """Ingest an object of these bytes. Returns the problem, or None."""
    started = time.process_time()
    try:
        outcome = ingest(body, folder)
    except Exception as error:  # noqa: BLE001 - any error is a finding
        return Problem(name, f"{type(error).__name__}: {error}"[:300])
    counts = outcome.to_json()
    parts = sum(sum(part.values()) if isinstance(part, dict) else part for part in _parts(counts))
    if parts != counts["documents"]:
        return Problem(name, f"does not add up: {counts}")
    if (took := time.process_time() - started) > SLOW:
        return Problem(name, f"took {took:.1f} s of CPU for {len(body):,} bytes")
    return None


def _parts(counts: dict[str, Any]) -> Iterator[Any]:
    return (counts[name] for name in ("written", "duplicates", "left_out", "malformed", "rejected"))


def try_mutations(first: int, number: int) -> tuple[int, list[Problem]]:
    """Try `number` inputs, made from the seeds `first`, `first + 1` and so on."""
    events = [json.loads(path.read_bytes()) for path in sorted((WIRE / "events").iterdir())]
    objects = [path.read_bytes() for path in sorted((WIRE / "objects").iterdir())]
    found = (
        check(f"--seed {seed} --mutations 1", *_input(Random(seed), events, objects))
        for seed in range(first, first + number)
    )
    return number, [problem for problem in found if problem]


def _input(random: Random, events: list[Any], objects: list[bytes]) -> tuple[bytes, str]:
    """The bytes of an object, and its folder."""
    folder = random.choice(("web", "server"))
    if random.random() < 0.1:
        return mutated(random, random.choice(objects), random.choice((1, 1, 2, 5))), folder
    documents = []
    for event in random.sample(events, random.choice((1, 1, 1, 2, 3))):
        changed = json.loads(json.dumps(event))
        for _ in range(random.choice((0, 1, 1, 2))):
            changed = with_a_changed_value(random, changed)
        documents.append(
            json.dumps(changed, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")
        )
    body = packed(random, documents)
    return (mutated(random, body, random.choice((1, 1, 2, 4))) if random.random() < 0.6 else body), folder
