"""`python -m tests.faults`: run random schedules of faults, and print the seeds of those that fail."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults import engines
from tests.faults.deliveries import function
from tests.faults.engine import Engine
from tests.faults.pauses import MOST_FAILED, Change
from tests.faults.run import Result, run

SHOWN = 5
"""Problems that are printed of one schedule, at most."""

TOLD = 50
"""Schedules between two lines of progress, if the output is not a terminal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the schedules, and return the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    seeds = range(options.seed, options.seed + options.schedules)
    done, failed, happened, faults = 0, [], Counter[str](), Counter[str]()
    with engines.prepared(options.engine) as engine, _progress(console, len(seeds)) as progress:
        for result in _results(engine, seeds, options.jobs, options.most_failed):
            happened.update(result.happened)  # += would drop the counts of zero
            faults.update(result.faults)
            if result.problems:
                failed.append(result.seed)
                _print_failure(progress.console, engine, result)
            progress.advance(progress.task_ids[0])
            done += 1
            if progress.disable and done % TOLD == 0:
                console.print(f"{done:,} done, {len(failed):,} failed")
    _print_summary(console, engine, len(seeds), happened)
    if faults:
        console.print(f"In the database: {_counted(faults)}.")
    if failed:
        console.print(f"{len(failed):,} failed: seeds {', '.join(map(str, sorted(failed)))}.")
    return 1 if failed else 0


def _results(engine: Engine, seeds: Sequence[int], jobs: int, most_failed: int) -> Iterator[Result]:
    with function(engine) as path, ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        futures: list[Future[Result]] = [pool.submit(run, engine, seed, path, most_failed) for seed in seeds]
        for future in as_completed(futures):
            yield future.result()


def _print_failure(console: Console, engine: Engine, result: Result) -> None:
    again = f"python -m tests.faults --engine {engine.name} --seed {result.seed} --schedules 1"
    console.print(f"Seed {result.seed} fails: {again}")
    for problem in result.problems[:SHOWN]:
        console.print(f"  {problem}")
    if len(result.problems) > SHOWN:
        console.print(f"  and {len(result.problems) - SHOWN} more")


def _print_summary(console: Console, engine: Engine, schedules: int, happened: Counter[str]) -> None:
    changes = {str(change): happened[change] for change in engine.changes}
    others = {name: number for name, number in happened.items() if name not in changes}
    console.print(f"{schedules:,} schedules: {_counted(others)}.")
    console.print(f"Between the invocations of an environment: {_counted(changes)}.")


def _counted(happened: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in happened.items())


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Progress]:
    columns = (TextColumn("Schedules"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        progress.add_task("", total=total)
        yield progress


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    engines.add_option(parser)
    parser.add_argument(
        "--schedules", type=int, default=100, metavar="N", help="number of schedules (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of the first schedule; each further one adds 1"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="schedules to run at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--most-failed",
        type=int,
        default=MOST_FAILED,
        metavar="N",
        help="invocations in a row that may fail after a pause (default: %(default)s)",
    )
    return parser


_DESCRIPTION = f"""\
Runs the shipped `ingest` through random schedules of faults, and checks the results.

A schedule has a few objects. Their notifications are delivered as Lambda does it: three tries, then the
failure queue. Meanwhile the database and S3 fail, and some invocations are stopped. Some environments serve
one invocation. Others are warm: they are frozen after an invocation, and then serve the next. These changes
may happen while they are frozen, as far as the engine knows them:
{", ".join(Change)}.

After the faults, each warm environment goes through one more change, and must soon succeed. Then the failure
queue is redriven. At the end every event is counted exactly once or is in a dead letter, and every outcome
adds up.
"""


if __name__ == "__main__":
    sys.exit(main())
